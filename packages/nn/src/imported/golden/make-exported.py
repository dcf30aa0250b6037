"""
Makes the golden files in exported/: networks as PyTorch's two exporters write them, and exported/losses.json with PyTorch's own
losses through twenty steps of training.

    pip install torch onnx onnxscript transformers timm && python make-exported.py

Files are called NETWORK.EXPORTER.onnx: `dynamo` is today's exporter, `script` the older one, `unfolded` the older one without
constant folding. Networks are small and their values random, or, where the name begins with `fresh`, as PyTorch makes them.
Inputs and targets are sines, so that both sides make the same: element i of an array is sin(k (i + 1)); whole numbers are
1 + 7 i mod (n - 1).
"""
import contextlib, copy, io, json, math, pathlib
import onnx, torch
import torch.nn as nn
import torch.nn.functional as F
import transformers as hf
import timm
from torch.fx.experimental.optimization import fuse

HERE = pathlib.Path(__file__).parent / "exported"


def sine(*shape, k=1.1):
    size = math.prod(shape)
    return torch.sin(k * torch.arange(1, size + 1, dtype=torch.float64)).reshape(shape).float()


def tokens(rows, columns, vocabulary):
    # 0 is left out: PyTorch does not train the padding of an embedding, and no file says so.
    return 1 + 7 * torch.arange(rows * columns).reshape(rows, columns) % (vocabulary - 1)


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.out = nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.gru(x)[0][:, -1])


class Causal(nn.Module):
    """Dilated causal convolutions: their padding is computed."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv1d(3 if i == 0 else 6, 6, 2, dilation=2**i) for i in range(3))
        self.out = nn.Conv1d(6, 2, 1)

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = torch.tanh(layer(F.pad(x, (2**i, 0))))
        return self.out(x)


class Encoder(nn.Module):
    """A transformer's encoder with a causal mask; its layers are copies of one."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.out(self.encoder(x, mask=mask, is_causal=True).mean(1))


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)
    )


class InvertedResidual(nn.Module):
    """MobileNetV3's block (Howard et al., 2019): expand, depthwise, squeeze and excite, project."""

    def __init__(self, width, hidden, kernel, active):
        super().__init__()
        self.expand, self.depthwise = conv(width, hidden, 1), conv(hidden, hidden, kernel, groups=hidden)
        self.squeeze, self.excite = nn.Conv2d(hidden, 4, 1), nn.Conv2d(4, hidden, 1)
        self.project, self.active = conv(hidden, width, 1), active

    def forward(self, x):
        y = self.active(self.depthwise(self.active(self.expand(x))))
        gate = F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        return x + self.project(y * gate)


class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 6, 3, 2)
        self.blocks = nn.Sequential(InvertedResidual(6, 8, 3, nn.ReLU()), InvertedResidual(6, 12, 5, nn.Hardswish()))
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        return self.out(self.blocks(F.hardswish(self.stem(x))).mean((2, 3)))


class Shuffle(nn.Module):
    """ShuffleNetV2's two blocks (Ma et al., 2018)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        half = outputs // 2
        self.stride = stride
        if stride > 1:
            self.side = nn.Sequential(conv(inputs, inputs, 3, stride, inputs), conv(inputs, half, 1), nn.ReLU())
        self.main = nn.Sequential(
            conv(inputs if stride > 1 else half, half, 1), nn.ReLU(), conv(half, half, 3, stride, half), conv(half, half, 1), nn.ReLU()
        )  # fmt: skip

    def forward(self, x):
        if self.stride > 1:
            return torch.cat((self.side(x), self.main(x)), 1)
        batch, channels, height, width = x.size()
        x = x.reshape(batch * channels // 2, 2, height * width).permute(1, 0, 2)
        x = x.reshape(2, -1, channels // 2, height, width)
        return torch.cat((x[0], self.main(x[1])), 1)


class Detector(nn.Module):
    """After FastestDet: three scales of a ShuffleNet are pooled and resized to one."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 4, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.one = nn.Sequential(Shuffle(4, 8, 2), Shuffle(8, 8, 1))
        self.two, self.three = Shuffle(8, 12, 2), Shuffle(12, 16, 2)
        self.larger, self.smaller = nn.Upsample(scale_factor=2, mode="nearest"), nn.AvgPool2d(3, 2, 1)
        self.mix = nn.Sequential(conv(36, 8, 1), nn.ReLU())
        self.object, self.kind, self.box = nn.Conv2d(8, 1, 1), nn.Conv2d(8, 3, 1), nn.Conv2d(8, 4, 1)

    def forward(self, x):
        one = self.one(self.stem(x))
        two = self.two(one)
        y = self.mix(torch.cat((self.smaller(one), two, self.larger(self.three(two))), 1))
        return torch.cat((self.object(y).sigmoid(), self.box(y), self.kind(y).softmax(1)), 1)


