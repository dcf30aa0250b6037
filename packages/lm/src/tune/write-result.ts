/** What a training made, as files: adapters in peft's layout, or a whole model. */
import { resolve } from 'node:path';
import { writeAdapter } from '../adapters/adapter-files.ts';
import { mergeAdapter } from '../adapters/merge.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { writeFolder } from '../model/write-folder.ts';
import type { TrainedWeights } from './trained-weights.ts';

export interface ResultOptions {
  readonly rank: number;
  readonly alpha: number;
  readonly targets?: readonly string[] | undefined;
  /** All weights were trained. */
  readonly full: boolean;
  /** A whole model is to be written, in place of adapters. */
  readonly merged: boolean;
}

export function writeResult(
  folder: string,
  model: LanguageModel,
  { parameters }: TrainedWeights,
  { rank, alpha, targets, full, merged }: ResultOptions,
): void {
  const linears = linearsOf(model.config).filter((linear) => !targets || targets.includes(moduleOf(linear)));
  if (!full && !merged) {
    writeAdapter(folder, parameters, { rank, alpha, base: resolve(model.path), linears });
    return;
  }
  const value = (name: string) => parameters.get(name)?.value?.data as Float32Array | undefined;
  const adapted = new Map(linears.map((linear) => [`${linear.name}.weight`, linear]));
  writeFolder(folder, model, (name) => {
    if (full) return value(name) ?? model.weights.read(name);
    const weight = model.weights.read(name);
    const linear = adapted.get(name);
    if (linear) {
      const [a, b] = [value(`${linear.name}.lora_A.weight`)!, value(`${linear.name}.lora_B.weight`)!];
      mergeAdapter(weight, linear, a, b, alpha / rank);
    }
    return weight;
  });
}
