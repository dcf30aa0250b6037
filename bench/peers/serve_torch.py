"""The peer of the serving benchmark: FastAPI and PyTorch as their documentation puts them together. Prints its port."""
import json
import socket
import sys

import fastapi
import torch
import uvicorn
from pydantic import BaseModel

torch.set_num_threads(1)
model = torch.nn.Sequential(
    torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Linear(512, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10), torch.nn.Softmax(-1)
).eval()


class Images(BaseModel):
    images: list[list[float]]


app = fastapi.FastAPI()


@app.post("/digits")
def digits(request: Images):
    with torch.inference_mode():
        return {"probabilities": model(torch.tensor(request.images)).tolist()}


listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(json.dumps({"version": f"FastAPI {fastapi.__version__}, PyTorch {torch.__version__}", "port": listening.getsockname()[1]}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listening])
