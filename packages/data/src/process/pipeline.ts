/**
 * A pipeline: processing steps in order, from raw columns to a model's inputs. It is declared as plain data, fitted on training
 * rows (each step on the output of those before), and is plain data once fitted, stored with the model.
 *
 *     const declared = pipeline({ age: 'number', job: 'text', hired: 'time' }, [
 *       steps.missing(), steps.standardize(), steps.oneHot({ minCount: 10 }), steps.dates(), steps.join(),
 *     ]);
 *     const { fitted, columns } = await fitTransform(declared, training);   // columns.features: [rows, features]
 *     const later = await transform(fitted, test);
 *     const deployed = fold(fitted, model);                                 // takes age, job and hired as they are
 *
 * ONNX cannot express redaction and tokenization: they run before the graph, and `graphInputs` returns the graph's inputs.
 */

import { type Localized, Random, UserError } from '@gradus/base';
import { type HostTensor, input, isFloat, type Tensor } from '@gradus/engine';
import {
  type Block,
  type Blocks,
  COLUMN_ROLES,
  type ColumnRole,
  type ColumnType,
  KINDS,
  RAW_KINDS,
  type RawKind,
  rawBlock,
} from './block.ts';
import { type Columns, rawTensors } from './raw.ts';
import { inputsOf, pickRows, runRows } from './run.ts';
import { chosenColumns, type FittedStep, parsed, type Step, type StepType, type Training } from './step.ts';
import { STEP_TYPES } from './steps/index.ts';

export interface Pipeline {
  readonly columns: readonly ColumnType[];
  readonly steps: readonly Step[];
}

export interface FittedPipeline {
  readonly columns: readonly ColumnType[];
  readonly steps: readonly FittedStep[];
}

/** A kind, of a feature; or more of it. `dtype` is that of the graph's input: of numbers and series `float64` or `float32`. */
export type ColumnDeclaration =
  | RawKind
  | {
      readonly kind: RawKind;
      readonly role?: ColumnRole;
      readonly dtype?: 'float64' | 'float32';
    };

/** @throws UserError naming the column that cannot be */
export function pipeline(
  columns: Readonly<Record<string, ColumnDeclaration>>,
  steps: readonly Step[],
): Pipeline {
  const types = Object.entries(columns).map(([name, declaration]): ColumnType => {
    const { kind, role, dtype } = typeof declaration === 'string' ? { kind: declaration } : declaration;
    return columnType({ name, kind, role: role ?? 'feature', dtype: dtype ?? KINDS[kind]?.raw?.dtypes[0] });
  });
  requireOrder(steps);
  return { columns: types, steps };
}

/** @throws UserError where a step that runs before the graph follows one of the graph, or there is no such step */
export function requireOrder(steps: readonly Pick<Step, 'step'>[]): void {
  let graph: string | undefined;
  for (const { step } of steps) {
    if (!stepType(step).beforeGraph) graph ??= step;
    else if (graph !== undefined)
      throw new UserError({
        en: `${step}: is done before the graph, and so comes before ${graph}`,
        zh: `${step}：在图之前执行，因此必须排在 ${graph} 之前`,
      });
  }
}

/** @throws UserError where there can be no such column */
export function columnType({ name, kind, role, dtype }: { [K in keyof ColumnType]: unknown }): ColumnType {
  const expect = (holds: boolean, en: string, zh: string) => {
    if (!holds) throw new UserError({ en: `column "${name}": ${en}`, zh: `列“${name}”：${zh}` });
  };
  expect(
    typeof name === 'string' && name !== '' && name.length <= 1000 && name !== '__proto__',
    'is no name for a column',
    '不能作为列名',
  );
  expect(
    RAW_KINDS.includes(kind as RawKind),
    `is of kind "${kind}"; expected ${RAW_KINDS.join(', ')}`,
    `类型为“${kind}”；应为 ${RAW_KINDS.join('、')} 之一`,
  );
  expect(
    COLUMN_ROLES.includes(role as ColumnRole),
    `has the role "${role}"; expected ${COLUMN_ROLES.join(', ')}`,
    `角色为“${role}”；应为 ${COLUMN_ROLES.join('、')} 之一`,
  );
  const dtypes: readonly unknown[] = KINDS[kind as RawKind].raw.dtypes;
  expect(
    dtypes.includes(dtype),
    `is held as "${dtype}"; expected ${dtypes.join(' or ')}`,
    `数据类型为“${dtype}”；应为 ${dtypes.join(' 或 ')}`,
  );
  return { name, kind, role, dtype } as ColumnType;
}

