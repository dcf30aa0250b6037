/**
 * Processing and model as one graph: it takes raw columns, and what stands in it before the model are the very nodes that
 * made the training data. What the model says of a column can be turned back behind it: a standardized price to money, the
 * number of a class to its name.
 */

import { UserError } from '@gradus/base';
import { type Graph, rebuild, type Tensor, type Value } from '@gradus/engine';
import { type FittedPipeline, outputsOf, stepType, traced, turnedBack } from './pipeline.ts';
import { inputsOf } from './run.ts';

export interface FoldOptions {
  /** Of each input of the model, the pipeline's output that feeds it. Default: that of its name, or the only one. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of outputs of the model, the column that they speak of and are turned back to. */
  readonly invert?: Readonly<Record<string, string>>;
}

/**
 * Inputs of the model that the pipeline makes nothing for stay inputs.
 *
 * @throws UserError where inputs and outputs do not fit, or a name would stand for two things
 */
export function fold(
  fitted: FittedPipeline,
  model: Graph,
  { inputs = {}, invert = {} }: FoldOptions = {},
): Graph<Tensor> {
  const trace = traced(fitted, false);
  const made = outputsOf(trace.blocks);
  requireNames('inputs', inputs, model.inputs);
  requireNames('invert', invert, model.outputs);
  for (const column of Object.values(invert)) requireGraph(fitted, column);
  const values = new Map<Value, Tensor>();
  for (const [name, value] of Object.entries(model.inputs)) {
    const source = inputs[name] ?? (made.has(name) ? name : only(made, model));
    if (source === undefined) continue;
    const tensor = made.get(source);
    if (!tensor) {
      throw new UserError({
        en: `the pipeline makes no "${source}" for the model's input "${name}"; it makes ${quoted(made.keys())}`,
        zh: `流水线没有产生模型输入“${name}”所需的“${source}”；它产生的是${quotedZh(made.keys())}`,
      });
    }
    requireFits(name, value, source, tensor);
    values.set(value, tensor);
  }
  if (values.size === 0) {
    throw new UserError({
      en: `the pipeline makes ${quoted(made.keys())} and the model takes ${quoted(Object.keys(model.inputs))}; say which is which: fold(…, { inputs: { … } })`,
      zh: `流水线产生${quotedZh(made.keys())}，而模型接受${quotedZh(Object.keys(model.inputs))}；请说明如何对应：fold(…, { inputs: { … } })`,
    });
  }
  const rebuilt = rebuild(Object.values(model.outputs), { values });
  const outputs = Object.keys(model.outputs).map((name, i): [string, Tensor] => {
    const column = invert[name];
    return [
      name,
      column === undefined
        ? rebuilt[i]!
        : turnedBack(fitted, targeted(fitted, trace, column), column, rebuilt[i]!),
    ];
  });
  return graphWithInputs(model.name, outputs);
}

/** @throws UserError where a column's way back is none that a graph can go */
function requireGraph({ steps }: FittedPipeline, column: string): void {
  const step = steps.find(({ step, columns }) => columns.includes(column) && stepType(step).afterGraph);
  if (step) {
    throw new UserError({
      en: `${step.step}: what it makes of column "${column}" is turned back behind the graph, by invert()`,
      zh: `${step.step}：它对列“${column}”所做的处理只能在图之后用 invert() 还原`,
    });
  }
}

/** The pipeline alone as a graph: raw columns in, what it makes of them out; under its name, or `… processed` where a raw column has that. */
export function pipelineGraph(fitted: FittedPipeline): Graph<Tensor> {
  const made = outputsOf(traced(fitted, false).blocks);
  const raw = inputsOf(made.values());
  return graphWithInputs(
    'process',
    [...made].map(([name, tensor]) => [raw.has(name) ? `${name} processed` : name, tensor]),
  );
}

/** A target is no part of the graph; turning back to it takes its steps all the same, and none of its values. */
const targeted = (fitted: FittedPipeline, trace: ReturnType<typeof traced>, column: string) =>
  fitted.columns.some(({ name, role }) => name === column && role === 'target')
    ? traced(fitted, true)
    : trace;

function graphWithInputs(name: string, outputs: readonly (readonly [string, Tensor])[]): Graph<Tensor> {
  const inputs = inputsOf(outputs.map(([, tensor]) => tensor));
  const twice = outputs.find(([name]) => inputs.has(name));
  if (twice)
    throw new UserError({
      en: `"${twice[0]}" would be an input and an output of the graph; rename the model's output`,
      zh: `“${twice[0]}”将同时成为图的输入和输出；请重命名模型的输出`,
    });
  return { name, inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) };
}

/** Where the pipeline makes one thing and the model takes one, they go together whatever their names. */
const only = (made: ReadonlyMap<string, Tensor>, { inputs }: Graph): string | undefined =>
  made.size === 1 && Object.keys(inputs).length === 1 ? [...made.keys()][0] : undefined;

function requireNames(
  option: string,
  names: Readonly<Record<string, string>>,
  known: Readonly<Record<string, Value>>,
): void {
  const strange = Object.keys(names).find((name) => !Object.hasOwn(known, name));
  if (strange === undefined) return;
  throw new UserError({
    en: `${option}: the model has no "${strange}"; it has ${quoted(Object.keys(known))}`,
    zh: `${option}：模型没有“${strange}”；模型有${quotedZh(Object.keys(known))}`,
  });
}

function requireFits(name: string, expected: Value, source: string, { dtype, shape }: Tensor): void {
  const fits =
    expected.dtype === dtype &&
    expected.shape.length === shape.length &&
    // Numbers of rows vary, and a model of one fixed number would be one of no other.
    typeof expected.shape[0] === 'string' &&
    expected.shape.every(
      (dim, i) => i === 0 || typeof dim === 'string' || typeof shape[i] === 'string' || dim === shape[i],
    );
  if (fits) return;
  throw new UserError({
    en: `the model's input "${name}" is ${expected.dtype} [${expected.shape.join(', ')}] and the pipeline's "${source}" ${dtype} [${shape.join(', ')}]; expected the same type and sizes, and any number of rows`,
    zh: `模型输入“${name}”为 ${expected.dtype} [${expected.shape.join(', ')}]，而流水线的“${source}”为 ${dtype} [${shape.join(', ')}]；类型和大小应一致，且行数不固定`,
  });
}

const quoted = (names: Iterable<string>): string =>
  [...names].map((name) => `"${name}"`).join(', ') || 'nothing';

const quotedZh = (names: Iterable<string>): string =>
  [...names].map((name) => `“${name}”`).join('、') || '空';
