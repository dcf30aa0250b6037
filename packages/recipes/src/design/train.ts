/** Step 4: the model of sequences, and in which epoch it was best. */
import type { RunContext } from '@gradus/loop';
import { type FittedSequenceModel, fitSequenceModel, Vocabulary } from '@gradus/tasks';
import { KINDS } from './kinds/kinds.ts';
import type { DesignOptions } from './options.ts';
import type { Built, Prepared, Processed } from './prepare.ts';

export function train({
  run,
  prepare: { corpus, train, validation },
  process: { characters },
  build: { epochs, ...size },
}: {
  readonly run: RunContext<DesignOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
}): Promise<FittedSequenceModel> {
  const { random, signal, checkpoint } = run;
  const kind = KINDS[corpus.kind];
  const { window, stride = 1, contexts } = kind.shape(corpus.rules);
  const vocabulary = new Vocabulary(characters);
  const sequences = (places: readonly number[]) =>
    places.map((place) => vocabulary.encode(kind.sequenceOf(corpus.items[place]!, corpus.rules)));
  return fitSequenceModel(sequences(train), sequences(validation), {
    shape: { vocabulary: vocabulary.size, length: window, ...size },
    epochs,
    contexts,
    windows: (sequence) => windowsOf(sequence, window, stride),
    random,
    signal,
    checkpoint,
    onStep: (step, steps) => run.progress({ en: 'learning', zh: '学习' }, step, steps),
  });
}

/** A sequence that is longer than the transformer sees at once, from every column on; else the whole. */
function windowsOf(sequence: readonly number[], window: number, stride: number): (readonly number[])[] {
  if (sequence.length < window) return [sequence];
  const starts = Math.floor((sequence.length - window) / stride) + 1;
  return Array.from({ length: starts }, (_, i) => sequence.slice(i * stride, i * stride + window - 1));
}
