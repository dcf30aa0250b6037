/** Hugging Face's own tokenizers (Rust, the npm package `tokenizers`), to compare with, and texts to compare on. */
import fc from 'fast-check';
import { type Encoding, Tokenizer as Peer } from 'tokenizers';
import type { TokenizerFile } from '../tokenizer.ts';

export function peerOf(file: TokenizerFile): Peer {
  return Peer.fromString(
    JSON.stringify({ version: '1.0', truncation: null, padding: null, added_tokens: [], ...file }),
  );
}

/** Where the peer's tokens stand, in UTF-16 units as ours are; it counts code points. */
export function offsetsOf(encoding: Encoding, text: string): number[] {
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return encoding.getOffsets().flatMap((range) => range.map((at) => units[at]!));
}

const PARTS = [
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  ' \n\n ',
  'hello world',
  'Tokenization',
  "don't",
  "'s",
  "'LL",
  '123456',
  '3.14',
  '...',
  '!!',
  'snake_case',
  '很好吃',
  '中文',
  '。',
  '，送餐快',
  '한국어',
  '\u1112\u1161\u11ab',
  'ひらがな',
  'ｶﾞ',
  'مرحبا',
  'नमस्ते',
  'e\u0301',
  'é',
  'ñandú',
  'ﬁ',
  '①',
  'x²',
  'İ',
  'ΟΔΟΣ',
  'ß',
  'ſ',
  '👍🏽',
  '👨‍👩‍👧',
  '\u00a0',
  '\u3000',
  '\u200b',
  '\u2028',
  '\u0085',
  '\ufeff',
  '▁',
  'Ġ',
  '<s>',
  '[CLS]',
  '<|endoftext|>',
  '<0x0A>',
];

/** Scripts whose characters both sides know: the peer's tables are of an older Unicode. */
const RANGES = [
  [0x20, 0x7e],
  [0xa1, 0x24f],
  [0x391, 0x3c9],
  [0x410, 0x44f],
  [0x5d0, 0x5ea],
  [0x621, 0x652],
  [0x905, 0x94d],
  [0xe01, 0xe3a],
  [0x2010, 0x2027],
  [0x2200, 0x22ff],
  [0x3041, 0x3093],
  [0x30a1, 0x30fa],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0xff01, 0xff9f],
  [0x1f300, 0x1f5a0],
  [0x20000, 0x2a6d6],
] as const;
const character = fc
  .oneof(...RANGES.map(([min, max]) => fc.integer({ min, max })))
  .map((code) => String.fromCodePoint(code));

/** Texts of many scripts, all well-formed. */
export const texts: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PARTS) },
      fc.string({ maxLength: 10 }),
      fc.string({ unit: character, maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').toWellFormed());