export interface FitOptions {
  /** The training rows, by number. Default: all. */
  readonly rows?: ArrayLike<number>;
  /** Source of random choices: folds of target encoding. */
  readonly random?: Random;
}

/** Fits each step on what the steps before it make of the training rows. @throws UserError naming step and column */
export async function fitPipeline(
  pipeline: Pipeline,
  columns: Columns,
  options: FitOptions = {},
): Promise<FittedPipeline> {
  return (await fitted(pipeline, columns, options, false)).fitted;
}

/**
 * The same, with the training data for a model: the training rows after the pipeline. Target encoding alone treats them
 * differently from later rows: it encodes them out of fold.
 */
export async function fitTransform(
  pipeline: Pipeline,
  columns: Columns,
  options: FitOptions = {},
): Promise<{ readonly fitted: FittedPipeline; readonly columns: Record<string, HostTensor> }> {
  const { fitted: result, data } = await fitted(pipeline, columns, options, true);
  return { fitted: result, columns: Object.fromEntries(data) };
}

async function fitted(
  { columns: types, steps }: Pipeline,
  columns: Columns,
  { rows: chosen, random = new Random('process') }: FitOptions,
  withData: boolean,
): Promise<{ fitted: FittedPipeline; data: ReadonlyMap<string, HostTensor> }> {
  const all = rawTensors(types, columns);
  const rows = chosen?.length ?? all.rows;
  if (rows === 0)
    throw new UserError({ en: 'there are no training rows to fit on', zh: '没有可用于拟合的训练行' });
  let blocks: Blocks = new Map(types.map((type) => [type.name, placeholder(rawBlock(type))]));
  let data: ReadonlyMap<string, HostTensor> = new Map(
    types.map(({ name }) => {
      const tensor = all.tensors.get(name)!;
      return [name, asColumn(chosen ? pickRows(tensor, chosen) : tensor)];
    }),
  );
  const done: FittedStep[] = [];
  for (const [i, step] of steps.entries()) {
    const type = stepType(step.step);
    const options = parsed(type.options, step.options, step.step);
    const names = chosenColumns(type, step.columns, blocks);
    const training: Training = { rows, blocks, data, random: random.fork(i) };
    const parameters = parsed(type.parameters, await type.fit(training, names, options), step.step);
    done.push({ step: step.step, columns: names, options, parameters });
    const after = type.trace(blocks, names, { columns: names, parameters, options });
    if (type.beforeGraph) {
      data = beforeGraph(done.slice(-1), data);
      blocks = new Map([...after].map(([name, block]) => [name, placeholder(block)]));
      continue;
    }
    if (i === steps.length - 1 && !withData) break;
    const others = (await type.outOfFold?.(training, names, options)) ?? new Map<string, HostTensor>();
    const outputs = new Map(
      [...after].flatMap(([name, { tensor }]) =>
        others.has(name) || tensor === blocks.get(name)?.tensor ? [] : [[name, tensor] as const],
      ),
    );
    const made = await runRows(outputs, data, rows);
    data = new Map(
      [...after.keys()].map((name) => [name, others.get(name) ?? made.get(name) ?? data.get(name)!]),
    );
    blocks = new Map([...after].map(([name, block]) => [name, placeholder(block)]));
  }
  return { fitted: { columns: types, steps: done }, data };
}

/** Processes later rows: features, and targets where all target columns are among `columns`. @throws UserError naming the column that does not fit */
export async function transform(
  fitted: FittedPipeline,
  columns: Columns,
): Promise<Record<string, HostTensor>> {
  const withTargets = fitted.columns.every(
    ({ name, role }) => role === 'feature' || Object.hasOwn(columns, name),
  );
  const outputs = outputsOf(traced(fitted, withTargets).blocks);
  const { tensors, rows } = feedsFor(fitted, outputs.values(), columns);
  return Object.fromEntries(await runRows(outputs, tensors, rows));
}

/**
 * Raw columns as the deployed graph takes them: after the steps that ONNX cannot express.
 *
 * @throws UserError naming the column that does not fit
 */
