"""
The workloads of ../workloads.ts in PyTorch; with the argument "compile", their networks and updates through torch.compile, which needs a
C++ compiler. Reads lines "key threads steps clock" and answers each with the milliseconds of every step, as JSON.
"""
import json, shutil, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
COMPILED = sys.argv[1:] == ["compile"]
if COMPILED and not shutil.which("g++"):
    sys.exit("torch.compile needs a C++ compiler")
compiled = torch.compile if COMPILED else lambda it: it


class Block(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(filters)
        self.shortcut = (
            nn.Sequential(nn.Conv2d(inputs, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))
            if stride > 1
            else nn.Identity()
        )

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(y)) + self.shortcut(x))


class TransformerBlock(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(features), nn.LayerNorm(features)
        self.projection, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.widen, self.narrow = nn.Linear(features, 4 * features), nn.Linear(4 * features, features)

    def forward(self, x):
        batch, time_steps, features = x.shape
        by_head = lambda t: t.view(batch, time_steps, self.heads, -1).transpose(1, 2)
        q, k, v = map(by_head, self.projection(self.attention_norm(x)).split(features, 2))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, time_steps, features))
        return x + self.narrow(F.gelu(self.widen(self.feed_forward_norm(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, vocabulary=256, features=128, layers=4, heads=4, length=128):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, features), nn.Embedding(length, features)
        self.blocks = nn.Sequential(*(TransformerBlock(features, heads) for _ in range(layers)))
        self.norm, self.out = nn.LayerNorm(features), nn.Linear(features, vocabulary)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))
        return self.out(self.norm(self.blocks(x)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(64, 256, batch_first=True), nn.Linear(256, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(2700, 64)
        self.convolutions = nn.ModuleList(nn.Conv1d(64, 96, k, padding="same") for k in (2, 3, 4))
        self.out = nn.Linear(288, 1)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        return self.out(torch.cat([conv(x).relu().amax(2) for conv in self.convolutions], 1)).squeeze(1)


def supervised(net, optimizer, x, y, loss=F.cross_entropy):
    optimizer = optimizer(net.parameters())
    loss_of, update = compiled(lambda: loss(net(x), y)), compiled(optimizer.step)

    def step():
        optimizer.zero_grad()
        loss_of().backward()
        update()

    return step


def classes(*shape):
    return torch.randint(0, 10, shape)


def dcgan():
    generator = nn.Sequential(
        nn.Linear(64, 128 * 49, bias=False), nn.BatchNorm1d(128 * 49), nn.ReLU(), nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(128 * 49, 1),
    )  # fmt: skip
    adam = lambda net: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999))
    of_generator, of_discriminator = adam(generator), adam(discriminator)
    noise, real = torch.randn(64, 64), torch.randn(64, 1, 28, 28)
    one, zero, loss = torch.ones(64, 1), torch.zeros(64, 1), F.binary_cross_entropy_with_logits
    generate, judge = compiled(generator), compiled(discriminator)
    update_discriminator, update_generator = compiled(of_discriminator.step), compiled(of_generator.step)

    def step():
        fake = generate(noise)
        of_discriminator.zero_grad()
        (loss(judge(real), one) + loss(judge(fake.detach()), zero)).backward()
        update_discriminator()
        of_generator.zero_grad()
        loss(judge(fake), one).backward()
        update_generator()

    return step


def momentum(rate):
    return lambda parameters: torch.optim.SGD(parameters, rate, momentum=0.9)


WORKLOADS = {
    "mlp": lambda: supervised(
        nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)),
        torch.optim.Adam, torch.randn(64, 784), classes(64),
    ),
    "mnist-cnn": lambda: supervised(
        nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(5408, 128), nn.ReLU(), nn.Linear(128, 10)
        ),
        torch.optim.Adam, torch.randn(32, 1, 28, 28), classes(32),
    ),
    "cifar-lenet": lambda: supervised(
        nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        ),
        momentum(0.001), torch.randn(64, 3, 32, 32), classes(64),
    ),
    "resnet": lambda: supervised(
        nn.Sequential(
            nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
        ),
        momentum(0.1), torch.randn(64, 3, 32, 32), classes(64),
    ),
    "lstm": lambda: supervised(Lstm(), torch.optim.Adam, torch.randn(32, 64, 64), classes(32)),
    "gpt": lambda: supervised(
        Gpt(), torch.optim.AdamW, classes(16, 128), classes(16, 128), lambda logits, y: F.cross_entropy(logits.flatten(0, 1), y.flatten())
    ),
    "dcgan": dcgan,
    "text-cnn": lambda: supervised(
        TextCnn(), torch.optim.Adam, classes(64, 24), torch.rand(64).round(), F.binary_cross_entropy_with_logits
    ),
}  # fmt: skip

print(json.dumps({"version": f"PyTorch {torch.__version__}{', torch.compile' if COMPILED else ''}"}), flush=True)
made = {}
for line in sys.stdin:
    key, threads, steps, clock = line.split()
    now = time.process_time if clock == "cpu" else time.perf_counter
    torch.set_num_threads(int(threads))
    step = made.setdefault(key, None) or WORKLOADS[key]()
    made[key] = step
    times = []
    for _ in range(int(steps)):
        started = now()
        step()
        times.append(1000 * (now() - started))
    print(json.dumps(times), flush=True)
