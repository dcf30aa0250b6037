/** Golden models with tokenizers of letters that mark where a pair of texts begins and parts. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';

/** A golden model with a tokenizer of single characters. */
export function folderOfLetters(name: string, special: readonly string[], template?: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-rerank-'));
  cpSync(goldenFolder(name), folder, { recursive: true });
  const vocab = Object.fromEntries(
    [...special, ...'abcdefghijklmnopqrstuvwxyz: '].map((token, id) => [token, id]),
  );
  const json = {
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
    ...(template && { post_processor: template }),
    model: { type: 'WordLevel', vocab, unk_token: special[0] },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  return folder;
}
const PAIRS = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [
    { SpecialToken: { id: '[CLS]', type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: '[SEP]', type_id: 0 } },
    { Sequence: { id: 'B', type_id: 1 } },
  ],
  special_tokens: {
    '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
    '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
  },
};

/** A cross-encoder that knows letters, with random weights. */
export const tinyCrossEncoder = (golden = 'bert-classifier'): string =>
  folderOfLetters(golden, ['[PAD]', '[CLS]', '[SEP]'], PAIRS);

/** A decoder of Qwen3's architecture that knows letters, yes and no, with random weights and room for the prompt of Qwen3-Reranker. */
export function tinyYesOrNo(): string {
  const folder = folderOfLetters('qwen3', ['<unk>', '<|im_start|>', '<|im_end|>', 'yes', 'no']);
  const file = join(folder, 'config.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...json, max_position_embeddings: 512 }));
  return folder;
}
