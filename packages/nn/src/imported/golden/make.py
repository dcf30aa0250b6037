"""
Makes the golden files: four PyTorch models as exported to ONNX, with their outputs, gradients and fifty steps of training.

    pip install torch onnx && python make.py

Inputs are sines, so that both sides make the same: element i of an array is sin(k (i + 1)).
"""
import json, math, pathlib, struct
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent


def sine(*shape, k=1.1):
    size = math.prod(shape)
    return torch.sin(k * torch.arange(1, size + 1, dtype=torch.float64)).reshape(shape).float()


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(4, 8, batch_first=True), nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, features=16, heads=2):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(features), nn.LayerNorm(features)
        self.qkv, self.mix = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.widen, self.narrow = nn.Linear(features, 2 * features), nn.Linear(2 * features, features)
        self.out = nn.Linear(features, 3)

    def forward(self, x):
        batch, time, features = x.shape
        heads = lambda t: t.reshape(batch, time, self.heads, -1).transpose(1, 2)
        q, k, v = map(heads, self.qkv(self.norm1(x)).split(features, 2))
        weights = (q @ k.transpose(2, 3) / math.sqrt(features / self.heads)).softmax(-1)
        x = x + self.mix((weights @ v).transpose(1, 2).reshape(batch, time, features))
        x = x + self.narrow(F.gelu(self.widen(self.norm2(x))))
        return self.out(x.mean(1))


MODELS = {
    "mlp": (nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3)), (6, 10)),
    "cnn": (
        nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(32, 3),
        ),
        (6, 2, 8, 8),
    ),
    "lstm": (Lstm(), (6, 5, 4)),
    "transformer": (Transformer(), (6, 5, 16)),
}  # fmt: skip


def safetensors(path, arrays):
    header, blobs, at = {}, [], 0
    for name, value in arrays.items():
        blob = value.detach().contiguous().float().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for name, (net, shape) in MODELS.items():
    torch.manual_seed(0)
    for parameter in net.parameters():
        nn.init.normal_(parameter, 0, 0.3)
    x, labels = sine(*shape), torch.tensor([0, 1, 2, 0, 1, 2])
    net.train()
    torch.onnx.export(
        net, (x,), HERE / f"{name}.onnx", dynamo=False, opset_version=17, input_names=["x"], output_names=["y"],
        training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False,
        dynamic_axes=None,
    )  # fmt: skip
    net.eval()
    arrays = {"y": net(x)}
    net.train()
    optimizer = torch.optim.Adam(net.parameters(), 0.01)
    losses = []
    for step in range(50):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        if step == 0:
            for key, parameter in net.named_parameters():
                arrays[f"gradient.{key}"] = parameter.grad.clone()
        losses.append(loss.detach())
        optimizer.step()
    arrays["losses"] = torch.stack(losses)
    net.eval()
    arrays["trained"] = net(x)
    safetensors(HERE / f"{name}.safetensors", arrays)
