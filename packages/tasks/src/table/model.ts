/**
 * The model of a table: one or more members over encoded columns, calibrated, as one graph that takes raw columns (numbers, texts of
 * categories, times) and gives the answer.
 */
import { pipelineGraph } from '@gradus/data';
import {
  concat,
  type Graph,
  input,
  leavesOf,
  rebuild,
  scalar,
  type Tensor,
  type Value,
} from '@gradus/engine';
import type { Abstention } from '../shared/abstention.ts';
import type { CandidateName, EncodedTensors } from './candidates/candidate.ts';
import { treesGraph } from './candidates/trees.ts';
import { DENSE, type Encoding, innerName } from './encoding.ts';
import { type ImageTensors, imageTensors } from './images/graph.ts';
import type { Intervals } from './intervals.ts';
import { CANDIDATE_OF } from './search.ts';
import { textTensors } from './texts/graph.ts';

export interface Member {
  readonly name: CandidateName;
  readonly weight: number;
  readonly state: unknown;
}

/** Plain data. */
export interface TableModel {
  readonly encoding: Encoding;
  readonly members: readonly Member[];
  readonly target:
    | {
        readonly kind: 'classes';
        readonly name: string;
        readonly classes: readonly string[];
        /** What logits are multiplied by, and what is then added to that of two classes. */
        readonly calibration: { readonly scale: number; readonly shift: number };
        readonly abstention: Abstention | null;
      }
    | {
        readonly kind: 'numbers';
        readonly name: string;
        /** Answers are kept within these. */
        readonly least: number | null;
        readonly most: number | null;
        readonly intervals: Intervals;
      };
}

/** The graph's outputs. A column may not have such a name by chance. */
export const OUTPUTS = { answer: 'gradus.answer', low: 'gradus.low', high: 'gradus.high' } as const;

/** Raw columns in, by their names: float64, int64 (milliseconds) and string [batch]; out: probabilities [batch, classes], or numbers [batch]. */
export function tableGraph({ encoding, members, target }: TableModel): Graph<Tensor> {
  const images = encoding.images.map(imageTensors);
  const tensors = encodedTensors(encoding, images);
  const scores = members
    .map(({ name, weight, state }) => {
      const own = CANDIDATE_OF[name].graph(state, tensors);
      return members.length === 1 ? own : own.mul(weight);
    })
    .reduce((sum, own) => sum.add(own));
  const outputs: Record<string, Tensor> = {
    ...(target.kind === 'classes'
      ? { [OUTPUTS.answer]: probabilitiesOf(scores, target.calibration) }
      : numbersOf(scores.squeeze(1), target, tensors)),
    ...Object.fromEntries(encoding.images.map(({ inputs }, i) => [inputs.features, images[i]!.features])),
  };
  const leaves = leavesOf({ name: '', inputs: {}, outputs }) as Tensor[];
  return {
    name: 'table',
    inputs: Object.fromEntries(
      leaves.flatMap((leaf) => (leaf.source.kind === 'input' ? [[leaf.source.name, leaf]] : [])),
    ),
    outputs,
  };
}

/** @param scores [batch, outputs] */
function probabilitiesOf(scores: Tensor, { scale, shift }: { scale: number; shift: number }): Tensor {
  const scaled = scores.mul(scale);
  if (scores.shape[1] !== 1) return scaled.softmax(1);
  const second = scaled.add(shift).sigmoid();
  return concat([second.neg().add(1), second], 1);
}

function numbersOf(
  value: Tensor,
  { intervals, least, most }: Extract<TableModel['target'], { kind: 'numbers' }>,
  tensors: EncodedTensors,
): Record<string, Tensor> {
  const kept = (tensor: Tensor) => {
    const above = least === null ? tensor : tensor.max(scalar(least));
    return most === null ? above : above.min(scalar(most));
  };
  const scale = intervals.scale && treesGraph(intervals.scale, tensors).exp().squeeze(1);
  const moved = (by: number) => kept(value.add(scale ? scale.mul(by) : scalar(by)));
  return {
    [OUTPUTS.answer]: kept(value),
    [OUTPUTS.low]: moved(intervals.low),
    [OUTPUTS.high]: moved(intervals.high),
  };
}

/** The encoding's pipelines, on inputs that are called as the columns are. */
function encodedTensors(
  { numbers, times, categories, calendar, levels, dense, texts }: Encoding,
  ofImages: readonly ImageTensors[],
): EncodedTensors {
  const rawNumbers = numbers.map((name) => input(name, ['batch'], 'float64'));
  const raw = new Map<string, Tensor>([
    ...rawNumbers.map((tensor, i) => [`${innerName.number}${i}`, tensor] as const),
    ...times.map((name, i) => [`${innerName.time}${i}`, input(name, ['batch'], 'int64')] as const),
    ...categories.map((name, i) => [`${innerName.category}${i}`, input(name, ['batch'], 'string')] as const),
  ]);
  const made = (pipeline: typeof calendar): Tensor[] => {
    if (pipeline.columns.length === 0) return [];
    const graph = pipelineGraph(pipeline);
    const values = new Map<Value, Tensor>(
      Object.entries(graph.inputs).map(([name, value]) => [value, raw.get(name)!]),
    );
    return rebuild(Object.values(graph.outputs), { values });
  };
  const ofTexts = [...texts.map(textTensors), ...ofImages];
  const ofTrees = [
    ...rawNumbers.map((tensor) => tensor.cast('float32').unsqueeze(1)),
    ...made(calendar).map((tensor) => tensor.cast('float32')),
    ...ofTexts.map(({ trees }) => trees),
  ];
  const codes = made(levels);
  const ofDense = [...made(dense), ...ofTexts.map(({ dense }) => dense)];
  return {
    ...(ofTrees.length > 0 && { treeNumbers: sideBySide(ofTrees) }),
    ...(codes.length > 0 && { codes: sideBySide(codes) }),
    ...(ofDense.length > 0 && { [DENSE]: sideBySide(ofDense) }),
  };
}

const sideBySide = (tensors: readonly Tensor[]): Tensor =>
  tensors.length === 1 ? tensors[0]! : concat(tensors, 1);
