/**
 * One small decoder-only transformer for all sequences (Radford et al., 2019; the size of Karpathy's makemore), trained on whole sequences
 * that are padded to one length, with the epoch that is best on held-out ones as the result.
 */
import type { Random } from '@gradus/base';
import { type HostTensor, input } from '@gradus/engine';
import {
  adamW,
  cosine,
  crossEntropy,
  type Dataset,
  fit,
  type Gpt,
  gpt,
  loadState,
  predict,
  stateOf,
  warmUp,
} from '@gradus/nn';
import { isOver, type TimeLimit } from '../time-limit.ts';
import { EDGE } from './vocabulary.ts';

export interface TransformerShape {
  readonly vocabulary: number;
  /** Tokens of the longest sequence, the edge before it included. */
  readonly length: number;
  readonly layers: number;
  readonly features: number;
  readonly heads: number;
}

/** Plain data. */
export interface SequenceTransformer {
  readonly shape: TransformerShape;
  readonly state: Readonly<Record<string, HostTensor>>;
  /** Nats a token on the held-out sequences, their ends included. */
  readonly nats: number;
}

export interface TransformerOptions {
  readonly shape: TransformerShape;
  readonly epochs: number;
  readonly random: Random;
  /** Training ends where it is over, if epochs are not done before. */
  readonly limit?: TimeLimit | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly checkpoint?: { save(state: unknown): unknown; load(): unknown } | undefined;
  readonly onStep?: ((step: number, steps: number) => void) | undefined;
}

/** Sequences of a step: fewer where there are few in all, or training is a handful of steps and teaches next to nothing. */
const MOST_OF_STEP = 128;
const FEWEST_OF_STEP = 16;
const FEWEST_STEPS = 1_536;
/** What the loss does not count: what stands behind the end. */
const PADDING = -1;
const DROPOUT = 0.1;
const PATIENCE = 4;

export async function fitTransformer(
  train: readonly (readonly number[])[],
  heldOut: readonly (readonly number[])[],
  { shape, epochs, random, limit, signal, checkpoint, onStep }: TransformerOptions,
): Promise<SequenceTransformer> {
  const model = gpt({ ...shape, dropout: DROPOUT });
  const batchSize = Math.min(
    MOST_OF_STEP,
    Math.max(FEWEST_OF_STEP, Math.ceil((epochs * train.length) / FEWEST_STEPS)),
  );
  const steps = epochs * Math.ceil(train.length / batchSize);
  const { epochs: done, best } = await fit(model, padded(train, shape.length), {
    loss: ({ tokens, next }) => crossEntropy(model.forward(tokens!), next!, { ignored: PADDING }),
    optimizer: adamW({
      learningRate: warmUp(Math.min(100, Math.ceil(steps / 10)), cosine(3e-3, steps)),
      weightDecay: 0.01,
    }),
    epochs,
    batchSize,
    validation: padded(heldOut, shape.length),
    patience: PATIENCE,
    clipNorm: 1,
    // Products this small are done before a second thread has taken its share: two take twice the processor's time and gain nothing.
    threads: 1,
    random,
    isOver: () => isOver(limit),
    ...(signal && { signal }),
    ...(checkpoint && { checkpoint }),
    ...(onStep && { onStep }),
  });
  return { shape, state: stateOf(model), nats: done.find(({ epoch }) => epoch === best)!.validationLoss! };
}

/** The model with its parameters. */
export function openTransformer({ shape, state }: SequenceTransformer): Gpt {
  const model = gpt(shape);
  // Layers make their parameters when they first see an input.
  model.forward(input('tokens', ['batch', shape.length], 'int64'));
  loadState(model, state);
  return model;
}

/**
 * The probability of each token that the sequences have, their ends included.
 *
 * @returns By sequence, [tokens + 1]
 */
export async function transformerProbabilities(
  transformer: SequenceTransformer,
  sequences: readonly (readonly number[])[],
): Promise<Float64Array[]> {
  const { length, vocabulary } = transformer.shape;
  const tokens = input('tokens', ['batch', length], 'int64');
  const outputs = { probabilities: openTransformer(transformer).forward(tokens).softmax() };
  const { probabilities } = await predict(
    { name: 'next', inputs: { tokens }, outputs },
    padded(sequences, length),
  );
  const data = probabilities!;
  return sequences.map((sequence, i) =>
    Float64Array.from([...sequence, EDGE], (token, at) => data[(i * length + at) * vocabulary + token]!),
  );
}

function padded(sequences: readonly (readonly number[])[], length: number): Dataset {
  const whole = (rows: Int32Array, of: (sequence: readonly number[], at: number) => number): HostTensor => ({
    dtype: 'int64',
    dims: [rows.length, length],
    data: BigInt64Array.from({ length: rows.length * length }, (_, i) =>
      BigInt(of(sequences[rows[Math.floor(i / length)]!]!, i % length)),
    ),
  });
  return {
    size: sequences.length,
    batch: (rows) => ({
      tokens: whole(rows, (sequence, at) => sequence[at - 1] ?? EDGE),
      next: whole(rows, (sequence, at) =>
        at < sequence.length ? sequence[at]! : at === sequence.length ? EDGE : PADDING,
      ),
    }),
  };
}
