import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aligned } from './aligned.ts';
import { bertTokenizer } from './bert.ts';
import { build } from './component.ts';
import { DECODERS } from './decoders.ts';
import { NORMALIZERS } from './normalizers.ts';
import { GPT4_PATTERN } from './pre-tokenizers.ts';
import { charsMap } from './testing/charsmap.ts';
import { offsetsOf, peerOf, texts } from './testing/peer.ts';
import { type Ranks, tokenizerFromRanks } from './testing/ranks.ts';
import { Tokenizer, type TokenizerFile } from './tokenizer.ts';
import { wordTokenizer } from './words.ts';

const require = createRequire(import.meta.url);
const SAMPLES = fc.sample(texts, { numRuns: 200, seed: 5 });

/** Ids, places and decoding of every sample, as Hugging Face's tokenizers have them. */
async function expectSame(
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
const PIECES = { type: 'WordLevel', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' };

const CHARACTERS = [...new Set(SAMPLES.join(''))].filter((character) => character < '一');
const WORDS = ['he', 'll', 'hell', 'hello', 'lo', 'wo', 'wor', 'world', 'to', 'ken', 'token', 'do', 'don'];
const VOCABULARY = Object.fromEntries(['<unk>', ...CHARACTERS, ...WORDS].map((token, id) => [token, id]));
const MERGES = [
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
        expect([tokens, ours(tokens).join('')]).toEqual([tokens, peer.decode(tokens)]);
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

describe('around a text', () => {
  const vocab = { ...VOCABULARY, '[CLS]': 1000, '[SEP]': 1001, '<new>': 1002, '[PAD]': 1003 };
  const added = (content: string, id: number, more: object = {}) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
    ...more,
  });
  const file: TokenizerFile = {
    added_tokens: [added('[CLS]', 1000), added('[SEP]', 1001), added('[PAD]', 1003)],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model: { type: 'BPE', vocab, merges: MERGES, unk_token: '<unk>' },
  };
  const template = {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
      { Sequence: { id: 'B', type_id: 1 } },
      { SpecialToken: { id: '[SEP]', type_id: 1 } },
    ],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1000], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [1001], tokens: ['[SEP]'] },
    },
  };
  const processors: Record<string, object> = {
    TemplateProcessing: template,
    BertProcessing: { type: 'BertProcessing', sep: ['[SEP]', 1001], cls: ['[CLS]', 1000] },
    RobertaProcessing: {
      type: 'RobertaProcessing',
      sep: ['[SEP]', 1001],
      cls: ['[CLS]', 1000],
      trim_offsets: false,
      add_prefix_space: true,
    },
    Sequence: {
      type: 'Sequence',
      processors: [
        { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
        template,
      ],
    },
  };
  for (const [name, post_processor] of Object.entries(processors))
    it(`${name} puts in, cuts off and pads what Hugging Face does`, async () => {
      const whole = { ...file, post_processor };
      const ours = new Tokenizer(whole);
      const truncations = ['LongestFirst', 'OnlyFirst', 'OnlySecond'] as const;
      // Of two texts too long each the odd token goes now to the one, now to the other there; here none is odd.
      const max_length = name === 'RobertaProcessing' ? 14 : 13;
      for (const strategy of truncations) {
        for (const direction of ['Left', 'Right'] as const) {
          const options = {
            truncation: { max_length, strategy, direction },
            padding: { strategy: { Fixed: 16 }, direction, pad_id: 1003, pad_type_id: 0, pad_token: '[PAD]' },
          };
          const peer = peerOf({
            ...whole,
            truncation: { ...options.truncation, stride: 0 } as never,
            padding: { ...options.padding, pad_to_multiple_of: null },
          });
          for (const pair of [
            ['hello world don', 'token hello'],
            ['hello', 'hello world to ken hello hello hello world hello'],
            ['hello wonder hello wonder hello wonder', 'tokens are told to wonder about hello'],
          ] as const) {
            // It refuses where there is not enough to cut off.
            const theirs = await peer.encode(pair[0], pair[1]).catch(() => undefined);
            if (!theirs) continue;
            const encoding = ours.encode(pair, options);
            expect([...encoding.ids]).toEqual(theirs.getIds());
            expect([...encoding.typeIds]).toEqual(theirs.getTypeIds());
            expect([...encoding.attentionMask]).toEqual(theirs.getAttentionMask());
            expect([...encoding.specialMask]).toEqual(theirs.getSpecialTokensMask());
          }
        }
      }
    });
  it('added tokens match where those of Hugging Face do', async () => {
    const tokens = [
      added('[CLS]', 1000, { lstrip: true }),
      added('<s>', 1001, { rstrip: true }),
      added('NEW', 1002, { special: false, normalized: true }),
      added('hello', 1004, { special: false, normalized: true, single_word: true }),
      added('hello world', 1005, { special: false, normalized: true }),
    ];
    const parts = ['[CLS]', '<s>', ' ', '  ', 'new', 'NEW', 'hello', 'hello world', 'x', '中', '.', '\n'];
    const samples = fc.sample(
      fc.array(fc.constantFrom(...parts), { maxLength: 9 }).map((p) => p.join('')),
      { numRuns: 400, seed: 3 },
    );
    // It numbers tokens anew that its model does not have, and decodes them as normalized.
    const known = Object.fromEntries(tokens.map(({ content, id }) => [content, id]));
    const model = { ...(file.model as object), vocab: { ...VOCABULARY, ...known } };
    await expectSame({ ...file, model, added_tokens: tokens, decoder: { type: 'Fuse' } }, samples, {
      decoded: false,
    });
  });
  it('a batch becomes tensors of one length, with a mask', () => {
    const ours = new Tokenizer({ ...file, post_processor: template });
    const { tensors } = ours.encodeBatch(['hello', ['hello world', 'to']]);
    const { input_ids, attention_mask, token_type_ids } = tensors();
    expect(input_ids!.dims).toEqual([2, 8]);
    expect(Array.from(attention_mask!.data as BigInt64Array, Number).slice(0, 8)).toEqual([
      1, 1, 1, 0, 0, 0, 0, 0,
    ]);
    expect(Array.from(token_type_ids!.data as BigInt64Array, Number).slice(8)).toEqual(
      [0, 0, 0, 0, 0, 0, 1, 1].slice(0, 8),
    );
    expect(() => ours.encodeBatch(['hello', 'hello world'], { padding: null }).tensors()).toThrow(/padding/);
  });
  it('special tokens in untrusted text are read as characters with parseSpecial: false', () => {
    const ours = new Tokenizer(file);
    expect([...ours.encode('[SEP]').ids]).toEqual([1001]);
    expect([...ours.encode('[SEP]', { parseSpecial: false }).ids]).not.toContain(1001);
  });
});

