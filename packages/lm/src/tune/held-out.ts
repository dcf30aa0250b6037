/**
 * How well a model continues examples that it was not trained on, before and after: the cross-entropy of each learnt token, added up
 * by example, since examples are what new data will bring.
 */
import { Random } from '@gradus/base';
import type { Graph, HostTensor, Tensor } from '@gradus/engine';
import { bootstrapDifference, bootstrapInterval } from '@gradus/stats';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { sequenceLogits } from '../graph/decoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { openGraph } from '../run/open-graph.ts';
import { type HeldOut, type HeldOutFigure, verdictOf } from './held.ts';
import { batchOf, learntOf, packed } from './rows.ts';
import type { TokenExample } from './tokens.ts';
import type { OnLayer } from './trainer.ts';
import { batchInputs, type TokenBatch } from './tuning.ts';

/** Of each example: its loss over all tokens, and how many they are. */
export interface ExampleLoss {
  readonly loss: number;
  readonly tokens: number;
}

/** The loss of each token that has a label, and 0 elsewhere: [rows, length]. */
export function tokenLossesOf(
  config: DecoderConfig,
  weights: LayerWeights,
  { ids, labels, positions, segments }: Readonly<Record<keyof TokenBatch, Tensor>>,
  onLayer?: OnLayer,
): Tensor {
  const logits = sequenceLogits(config, weights, { ids, positions, segments, ...(onLayer && { onLayer }) });
  const known = labels.less(0).where(labels.mul(0), labels);
  const each = logits.logSoftmax().gatherElements(known.unsqueeze(-1), -1).squeeze(-1).neg();
  return labels.less(0).where(each.mul(0), each);
}

function lossGraph(
  config: DecoderConfig,
  weights: LayerWeights,
  [rows, length]: readonly [number, number],
): Graph<Tensor> {
  const inputs = batchInputs(rows, length);
  return { name: 'losses', inputs, outputs: { losses: tokenLossesOf(config, weights, inputs) } };
}

export async function lossesOf(
  config: DecoderConfig,
  weights: LayerWeights,
  examples: readonly TokenExample[],
  {
    length,
    threads,
    signal,
  }: { length: number; threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<ExampleLoss[]> {
  const compiled = await openGraph(lossGraph(config, weights, [1, length]), { threads });
  const found = new Map<TokenExample, ExampleLoss>();
  try {
    for (const row of packed(examples, length)) {
      signal?.throwIfAborted();
      const feeds: TokenBatch = batchOf([row], length);
      const { losses } = await compiled.run(feeds as unknown as Record<string, HostTensor>);
      const data = losses!.data as Float32Array;
      let at = 0;
      for (const example of row) {
        let loss = 0;
        for (let i = 0; i < example.ids.length; i++) loss += data[at + i]!;
        found.set(example, { loss, tokens: learntOf(example) });
        at += example.ids.length;
      }
    }
  } finally {
    await compiled.close();
  }
  return examples.map((example) => found.get(example)!);
}

export function compareHeldOut(
  before: readonly ExampleLoss[],
  after: readonly ExampleLoss[],
  seed: number | string,
): HeldOut {
  const random = new Random(seed);
  const meanOf = (losses: readonly ExampleLoss[]) => (rows: Int32Array) => {
    let [loss, tokens] = [0, 0];
    for (const row of rows) {
      loss += losses[row]!.loss;
      tokens += losses[row]!.tokens;
    }
    return loss / tokens;
  };
  const n = before.length;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const figure = (losses: readonly ExampleLoss[], label: string): HeldOutFigure => {
    const loss = meanOf(losses)(all);
    const interval = bootstrapInterval(meanOf(losses), n, random.fork(label));
    return { loss, perplexity: Math.exp(loss), interval };
  };
  const { difference, interval } = bootstrapDifference(
    meanOf(before),
    meanOf(after),
    n,
    random.fork('difference'),
  );
  return {
    measure: 'loss',
    examples: n,
    tokens: before.reduce((sum, { tokens }) => sum + tokens, 0),
    before: figure(before, 'before'),
    after: figure(after, 'after'),
    gain: difference,
    gainInterval: interval,
    verdict: verdictOf(interval),
  };
}
