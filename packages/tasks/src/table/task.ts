/**
 * Tables: classes or numbers, learnt from columns of numbers, categories and times. A linear model and boosted trees, or a mixture of
 * them where that is better beyond chance; calibrated, with intervals or abstention that keep a promise, and with reasons.
 */
import type { Localized } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { z } from 'zod';
import { abstentionSchema, isAnswered } from '../shared/abstention.ts';
import { compareHeldOut } from '../shared/compare.ts';
import type { Answers, HeldOut } from '../shared/held-out.ts';
import { confidences, decide } from '../shared/probabilities.ts';
import { rounded } from '../shared/rounded.ts';
import type { FitContext, Fitted, Opened, Task, TaskContext } from '../task.ts';
import type { Judged } from './answers.ts';
import { missingShare, pickColumns, type RawRow, shownCell, type TableRows, type Target } from './columns.ts';
import { evaluateTable, tableHeldOut } from './evaluation/evaluate.ts';
import { defaultMetric, requireMetric } from './evaluation/metrics.ts';
import { reportInput, type TableTaskEvaluation } from './evaluation-of-task.ts';
import { explainTable } from './explain/explanation.ts';
import { errorOf, type FittedTable, fitTable, type TableFitted } from './fit.ts';
import { tableGraph } from './model.ts';
import { ColumnForm } from './read/cells.ts';
import { cellsOf } from './read/forms.ts';
import { StoredReasons, TableReasons } from './reasons.ts';
import { tableCard, tableFindings, tableSections } from './report/report.ts';
import { narrow, TableSession } from './session.ts';
import { sliceColumns } from './slice-columns.ts';
import { COLUMNS, nothingKnown, notSure, OPTION } from './words.ts';

export const TableOptions = z.strictObject({
  metric: z.string().min(1).max(50).optional().meta(OPTION.metric),
  minutes: z.number().min(0.1).max(1440).default(1).meta(OPTION.minutes),
  errors: z.number().min(0.001).max(1).default(0.1).meta(OPTION.errors),
  keep: z.array(z.string().min(1).max(1000)).max(2000).default([]).meta(OPTION.keep),
});
export type TableOptions = z.infer<typeof TableOptions>;

const MOST_CELL = 20_000;
const MOST_CELLS = 5000;
const Cell = z.union([z.string().max(MOST_CELL), z.number(), z.boolean(), z.null()]);
/** A row by the names of its columns; what it lacks is missing. */
const Input = z
  .record(z.string().max(1000), Cell)
  .refine((row) => Object.keys(row).length <= MOST_CELLS, { error: `has more than ${MOST_CELLS} columns` });

const localized = z.object({ en: z.string(), zh: z.string() });
const Answer = z.object({
  /** The likeliest class, or the number. */
  prediction: z.union([z.string(), z.number()]),
  /** By class. */
  probabilities: z.record(z.string(), z.number()).optional(),
  /** Of numbers: ends of the interval. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** Why the answer is not sure enough; null where it is. */
  abstained: localized.nullable(),
  /** Cells that could not be read, and so counted as missing. */
  unread: z.array(z.string()).optional(),
});
export type TableAnswer = z.infer<typeof Answer>;

const Bundle = z.object({
  format: z.literal('gradus-table-1'),
  forms: z.array(ColumnForm).min(1),
  target: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('classes'),
      name: z.string(),
      classes: z.array(z.string()).min(2),
      abstention: abstentionSchema.nullable(),
    }),
    z.object({ kind: z.literal('numbers'), name: z.string() }),
  ]),
  reasons: StoredReasons.nullable(),
});
export type TableBundle = z.infer<typeof Bundle>;

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
  answer: Answer,
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
  bundle: ({ table: { target }, forms, reasons }) => ({
    format: 'gradus-table-1',
    forms: [...forms],
    reasons,
    target:
      target.kind === 'classes'
        ? {
            kind: 'classes',
            name: target.name,
            classes: [...target.classes],
            abstention: target.abstention,
          }
        : { kind: 'numbers', name: target.name },
  }),
  parseBundle: (value) => Bundle.parse(value),
  open,
  evaluate,
  compare: (champion, challenger, recent) => compareHeldOut(champion, challenger, { recent }),
  findings: (evaluation) => tableFindings(reportInput(evaluation)),
  sections: (evaluation) => tableSections(reportInput(evaluation)),
  card: (evaluation) => tableCard(reportInput(evaluation)),
};

/** Rows as a request would have them. */
function rawRows({ columns }: TableRows, at: Int32Array): RawRow[] {
  return Array.from(at, (place) =>
    Object.fromEntries(
      columns.map(({ name, cells }) => {
        const shown = shownCell(cells, place);
        return [name, cells.kind === 'number' && shown !== '' ? cells.values[place]! : shown || null];
      }),
    ),
  );
}

