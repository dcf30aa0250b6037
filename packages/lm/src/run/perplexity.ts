/**
 * How well a model foretells a text: the exponential of the mean cross-entropy of its tokens. Windows follow one another, each token
 * is foretold once, from a window that begins with the token before; the last window is filled up with tokens from before it. So
 * does lm-eval's `loglikelihood_rolling` (EleutherAI, 2021).
 */
import { UserError } from '@gradus/base';
import type { RunBits } from '../graph/quantized-weights.ts';
import type { RunnableModel } from '../model/language-model.ts';
import { DecoderSession, placesOf, type RunnableParts } from './decoder-session.ts';
import { logProbabilities } from './sampling.ts';

export interface Perplexity {
  readonly perplexity: number;
  /** Mean over tokens, in nats. */
  readonly loss: number;
  readonly bitsPerByte: number;
  readonly tokens: number;
  readonly bytes: number;
  readonly windows: number;
}

export interface PerplexityOptions {
  /** Tokens of a window. Default: the context, 2,048 at most. */
  readonly window?: number;
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
  /** Whether 4-bit weights are multiplied by rounded numbers. Default false. */
  readonly rounds?: boolean | undefined;
  readonly signal?: AbortSignal;
  onWindow?(done: number, windows: number): void;
}

const MOST_WINDOW = 2048;

/** @throws UserError where the text has no tokens */
export async function perplexity(
  model: RunnableModel,
  text: string,
  { window, threads, bits, rounds, signal, onWindow }: PerplexityOptions = {},
): Promise<Perplexity> {
  const ids = [...model.tokenizer.encode(text, { addSpecial: false, parseSpecial: false }).ids];
  const bytes = Buffer.byteLength(text);
  const { loss, windows } = await lossOfTokens(model, ids, {
    window: placesOf(model.config, window ?? MOST_WINDOW),
    threads,
    bits,
    rounds,
    ...(signal && { signal }),
    ...(onWindow && { onWindow }),
  });
  return {
    perplexity: Math.exp(loss / ids.length),
    loss: loss / ids.length,
    bitsPerByte: loss / Math.LN2 / bytes,
    tokens: ids.length,
    bytes,
    windows,
  };
}

/** The summed cross-entropy of tokens. */
export async function lossOfTokens(
  model: RunnableParts & Pick<RunnableModel, 'end'>,
  ids: readonly number[],
  { window, threads, bits, rounds, signal, onWindow }: PerplexityOptions & { window: number },
): Promise<{ loss: number; windows: number }> {
  const first = model.config.bos ?? model.end[0];
  if (ids.length === 0 || first === undefined)
    throw new UserError({ en: 'the text has no tokens', zh: '文本中没有词元' });
  const seen = [first, ...ids.slice(0, -1)];
  const session = await DecoderSession.open(model, { places: window, threads, bits, rounds, logits: 'all' });
  const windows = Math.ceil(ids.length / window);
  let loss = 0;
  try {
    for (let k = 0; k < windows; k++) {
      signal?.throwIfAborted();
      const end = Math.min((k + 1) * window, ids.length);
      const start = Math.max(0, end - window);
      let at = start;
      for await (const logits of session.every(seen.slice(start, end))) {
        const { vocabulary } = model.config;
        for (let row = 0; row < logits.length; row += vocabulary, at++) {
          if (at < k * window) continue;
          loss -= logProbabilities(logits.subarray(row, row + vocabulary), 0).of(ids[at]!);
        }
      }
      onWindow?.(k + 1, windows);
    }
  } finally {
    await session.close();
  }
  return { loss, windows };
}
