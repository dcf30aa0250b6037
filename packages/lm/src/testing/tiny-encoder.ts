/** A golden encoder with a tokenizer of letters, as a folder of sentence-transformers. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';

export interface TinyEncoderOptions {
  readonly pooling?: object | undefined;
  /** Of modules.json. */
  readonly modules?: readonly string[];
  /** Prefixes by name. */
  readonly prompts?: object;
}

export function tinyEncoder({
  pooling,
  modules = ['Transformer', 'Pooling', 'Normalize'],
  prompts = {},
}: TinyEncoderOptions = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-embed-'));
  cpSync(goldenFolder('bert'), folder, { recursive: true });
  const vocab = Object.fromEntries(
    [...'\u0000[]abcdefghijklmnopqrstuvwxyz:? '].map((token, id) => [token, id]),
  );
  const json = {
    added_tokens: [],
    pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
    model: { type: 'WordLevel', vocab, unk_token: '\u0000' },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  mkdirSync(join(folder, '1_Pooling'));
  if (pooling) writeFileSync(join(folder, '1_Pooling/config.json'), JSON.stringify(pooling));
  const list = modules.map((type) => ({ type: `sentence_transformers.models.${type}`, path: '' }));
  writeFileSync(join(folder, 'modules.json'), JSON.stringify(list));
  writeFileSync(join(folder, 'config_sentence_transformers.json'), JSON.stringify({ prompts }));
  return folder;
}

/** Beside its original: a copy of its folder with the model as PyTorch exported it, in a file of this name, in place of the weights. */
export function exportedEncoder(original: string, name = 'model.onnx'): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-onnx-'));
  cpSync(original, folder, { recursive: true });
  rmSync(join(folder, 'model.safetensors'));
  mkdirSync(join(folder, 'onnx'));
  cpSync(join(goldenFolder('bert-onnx'), 'model.onnx'), join(folder, name));
  return folder;
}