class First(nn.Module):
    """The logits of a network of Hugging Face."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, *inputs):
        return self.net(*inputs).logits


none = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=3)
MASK = torch.ones(3, 6, dtype=torch.int64)
MASK[1, 4:] = MASK[2, 3:] = 0

NETWORKS = {
    "gru": (Gru, (sine(4, 6, 5),)),
    "causal": (Causal, (sine(2, 3, 20),)),
    "vit": (
        lambda: timm.models.vision_transformer.VisionTransformer(
            img_size=16, patch_size=8, embed_dim=8, depth=2, num_heads=2, num_classes=3
        ),
        (sine(2, 3, 16, 16),),
    ),
    "distilbert": (
        lambda: First(hf.DistilBertForSequenceClassification(hf.DistilBertConfig(
            vocab_size=30, max_position_embeddings=16, n_layers=2, n_heads=2, dim=8, hidden_dim=16, dropout=0.0,
            attention_dropout=0.0, seq_classif_dropout=0.0, num_labels=3,
        ))),
        (tokens(3, 6, 30), MASK),
    ),
    "swin": (
        lambda: First(hf.SwinForImageClassification(hf.SwinConfig(
            image_size=20, patch_size=4, embed_dim=8, depths=[2], num_heads=[2], window_size=4, mlp_ratio=2.0,
            drop_path_rate=0.0, **none,
        ))),
        (sine(2, 3, 20, 20),),
    ),
    "mobilenet": (MobileNet, (sine(4, 3, 16, 16),)),
    "detector": (Detector, (sine(2, 3, 64, 64),)),
    "fresh-encoder": (Encoder, (sine(3, 5, 8),)),
    "fresh-mobilenet": (MobileNet, (sine(4, 3, 16, 16),)),
}  # fmt: skip

#: Metadata that the reader looks at; the rest (traces of the Python stack) is most of such a file.
KEPT = (
    "pkg.torch.export.graph_signature.InputSpec.kind",
    "pkg.onnxscript.optimizer.folded_from",
    "pkg.torch.onnx.name_scopes",
)


def made(name):
    torch.manual_seed(0)
    make, inputs = NETWORKS[name]
    net = make()
    if not name.startswith("fresh"):
        for parameter in net.parameters():
            nn.init.normal_(parameter, 0, 0.3)
        for key, buffer in net.named_buffers():
            if "running" in key:
                nn.init.uniform_(buffer, 0.5, 1.5)
    return net, inputs


def export(name, exporter, path):
    net, inputs = made(name)
    norms = any(isinstance(module, nn.BatchNorm2d) for module in net.modules())
    names = dict(input_names=[f"x{i}" for i in range(len(inputs))], output_names=["y"])
    with contextlib.redirect_stdout(io.StringIO()):
        if exporter == "dynamo":
            torch.onnx.export(net.eval(), inputs, path, dynamo=True, external_data=False, **names)
        else:
            # In training mode batch normalizations stay apart from convolutions.
            mode = torch.onnx.TrainingMode.TRAINING if norms else torch.onnx.TrainingMode.EVAL
            torch.onnx.export(
                net.train(norms), inputs, path, dynamo=False, opset_version=17, training=mode,
                do_constant_folding=exporter == "script", **names,
            )  # fmt: skip
    model = onnx.load(path)
    for message in (*model.graph.node, *model.graph.value_info):
        kept = [entry for entry in message.metadata_props if entry.key in KEPT]
        del message.metadata_props[:]
        message.metadata_props.extend(kept)
        message.doc_string = ""
    onnx.save(model, path)
    return norms and not any(node.op_type == "BatchNormalization" for node in model.graph.node)


def losses(name, fused):
    net, inputs = made(name)
    if fused:
        net = fuse(net.eval())
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    net.train(not fused)
    target = sine(*copy.deepcopy(net)(*inputs).shape, k=0.7)
    optimizer = torch.optim.SGD(net.parameters(), 0.05, momentum=0.5)
    found = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = F.mse_loss(net(*inputs), target)
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return dict(target=list(target.shape), losses=found)


HERE.mkdir(exist_ok=True)
results = {}
for name in NETWORKS:
    for exporter in ("dynamo", "script", "unfolded"):
        # Today's exporter drops biases that are zero, as those of a new network are, and takes no Swin.
        if exporter == "dynamo" and (name.startswith("fresh") or name == "swin"):
            continue
        fused = export(name, exporter, str(HERE / f"{name}.{exporter}.onnx"))
        results[f"{name}.{exporter}"] = losses(name, fused)
        print(name, exporter, results[f"{name}.{exporter}"]["losses"][-1])
(HERE / "losses.json").write_text(json.dumps(results, indent=1))
