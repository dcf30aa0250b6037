/**
 * Reasons of answers by the table's columns: exact Shapley values of trees and of linear models, added up over the members of a model.
 * Of two classes they speak of the second class's logit, of more of the likeliest class's, of numbers of the number itself.
 */
import {
  type BoostedTrees,
  readTrees,
  storedTrees,
  type TreeExplainer,
  treeExplainer,
} from '@gradus/classical';
import { readPipeline, writePipeline } from '@gradus/data';
import { z } from 'zod';
import type { Reason } from '../shared/reasons.ts';
import { type LinearState, sparseOf } from './candidates/linear.ts';
import type { TableColumn, TextCells } from './columns.ts';
import { type AppliedEncoding, type EncodedRows, type Encoding, encode } from './encoding.ts';
import {
  type LinearTerms,
  linearColumnReasons,
  mixedReasons,
  treeReasons,
} from './explain/column-reasons.ts';
import { readImageScores, StoredImageModel, type StoredImages, storedImageModel } from './images/stored.ts';
import type { Member } from './model.ts';
import { readTextColumn, StoredTextModel, type StoredTexts, storedTextModel } from './texts/stored.ts';
import { strongestWords } from './texts/text-reasons.ts';

const numbers = z.array(z.number());
const names = z.array(z.string());

/** What reasons need that the graph does not hold: plain data that survives JSON. */
export const StoredReasons = z.object({
  encoding: z.object({
    numbers: names,
    times: names,
    categories: names,
    calendar: z.string(),
    levels: z.string(),
    dense: z.string(),
    texts: z.array(StoredTextModel),
    images: z.array(StoredImageModel),
  }),
  members: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('trees'), weight: z.number(), trees: z.unknown() }),
      z.object({ kind: z.literal('linear'), weight: z.number(), weights: numbers, means: numbers }),
    ]),
  ),
});
export type StoredReasons = z.infer<typeof StoredReasons>;

/** More nodes are not stored beside the graph: reasons would be larger than the model. */
const MOST_NODES = 400_000;

/** @returns null where a member is of a kind that has no exact reasons, or too large */
export function storedReasons(
  encoding: Encoding,
  members: readonly Member[],
  training: EncodedRows,
): StoredReasons | null {
  const stored = members.map(({ name, weight, state }) => {
    if (name === 'trees') {
      const model = state as BoostedTrees;
      const nodes = model.trees.flat().reduce((sum, { column }) => sum + column.length, 0);
      return nodes > MOST_NODES ? undefined : ({ kind: 'trees', weight, trees: storedTrees(model) } as const);
    }
    if (name !== 'linear') return undefined;
    const { linear } = state as LinearState;
    const means = featureMeans(training);
    return { kind: 'linear', weight, weights: Array.from(linear.weights), means: Array.from(means) } as const;
  });
  if (stored.includes(undefined)) return null;
  const { calendar, levels, dense, texts, images, ...columns } = encoding;
  const [written, ofLevels, ofDense] = [calendar, levels, dense].map(writePipeline);
  return {
    encoding: {
      numbers: [...columns.numbers],
      times: [...columns.times],
      categories: [...columns.categories],
      calendar: written!,
      levels: ofLevels!,
      dense: ofDense!,
      texts: texts.map(storedTextModel),
      images: images.map(storedImageModel),
    },
    members: stored as StoredReasons['members'],
  };
}

function featureMeans({ dense }: EncodedRows): Float64Array {
  const { rows, columns, indices, values } = sparseOf(dense);
  const means = new Float64Array(columns);
  for (let k = 0; k < indices.length; k++) means[indices[k]!]! += values[k]! / rows;
  return means;
}

/** Answers' reasons, row by row. */
export class TableReasons {
  readonly #encoding: AppliedEncoding;
  readonly #members: StoredReasons['members'];
  readonly #trees: readonly (BoostedTrees | undefined)[];
  /** By member and output; made when they are first asked. */
  readonly #explainers = new Map<string, TreeExplainer>();

  /** @throws UserError or RangeError where what is stored is damaged */
  constructor({ encoding, members }: StoredReasons, storedTexts: StoredTexts, storedImages: StoredImages) {
    const { calendar, levels, dense, texts, images, ...columns } = encoding;
    this.#encoding = {
      ...columns,
      calendar: readPipeline(calendar),
      levels: readPipeline(levels),
      dense: readPipeline(dense),
      texts: storedTexts.map((text, i) => readTextColumn(text, texts[i]!)),
      images: storedImages.map((image, i) => readImageScores(image, images[i]!)),
    };
    this.#members = members;
    this.#trees = members.map((member) => (member.kind === 'trees' ? readTrees(member.trees) : undefined));
  }

  /** @param outputs By row: whose score is explained */
  async of(columns: readonly TableColumn[], outputs: ArrayLike<number>): Promise<Reason[][]> {
    const encoded = await encode(this.#encoding, columns);
    const byRow: { weight: number; reasons: Reason[] }[][] = Array.from({ length: encoded.rows }, () => []);
    for (const [m, member] of this.#members.entries()) {
      for (const output of new Set(Array.from(outputs))) {
        const rows = Array.from({ length: encoded.rows }, (_, row) => row).filter(
          (row) => outputs[row] === output,
        );
        const reasons =
          member.kind === 'trees'
            ? treeReasons(this.#explainer(m, output), encoded.trees, encoded.treeSources)
            : linearReasonsOf(member, encoded, output);
        for (const row of rows) byRow[row]!.push({ weight: member.weight, reasons: reasons[row]! });
      }
    }
    return byRow.map((parts, row) =>
      mixedReasons(parts).map((reason) => this.#withWords(reason, columns, row, outputs[row]!)),
    );
  }

  /** A text is named with its strongest words: `review: "slow", "broken"`. */
  #withWords(reason: Reason, columns: readonly TableColumn[], row: number, output: number): Reason {
    const text = this.#encoding.texts.find(({ name }) => name === reason.unit);
    if (!text) return reason;
    const { values } = columns.find(({ name }) => name === text.name)!.cells as TextCells;
    const words = strongestWords(text, values[row]!, output, Math.sign(reason.weight));
    return words.length === 0
      ? reason
      : { ...reason, unit: `${reason.unit}: ${words.map((word) => `"${word}"`).join(', ')}` };
  }

  #explainer(member: number, output: number): TreeExplainer {
    const key = `${member} ${output}`;
    const known = this.#explainers.get(key) ?? treeExplainer(this.#trees[member]!, output);
    this.#explainers.set(key, known);
    return known;
  }
}

function linearReasonsOf(
  { weights, means }: { readonly weights: readonly number[]; readonly means: readonly number[] },
  { dense, denseSources }: EncodedRows,
  output: number,
): Reason[][] {
  const terms: LinearTerms = { weights: Float32Array.from(weights), means: Float64Array.from(means) };
  const { offsets, indices, values } = sparseOf(dense);
  return Array.from({ length: dense.rows }, (_, row) => {
    const features = new Float64Array(means.length);
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) features[indices[k]!] = values[k]!;
    return linearColumnReasons(terms, features, denseSources, output);
  });
}