async function evaluate(
  fitted: TableFitted,
  rows: TableRows,
  { random, signal, progress }: TaskContext,
): Promise<{ evaluation: TableTaskEvaluation; heldOut: HeldOut }> {
  const { model, test, metric, trainedOn, baselines, testGroups, recent } = fitted;
  const session = await TableSession.open(writeOnnx(tableGraph(model.table)), 0);
  try {
    const learnt = new Set(model.forms.map(({ name }) => name));
    const target = ofPlaces(rows.target, test);
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
      ...(rule && {
        abstention: {
          errorRate: rule.errorRate,
          isGiven: Array.from(confidences(judged.answers, classes), (p) => isAnswered(rule, p)),
        },
      }),
    });
    const heldOut = tableHeldOut(
      judged,
      test.map((i) => rows.numbers[i]!),
      metric,
    );
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
    const newest = recent.length > 0 ? await answeredRecent(session, rows, recent) : undefined;
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
        explanation,
      },
      heldOut: { ...heldOut, ...(newest && { recent: newest }) },
    };
  } finally {
    await session.close();
  }
}

const EXPLAINING: Localized = { en: 'rows asked for reasons', zh: '用于解释的行' };

async function answeredRecent(
  session: TableSession,
  rows: TableRows,
  recent: Int32Array,
): Promise<NonNullable<HeldOut['recent']>> {
  const { answers } = await session.run(pickColumns(rows.columns, recent));
  const target = ofPlaces(rows.target, recent);
  return { inputs: rawRows(rows, recent), answers: answersAs(truthOf(target), answers) };
}

const truthOf = (target: Target): Answers =>
  target.kind === 'classes'
    ? { kind: 'classes', classes: [...target.classes], labels: Array.from(target.labels), probabilities: [] }
    : { kind: 'values', actual: Array.from(target.values), predicted: [] };

/** What the graph said, in the form of held-out answers. */
function answersAs(truth: Answers, answers: Float64Array): Answers {
  if (truth.kind === 'classes')
    return { ...truth, probabilities: Array.from(narrow(answers, truth.classes.length)) };
  return truth.kind === 'values' ? { ...truth, predicted: Array.from(answers) } : truth;
}

const ofPlaces = (target: Target, places: Int32Array): Target =>
  target.kind === 'classes'
    ? { ...target, labels: places.map((i) => target.labels[i]!) }
    : { ...target, values: Float64Array.from(places, (i) => target.values[i]!) };

async function open({ forms, target, reasons }: TableBundle, graph: Uint8Array): Promise<Opened<TableTypes>> {
  const session = await TableSession.open(graph);
  const needed = new Set(session.columns);
  const ownForms = forms.filter(({ name }) => needed.has(name));
  const explained = reasons && new TableReasons(reasons);
  return {
    ...(target.kind === 'classes' && { labels: target.classes }),
    answer: async (rows) => {
      const { columns, unread } = cellsOf(ownForms, rows);
      const { answers, low, high } = await session.run(columns);
      const unreadOf = Map.groupBy(unread, ({ row }) => row);
      const isBlank = rows.map((_, row) => columns.every(({ cells }) => shownCell(cells, row) === ''));
      return rows.map((_, row): TableAnswer => {
        const bad = unreadOf.get(row)?.map(({ column, cell }) => `${column}: ${cell.slice(0, 60)}`);
        const said =
          target.kind === 'classes'
            ? classAnswer(
                target,
                answers.subarray(row * target.classes.length, (row + 1) * target.classes.length),
              )
            : { prediction: answers[row]!, low: low![row]!, high: high![row]!, abstained: null };
        return {
          ...said,
          ...(isBlank[row] && { abstained: nothingKnown }),
          ...(bad && { unread: bad }),
        };
      });
    },
    ...(explained && {
      reasons: async (rows: readonly RawRow[]) => {
        const { columns } = cellsOf(forms, rows);
        if (target.kind === 'numbers' || target.classes.length === 2)
          return explained.of(columns, new Int32Array(rows.length));
        const { answers } = await session.run(columns.filter(({ name }) => needed.has(name)));
        return explained.of(columns, decide(answers, target.classes.length));
      },
    }),
    judge: async (rows, truth) =>
      answersAs(truth, (await session.run(cellsOf(ownForms, rows).columns)).answers),
    describe: (row, { prediction, probabilities }) => {
      const { columns } = cellsOf(ownForms, [row]);
      return {
        inputs: Object.fromEntries(
          columns.map(({ name, cells }) => {
            const shown = shownCell(cells, 0);
            return [name, shown === '' ? null : cells.kind === 'number' ? cells.values[0]! : shown];
          }),
        ),
        outputs: {
          label: prediction,
          ...(probabilities && { probability: rounded(Math.max(...Object.values(probabilities))) }),
        },
      };
    },
    close: () => session.close(),
  };
}

function classAnswer(
  { classes, abstention }: Extract<TableBundle['target'], { kind: 'classes' }>,
  row: Float64Array,
): Pick<TableAnswer, 'prediction' | 'probabilities'> & { abstained: Localized | null } {
  const said = narrow(row, classes.length);
  const sure = confidences(said, classes.length)[0]!;
  return {
    prediction: classes[decide(said, classes.length)[0]!]!,
    probabilities: Object.fromEntries(classes.map((label, k) => [label, row[k]!])),
    abstained: abstention && !isAnswered(abstention, sure) ? notSure(sure, abstention.errorRate) : null,
  };
}
