/** What the encoder that a user brings sees of clauses, where themes are found by clusters. */
import type { RunContext } from '@gradus/loop';
import type { ClauseEmbeddings, EncoderGain } from '@gradus/tasks';
import type { DemandOptions } from '../options.ts';
import type { Clause } from '../review.ts';

export interface EncoderUse {
  readonly name: string;
  /** Null where no themes are found by clusters, so that there is nothing to encode for. */
  readonly gain: EncoderGain | null;
}

/** @returns null where the user brings none @throws UserError where it is not there */
export async function withEncoder<T>(
  run: Pick<RunContext<DemandOptions>, 'options' | 'signal' | 'progress'>,
  clauses: readonly Clause[],
  isClustered: boolean,
  find: (embeddings: ClauseEmbeddings | undefined) => T & { readonly encoder: EncoderGain | null },
): Promise<T & { readonly encoderUse: EncoderUse | null }> {
  const place = run.options.encoder;
  if (place === undefined) return { ...find(undefined), encoderUse: null };
  // Large models are a tenth of all modules; most runs have none.
  const { openTextEncoder } = await import('@gradus/lm');
  const encoder = await openTextEncoder(place);
  try {
    const embeddings = isClustered
      ? await encoder.embed(
          clauses.map(({ text }) => text),
          {
            signal: run.signal,
            onTexts: (done, all) => run.progress({ en: 'encoder', zh: '编码器' }, done, all),
          },
        )
      : undefined;
    const found = find(embeddings);
    return { ...found, encoderUse: { name: encoder.name, gain: found.encoder } };
  } finally {
    await encoder.close();
  }
}
