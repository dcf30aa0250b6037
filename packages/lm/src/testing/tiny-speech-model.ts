/** A golden Whisper with a tokenizer of letters, and half a second of tones beside it (`tones.wav`). */
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'];
const SPECIAL = ['end', 'start', 'en', 'zh', 'translate', 'transcribe'];
const MARKS = Array.from({ length: 51 }, (_, i) => (i * 0.02).toFixed(2));

/** @param name `whisper` has marks for three places only, `whisper-timestamps` for all */
export function tinySpeechModel(name: 'whisper' | 'whisper-timestamps'): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-speech-'));
  cpSync(goldenFolder(name), folder, { recursive: true });
  cpSync(join(goldenFolder('whisper'), 'tones.wav'), join(folder, 'tones.wav'));
  const special =
    name === 'whisper'
      ? [...SPECIAL, 'notimestamps', ...MARKS.slice(0, 3)]
      : [...SPECIAL, 'nospeech', 'notimestamps', ...MARKS];
  const vocab = Object.fromEntries(
    [...LETTERS, ...special.map((token) => `<|${token}|>`)].map((token, id) => [token, id]),
  );
  const json = {
    added_tokens: [],
    pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
    decoder: { type: 'Fuse' },
    model: { type: 'WordLevel', vocab, unk_token: 'a' },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  return folder;
}