export function graphInputs(fitted: FittedPipeline, columns: Columns): Record<string, HostTensor> {
  const { tensors } = feedsFor(fitted, outputsOf(traced(fitted, false).blocks).values(), columns);
  return Object.fromEntries(tensors);
}

/** The columns that some values of the graph need, as it takes them. */
function feedsFor(fitted: FittedPipeline, values: Iterable<Tensor>, columns: Columns) {
  const needed = inputsOf(values);
  const types = fitted.columns.filter(({ name }) => needed.has(name));
  const { tensors, rows } = rawTensors(types, columns);
  return { tensors: beforeGraph(fitted.steps, tensors), rows };
}

/** The columns after the steps that are done before the graph. */
function beforeGraph(
  steps: readonly FittedStep[],
  columns: ReadonlyMap<string, HostTensor>,
): Map<string, HostTensor> {
  const result = new Map(columns);
  for (const { step, columns: names, options, parameters } of steps) {
    const type = stepType(step);
    if (!type.beforeGraph) break;
    for (const [at, name] of names.entries()) {
      const data = result.get(name);
      if (data) result.set(name, type.beforeGraph(data, at, { options, parameters }));
    }
  }
  return result;
}

/** All blocks, and those before each step, for the inverse. */
export interface Traced {
  readonly blocks: Blocks;
  /** The input blocks of each step. */
  readonly before: readonly Blocks[];
}

/** All steps as graph nodes, from raw inputs on. */
export function traced({ columns, steps }: FittedPipeline, withTargets: boolean): Traced {
  const raw = columns.filter(({ role }) => withTargets || role === 'feature').map(rawBlock);
  let blocks: Blocks = new Map(raw.map((block) => [block.name, block]));
  const before: Blocks[] = [];
  for (const { step, columns, options, parameters } of steps) {
    before.push(blocks);
    const present = columns.filter((name) => blocks.has(name));
    blocks = stepType(step).trace(blocks, present, { columns, parameters, options });
  }
  return { blocks, before };
}

/** What comes out for later rows, without running anything: features' names, and types. */
export function outputBlocks(fitted: FittedPipeline): Blocks {
  return traced(fitted, false).blocks;
}

/** The names of the features of an output, in their order along its last axis. @throws UserError where there is none of that name */
export function featureNames(fitted: FittedPipeline, output = 'features'): readonly string[] {
  const blocks = outputBlocks(fitted);
  const block = blocks.get(output);
  if (block) return block.features;
  throw new UserError({
    en: `the pipeline makes no "${output}"; it makes ${[...blocks.keys()].map((name) => `"${name}"`).join(', ') || 'nothing'}`,
    zh: `流水线不产生“${output}”；它产生的是${[...blocks.keys()].map((name) => `“${name}”`).join('、') || '空'}`,
  });
}

/**
 * Turns a model's predictions of a column back to the column's own values: a standardized price to money, the number of a class
 * to its name. A step that needs the history for it (differencing) takes it from `columns`.
 *
 * @throws UserError where a step has no way back
 */
export async function invert(
  fitted: FittedPipeline,
  column: string,
  values: HostTensor,
  columns: Columns = {},
): Promise<HostTensor> {
  const shape = values.dims.map((dim, i) => (i === 0 ? 'batch' : dim));
  // A column's name could be the same; this one cannot.
  const predicted = input('', shape, values.dtype);
  const { role } = fitted.columns.find(({ name }) => name === column) ?? {};
  const tensor = turnedBack(fitted, traced(fitted, role === 'target'), column, predicted);
  const { tensors } = feedsFor(fitted, [tensor], columns);
  const made = (await runRows(new Map([['', tensor]]), tensors.set('', values), values.dims[0]!)).get('')!;
  return afterGraph(fitted, column, made);
}

/** Values of a column as the graph took it, turned back to what it was before. */
function afterGraph({ steps }: FittedPipeline, column: string, values: HostTensor): HostTensor {
  return steps.reduceRight((tensor, { step, columns, options, parameters }) => {
    const at = columns.indexOf(column);
    return (at >= 0 && stepType(step).afterGraph?.(tensor, at, { options, parameters })) || tensor;
  }, values);
}

