/**
 * Target encoding: a level stands for what the target was where it occurred, drawn toward the target's mean the more the
 * fewer its rows are (Micci-Barreca, 2001). How much is either fixed (a level of n rows weighs n against `smooth` rows of
 * the mean), or found by the paper's empirical Bayes: λ = n σ² / (n σ² + s²), with the target's variance σ² over all rows
 * and s² within the level.
 *
 * A row's own target is part of its level's mean, which a model would take for knowledge that later rows do not have. So
 * training rows are encoded out of fold: each by what the rows of the other folds say.
 */

import { UserError } from '@gradus/base';
import { constant, type HostTensor, numericArray } from '@gradus/engine';
import { z } from 'zod';
import { type Block, type Blocks, blockNamed, replaced } from '../block.ts';
import { levelsSchema, lookUp } from '../levels.ts';
import { pickRows, runRows } from '../run.ts';
import { mean, variance } from '../statistics.ts';
import { columnError, declares, parsed, type StepType, type Training } from '../step.ts';
import { figures } from '../words.ts';

const options = z.strictObject({
  /** The target's column, of numbers or classes. Default: the only one whose role is target. */
  target: z.string().optional(),
  /** How many rows of the mean a level's rows are weighed against; `auto`: by how much the target varies. */
  smooth: z.union([z.literal('auto'), z.number().min(0)]).default('auto'),
  /** For the training rows. */
  folds: z.int().min(2).max(100).default(5),
});
type Options = z.output<typeof options>;

const parameters = z.object({
  /** Of the target; one unnamed of a number. */
  classes: z.array(z.string()).min(1).max(1000),
  columns: z.array(
    z.object({ levels: levelsSchema, /** [level][class] */ encodings: z.array(z.array(z.number())) }),
  ),
  /** For unknown levels. */
  means: z.array(z.number()),
});
type Parameters = z.output<typeof parameters>;

export const targetStep: StepType<Options, Parameters> & { readonly options: typeof options } = {
  name: 'target',
  title: { en: 'Target encoding', zh: '目标编码' },
  accepts: ['text'],
  options,
  parameters,
  fit: (training, columns, options) =>
    learn(training, columns, options, targetsOf(training, options), range(training.rows)),
  trace: (blocks, present, { columns, parameters }) => {
    const { classes, means } = parameters;
    const made = present.map((name): Block => {
      const block = blockNamed(blocks, name, 'target');
      const { levels, encodings } = parameters.columns[columns.indexOf(name)]!;
      if (
        encodings.length !== levels.length ||
        [...encodings, means].some(({ length }) => length !== classes.length)
      ) {
        throw new UserError({
          en: `target: column "${name}": its encodings do not fit its levels and classes`,
          zh: `target：列“${name}”的编码与其水平和类别不符`,
        });
      }
      const table = constant({
        dtype: 'float64',
        dims: [levels.length + 1, classes.length],
        data: numericArray([...encodings, means].flat(), 'float64'),
      });
      const rows = lookUp(block.tensor, levels, range(levels.length), levels.length, 'int64');
      return {
        ...block,
        kind: 'number',
        features: classes.map((label) => (label === '' ? `${name} ~ target` : `${name} ~ ${label}`)),
        tensor: table.gather(rows.squeeze(1)),
      };
    });
    return new Map([...replaced(blocks, present, made, 'target')].sort(byPlace(blocks)));
  },
  outOfFold: async (training, columns, options) => {
    const targets = targetsOf(training, options);
    if (training.rows < options.folds) {
      throw new UserError({
        en: `target: ${training.rows} training rows do not make ${options.folds} folds`,
        zh: `target：${training.rows} 个训练行不足以分成 ${options.folds} 折`,
      });
    }
    const foldOf = training.random.permutation(training.rows).map((place) => place % options.folds);
    const result = new Map<string, HostTensor>();
    const width = targets.classes.length;
    for (const name of columns) {
      result.set(name, {
        dtype: 'float64',
        dims: [training.rows, width],
        data: new Float64Array(training.rows * width),
      });
    }
    for (let fold = 0; fold < options.folds; fold++) {
      const inside = range(training.rows).filter((row) => foldOf[row] === fold);
      const outside = range(training.rows).filter((row) => foldOf[row] !== fold);
      const parameters = learn(training, columns, options, targets, outside);
      // The nodes that later rows go through, with the other folds' numbers in them.
      const traced = targetStep.trace(training.blocks, columns, { columns, parameters, options });
      const outputs = new Map(columns.map((name) => [name, traced.get(name)!.tensor]));
      const feeds = new Map(columns.map((name) => [name, pickRows(training.data.get(name)!, inside)]));
      for (const [name, { data }] of await runRows(outputs, feeds, inside.length)) {
        const all = result.get(name)!.data as Float64Array;
        for (const [i, row] of inside.entries()) {
          all.set((data as Float64Array).subarray(i * width, (i + 1) * width), row * width);
        }
      }
    }
    return result;
  },
  describe: ({ target, smooth, folds }) => ({
    en: `the mean of ${target ? `"${target}"` : 'the target'} at each level, smoothed (${smooth}); training rows in ${folds} folds`,
    zh: `以各水平上${target ? `“${target}”` : '目标'}的平滑均值编码（${smooth}）；训练行分 ${folds} 折`,
  }),
  describeFitted: (column, { columns, means }) => ({
    en: `${columns[column]!.levels.length} levels, mean ${figures(means)}`,
    zh: `${columns[column]!.levels.length} 个水平，均值 ${figures(means)}`,
  }),
};

