/**
 * Texts to the ids of tokens, by a tokenizer that is fitted on the training texts or among the options. ONNX cannot express
 * it: it runs before the graph (`graphInputs`), which takes the ids.
 */

import { UserError } from '@gradus/base';
import { input } from '@gradus/engine';
import { z } from 'zod';
import { Tokenizer, type TokenizerFile } from '../../text/tokenizers/tokenizer.ts';
import { trainBpe } from '../../text/tokenizers/training/train-bpe.ts';
import { wordTokenizer } from '../../text/tokenizers/words.ts';
import { fitVocabulary } from '../../text/vocabulary.ts';
import { characterTokens, words } from '../../text/words.ts';
import { ALL_MISSING, columnError, columnStep, declares, type FittedStep } from '../step.ts';

/** Default of the most tokens of a text. */
const LONGEST = 512;

const file = z.custom<TokenizerFile>((value) => typeof value === 'object' && value !== null);

export const tokensStep = columnStep({
  name: 'tokens',
  title: { en: 'Tokens', zh: '分词' },
  accepts: ['text'],
  options: z.strictObject({
    /** `words` and `characters` cut Chinese by dictionary or character by character, other languages at their spaces; `bpe` learns its own parts of words. */
    model: z.enum(['words', 'characters', 'bpe']).default('words'),
    /** Tokens at most. */
    size: z.int().min(3).max(1_000_000).default(20_000),
    /** Words and characters in fewer texts are unknown. */
    minTexts: z.int().min(1).default(2),
    /** Tokens of each text: longer ones are cut, shorter ones filled up. Default: as many as the longest training text has, 512 at most. */
    length: z.int().min(1).max(100_000).optional(),
    /** The plain data of a `tokenizer.json`, in place of one fitted here. */
    tokenizer: file.optional(),
  }),
  /** Null where the tokenizer is among the options. */
  parameters: z.object({ tokenizer: file.nullable(), length: z.int().min(1).max(100_000) }),
  fit: async ({ step, block, data }, options) => {
    const texts = (data.data as readonly string[]).filter((text) => text.trim() !== '');
    if (texts.length === 0) {
      throw columnError(step, block.name, ALL_MISSING);
    }
    const tokenizer = options.tokenizer ? tokenizerFrom(options.tokenizer) : await fitted(texts, options);
    const longest = () =>
      texts.reduce((most, text) => Math.max(most, tokenizer.encode(text, plain).ids.length), 1);
    return {
      tokenizer: options.tokenizer ? null : tokenizer.toJSON(),
      length: options.length ?? Math.min(LONGEST, longest()),
    };
  },
  beforeGraph: ({ data, dims }, { tokenizer: own, length }, { tokenizer: fixed }) => {
    const tokenizer = tokenizerFrom(own ?? fixed);
    const texts = data as readonly string[];
    const rows = dims[0]!;
    if (rows === 0) return { dtype: 'int64', dims: [0, length], data: new BigInt64Array(0) };
    const { pad_id: pad = 0 } = tokenizer.toJSON().padding ?? {};
    const ids = new BigInt64Array(rows * length).fill(BigInt(pad));
    for (const [row, text] of texts.entries()) {
      const encoding = tokenizer.encode(text, { ...plain, truncation: { max_length: length } });
      for (const [i, id] of encoding.ids.entries()) ids[row * length + i] = BigInt(id);
    }
    return { dtype: 'int64', dims: [rows, length], data: ids };
  },
  afterGraph: ({ data, dims }, { tokenizer: own }, { tokenizer: fixed }) => {
    const tokenizer = tokenizerFrom(own ?? fixed);
    const [rows, length] = dims as readonly [number, number];
    const ids = Array.from(data as ArrayLike<number | bigint>, Number);
    const texts = Array.from({ length: rows }, (_, row) =>
      tokenizer.decode(ids.slice(row * length, (row + 1) * length)),
    );
    return { dtype: 'string', dims: [rows], data: texts };
  },
  trace: (block, { tokenizer, length }, options) => {
    // A file may hold anything: it is looked at before anything is done with it.
    tokenizerFrom(tokenizer ?? options.tokenizer);
    return { ...block, kind: 'tokens', tensor: input(block.name, ['batch', length], 'int64') };
  },
  describe: ({ model, size, tokenizer }) => {
    const by = {
      words: { en: 'words', zh: '词' },
      characters: { en: 'words and Chinese characters', zh: '词与汉字' },
      bpe: { en: 'byte pairs', zh: '字节对' },
    }[model];
    return tokenizer
      ? { en: 'by a given tokenizer, before the graph', zh: '用给定的分词器，在图之前' }
      : { en: `${by.en}, at most ${size}, before the graph`, zh: `${by.zh}，至多 ${size} 个，在图之前` };
  },
  describeFitted: ({ tokenizer, length }, options) => {
    const { size } = tokenizerFrom(tokenizer ?? options.tokenizer);
    return { en: `${size} tokens, ${length} a text`, zh: `${size} 个词元，每条文本 ${length} 个` };
  },
});

/** Texts come from anyone: what looks like a special token in one is read as its characters. */
const plain = { parseSpecial: false, padding: null } as const;

function fitted(
  texts: readonly string[],
  { model, size, minTexts }: { model: 'words' | 'characters' | 'bpe'; size: number; minTexts: number },
): Tokenizer | Promise<Tokenizer> {
  if (model === 'bpe') return trainBpe(texts, { size, specialTokens: ['<pad>', '<|endoftext|>'] });
  const cut = model === 'words' ? words : characterTokens;
  // Padding and the unknown are tokens, too.
  return wordTokenizer(fitVocabulary(texts.map(cut), { minTexts, maxTokens: size - 2 }), model);
}

const made = new WeakMap<TokenizerFile, Tokenizer>();

function tokenizerFrom(json: TokenizerFile | undefined): Tokenizer {
  if (!json)
    throw new UserError({
      en: 'tokens: there is no tokenizer, neither fitted nor given',
      zh: 'tokens：没有分词器，既未拟合也未提供',
    });
  let tokenizer = made.get(json);
  if (!tokenizer) {
    tokenizer = new Tokenizer(json);
    made.set(json, tokenizer);
  }
  return tokenizer;
}

/** The tokenizer of a column: how many ids a table of embeddings needs, and the way back. @throws UserError where the column has none */
export function tokenizerOf({ steps }: { readonly steps: readonly FittedStep[] }, column: string): Tokenizer {
  for (const { step, columns, options, parameters } of steps) {
    const at = step === tokensStep.name ? columns.indexOf(column) : -1;
    if (at < 0) continue;
    const own = (parameters as readonly z.output<typeof tokensStep.parameters>[number][])[at]!.tokenizer;
    return tokenizerFrom(own ?? (options as z.output<typeof tokensStep.options>).tokenizer);
  }
  throw new UserError({ en: `column "${column}" is not cut into tokens`, zh: `列“${column}”未切分为词元` });
}

/** Missing texts are padding from end to end. */
export const tokens = declares(tokensStep);
