/** A golden model with a tokenizer of letters, as a folder of Hugging Face: what a person would bring, but tiny. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz▁.:?012';

/** ChatML without its marks: a role, its text, an end. */
const TEMPLATE =
  "{% for message in messages %}{{ message['role'][0] + ':' + message['content'] + '</s>' }}{% endfor %}{% if add_generation_prompt %}{{ 'a:' }}{% endif %}";

export function tinyModel({ name = 'llama', chat = false } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-tiny-'));
  cpSync(goldenFolder(name), folder, { recursive: true });
  const special = ['<unk>', '<s>', '</s>'];
  const vocab = Object.fromEntries([...special, ...LETTERS].map((token, id) => [token, id]));
  const json = {
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    decoder: {
      type: 'Sequence',
      decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'Fuse' }],
    },
    model: { type: 'BPE', vocab, merges: [], unk_token: '<unk>', byte_fallback: true },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, dtype: 'float32' }));
  if (chat) writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ chat_template: TEMPLATE }));
  return folder;
}
