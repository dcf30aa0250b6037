/**
 * A processing step: declared with plain options, fitted on training rows to plain parameters. Its computation is written once:
 * `trace` adds it to the graph, which training runs and which is deployed with the model, so that the two cannot differ.
 *
 * Most steps treat each column by itself; `columnStep` makes such a step from the computation for one column.
 */

import { type Localized, type Random, UserError } from '@gradus/base';
import { constant, type HostTensor, numericArray, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { issueText } from '../issue.ts';
import { type Block, type Blocks, blockNamed, type ColumnRole, KINDS, type Kind, replaced } from './block.ts';

/** Columns by name, or all of some kind and role. */
export type ColumnChoice =
  | readonly string[]
  | {
      readonly kind?: Kind | undefined;
      readonly role?: ColumnRole | undefined;
      readonly except?: readonly string[] | undefined;
    };

/** A step as it is declared: plain data. */
export interface Step {
  readonly step: string;
  readonly columns?: ColumnChoice | undefined;
  readonly options: unknown;
}

/** A step with what it learnt: plain data. */
export interface FittedStep {
  readonly step: string;
  readonly columns: readonly string[];
  readonly options: unknown;
  readonly parameters: unknown;
}

/** The training rows as the steps before made them. */
export interface Training {
  readonly rows: number;
  readonly blocks: Blocks;
  readonly data: ReadonlyMap<string, HostTensor>;
  readonly random: Random;
}

export interface StepType<O = unknown, P = unknown> {
  readonly name: string;
  readonly title: Localized;
  /** The kinds of columns that it takes; by default all features of these kinds. */
  readonly accepts: readonly Kind[];
  readonly options: z.ZodType<O>;
  readonly parameters: z.ZodType<P>;
  fit(training: Training, columns: readonly string[], options: O): P | Promise<P>;
  /** The blocks after the step. `columns` are those of the fit that are in `blocks`. */
  trace(
    blocks: Blocks,
    columns: readonly string[],
    fitted: { columns: readonly string[]; parameters: P; options: O },
  ): Blocks;
  /**
   * For a step that ONNX cannot express: transforms a raw column before the graph. Such steps come before all others; `trace`
   * then returns the graph's input in the column's place.
   */
  beforeGraph?(data: HostTensor, column: number, fitted: { parameters: P; options: O }): HostTensor;
  /** Undoes `beforeGraph`, where its output is not the final form. */
  afterGraph?(values: HostTensor, column: number, fitted: { parameters: P; options: O }): HostTensor;
  /** Training rows that are encoded differently from later rows, by block. */
  outOfFold?(
    training: Training,
    columns: readonly string[],
    options: O,
  ): Promise<ReadonlyMap<string, HostTensor>>;
  /** The column's values before the step from those after it. `before` is the column as the graph took it in. */
  inverse?(tensor: Tensor, column: number, fitted: { parameters: P; options: O }, before: Block): Tensor;
  /** What the step does, in words. */
  describe(options: O): Localized;
  /** What was learnt of a column, in words. */
  describeFitted?(column: number, parameters: P, options: O): Localized;
}

/** A step for one column. */
export interface ColumnStep<Schema extends z.ZodType, P, O = z.output<Schema>> {
  readonly name: string;
  readonly title: Localized;
  readonly accepts: readonly Kind[];
  readonly options: Schema;
  readonly parameters: z.ZodType<P>;
  fit(column: TrainingColumn, options: O): P | Promise<P>;
  beforeGraph?(data: HostTensor, parameters: P, options: O): HostTensor;
  afterGraph?(values: HostTensor, parameters: P, options: O): HostTensor;
  trace(block: Block, parameters: P, options: O): Block | readonly Block[];
  inverse?(tensor: Tensor, parameters: P, options: O, before: Block): Tensor;
  describe(options: O): Localized;
  describeFitted?(parameters: P, options: O): Localized;
}

export interface TrainingColumn {
  readonly step: string;
  readonly block: Block;
  readonly data: HostTensor;
}

export function columnStep<Schema extends z.ZodType, P>(
  type: ColumnStep<Schema, P>,
): StepType<z.output<Schema>, readonly P[]> & { readonly options: Schema } {
  const { name, title, accepts, parameters, beforeGraph, afterGraph, inverse, describeFitted } = type;
  return {
    name,
    title,
    accepts,
    // A schema's output is what it puts out; the compiler cannot follow that for one it does not know.
    options: type.options as Schema & z.ZodType<z.output<Schema>>,
    parameters: z.array(parameters),
    fit: async ({ blocks, data }, columns, options) => {
      const fitted: P[] = [];
      for (const column of columns) {
        const block = blockNamed(blocks, column, name);
        fitted.push(await type.fit({ step: name, block, data: data.get(column)! }, options));
      }
      return fitted;
    },
    trace: (blocks, present, { columns, parameters, options }) => {
      const made = present.flatMap((column) =>
        type.trace(blockNamed(blocks, column, name), parameters[columns.indexOf(column)]!, options),
      );
      return inPlace(blocks, present, made, name);
    },
    ...(beforeGraph && {
      beforeGraph: (data, column, { parameters, options }) => beforeGraph(data, parameters[column]!, options),
    }),
    ...(afterGraph && {
      afterGraph: (values, column, { parameters, options }) =>
        afterGraph(values, parameters[column]!, options),
    }),
    ...(inverse && {
      inverse: (tensor, column, { parameters, options }, before) =>
        inverse(tensor, parameters[column]!, options, before),
    }),
    describe: type.describe,
    ...(describeFitted && {
      describeFitted: (column, parameters, options) => describeFitted(parameters[column]!, options),
    }),
  };
}

/** The same columns in their old places where they are still there, new ones behind. */
function inPlace(blocks: Blocks, columns: readonly string[], made: readonly Block[], step: string): Blocks {
  const gone = columns.filter((name) => !made.some((block) => block.name === name));
  const result = new Map(replaced(blocks, gone, [], step));
  const added: Block[] = [];
  const placed = new Set<string>();
  for (const block of made) {
    const inOldPlace = columns.includes(block.name) && !placed.has(block.name);
    if (inOldPlace) result.set(block.name, block);
    else added.push(block);
    placed.add(block.name);
  }
  return replaced(result, [], added, step);
}

/** The function that declares a step of a type. @throws UserError naming the option that does not fit */
export function declares<Schema extends z.ZodType>(type: {
  readonly name: string;
  readonly options: Schema;
}): (options?: Given<z.input<Schema>> & { readonly columns?: ColumnChoice }) => Step {
  return ({ columns, ...options } = {} as never) => ({
    step: type.name,
    ...(columns && { columns }),
    options: parsed<unknown>(type.options, options, type.name),
  });
}

/** Where a step has no options, there are none to give. */
type Given<Options> = string extends keyof Options ? unknown : Options;

/** @throws UserError naming the field that does not fit */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = [what, ...issue.path.map(String)];
  const { en, zh } = issueText(issue);
  throw new UserError({ en: [...place, en].join(': '), zh: [...place, zh].join('：') });
}

