"""python example.py input.json: what model.onnx answers. Needs onnxruntime and numpy alone."""

import json
import pathlib
import sys

import numpy
import onnxruntime

TYPES = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
    "BYTES": "object",
}

here = pathlib.Path(__file__).parent
file = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "input.json"
request = json.loads(file.read_text(encoding="utf-8"))
feeds = {
    tensor["name"]: numpy.array(tensor["data"], dtype=TYPES[tensor["datatype"]]).reshape(tensor["shape"])
    for tensor in request["inputs"]
}

session = onnxruntime.InferenceSession(str(here / "model.onnx"), providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
outputs = dict(zip(names, session.run(names, feeds)))
print(json.dumps({name: {"shape": list(value.shape), "data": value.ravel().tolist()} for name, value in outputs.items()}))
