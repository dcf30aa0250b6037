/**
 * Trains a byte-level BPE tokenizer (Sennrich, Haddow and Birch, 2016; bytes: Radford et al., 2019) on texts of any
 * language: nothing is ever unknown to it, and decoding gives back every text. The result is a `tokenizer.json` that
 * Hugging Face's tokenizers read too.
 */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { Pattern } from '../pattern/pattern.ts';
import { GPT4_PATTERN } from '../pre-tokenizers.ts';
import { Tokenizer, type TokenizerFile } from '../tokenizer.ts';
import { learnMerges } from './learn-merges.ts';
import { WordCounts } from './word-counts.ts';

export interface TrainBpeOptions {
  /** How many tokens, the 256 bytes and the special tokens included. Fewer where no pair is frequent enough. Default 16,000. */
  readonly size?: number;
  /** Pairs that stand less often are not merged. Default 2. */
  readonly minFrequency?: number;
  /** Tokens that stand for no text; their ids come first. Default <|endoftext|>. */
  readonly specialTokens?: readonly string[];
  /** Cuts texts into the words that tokens stay within. Default: GPT-4's. */
  readonly pattern?: string;
  /** At most this many different words are held in memory; past it the rarest are dropped. Default 2,000,000. */
  readonly maxWords?: number;
  readonly progress?: (state: TrainBpeProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TrainBpeProgress {
  readonly phase: 'counting' | 'merging';
  /** Characters read, or tokens made. */
  readonly done: number;
  /** Of how many; not known while counting. */
  readonly of?: number;
}

const MAX_SIZE = 1_000_000;
/** Characters between two looks at the signal. */
const BREATH = 1 << 20;

/** @throws UserError where the options do not fit or there is no text; the signal's reason where it is aborted. */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions = {},
): Promise<Tokenizer> {
  const {
    size = 16_000,
    minFrequency = 2,
    specialTokens = ['<|endoftext|>'],
    pattern = GPT4_PATTERN,
    maxWords = 2_000_000,
    progress,
    signal,
  } = options;
  const least = 256 + specialTokens.length;
  if (!Number.isInteger(size) || size < least || size > MAX_SIZE)
    throw new UserError({
      en: `A tokenizer of ${size} tokens cannot be: expected ${least}, the bytes and special tokens, to ${MAX_SIZE}.`,
      zh: `无法训练 ${size} 个词元的分词器：应为 ${least}（字节与特殊词元数）到 ${MAX_SIZE}。`,
    });
  if (new Set(specialTokens).size < specialTokens.length || specialTokens.includes(''))
    throw new UserError({
      en: 'Special tokens must differ from each other, and none may be empty.',
      zh: '特殊词元必须互不相同，且不能为空。',
    });

  const counts = new WordCounts(new Pattern(pattern), maxWords);
  let read = 0;
  let breath = 0;
  for await (const text of texts) {
    counts.add(text);
    read += text.length;
    if (read - breath < BREATH) continue;
    breath = read;
    progress?.({ phase: 'counting', done: read });
    await setImmediate();
    signal?.throwIfAborted();
  }
  if (read === 0)
    throw new UserError({
      en: 'There is no text to train a tokenizer on.',
      zh: '没有可用于训练分词器的文本。',
    });

  const learning = learnMerges(counts.sorted(), size - specialTokens.length, minFrequency);
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = learning.next();
    if (done) return new Tokenizer(fileOf(value, specialTokens, pattern));
    progress?.({ phase: 'merging', done: value + specialTokens.length, of: size });
    await setImmediate();
  }
}

function fileOf(
  { tokens, merges }: { tokens: readonly string[]; merges: readonly (readonly [string, string])[] },
  specialTokens: readonly string[],
  pattern: string,
): TokenizerFile {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const vocab = Object.fromEntries([...specialTokens, ...tokens].map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        byteLevel,
      ],
    },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}