/** The columns that a step applies to. @throws UserError where one is not there or of a kind that the step does not take */
export function chosenColumns(
  { name, accepts }: Pick<StepType, 'name' | 'accepts'>,
  choice: ColumnChoice | undefined,
  blocks: Blocks,
): string[] {
  if (isList(choice)) {
    const twice = choice.find((column, i) => choice.indexOf(column) !== i);
    if (twice !== undefined)
      throw new UserError({
        en: `${name}: the column "${twice}" is named twice`,
        zh: `${name}：列“${twice}”被指定了两次`,
      });
    for (const column of choice) requireKind(blockNamed(blocks, column, name), accepts, name);
    return [...choice];
  }
  const { kind, role = 'feature', except = [] } = choice ?? {};
  if (kind !== undefined && !accepts.includes(kind)) {
    throw new UserError({
      en: `${name}: takes ${kindNames(accepts).en}, not ${KINDS[kind].en}`,
      zh: `${name}：只接受${kindNames(accepts).zh}，不接受${KINDS[kind].zh}`,
    });
  }
  for (const column of except) blockNamed(blocks, column, name);
  return [...blocks.values()]
    .filter(
      (block) =>
        block.role === role &&
        (kind === undefined ? accepts.includes(block.kind) : block.kind === kind) &&
        !except.includes(block.name),
    )
    .map((block) => block.name);
}

const isList = (choice: ColumnChoice | undefined): choice is readonly string[] => Array.isArray(choice);

export function requireKind(block: Block, accepts: readonly Kind[], step: string): void {
  if (accepts.includes(block.kind)) return;
  throw new UserError({
    en: `${step}: column "${block.name}" is ${KINDS[block.kind].en}; expected ${kindNames(accepts).en}`,
    zh: `${step}：列“${block.name}”是${KINDS[block.kind].zh}；应为${kindNames(accepts).zh}`,
  });
}

const kindNames = (kinds: readonly Kind[]): Localized => ({
  en: kinds.map((kind) => KINDS[kind].en).join(' or '),
  zh: kinds.map((kind) => KINDS[kind].zh).join('或'),
});

/**
 * The values of one feature in the training rows, missing ones left out.
 *
 * @throws UserError where there are none, or one is infinite
 */
export function presentValues({ step, block, data }: TrainingColumn, feature = 0): Float64Array {
  const width = block.features.length;
  const all = data.data as Float32Array | Float64Array;
  const values = new Float64Array(all.length / width);
  let count = 0;
  for (let i = feature; i < all.length; i += width) {
    const value = all[i]!;
    if (Number.isNaN(value)) continue;
    if (!Number.isFinite(value)) {
      throw columnError(step, block.name, {
        en: `value ${Math.floor(i / width) + 1} of the training rows is infinite; clip such values with outliers() before`,
        zh: `训练行的第 ${Math.floor(i / width) + 1} 个值为无穷大；请先用 outliers() 截断这类值`,
      });
    }
    values[count++] = value;
  }
  if (count === 0) {
    throw columnError(step, block.name, ALL_MISSING);
  }
  return values.subarray(0, count);
}

export const columnError = (step: string, column: string, { en, zh }: Localized): UserError =>
  new UserError({ en: `${step}: column "${column}": ${en}`, zh: `${step}：列“${column}”：${zh}` });

export const ALL_MISSING: Localized = {
  en: 'all its training rows are missing; leave the column out',
  zh: '训练行全部缺失；请去掉该列',
};

/** One number for each feature of a block, as a constant that goes with its last axis. @throws UserError where they are not as many */
export function perFeature(values: readonly number[], { name, features, tensor }: Block): Tensor {
  if (values.length !== features.length) {
    throw new UserError({
      en: `column "${name}": ${values.length} numbers are given for ${features.length} features`,
      zh: `列“${name}”：${features.length} 个特征却给出了 ${values.length} 个数`,
    });
  }
  return constant({
    dtype: tensor.dtype,
    dims: [values.length],
    data: numericArray(values, tensor.dtype),
  });
}

/** A finite number for each feature. */
export const numbers = z.array(z.number()).min(1).max(100_000);
