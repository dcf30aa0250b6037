/**
 * The conformance suite of tasks: what recipes rely on, tried on small data.
 *
 *     expect(await checkTask(textClassification, { sample: sampleList(rows), questions: ['where is my parcel?'] })).toEqual([]);
 *
 * It belongs to no test framework: it returns what is wrong, one sentence each.
 */
import { isDeepStrictEqual } from 'node:util';
import { Random } from '@gradus/base';
import { readOnnx, writeOnnx } from '@gradus/engine';
import { attempt, jsonProblems, optionProblems, textProblems } from '@gradus/loop';
import { parseReport, reportJson } from '@gradus/report';
import { HeldOut } from '../shared/held-out.ts';
import type { FitContext, Task, TaskRow, TaskTypes } from '../task.ts';

/** Small data that a task can learn from. */
export interface SampleRows<Rows> {
  readonly rows: Rows;
  /** By place: the row's number in its file. */
  readonly numbers: readonly number[];
  /** The rows, some with the content of others: by place, whose; each keeps its number and its label. */
  moved(from: ReadonlyMap<number, number>): Rows;
}

/** Sample rows of a task that learns from a list. */
export const sampleList = <Input>(
  rows: readonly TaskRow<Input>[],
): SampleRows<readonly TaskRow<Input>[]> => ({
  rows,
  numbers: rows.map(({ row }) => row),
  moved: (from) =>
    rows.map((row, i) => {
      const other = from.get(i);
      if (other === undefined) return row;
      return { ...rows[other]!, row: row.row, ...(row.label !== undefined && { label: row.label }) };
    }),
});

