/**
 * Tables: classes or numbers, learnt from columns of numbers, categories and times. A linear model and boosted trees, or a mixture of
 * them where that is better beyond chance; calibrated, with intervals or abstention that keep a promise, and with reasons.
 */
import type { Localized } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { z } from 'zod';
import { MOST_CHARACTERS } from '../image/inline.ts';
import { isAnswered } from '../shared/abstention.ts';
import { compareHeldOut } from '../shared/compare.ts';
import type { Answers, HeldOut } from '../shared/held-out.ts';
import { confidences } from '../shared/probabilities.ts';
import { rounded } from '../shared/rounded.ts';
import type { FitContext, Fitted, Task, TaskContext } from '../task.ts';
import type { Judged } from './answers.ts';
import { bundleOf, TableBundle } from './bundle.ts';
import {
  missingShare,
  pickColumns,
  pickTarget,
  type RawRow,
  rawRows,
  type TableRows,
  type Target,
} from './columns.ts';
import { evaluateTable, tableHeldOut } from './evaluation/evaluate.ts';
import { defaultMetric, requireMetric } from './evaluation/metrics.ts';
import { explainTable } from './explain/explanation.ts';
import { errorOf, type FittedTable, fitTable, type TableFitted } from './fit.ts';
import { storedImages } from './images/stored.ts';
import { type TableModel, tableGraph } from './model.ts';
import { answersAs, openTable, TableAnswer } from './open.ts';
import type { ColumnForm } from './read/column-form.ts';
import { cellsOf } from './read/forms.ts';
import { tableCard, tableFindings, tableSections } from './report/report.ts';
import { narrow, TableSession } from './session.ts';
import { sliceColumns } from './slice-columns.ts';
import { reportInput, type TableTaskEvaluation } from './task-evaluation.ts';
import { storedTexts } from './texts/stored.ts';
import { COLUMNS, OPTION } from './words.ts';

export const TableOptions = z.strictObject({
  metric: z.string().min(1).max(50).optional().meta(OPTION.metric),
  minutes: z.number().min(0.1).max(1440).default(1).meta(OPTION.minutes),
  errors: z.number().min(0.001).max(1).optional().meta(OPTION.errors),
  keep: z.array(z.string().min(1).max(1000)).max(2000).default([]).meta(OPTION.keep),
});
export type TableOptions = z.infer<typeof TableOptions>;

/** Of a text, in characters. */
export const MOST_TEXT = 20_000;
const MOST_CELLS = 5000;
const Cell = z.union([z.string().max(MOST_CHARACTERS), z.number(), z.boolean(), z.null()]);
/** A row by the names of its columns; what it lacks is missing. */
const Input = z
  .record(z.string().max(1000), Cell)
  .refine((row) => Object.keys(row).length <= MOST_CELLS, { error: `has more than ${MOST_CELLS} columns` });

export interface TableTypes {
  readonly input: RawRow;
  readonly rows: TableRows;
  readonly options: TableOptions;
  readonly model: FittedTable;
  readonly bundle: TableBundle;
  readonly fitted: TableFitted & Fitted;
  readonly evaluation: TableTaskEvaluation;
  readonly answer: TableAnswer;
}

export const tableLearning: Task<TableTypes> = {
  name: 'table',
  title: { en: 'Learning from a table', zh: '表格学习' },
  needsLabels: true,
  options: TableOptions,
  input: Input,
  answer: TableAnswer,
  columns: { prediction: COLUMNS.prediction, abstained: COLUMNS.abstained },
  fit: (rows, { metric, minutes, errors, keep }, context: FitContext<RawRow>) =>
    fitTable(
      rows,
      {
        metric: metric === undefined ? defaultMetric(rows.target) : requireMetric(metric, rows.target),
        minutes,
        errors,
        keep,
      },
      context,
    ),
  inputs: rawRows,
  graph: ({ table }) => tableGraph(table),
  bundle: bundleOf,
  parseBundle: (value) => TableBundle.parse(value),
  open: openTable,
  evaluate,
  compare: (champion, challenger, recent) => compareHeldOut(champion, challenger, { recent }),
  findings: (evaluation) => tableFindings(reportInput(evaluation)),
  sections: (evaluation) => tableSections(reportInput(evaluation)),
  card: (evaluation) => tableCard(reportInput(evaluation)),
};

