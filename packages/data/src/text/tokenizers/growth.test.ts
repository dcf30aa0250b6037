/** A tokenizer file is from anywhere: none of its parts makes a text grow without bound, or takes the square of its length. */
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tokenizer, type TokenizerFile } from './tokenizer.ts';

const tokenizer = (parts: Partial<TokenizerFile>) =>
  new Tokenizer({
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'], unk_token: 'a' },
    ...parts,
  });
const forty = (part: object) => Array.from({ length: 40 }, () => part);
const normalizers = (part: object) => ({ normalizer: { type: 'Sequence', normalizers: forty(part) } });
const doubling = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
const TEXT = `${'a'.repeat(20_000)} ${'ab'.repeat(1000)}`;

const GROWING: Record<string, () => unknown> = {
  'forty normalizers that double it': () => tokenizer(normalizers(doubling)).encode(TEXT),
  'forty normalizers that write six characters for one': () =>
    tokenizer(normalizers({ type: 'Replace', pattern: { Regex: '.' }, content: '$0$0ab' })).encode(TEXT),
  'forty normalizers that write between characters': () =>
    tokenizer(normalizers({ type: 'Replace', pattern: { Regex: 'x*' }, content: 'yy' })).encode(TEXT),
  'forty long prefixes': () =>
    tokenizer(normalizers({ type: 'Prepend', prepend: 'a'.repeat(500_000) })).encode(TEXT),
  'many short stretches, each of which grows': () =>
    tokenizer({
      added_tokens: [{ id: 5, content: '<x>', normalized: false }],
      ...normalizers(doubling),
    }).encode('<x>a'.repeat(2000)),
  'byte alphabets of byte alphabets': () =>
    tokenizer({
      pre_tokenizer: { type: 'Sequence', pretokenizers: forty({ type: 'ByteLevel', use_regex: false }) },
    }).encode('é'.repeat(2000)),
  'a decoder that doubles tokens': () =>
    tokenizer({ decoder: { type: 'Sequence', decoders: forty(doubling) } }).decode(new Array(100).fill(0)),
  'a template that repeats the text': () =>
    tokenizer({
      post_processor: {
        type: 'TemplateProcessing',
        single: Array.from({ length: 1000 }, () => ({ Sequence: { id: 'A', type_id: 0 } })),
        pair: [],
        special_tokens: {},
      },
    }).encode(TEXT),
  'added tokens that grow': () =>
    tokenizer({
      added_tokens: Array.from({ length: 100 }, (_, i) => ({ id: 3 + i, content: `a${i}` })),
      ...normalizers(doubling),
    }),
};

describe('a text is not made longer without bound by', () => {
  it.each(Object.keys(GROWING))('%s', { timeout: 60_000 }, (name) => {
    expect(GROWING[name]).toThrow(UserError);
    expect(GROWING[name]).toThrow(/makes more than [\d,]+ characters or tokens of a text of [\d,]+/);
  });
});

it('a text may become many times longer where its writing calls for it', () => {
  // U+FDFA is 18 characters in compatibility form (UnicodeData.txt).
  const { ids } = tokenizer({ normalizer: { type: 'NFKC' } }).encode('\ufdfa'.repeat(1000));
  expect(ids).toHaveLength(18_000);
});

it('a thousand marks on one character are refused, in whatever form of Unicode', () => {
  for (const type of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
    const { encode } = { encode: (text: string) => tokenizer({ normalizer: { type } }).encode(text) };
    expect(() => encode(`a${'\u0301\u0327'.repeat(50_000)}`)).toThrow('combining marks');
    expect(encode(`a${'\u0301\u0327'.repeat(15)}`).ids.length).toBeGreaterThan(0);
  }
});

it('a text of many pieces is not searched to its end for each of them', { timeout: 20_000 }, () => {
  const cut = tokenizer({
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'CharDelimiterSplit', delimiter: '§' }],
    },
  });
  expect(cut.encode('a '.repeat(300_000)).ids).toHaveLength(300_000);
});

it('pieces are cut at a delimiter as they are without the others', () => {
  const cut = tokenizer({
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'CharDelimiterSplit', delimiter: 'b' }],
    },
  });
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', ' '), { maxLength: 40 }), (characters) => {
      const text = characters.join('');
      expect(cut.encode(text).ids).toHaveLength(text.split('a').length - 1);
    }),
  );
});