/** The steps of a column backwards, as graph nodes. */
export function turnedBack(
  { columns, steps }: FittedPipeline,
  { before }: Traced,
  column: string,
  values: Tensor,
): Tensor {
  const type = columns.find(({ name }) => name === column);
  if (!type) {
    throw new UserError({
      en: `there is no column "${column}" to turn back to; there are ${columns.map(({ name }) => `"${name}"`).join(', ')}`,
      zh: `没有可还原的列“${column}”；现有的列：${columns.map(({ name }) => `“${name}”`).join('、')}`,
    });
  }
  // In the precision of the raw column.
  const precise = isFloat(values.dtype) && isFloat(type.dtype) ? values.cast(type.dtype) : values;
  return steps.reduceRight((tensor, { step, columns, options, parameters }, i) => {
    const at = columns.indexOf(column);
    if (at < 0) return tensor;
    const { inverse, beforeGraph } = stepType(step);
    if (beforeGraph) return tensor;
    const block = before[i]!.get(column);
    if (!inverse || !block) {
      throw new UserError({
        en: `${step}: what it makes of column "${column}" cannot be turned back`,
        zh: `${step}：它对列“${column}”所做的处理无法还原`,
      });
    }
    return inverse(tensor, at, { options, parameters }, block);
  }, precise);
}

/** The pipeline in words, a line for each step, and below it what was learnt of each column. */
export function describePipeline({ columns, steps }: Pipeline | FittedPipeline): Localized {
  const lines = (language: keyof Localized): string => {
    const zh = language === 'zh';
    const raw = columns.map(({ name, kind, role }) => {
      const target = role === 'target' ? (zh ? '，目标' : ', target') : '';
      return `${name} (${KINDS[kind][language]}${target})`;
    });
    const rest = steps.flatMap((step, i) => {
      const type = stepType(step.step);
      const description = type.describe(step.options)[language];
      const head = `${i + 1}. ${type.title[language]}${choiceWords(step.columns, zh)}${zh ? '：' : ': '}${description}`;
      if (!('parameters' in step) || !type.describeFitted) return [head];
      const { describeFitted } = type;
      const learnt = step.columns.map(
        (name, at) =>
          `   ${name}${zh ? '：' : ': '}${describeFitted(at, step.parameters, step.options)[language]}`,
      );
      return [head, ...learnt];
    });
    return [`${zh ? '原始列：' : 'Columns: '}${raw.join(zh ? '、' : ', ')}`, ...rest].join('\n');
  };
  return { en: lines('en'), zh: lines('zh') };
}

function choiceWords(choice: Step['columns'], zh: boolean): string {
  const wrapped = (text: string) => (zh ? `（${text}）` : ` (${text})`);
  if (choice === undefined) return '';
  if ('length' in choice)
    return wrapped(choice.length > 0 ? choice.join(zh ? '、' : ', ') : zh ? '无列' : 'no column');
  const { kind, role, except = [] } = choice;
  const of = [
    kind && KINDS[kind][zh ? 'zh' : 'en'],
    role && (zh ? (role === 'target' ? '目标' : '特征') : role),
  ];
  const but = except.length > 0 ? (zh ? `除 ${except.join('、')} 外` : `all but ${except.join(', ')}`) : '';
  return wrapped([but, ...of].filter(Boolean).join(zh ? '，' : ', '));
}

export function stepType(name: string): StepType {
  const type = STEP_TYPES.get(name);
  if (type) return type;
  throw new UserError({
    en: `there is no step "${name}"; there are ${[...STEP_TYPES.keys()].join(', ')}`,
    zh: `没有步骤“${name}”；现有的步骤：${[...STEP_TYPES.keys()].join('、')}`,
  });
}

export const outputsOf = (blocks: Blocks): Map<string, Tensor> =>
  new Map([...blocks].map(([name, { tensor }]) => [name, tensor]));

/** A block that is fed: what the next step takes. */
function placeholder(block: Block): Block {
  return {
    ...block,
    tensor: input(block.name, ['batch', ...block.tensor.shape.slice(1)], block.tensor.dtype),
  };
}

/** A raw column of a table as a block of one feature. */
const asColumn = (tensor: HostTensor): HostTensor =>
  tensor.dims.length === 1 ? { ...tensor, dims: [tensor.dims[0]!, 1] } : tensor;