describe("GPT-4's vocabulary", () => {
  const ranks: Ranks = require('tiktoken/encoders/cl100k_base.json');
  const { Tiktoken } = require('tiktoken/lite');
  const peer = new Tiktoken(ranks.bpe_ranks, ranks.special_tokens, ranks.pat_str);
  const ours = new Tokenizer(tokenizerFromRanks(ranks));
  const expectIds = (text: string): void => {
    const theirs = Int32Array.from(peer.encode_ordinary(text));
    expect(ours.encode(text, { parseSpecial: false }).ids).toEqual(theirs);
  };

  it('returns the ids that tiktoken does', () => {
    fc.assert(fc.property(texts, expectIds), { numRuns: 500 });
  });
  it('decodes every text to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const decoded = ours.decode(ours.encode(text, { parseSpecial: false }).ids);
        expect(decoded).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });
  it('reads half a surrogate pair as the replacement character', () => {
    expect(ours.decode(ours.encode('a\ud800b').ids)).toBe('a\ufffdb');
  });
  for (const path of ['waimai_10k/waimai_10k.csv', 'banking77/train.csv']) {
    const file = new URL(`../../../../../../shared/data/${path}`, import.meta.url).pathname;
    it.skipIf(!existsSync(file))(`all of ${path}: the ids that tiktoken gives (needs ../shared/data)`, () => {
      expectIds(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
    });
  }
  it('is kept as JSON and read back', () => {
    const again = new Tokenizer(JSON.parse(JSON.stringify(ours)));
    expect(again.encode('很好吃 hello').ids).toEqual(ours.encode('很好吃 hello').ids);
    expect(again.size).toBe(100277);
    expect(again.tokenOf(again.idOf('hello')!)).toBe('hello');
    expect(again.specialTokens.get('<|endoftext|>')).toBe(100257);
  });
  it('takes a "word" of a megabyte in its stride', () => {
    const word = '很好吃'.repeat(120_000) + 'abcdefg'.repeat(100_000);
    expect(ours.decode(ours.encode(word).ids)).toBe(word);
  });
});

