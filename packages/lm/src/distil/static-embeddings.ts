/**
 * Static embeddings: a vector for each token, and for a text the mean of those of its tokens. They are made of an encoder as model2vec
 * does it (Tulkens and van Dongen, 2024): each token goes through the encoder as a text of its own, the vectors are turned to their
 * principal components, and each is weighed down the more often its token stands in texts (SIF; Arora, Liang and Ma, 2017). Then they
 * learn from what the encoder says of whole texts (learn-from-texts.ts). Order is lost; a text takes microseconds.
 */
import { symmetricEigen } from '@gradus/classical';
import type { Tokenizer } from '@gradus/data';
import { learntFromTexts } from './learn-from-texts.ts';
import type { TokenTable } from './token-table.ts';
import type { Vectors } from './vectors.ts';

export interface StaticEmbeddingsOptions {
  /** At most; fewer where the encoder has fewer. */
  readonly dimensions: number;
  /** What makes vectors of texts: [texts, width]. */
  embed(texts: readonly string[]): Promise<Vectors>;
  /** What it makes of the very texts, where that is known already. */
  readonly known?: Vectors;
  /** Of what is set aside when vectors learn from texts. */
  readonly seed?: number | string;
}

/** How common a token must be for its weight to be a half. */
const COMMON = 1e-3;

export async function staticEmbeddings(
  tokenizer: Tokenizer,
  texts: readonly string[],
  { dimensions: wished, embed, known, seed = 0 }: StaticEmbeddingsOptions,
): Promise<TokenTable> {
  const special = new Set(tokenizer.specialTokens.values());
  const words = Array.from({ length: tokenizer.size }, (_, id) =>
    special.has(id) ? '' : tokenizer.decode([id]).trim(),
  );
  const ids = [...words.keys()].filter((id) => words[id] !== '');
  const { data, dimensions: width } = await embed(ids.map((id) => words[id]!));
  const dimensions = Math.min(wished, width);
  const directions = principalDirections(data, width);
  const turned = along(data, width, directions, dimensions);
  const shares = tokenShares(tokenizer, texts);
  const table = new Float32Array(tokenizer.size * dimensions);
  for (const [row, id] of ids.entries()) {
    const weight = COMMON / (COMMON + shares[id]!);
    for (let k = 0; k < dimensions; k++) table[id * dimensions + k] = weight * turned[row * dimensions + k]!;
  }
  const said = known ?? (await embed(texts));
  return learntFromTexts(
    { data: table, dimensions },
    {
      tokens: texts.map((text) => tokensIn(tokenizer, text)),
      wanted: along(said.data, width, directions, dimensions),
    },
    seed,
  );
}

/** How often each token stands among all of the texts; half a time more, so that none is never. */
function tokenShares(tokenizer: Tokenizer, texts: readonly string[]): Float64Array {
  const counts = new Float64Array(tokenizer.size).fill(0.5);
  for (const text of texts) for (const id of tokensIn(tokenizer, text)) counts[id]!++;
  const all = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / all);
}

/** Tokens of a text without those around it. */
export const tokensIn = (tokenizer: Tokenizer, text: string): Int32Array =>
  tokenizer.encode(text, { addSpecial: false, parseSpecial: false, truncation: null, padding: null }).ids;

/** The directions in which rows [n, width] differ, most first: [width, width]. */
function principalDirections(data: Float32Array, width: number): ArrayLike<number> {
  const n = data.length / width;
  const centred = centredRows(data, width);
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < n; row++) {
    const at = row * width;
    for (let i = 0; i < width; i++) {
      const value = centred[at + i]!;
      for (let j = i; j < width; j++) covariance[i * width + j]! += value * centred[at + j]!;
    }
  }
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++) covariance[i * width + j] = covariance[j * width + i]!;
  return symmetricEigen(covariance, width).vectors;
}

function centredRows(data: Float32Array, width: number): Float32Array {
  const n = data.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / n;
  return data.map((value, i) => value - mean[i % width]!);
}

/** Rows [n, width], less their mean, along the first directions: [n, kept]. */
function along(data: Float32Array, width: number, directions: ArrayLike<number>, kept: number): Float32Array {
  const n = data.length / width;
  const centred = centredRows(data, width);
  const turned = new Float32Array(n * kept);
  for (let row = 0; row < n; row++)
    for (let k = 0; k < kept; k++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += centred[row * width + i]! * directions[k * width + i]!;
      turned[row * kept + k] = sum;
    }
  return turned;
}