async function evaluate(
  fitted: TableFitted,
  rows: TableRows,
  { random, signal, progress }: TaskContext,
): Promise<{ evaluation: TableTaskEvaluation; heldOut: HeldOut }> {
  const { model, test, metric, trainedOn, baselines, testGroups, recent } = fitted;
  const session = await TableSession.open(writeOnnx(tableGraph(model.table)), {
    texts: storedTexts(model.table.encoding.texts),
    images: storedImages(model.table.encoding.images),
    threads: 0,
  });
  try {
    const learnt = new Set(model.forms.map(({ name }) => name));
    const target = pickTarget(rows.target, test);
    const classes = target.kind === 'classes' ? target.classes.length : 1;
    const columns = pickColumns(rows.columns, test).filter(({ name }) => session.columns.includes(name));
    const { answers, ...ends } = await session.run(columns);
    signal?.throwIfAborted();
    const judged: Judged = {
      target,
      answers: target.kind === 'classes' ? narrow(answers, classes) : answers,
      ...ends,
      baselines,
      ...(testGroups && { groups: testGroups }),
      ...(rows.weights && { weights: Float64Array.from(test, (i) => rows.weights![i]!) }),
      slices: sliceColumns(
        rows.columns.filter(({ name }) => learnt.has(name)),
        test,
      ),
      ...(rows.times && { times: Float64Array.from(test, (i) => rows.times!.values[i]!) }),
    };
    const { table } = model;
    const rule = table.target.kind === 'classes' ? table.target.abstention : null;
    const evaluation = evaluateTable(judged, {
      metric,
      trainedOn,
      ...(isLinear(table) && { same: 'linear' }),
      ...(rule && {
        abstention: {
          errorRate: rule.errorRate,
          isGiven: Array.from(confidences(judged.answers, classes), (p) => isAnswered(rule, p)),
        },
      }),
    });
    const heldOut = tableHeldOut(judged, heldOutNumbers(rows, test), metric);
    const explanation = await explainTable({
      columns,
      judged,
      predict: async (of) => {
        const said = await session.run(of);
        return target.kind === 'classes' ? narrow(said.answers, classes) : said.answers;
      },
      error: errorOf(metric),
      random: random.fork('explanation'),
      signal,
      onProgress: (done, total) => progress?.(EXPLAINING, done, total),
    });
    const newest = recent && (await answeredRecent(session, model.forms, recent));
    return {
      evaluation: {
        ...evaluation,
        target: {
          name: target.name,
          kind: target.kind,
          ...(target.kind === 'classes' && { classes: target.classes }),
        },
        split: fitted.split,
        candidates: fitted.candidates,
        leftOut: fitted.leftOut,
        missing: Object.fromEntries(
          rows.columns.map(({ name, cells }) => [name, rounded(missingShare(cells, rows.count))]),
        ),
        used: rows.count,
        notes: fitted.notes,
        doubts: fitted.doubts,
        explanation,
      },
      heldOut: { ...heldOut, ...(newest && { recent: newest }) },
    };
  } finally {
    await session.close();
  }
}

const EXPLAINING: Localized = { en: 'rows asked for reasons', zh: '用于解释的行' };

const isLinear = ({ members }: TableModel): boolean => members.length === 1 && members[0]!.name === 'linear';

async function answeredRecent(
  session: TableSession,
  forms: readonly ColumnForm[],
  { inputs, target }: NonNullable<TableFitted['recent']>,
): Promise<NonNullable<HeldOut['recent']>> {
  const { columns } = await session.described(cellsOf(forms, inputs).columns);
  const { answers } = await session.run(columns);
  return { inputs: [...inputs], answers: answersAs(truthOf(target), answers) };
}

/** The same for the same file for testing, however many rows come before it. */
function heldOutNumbers({ numbers, isTest }: TableRows, test: Int32Array): Int32Array {
  const before = isTest ? numbers[isTest.indexOf(1)]! - 1 : 0;
  return test.map((i) => numbers[i]! - before);
}

const truthOf = (target: Target): Answers =>
  target.kind === 'classes'
    ? { kind: 'classes', classes: [...target.classes], labels: Array.from(target.labels), probabilities: [] }
    : { kind: 'values', actual: Array.from(target.values), predicted: [] };
