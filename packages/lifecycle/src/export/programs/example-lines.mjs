// node example.mjs input.json, or a file of lines (texts.txt, rows.jsonl): what model.onnx answers. Needs onnxruntime-node alone.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';
import { tensorsOf } from './preprocess.mjs';
import { fromJson, toJson } from './tensors.mjs';

const here = (name) => new URL(name, import.meta.url);
const file = process.argv[2] ?? here('input.json');
const content = readFileSync(file, 'utf8');
const inputs = String(file).endsWith('.json')
  ? JSON.parse(content).inputs
  : tensorsOf(content.split(/\r?\n/).filter((line) => line.trim() !== ''));

const session = await ort.InferenceSession.create(fileURLToPath(here('model.onnx')));
// A model that is small has fewer inputs than there could be.
const taken = inputs.filter(({ name }) => session.inputNames.includes(name));
const outputs = await session.run(fromJson(taken));
console.log(JSON.stringify({ outputs: toJson(outputs) }));
