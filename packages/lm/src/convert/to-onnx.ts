/**
 * A model as an ONNX file with its weights beside it, for programs that run ONNX Runtime by themselves: the graph that takes a stretch
 * of one text, with keys and values kept between calls (graph/decoder.ts). Its attention is ONNX Runtime's own operator; `bits` of 4
 * and 8 are its MatMulNBits. Its twin in operators of the standard (standard-graph.ts) runs elsewhere too, and copies keys and values.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '@gradus/engine';
import { writeOnnxFile } from '@gradus/engine/node';
import { cachedGraph } from '../graph/decoder.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { placesOf } from '../run/decoder-session.ts';
import { dequantizedWeights, standardGraph } from './standard-graph.ts';

export function writeModelOnnx(folder: string, model: LanguageModel, bits: RunBits): void {
  const { config, weights, end } = model;
  const places = placesOf(config);
  const graph = cachedGraph(config, weightsIn(weights, bits), { places, logits: 'last' });
  const metadata = {
    layers: String(config.layers.length),
    key_value_heads: String(config.kvHeads),
    head_size: String(config.headSize),
    places: String(places),
    end_tokens: end.join(','),
  };
  writeParts(folder, model, graph, metadata);
}

export const writeStandardOnnx = (folder: string, model: LanguageModel, bits: 8 | 32): void =>
  writeParts(
    folder,
    model,
    standardGraph(model.config, bits === 8 ? dequantizedWeights(model.weights) : weightsIn(model.weights)),
  );

function writeParts(
  folder: string,
  model: LanguageModel,
  graph: Graph,
  metadata: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  writeOnnxFile(join(folder, 'model.onnx'), graph, { metadata, limit: 0 });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(model.json, undefined, 2)}\n`);
  for (const [name, text] of Object.entries(model.files())) writeFileSync(join(folder, name), text);
}