describe('tokenizers without a file', () => {
  it("BERT's vocab.txt", () => {
    const tokenizer = bertTokenizer('[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n好\n吃\n!\n');
    const { ids, offsets } = tokenizer.encode('UNAFFABLE 好吃!?');
    expect([...ids].map((id) => tokenizer.tokenOf(id))).toEqual([
      '[CLS]',
      'un',
      '##aff',
      '##able',
      '好',
      '吃',
      '!',
      '[UNK]',
      '[SEP]',
    ]);
    expect([...offsets].slice(2, 16)).toEqual([0, 2, 2, 5, 5, 9, 10, 11, 11, 12, 12, 13, 13, 14]);
    expect(tokenizer.decode(ids)).toBe('unaffable 好 吃!');
    expect(() => bertTokenizer('a\nb')).toThrow(/no \[UNK\]/);
  });
  it('the words of a vocabulary, Chinese and English', () => {
    const tokenizer = wordTokenizer({ tokens: ['味道', '不错', 'good', "don't"] });
    const { ids, offsets } = tokenizer.encode('味道不错, DON’T');
    expect([...ids]).toEqual([2, 3, 5]);
    expect([...offsets]).toEqual([0, 2, 2, 4, 6, 11]);
    expect([...wordTokenizer({ tokens: ['好', '吃', '!'] }, 'characters').encode('好吃! x').ids]).toEqual([
      2, 3, 4, 1,
    ]);
  });
});

describe('a file from a stranger', () => {
  const model = { type: 'WordLevel', vocab: { '<unk>': 0, __proto__: 1 }, unk_token: '<unk>' };
  const read = (more: object) => () => new Tokenizer({ model, ...more } as TokenizerFile);
  it('is refused by the name of what is not supported', () => {
    expect(read({ pre_tokenizer: { type: 'UnicodeScripts' } })).toThrow(
      /tokenizer\.pre_tokenizer is of type "UnicodeScripts", which is not supported/,
    );
    expect(read({ normalizer: { type: 'constructor' } })).toThrow(/"constructor", which is not supported/);
    expect(read({ decoder: { type: 'CTC' } })).toThrow(/decoder is of type "CTC"/);
    expect(read({ model: { type: 'BPE', vocab: { a: 0 }, merges: [], dropout: 0.1 } })).toThrow(/dropout/);
  });
  it('is refused by the name of the field that does not fit', () => {
    expect(read({ model: { type: 'BPE', vocab: { a: 0 }, merges: ['a b'] } })).toThrow(
      /model\.merges\.0 names the token "b"/,
    );
    expect(read({ model: { type: 'BPE', vocab: { a: 'x' }, merges: [] } })).toThrow(
      /the token "a" has the id "x"/,
    );
    expect(read({ model: { type: 'Unigram', vocab: [['a']] } })).toThrow(/vocab\.0/);
    expect(read({ padding: { strategy: { Fixed: -1 } } })).toThrow(/tokenizer\.padding/);
    expect(() => new Tokenizer(null as never)).toThrow(UserError);
  });
  it('cannot nest its parts without end, nor name the parts of JavaScript', () => {
    let nested: object = { type: 'NFC' };
    for (let i = 0; i < 50; i++) nested = { type: 'Sequence', normalizers: [nested] };
    expect(read({ normalizer: nested })).toThrow(/nested too deeply/);
    const vocab = JSON.parse('{"<unk>":0,"__proto__":1,"constructor":2}');
    const tokenizer = new Tokenizer({
      model: { ...model, vocab },
      pre_tokenizer: { type: 'WhitespaceSplit' },
    });
    expect([...tokenizer.encode('constructor __proto__ toString').ids]).toEqual([2, 1, 0]);
  });
  it('may be damaged anywhere', () => {
    const map = charsMap({ a: 'b' });
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(map.subarray(0, i < 20 ? i : undefined));
      if (i >= 20) bytes[(i * 7919) % bytes.length] = (i * 31) % 256;
      const normalizer = { type: 'Precompiled', precompiled_charsmap: bytes.toString('base64') };
      try {
        new Tokenizer({ model: PIECES, normalizer }).encode('abc 好');
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });
  it('cannot make matching slow', () => {
    const tokenizer = new Tokenizer({
      model: PIECES,
      pre_tokenizer: { type: 'Split', pattern: { Regex: '(a|a)*(a+)+b' }, behavior: 'Isolated' },
    });
    expect(tokenizer.encode('a'.repeat(500)).ids.length).toBe(1);
    expect(() => tokenizer.encode('a'.repeat(100_000))).toThrow(/takes too long/);
  });
});
