/** A golden encoder with a tokenizer of words, as a folder of sentence-transformers: what a person would bring, but tiny. */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';

/** @param words at most 36, one token each */
export function wordEncoder(words: readonly string[], name = 'bert'): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-encoder-'));
  cpSync(goldenFolder(name), folder, { recursive: true });
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
  const vocab = Object.fromEntries([...special, ...words].map((token, id) => [token, id]));
  const json = {
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
    model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  mkdirSync(join(folder, '1_Pooling'));
  writeFileSync(join(folder, '1_Pooling/config.json'), JSON.stringify({ pooling_mode_mean_tokens: true }));
  const modules = ['Transformer', 'Pooling', 'Normalize'];
  const list = modules.map((type) => ({ type: `sentence_transformers.models.${type}`, path: '' }));
  writeFileSync(join(folder, 'modules.json'), JSON.stringify(list));
  return folder;
}