export interface CheckTaskOptions<T extends TaskTypes> {
  readonly sample: SampleRows<T['rows']>;
  /** Inputs to answer; odd ones among them. */
  readonly questions: readonly T['input'][];
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Answers of one input alone and among others may differ by so much: sums are then added in another order. */
const CLOSE = 1e-4;

/** @returns what is wrong, one sentence each; nothing where the task keeps its contract */
export async function checkTask<T extends TaskTypes>(
  task: Task<T>,
  { sample, questions, options: given = {} }: CheckTaskOptions<T>,
): Promise<string[]> {
  const problems = [
    ...textProblems({ title: task.title, columns: task.columns }, task.name),
    ...optionProblems(task.options),
  ];
  const add = async (what: string, of: () => Promise<readonly string[]> | readonly string[]) =>
    problems.push(...(await attempt(what, of)));
  const options = task.options.safeParse(given);
  if (!options.success) return [...problems, `options: the given ones are refused: ${options.error.message}`];
  const { rows } = sample;
  const fit = (of: T['rows'], more: Partial<FitContext<T['input']>> = {}) =>
    task.fit(of, options.data, { random: new Random(1), ...more });
  const evaluate = (fitted: T['fitted']) => task.evaluate(fitted, rows, { random: new Random(2) });

  let fitted: T['fitted'];
  try {
    fitted = await fit(rows);
  } catch (error) {
    return [...problems, `fit failed: ${(error as Error).message}`];
  }
  await add('fit', async () => [
    ...(isDeepStrictEqual(structuredClone(fitted), fitted) ? [] : ['fit: what it returns is no plain data']),
    ...(isDeepStrictEqual(await fit(rows), fitted) ? [] : ['fit: the same rows and seed give another model']),
    ...textProblems(fitted.notes, 'fit.notes'),
  ]);
  await add('fit like a parent', () => parentProblems(task, fitted, sample, fit));
  await add('evaluate', async () => {
    const { evaluation, heldOut } = await evaluate(fitted);
    return [
      ...figureProblems(evaluation, fitted),
      ...jsonProblems(evaluation.metrics, 'evaluate: metrics'),
      ...comparisonProblems(task, heldOut),
      ...reportProblems(task, evaluation),
      ...(await judgeProblems(task, fitted, rows, heldOut)),
    ];
  });
  await add('answer', () => answerProblems(task, fitted.model, questions));
  return problems;
}

/** A retrained run holds out what its parent did, and what is held out changes nothing that is learnt. */
async function parentProblems<T extends TaskTypes>(
  task: Task<T>,
  fitted: T['fitted'],
  { rows, numbers, moved }: SampleRows<T['rows']>,
  fit: (of: T['rows'], more: Partial<FitContext<T['input']>>) => Promise<T['fitted']>,
): Promise<string[]> {
  const test = Array.from(fitted.test);
  const parent = {
    heldOut: test.map((i) => numbers[i]!),
    rows: Math.max(...numbers),
    bundle: JSON.parse(JSON.stringify(task.bundle(fitted.model))) as unknown,
  };
  // Each held-out row gets the content of the next, so none has the label that its text had.
  const other = moved(new Map(test.map((i, k) => [i, test[(k + 1) % test.length]!])));
  const [again, changed] = [await fit(rows, { parent }), await fit(other, { parent })];
  return [
    ...(isDeepStrictEqual(Array.from(again.test), test)
      ? []
      : ['fit: a retrained run holds out other rows than its parent']),
    ...(isDeepStrictEqual(again.model, changed.model)
      ? []
      : ['fit: the model depends on rows that are held out']),
  ];
}

function figureProblems(
  { figure, baseline, pValue, standing, n, trainedOn, metrics, slices }: TaskTypes['evaluation'],
  { test }: TaskTypes['fitted'],
): string[] {
  const [low, high] = figure.interval;
  const isBeyondChance = pValue <= 0.05;
  return [
    ...(low <= figure.value && figure.value <= high
      ? []
      : ['evaluate: the figure lies outside its interval']),
    ...(Number.isFinite(baseline.value) ? [] : ['evaluate: the baseline has no figure']),
    ...(metrics[figure.name] === figure.value ? [] : [`evaluate: metrics.${figure.name} is not the figure`]),
    ...(Object.values(metrics).every(Number.isFinite) ? [] : ['evaluate: a metric is no finite number']),
    ...(n === test.length ? [] : ['evaluate: not all held-out rows were measured']),
    ...(trainedOn > 0 ? [] : ['evaluate: learnt from no rows']),
    ...(standing === 'alike' || isBeyondChance
      ? []
      : [`evaluate: "${standing}" than the baseline with p = ${pValue}`]),
    ...textProblems(slices, 'evaluate.slices'),
  ];
}

function comparisonProblems<T extends TaskTypes>(task: Task<T>, heldOut: HeldOut): string[] {
  const stored = HeldOut.parse(JSON.parse(JSON.stringify(heldOut)));
  const verdict = task.compare(stored, stored);
  return [
    ...(verdict.promote ? ['compare: a model is better than itself'] : []),
    ...jsonProblems(verdict, 'compare: the verdict'),
    ...textProblems(verdict, 'compare'),
  ];
}

function reportProblems<T extends TaskTypes>(task: Task<T>, evaluation: T['evaluation']): string[] {
  const sections = task.sections(evaluation);
  const report = { title: task.title, lead: task.title, sections };
  return [
    ...textProblems(task.findings(evaluation), 'findings'),
    ...textProblems(sections, 'sections'),
    ...textProblems(task.card(evaluation), 'card'),
    ...(isDeepStrictEqual(parseReport(reportJson(report)), JSON.parse(JSON.stringify(report)))
      ? []
      : ['sections: not the same after they are written and read']),
  ];
}

async function judgeProblems<T extends TaskTypes>(
  task: Task<T>,
  { model, test }: T['fitted'],
  rows: T['rows'],
  { answers }: HeldOut,
): Promise<string[]> {
  const opened = await task.open(task.bundle(model), writeOnnx(task.graph(model)));
  try {
    const judged = await opened.judge(task.inputs(rows, test), answers);
    return isClose(judged, answers) ? [] : ['judge: held-out rows are answered otherwise than evaluate says'];
  } finally {
    await opened.close();
  }
}

async function answerProblems<T extends TaskTypes>(
  task: Task<T>,
  model: T['model'],
  questions: readonly T['input'][],
): Promise<string[]> {
  const bytes = writeOnnx(task.graph(model));
  readOnnx(bytes);
  const bundle = task.bundle(model);
  const stored = task.parseBundle(JSON.parse(JSON.stringify(bundle)));
  const opened = await task.open(stored, bytes);
  try {
    const answers = await opened.answer(questions);
    const alone = await Promise.all(questions.map(async (question) => (await opened.answer([question]))[0]));
    return [
      ...jsonProblems(bundle, 'bundle'),
      ...jsonProblems(answers, 'answer'),
      ...(answers.length === questions.length ? [] : ['answer: not one answer for each input']),
      ...(isClose(answers, alone) ? [] : ['answer: an input alone is answered otherwise than among others']),
      ...answers.flatMap((answer, i) => {
        const described = opened.describe(questions[i]!, answer);
        const missing = Object.keys(task.columns).filter((name) => !(name in (answer as object)));
        return [
          ...(task.answer.safeParse(answer).success ? [] : [`answer ${i} is not what the schema says`]),
          ...missing.map((name) => `answer ${i} has no column "${name}"`),
          ...jsonProblems(described, `describe ${i}`),
        ];
      }),
    ];
  } finally {
    await opened.close();
  }
}

/** The same, but for the last digits of numbers. */
function isClose(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= CLOSE;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => isClose(value, (b as Readonly<Record<string, unknown>>)[key]))
  );
}