/** Unknown levels get the target's mean; missing texts are a level like any other. */
export const target = declares(targetStep);

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const byPlace = (before: Blocks) => {
  const places = new Map([...before.keys()].map((name, i) => [name, i]));
  return ([a]: [string, Block], [b]: [string, Block]) =>
    (places.get(a) ?? before.size) - (places.get(b) ?? before.size);
};

interface Targets {
  readonly classes: readonly string[];
  /** Of each class the value of each row: the number itself, or 1 where the row is of the class. */
  readonly values: readonly Float64Array[];
}

function targetsOf({ blocks, data }: Training, { target }: Options): Targets {
  const candidates = [...blocks.values()].filter(({ role }) => role === 'target').map(({ name }) => name);
  const name = target ?? candidates[0];
  if (name === undefined || (target === undefined && candidates.length > 1)) {
    throw new UserError({
      en: `target: expected one column whose role is target, found ${candidates.length}; name it: target({ target: … })`,
      zh: `target：应恰有一列的角色为目标，实有 ${candidates.length} 列；请指定：target({ target: … })`,
    });
  }
  const block = blockNamed(blocks, name, 'target');
  const cells = Array.from(data.get(name)!.data as ArrayLike<string | number | bigint>);
  if (block.kind === 'number' && block.features.length === 1) {
    const values = Float64Array.from(cells as number[]);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return { classes: [''], values: [values] };
    throw columnError('target', name, {
      en: `training row ${bad + 1} has no finite target; leave such rows out`,
      zh: `第 ${bad + 1} 个训练行的目标不是有限值；请去掉这类行`,
    });
  }
  if (block.kind !== 'text' && block.kind !== 'class') {
    throw columnError('target', name, {
      en: 'is no target that has a mean; expected numbers or classes',
      zh: '作为目标没有均值；应为数值或类别',
    });
  }
  const classes = [...new Set(cells.map(String))].sort((a, b) => (a < b ? -1 : 1));
  if (classes.length < 2)
    throw columnError('target', name, {
      en: 'has one class only; nothing can be learnt of it',
      zh: '只有一个类别，无从学习',
    });
  // Of two classes one is enough.
  const encoded = classes.length === 2 ? classes.slice(1) : classes;
  return {
    classes: encoded,
    values: encoded.map((label) => Float64Array.from(cells, (cell) => Number(String(cell) === label))),
  };
}

function learn(
  { data }: Training,
  columns: readonly string[],
  { smooth }: Options,
  { classes, values }: Targets,
  rows: readonly number[],
): Parameters {
  const chosen = values.map((of) => Float64Array.from(rows, (row) => of[row]!));
  const means = chosen.map(mean);
  const variances = chosen.map((of, i) => variance(of, means[i]!));
  return parsed(
    parameters,
    {
      classes: [...classes],
      means,
      columns: columns.map((name) => {
        const texts = data.get(name)!.data as readonly string[];
        const rowsOf = Map.groupBy(range(rows.length), (i) => texts[rows[i]!]!);
        const levels = [...rowsOf.keys()].sort((a, b) => (a < b ? -1 : 1));
        return {
          levels,
          encodings: levels.map((level) => {
            const at = rowsOf.get(level)!;
            return chosen.map((of, k) => {
              const own = Float64Array.from(at, (i) => of[i]!);
              const ownMean = mean(own);
              const weight = weightOf(own, ownMean, variances[k]!, smooth);
              return weight * ownMean + (1 - weight) * means[k]!;
            });
          }),
        };
      }),
    },
    'target',
  );
}

function weightOf(own: Float64Array, ownMean: number, overall: number, smooth: Options['smooth']): number {
  const n = own.length;
  if (smooth !== 'auto') return n / (n + smooth);
  const within = variance(own, ownMean);
  // A target that does not vary at all says the same at any weight.
  return overall === 0 ? 1 : (n * overall) / (n * overall + within);
}
