/** Texts as tokens, and tokens in batches: what all that make vectors of texts have in common. */
import type { Tokenizer } from '@gradus/data';
import type { SentenceFields } from '../model/sentence-fields.ts';

const BATCH = 32;

/**
 * @param prompt the name of a prefix that the model declares, or a prefix itself
 * @returns the tokens of each text, and how many texts were too long and lost their end
 */
export function encodedTexts(
  tokenizer: Tokenizer,
  texts: readonly string[],
  { prompts, defaultPrompt, length }: Pick<SentenceFields, 'prompts' | 'defaultPrompt' | 'length'>,
  prompt?: string,
): { readonly rows: Int32Array[]; readonly cut: number } {
  const name = prompt ?? defaultPrompt;
  const prefix = name === undefined ? '' : Object.hasOwn(prompts, name) ? prompts[name]! : name;
  const options = { padding: null, parseSpecial: false } as const;
  let cut = 0;
  const rows = texts.map((text) => {
    const { ids } = tokenizer.encode(prefix + text, { ...options, truncation: null });
    if (ids.length <= length) return ids;
    cut++;
    return tokenizer.encode(prefix + text, { ...options, truncation: { max_length: length } }).ids;
  });
  return { rows, cut };
}

/** What `run` makes of rows, in their order; rows of like length go together, for less padding. */
export async function inBatches<T>(
  rows: readonly Int32Array[],
  run: (batch: readonly Int32Array[]) => Promise<readonly T[]>,
  { signal, onTexts }: { readonly signal?: AbortSignal; onTexts?(done: number, all: number): void } = {},
): Promise<T[]> {
  const order = [...rows.keys()].sort((a, b) => rows[a]!.length - rows[b]!.length);
  const found: T[] = [];
  for (let from = 0; from < order.length; from += BATCH) {
    signal?.throwIfAborted();
    const batch = order.slice(from, from + BATCH);
    const made = await run(batch.map((row) => rows[row]!));
    for (const [i, row] of batch.entries()) found[row] = made[i]!;
    onTexts?.(from + batch.length, order.length);
  }
  return found;
}
