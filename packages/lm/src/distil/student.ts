/**
 * A small classifier that learns from a large one: static embeddings and a linear layer, trained to give the probabilities that the
 * teacher gives (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015).
 */
import { Random } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import type { HostTensor, Tensor } from '@gradus/engine';
import { crossEntropy, normal, Parameter, zeros } from '@gradus/nn';
import { rowsAt } from '../tune/rows.ts';
import { trainerOf } from '../tune/trainer.ts';
import { tokensIn } from './static-embeddings.ts';
import { StaticModel } from './static-model.ts';
import type { TokenTable } from './token-table.ts';

export interface StudentOptions {
  readonly classes: readonly string[];
  readonly epochs: number;
  readonly seed: number | string;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const BATCH = 64;
const LONGEST = 128;
const RATE = 0.003;

/** @param wanted of each text, the probabilities that it is to be given */
export async function trainStudent(
  tokenizer: Tokenizer,
  table: TokenTable,
  texts: readonly string[],
  wanted: readonly ArrayLike<number>[],
  { classes, epochs, seed, threads, signal }: StudentOptions,
): Promise<StaticModel> {
  const { dimensions } = table;
  const tokens = texts.map((text) => tokensIn(tokenizer, text).slice(0, LONGEST));
  // Only tokens that occur are trained; the others stay what the encoder made of them.
  const used = [...new Set(tokens.flatMap((ids) => [...ids]))].sort((a, b) => a - b);
  const placeOf = new Map(used.map((id, place) => [id, place]));
  const scale = spreadOf(table);
  const rows = new Float32Array(used.length * dimensions);
  for (const [place, id] of used.entries())
    for (let k = 0; k < dimensions; k++)
      rows[place * dimensions + k] = table.data[id * dimensions + k]! / scale;
  const random = new Random(seed).fork('student');
  const parameter = (name: string, dims: readonly number[], data: Float32Array<ArrayBuffer>) => {
    const made = new Parameter(dims, zeros);
    made.name = name;
    made.value = { dtype: 'float32', dims, data };
    return made;
  };
  const headDims = [dimensions, classes.length];
  const parameters = new Map([
    ['embedding', parameter('embedding', [used.length, dimensions], rows)],
    ['weights', parameter('weights', headDims, normal(0.02)(random, headDims))],
    ['bias', parameter('bias', [classes.length], new Float32Array(classes.length))],
  ]);
  const size = Math.min(BATCH, texts.length);
  const length = tokens.reduce((longest, ids) => Math.max(longest, ids.length), 1);
  const loss = ({ ids, shares, soft }: Readonly<Record<string, Tensor>>): Tensor => {
    const vectors = parameters.get('embedding')!.gather(ids!).mul(shares!.unsqueeze(-1)).sum([1]);
    return crossEntropy(vectors.matmul(parameters.get('weights')!).add(parameters.get('bias')!), soft!);
  };
  const batchAt = (n: number): Record<string, HostTensor> => {
    const chosen = rowsAt([...texts.keys()], n, size, seed);
    const cells = chosen.flatMap((row) => Array.from({ length }, (_, i) => tokens[row]![i]));
    return {
      ids: {
        dtype: 'int64',
        dims: [size, length],
        data: BigInt64Array.from(cells, (id) => BigInt(id === undefined ? 0 : placeOf.get(id)!)),
      },
      shares: {
        dtype: 'float32',
        dims: [size, length],
        data: Float32Array.from(cells, (id, i) =>
          id === undefined ? 0 : 1 / tokens[chosen[Math.floor(i / length)]!]!.length,
        ),
      },
      soft: {
        dtype: 'float32',
        dims: [size, classes.length],
        data: Float32Array.from(chosen.flatMap((row) => Array.from(wanted[row]!))),
      },
    };
  };
  const trainer = trainerOf(loss, parameters, {
    learningRate: RATE,
    weightDecay: 0,
    accumulate: 1,
    seed,
    threads,
  });
  try {
    const steps = Math.max(1, Math.ceil((texts.length * epochs) / size));
    for (let n = 0; n < steps; n++) {
      signal?.throwIfAborted();
      await trainer.step(batchAt(n));
    }
    trainer.sync();
  } finally {
    await trainer.close();
  }
  const value = (name: string) => parameters.get(name)!.value!.data as Float32Array;
  const data = table.data.map((one) => one / scale);
  for (const [place, id] of used.entries())
    data.set(value('embedding').subarray(place * dimensions, (place + 1) * dimensions), id * dimensions);
  const weights = new Float32Array(classes.length * dimensions);
  for (let c = 0; c < classes.length; c++)
    for (let k = 0; k < dimensions; k++)
      weights[c * dimensions + k] = value('weights')[k * classes.length + c]!;
  return new StaticModel(tokenizer, { data, dimensions }, { weights, bias: value('bias').slice(), classes });
}

/** The root of the mean square of the rows' numbers, so that one learning rate fits all tables. */
function spreadOf({ data }: TokenTable): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / data.length) || 1;
}
