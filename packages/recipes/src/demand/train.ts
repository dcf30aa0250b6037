/** Step 4: the sentiment model. */
import type { RunContext } from '@gradus/loop';
import type { DemandOptions } from './options.ts';
import type { Processed } from './process.ts';
import type { SentimentModel } from './sentiment/model.ts';
import { trainSentiment } from './sentiment/train.ts';

export interface Trained {
  /** Null where there is nothing to learn sentiment from. */
  readonly sentiment: SentimentModel | null;
}

export async function train({
  run,
  process: { learning },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly process: Processed;
}): Promise<Trained> {
  if (!learning) return { sentiment: null };
  const sentiment = await trainSentiment(learning.texts, learning.labels, {
    random: run.random,
    signal: run.signal,
    groups: learning.groups,
    checkpoint: run.checkpoint,
    onProgress: (done, total) => run.progress({ en: 'sentiment', zh: '情感' }, done, total),
    onEpoch: (line) => run.metric(line),
  });
  return { sentiment };
}
