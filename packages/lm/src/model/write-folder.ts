/** Writes a model as a folder of Hugging Face: what stood beside its weights, and the weights one after another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FloatType, writeSafetensorsFile } from '../weights/write-safetensors.ts';
import type { LanguageModel } from './language-model.ts';

const DTYPES: Readonly<Record<string, FloatType>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };
const NAMES: Readonly<Record<FloatType, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** @param type Default: as the model's config has it */
export function writeFolder(
  folder: string,
  model: LanguageModel,
  read: (name: string) => Float32Array,
  type: FloatType = DTYPES[String(model.json.dtype ?? model.json.torch_dtype)] ?? 'F32',
): void {
  const { torch_dtype: _, ...json } = model.json;
  const config = { ...json, dtype: NAMES[type] };
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  for (const [name, text] of Object.entries(model.files())) writeFileSync(join(folder, name), text);
  const entries = [...model.weights.shapes].map(([name, dims]) => ({ name, dims, read: () => read(name) }));
  writeSafetensorsFile(join(folder, 'model.safetensors'), entries, type);
}
