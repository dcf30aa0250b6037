"""The models of train-step.ts in PyTorch: prints the median milliseconds of a step as JSON."""
import json, statistics, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

key, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(2700, 64)
        self.convolutions = nn.ModuleList(nn.Conv1d(64, 96, k, padding="same") for k in (2, 3, 4))
        self.out = nn.Linear(288, 1)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        return self.out(torch.cat([conv(x).relu().amax(2) for conv in self.convolutions], 1)).squeeze(1)


if key == "text-cnn":
    net, x, y = TextCnn(), torch.randint(0, 10, (64, 24)), torch.rand(64).round()
    loss = F.binary_cross_entropy_with_logits
else:
    net = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    x, y, loss = torch.randn(64, 784), torch.randint(0, 10, (64,)), F.cross_entropy
adam = torch.optim.Adam(net.parameters())
times = []
for i in range(120):
    started = time.perf_counter()
    adam.zero_grad()
    loss(net(x), y).backward()
    adam.step()
    if i >= 20:
        times.append(time.perf_counter() - started)
print(json.dumps({"ms": 1000 * statistics.median(times), "version": torch.__version__}))
