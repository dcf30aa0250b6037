/** Tokenizers as a whole: what stands around a text, files of others, and those that need none. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bertTokenizer } from './bert.ts';
import { charsMap } from './testing/charsmap.ts';
import { peerOf, texts } from './testing/peer.ts';
import { type Ranks, tokenizerFromRanks } from './testing/ranks.ts';
import { expectSame, MERGES, PIECES, VOCABULARY } from './testing/same-as-peer.ts';
import { Tokenizer, type TokenizerFile } from './tokenizer.ts';
import { wordTokenizer } from './words.ts';

const require = createRequire(import.meta.url);
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
