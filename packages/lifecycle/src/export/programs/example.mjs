// node example.mjs input.json: what model.onnx answers. Needs onnxruntime-node alone.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';
import { fromJson, toJson } from './tensors.mjs';

const here = (name) => new URL(name, import.meta.url);
const { inputs } = JSON.parse(readFileSync(process.argv[2] ?? here('input.json'), 'utf8'));

const session = await ort.InferenceSession.create(fileURLToPath(here('model.onnx')));
const outputs = await session.run(fromJson(inputs));
console.log(JSON.stringify({ outputs: toJson(outputs) }));
