/** Each component of a tokenizer does what that of Hugging Face does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aligned } from './aligned.ts';
import { Budget } from './budget.ts';
import { build } from './component.ts';
import { DECODERS } from './decoders.ts';
import { NORMALIZERS } from './normalizers.ts';
import { GPT4_PATTERN } from './pre-tokenizers.ts';
import { charsMap } from './testing/charsmap.ts';
import { peerOf } from './testing/peer.ts';
import { CHARACTERS, expectSame, MERGES, PIECES, SAMPLES, VOCABULARY } from './testing/same-as-peer.ts';
import type { TokenizerFile } from './tokenizer.ts';

describe('a pre-tokenizer cuts where Hugging Face does', () => {
  const split = (pattern: object, behavior: string, invert = false) => ({
    type: 'Split',
    pattern,
    behavior,
    invert,
  });
  const cases: Record<string, object> = {
    Whitespace: { type: 'Whitespace' },
    WhitespaceSplit: { type: 'WhitespaceSplit' },
    BertPreTokenizer: { type: 'BertPreTokenizer' },
    'ByteLevel with a prefix space': {
      type: 'ByteLevel',
      add_prefix_space: true,
      trim_offsets: true,
      use_regex: true,
    },
    'ByteLevel without': { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    CharDelimiterSplit: { type: 'CharDelimiterSplit', delimiter: 'o' },
    'Digits one by one': { type: 'Digits', individual_digits: true },
    'Digits together': { type: 'Digits', individual_digits: false },
    'Metaspace always': { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    'Metaspace first': { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
    'Metaspace never': { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: false },
    'GPT-4': split({ Regex: GPT4_PATTERN }, 'Isolated'),
    'a literal': split({ String: 'l' }, 'MergedWithPrevious'),
    'an empty match': split({ Regex: '(?=[0-9])' }, 'Isolated'),
    'word boundaries': split({ Regex: '\\b' }, 'Isolated'),
    'line starts': split({ Regex: '^.' }, 'Isolated'),
    'several in a row': {
      type: 'Sequence',
      pretokenizers: [
        { type: 'WhitespaceSplit' },
        { type: 'Punctuation', behavior: 'Contiguous' },
        { type: 'Digits', individual_digits: true },
      ],
    },
  };
  for (const behavior of ['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']) {
    cases[`Split ${behavior}`] = split({ Regex: '\\s|\\d+' }, behavior);
    cases[`Split ${behavior}, inverted`] = split({ Regex: '[a-z]+' }, behavior, true);
    cases[`Punctuation ${behavior}`] = { type: 'Punctuation', behavior };
  }
  for (const [name, pre_tokenizer] of Object.entries(cases))
    it(name, () => expectSame({ pre_tokenizer, model: PIECES }));
});

describe('a normalizer writes what Hugging Face does', () => {
  const cases: object[] = [
    {
      type: 'Precompiled',
      precompiled_charsmap: charsMap({
        ...{ ﬁ: 'fi', '①': '1', '\u3000': ' ', '\t': ' ', e: 'E', 'e\u0301': 'é', '\u200b': '' },
        ...{ '\u1112\u1161\u11ab': '한', 中: '国文', '👍': 'ok' },
      }).toString('base64'),
    },
    { type: 'NFC' },
    { type: 'NFD' },
    { type: 'NFKC' },
    { type: 'NFKD' },
    { type: 'Lowercase' },
    { type: 'StripAccents' },
    { type: 'Strip', strip_left: true, strip_right: false },
    { type: 'Strip', strip_left: false, strip_right: true },
    { type: 'Nmt' },
    { type: 'Prepend', prepend: '▁' },
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    { type: 'Replace', pattern: { Regex: '\\s{2,}|l+' }, content: '$&' },
    {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    {
      type: 'BertNormalizer',
      clean_text: false,
      handle_chinese_chars: false,
      strip_accents: true,
      lowercase: false,
    },
    { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }, { type: 'StripAccents' }] },
  ];
  for (const json of cases)
    it(JSON.stringify(json).slice(0, 100), () => {
      const peer = peerOf({ normalizer: json, model: PIECES }).getNormalizer()!;
      const ours = build(NORMALIZERS, json, 'normalizer');
      for (const text of SAMPLES)
        expect([text, ours(Aligned.of(text)).text]).toEqual([text, peer.normalizeString(text)]);
    });
  it('and knows where each character came from', () =>
    expectSame({
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: PIECES,
    }));
});

describe('a decoder returns what that of Hugging Face does', () => {
  const cases: object[] = [
    { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    { type: 'WordPiece', prefix: '##', cleanup: true },
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: true },
    { type: 'BPEDecoder', suffix: '</w>' },
    { type: 'ByteFallback' },
    {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
  ];
  const token = fc.constantFrom(
    ...[
      '▁a',
      '▁',
      'b',
      '##c',
      'd</w>',
      '</w>',
      '.',
      "n't",
      'do',
      ' not',
      '<0xE4>',
      '<0xB8>',
      '<0xAD>',
      '<0xFF>',
    ],
    ...['ä¸', 'Ń', 'Ġhi', '中', ' x ', "'s", 'é'],
  );
  for (const json of cases)
    it(JSON.stringify(json), () => {
      const peer = peerOf({ decoder: json, model: PIECES }).getDecoder()!;
      const ours = build(DECODERS, json, 'decoder');
      for (const tokens of fc.sample(fc.array(token, { maxLength: 8 }), { numRuns: 300, seed: 1 }))
        expect([tokens, ours(tokens, new Budget(0)).join('')]).toEqual([tokens, peer.decode(tokens)]);
    });
});

describe('a model finds the tokens that Hugging Face does', () => {
  const bpe = (more: object, vocab: object = VOCABULARY) => ({
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model: {
      type: 'BPE',
      vocab,
      merges: MERGES,
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      ...more,
    },
  });
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  const numbered = (tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));
  const parts = [
    ...Object.keys(VOCABULARY),
    ...Object.keys(VOCABULARY).map((token) => `##${token}`),
    '[UNK]',
  ];
  const cases: Record<string, TokenizerFile> = {
    BPE: bpe({}),
    'BPE with unknowns fused': bpe({ fuse_unk: true }),
    'BPE that takes whole words first': bpe({ ignore_merges: true }),
    'BPE that falls back on bytes': bpe(
      { byte_fallback: true },
      numbered([...Object.keys(VOCABULARY), ...bytes]),
    ),
    'BPE with the ends of words marked': {
      ...bpe(
        { end_of_word_suffix: '</w>', merges: [...MERGES, ['hell', 'o</w>']] },
        numbered([...Object.keys(VOCABULARY), ...CHARACTERS.map((c) => `${c}</w>`), 'hello</w>']),
      ),
      decoder: { type: 'BPEDecoder', suffix: '</w>' },
    },
    'BPE with what goes on marked': bpe(
      {
        continuing_subword_prefix: '##',
        merges: [
          ['h', '##e'],
          ['##l', '##l'],
          ['he', '##ll'],
        ],
      },
      numbered(['<unk>', ...CHARACTERS, ...CHARACTERS.map((c) => `##${c}`), 'he', '##ll', 'hell']),
    ),
    WordPiece: {
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        vocab: numbered(parts),
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 8,
      },
    },
    Unigram: {
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      model: {
        type: 'Unigram',
        unk_id: 0,
        byte_fallback: false,
        vocab: Object.keys(VOCABULARY).map((token, id) => [
          token,
          id === 0 ? 0 : -((id * 7919) % 97) / 8 - 1,
        ]),
      },
    },
    WordLevel: {
      pre_tokenizer: { type: 'Whitespace' },
      model: { type: 'WordLevel', vocab: { '<unk>': 0, hello: 1, world: 2, don: 3 }, unk_token: '<unk>' },
    },
  };
  for (const [name, file] of Object.entries(cases)) it(name, () => expectSame(file));
  // Hugging Face loses count of where tokens stand after a character that it leaves out.
  it('BPE that leaves out the unknown', () =>
    expectSame(bpe({ unk_token: null }), SAMPLES, { places: false }));
});
