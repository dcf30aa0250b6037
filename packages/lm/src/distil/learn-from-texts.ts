/**
 * Static embeddings that learn from texts without labels: the vectors of tokens are moved so that the mean over a text's tokens comes near
 * the vector that the encoder gives the text as a whole (the aim of Tokenlearn; van Dongen and Tulkens, 2024). The mean is linear in the
 * tokens' vectors, so no training is needed: it is a ridge regression,
 *
 *     minimize  Σ over texts |mean − vector|²  +  λ · |moved|²,
 *
 * solved on the texts' side by conjugate gradients, (A Aᵀ + λ) α = rest, moved = Aᵀ α, where A holds each token's share of each text.
 * What holds λ to the language as a whole rather than to these texts is a tenth of them, set aside. Tokens that stand in none stay.
 */
import { Random } from '@gradus/base';
import type { TokenTable } from './token-table.ts';

export interface TextVectors {
  /** The tokens of each text. */
  readonly tokens: readonly ArrayLike<number>[];
  /** What the encoder says of each, in the table's directions: [texts, dimensions]. */
  readonly wanted: Float32Array;
}

const LAMBDAS = [0.3, 0.1, 0.03, 0.01, 0.003];
/** Fewer texts than this say too little. */
const LEAST_TEXTS = 50;
/** λ is chosen by the first directions alone, which hold most of what differs. */
const CHOOSING = 32;
const STEPS = 200;
const TOLERANCE = 1e-3;

/** @returns the table as it is where there are too few texts, or learning from them does not help on those set aside */
export function learntFromTexts(
  table: TokenTable,
  { tokens, wanted }: TextVectors,
  seed: number | string,
): TokenTable {
  const { dimensions } = table;
  const order = [...new Random(seed).fork('texts set aside').permutation(tokens.length)].filter(
    (row) => tokens[row]!.length > 0,
  );
  if (order.length < LEAST_TEXTS) return table;
  const [aside, learnt] = [
    order.slice(0, Math.ceil(order.length / 10)),
    order.slice(Math.ceil(order.length / 10)),
  ];
  const few = Math.min(CHOOSING, dimensions);
  const small = { data: columns(table.data, dimensions, few), dimensions: few };
  const smallWanted = columns(wanted, dimensions, few);
  let best = { lambda: Number.NaN, near: nearness(small, tokens, smallWanted, aside) };
  for (const lambda of LAMBDAS) {
    const near = nearness(moved(small, tokens, smallWanted, learnt, lambda), tokens, smallWanted, aside);
    if (near > best.near) best = { lambda, near };
  }
  return Number.isNaN(best.lambda) ? table : moved(table, tokens, wanted, order, best.lambda);
}

/** The first `few` of each row's numbers. */
const columns = (data: Float32Array, width: number, few: number): Float32Array =>
  Float32Array.from(
    { length: (data.length / width) * few },
    (_, i) => data[Math.floor(i / few) * width + (i % few)]!,
  );

/** The mean cosine of texts' means to what is wanted of them. */
function nearness(
  { data, dimensions }: TokenTable,
  tokens: TextVectors['tokens'],
  wanted: Float32Array,
  rows: readonly number[],
): number {
  let sum = 0;
  for (const row of rows) {
    const mean = meanOf(data, dimensions, tokens[row]!);
    let [dot, own, theirs] = [0, 0, 0];
    for (let k = 0; k < dimensions; k++) {
      const value = wanted[row * dimensions + k]!;
      dot += mean[k]! * value;
      own += mean[k]! ** 2;
      theirs += value ** 2;
    }
    sum += dot / (Math.sqrt(own * theirs) || 1);
  }
  return sum / rows.length;
}

function meanOf(data: ArrayLike<number>, dimensions: number, tokens: ArrayLike<number>): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let t = 0; t < tokens.length; t++)
    for (let k = 0, at = tokens[t]! * dimensions; k < dimensions; k++, at++)
      mean[k]! += data[at]! / tokens.length;
  return mean;
}

/** The table, brought to the size of what is wanted, and moved by the solution of the regression. */
function moved(
  { data, dimensions }: TokenTable,
  tokens: TextVectors['tokens'],
  wanted: Float32Array,
  rows: readonly number[],
  lambda: number,
): TokenTable {
  const width = dimensions;
  const means = rows.map((row) => meanOf(data, width, tokens[row]!));
  let [across, along] = [0, 0];
  for (const [i, row] of rows.entries())
    for (let k = 0; k < width; k++) {
      across += means[i]![k]! * wanted[row * width + k]!;
      along += means[i]![k]! ** 2;
    }
  const scale = along > 0 ? across / along : 0;
  const rest = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries())
    for (let k = 0; k < width; k++) rest[i * width + k] = wanted[row * width + k]! - scale * means[i]![k]!;
  const texts = rows.map((row) => tokens[row]!);
  const shifts = spread(solved(texts, rest, width, lambda, data.length), texts, width, data.length);
  return { data: data.map((value, i) => scale * value + shifts[i]!), dimensions };
}

/** Aᵀ u: what texts give to their tokens, [tokens, width]. */
function spread(u: Float64Array, texts: TextVectors['tokens'], width: number, size: number): Float64Array {
  const out = new Float64Array(size);
  for (const [i, tokens] of texts.entries())
    for (let t = 0; t < tokens.length; t++)
      for (let k = 0, at = tokens[t]! * width, from = i * width; k < width; k++)
        out[at + k]! += u[from + k]! / tokens.length;
  return out;
}

/** (A Aᵀ + λ) α = rest by conjugate gradients, each column by itself. */
function solved(
  texts: TextVectors['tokens'],
  rest: Float64Array,
  width: number,
  lambda: number,
  size: number,
): Float64Array {
  const product = (u: Float64Array): Float64Array => {
    const given = spread(u, texts, width, size);
    const out = u.map((value) => lambda * value);
    for (const [i, tokens] of texts.entries())
      for (let t = 0; t < tokens.length; t++)
        for (let k = 0, from = tokens[t]! * width, at = i * width; k < width; k++)
          out[at + k]! += given[from + k]! / tokens.length;
    return out;
  };
  const dots = (a: Float64Array, b: Float64Array): Float64Array => {
    const sums = new Float64Array(width);
    for (let i = 0; i < a.length; i++) sums[i % width]! += a[i]! * b[i]!;
    return sums;
  };
  const alpha = new Float64Array(rest.length);
  const left = rest.slice();
  const direction = rest.slice();
  let squares = dots(left, left);
  const enough = squares.map((square) => square * TOLERANCE ** 2);
  for (let step = 0; step < STEPS && squares.some((square, k) => square > enough[k]!); step++) {
    const turned = product(direction);
    const lengths = dots(direction, turned);
    const sizes = squares.map((square, k) => (lengths[k]! > 0 ? square / lengths[k]! : 0));
    for (let i = 0; i < left.length; i++) {
      alpha[i]! += sizes[i % width]! * direction[i]!;
      left[i]! -= sizes[i % width]! * turned[i]!;
    }
    const next = dots(left, left);
    for (let i = 0; i < left.length; i++) {
      const k = i % width;
      direction[i] = left[i]! + (squares[k]! > 0 ? next[k]! / squares[k]! : 0) * direction[i]!;
    }
    squares = next;
  }
  return alpha;
}
