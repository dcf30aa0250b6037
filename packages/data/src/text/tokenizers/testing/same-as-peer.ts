/** A small vocabulary with merges, texts, and the comparison of a tokenizer of ours with Hugging Face's on all of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { Tokenizer, type TokenizerFile } from '../tokenizer.ts';
import { offsetsOf, peerOf, texts } from './peer.ts';

export const SAMPLES = fc.sample(texts, { numRuns: 200, seed: 5 });

/** Ids, places and decoding of every sample, as Hugging Face's tokenizers have them. */
export async function expectSame(
  file: TokenizerFile,
  samples = SAMPLES,
  { places = true, decoded = true } = {},
): Promise<void> {
  const [ours, peer] = [new Tokenizer(file), peerOf(file)];
  const theirs = await peer.encodeBatch(samples);
  for (const [i, text] of samples.entries()) {
    const { ids, offsets } = ours.encode(text);
    const seen = { text, ids: [...ids], offsets: places ? [...offsets] : [] };
    const offsetsOfTheirs = places ? offsetsOf(theirs[i]!, text) : [];
    expect(seen).toEqual({ text, ids: theirs[i]!.getIds(), offsets: offsetsOfTheirs });
    if (decoded) expect(ours.decode(ids)).toBe(await peer.decode([...ids], true));
  }
}

/** Every piece is one unknown token, so that places show where a text was cut. */
export const PIECES = { type: 'WordLevel', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' };

export const CHARACTERS = [...new Set(SAMPLES.join(''))].filter((character) => character < '一');
const WORDS = ['he', 'll', 'hell', 'hello', 'lo', 'wo', 'wor', 'world', 'to', 'ken', 'token', 'do', 'don'];
export const VOCABULARY = Object.fromEntries(
  ['<unk>', ...CHARACTERS, ...WORDS].map((token, id) => [token, id]),
);
export const MERGES = [
  ['h', 'e'],
  ['l', 'l'],
  ['l', 'o'],
  ['he', 'll'],
  ['hell', 'o'],
  ['w', 'o'],
  ['wo', 'r'],
  ['t', 'o'],
  ['d', 'o'],
  ['do', 'n'],
];
