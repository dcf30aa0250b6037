"""The peer of bench/data/loader.ts: images a second through torchvision's ImageFolder and PyTorch's DataLoader."""
import json
import os
import sys
import time

import torch
import torchvision
from torchvision import transforms as T

folder, augment, workers, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
steps = [T.Resize((224, 224))]
if augment != "none":
    steps += [T.RandomCrop(224, padding=8), T.RandomHorizontalFlip()]
if augment == "rand":
    steps += [T.RandAugment()]
data = torchvision.datasets.ImageFolder(folder, T.Compose(steps + [T.PILToTensor()]))
loader = torch.utils.data.DataLoader(
    data, batch_size=batch, shuffle=True, num_workers=workers, persistent_workers=True, prefetch_factor=4
)


def cpu():
    """Seconds of processor time, of this process and its workers."""
    pids = ["self"] + [worker.pid for worker in loader._iterator._workers]
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


for _ in loader:
    pass
begun, used = time.perf_counter(), cpu()
images = sum(len(labels) for _ in range(2) for _, labels in loader)
rate, per_cpu = images / (time.perf_counter() - begun), images / (cpu() - used)
version = f"torchvision {torchvision.__version__}, torch {torch.__version__}"
print(json.dumps({"rate": rate, "perCpu": per_cpu, "version": version}))
