/** A model of a table that answers rows: with reasons, and with what would change an answer. */
import { type Localized, mergedRecords, UserError } from '@gradus/base';
import { languageOf } from '@gradus/data';
import type { Features } from '@gradus/loop';
import { z } from 'zod';
import { isAnswered } from '../shared/abstention.ts';
import type { Answers } from '../shared/held-out.ts';
import { confidences, decide, ofClasses } from '../shared/probabilities.ts';
import type { Reason } from '../shared/reasons.ts';
import { rounded } from '../shared/rounded.ts';
import type { Opened, TaskTypes } from '../task.ts';
import type { TableBundle } from './bundle.ts';
import { pickColumns, type RawRow, rawRows, shownCell, type TableColumn } from './columns.ts';
import { sampledReasons } from './explain/sampled-reasons.ts';
import type { Predict } from './explain/variants.ts';
import { type WhatIf, whatIf } from './explain/what-if.ts';
import { cellsOf } from './read/forms.ts';
import { TableReasons } from './reasons.ts';
import { narrow, TableSession } from './session.ts';
import { nothingKnown, notSure, tooManyWhatIf } from './words.ts';

const localized = z.object({ en: z.string(), zh: z.string() });
export const TableAnswer = z.object({
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
export type TableAnswer = z.infer<typeof TableAnswer>;

/** Rows of a request that what would change their answers is told of, and the cells that may be tried for that. */
export const MOST_WHAT_IF = 20;
const MOST_TRIED = 40_000_000;

export interface OpenedTable
  extends Opened<TaskTypes & { readonly input: RawRow; readonly answer: TableAnswer }> {
  /** Rows that `whatIf` tells of at once: each is asked again with many other values, and of wide tables that takes long. */
  readonly mostWhatIf: number;
  /** What would change the answer to each row. @throws UserError where they are too many */
  whatIf(rows: readonly RawRow[]): Promise<WhatIf[]>;
}

/** @param graph The bytes of the model's graph */
export async function openTable(
  { forms, example, target, texts, images, encoder, reasons, candidates }: TableBundle,
  graph: Uint8Array,
): Promise<OpenedTable> {
  const session = await TableSession.open(graph, { texts, images, encoder });
  const needed = new Set(session.columns);
  const ownForms = forms.filter(({ name }) => needed.has(name));
  const explained = reasons && new TableReasons(reasons, texts, images);
  const usual = await session.described(cellsOf(ownForms, [example]).columns);
  const typical = new Map(usual.columns.map(({ name, cells }) => [name, cells]));
  const classes = target.kind === 'classes' ? target.classes : undefined;
  const tried = Object.entries(candidates).filter(([name]) => needed.has(name));
  const trials = tried.reduce((sum, [, values]) => sum + values.length, 0);
  const mostWhatIf = Math.max(1, Math.min(MOST_WHAT_IF, Math.floor(MOST_TRIED / (trials * ownForms.length))));
  const predict: Predict = async (columns) => {
    const { answers } = await session.run(columns);
    return classes ? narrow(answers, classes.length) : answers;
  };
  const readRows = async (rows: readonly RawRow[], of: TableBundle['forms'] = ownForms) => {
    const read = cellsOf(of, rows);
    const { columns, unread } = await session.described(read.columns);
    return { columns, unread: [...read.unread, ...unread] };
  };
  return {
    ...(target.kind === 'classes' && { labels: target.classes }),
    answer: async (rows) => {
      const { columns, unread } = await readRows(rows);
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
    reasons: async (rows) => {
      const { columns } = await readRows(rows, forms);
      const own = columns.filter(({ name }) => needed.has(name));
      const isOneScore = !classes || classes.length === 2;
      const outputs = isOneScore
        ? new Int32Array(rows.length)
        : decide((await session.run(own)).answers, classes.length);
      if (explained) return explained.of(columns, outputs);
      const found: Reason[][] = [];
      for (const [i, output] of outputs.entries()) {
        const row = pickColumns(own, [i]);
        const score = classes ? logitOf(isOneScore ? 0 : output) : ([answer]: Float64Array) => answer!;
        found.push(await sampledReasons({ row, typical, predict, score }));
      }
      return found;
    },
    mostWhatIf,
    whatIf: async (rows) => {
      if (rows.length > mostWhatIf) throw new UserError(tooManyWhatIf(rows.length, mostWhatIf));
      const found: WhatIf[] = [];
      for (const row of rows) {
        const { columns } = await readRows([row]);
        found.push(await whatIf({ row: columns, candidates, predict, ...(classes && { classes }) }));
      }
      return found;
    },
    judge: async (rows, truth) =>
      answersAs(truth, (await session.run((await readRows(rows)).columns)).answers, classes),
    describe: (row, { prediction, probabilities }) => {
      // Later dates are no drift: they are as they must be.
      const { columns } = cellsOf(
        ownForms.filter(({ kind }) => kind !== 'time'),
        [row],
      );
      return {
        inputs: mergedRecords(columns.map(described)),
        outputs: {
          label: prediction,
          ...(probabilities && { probability: rounded(Math.max(...Object.values(probabilities))) }),
        },
      };
    },
    close: () => session.close(),
  };
}

/** The logit of one of the probabilities; of two classes there is one. */
const logitOf =
  (output: number) =>
  (answer: Float64Array): number => {
    const p = Math.min(1 - LEAST, Math.max(LEAST, answer[output]!));
    return Math.log(p / (1 - p));
  };
const LEAST = 1e-7;

/** What monitoring watches of a cell: of a text, what each has in common with others. */
function described({ name, cells }: TableColumn): Features {
  if (cells.kind === 'image') return { [`${name}: image`]: cells.values[0] ? 'yes' : null };
  if (cells.kind !== 'text') return rawRows({ columns: [{ name, cells }] }, [0])[0]!;
  const text = cells.values[0]!;
  return {
    [`${name}: characters`]: text === '' ? null : text.length,
    [`${name}: language`]: text === '' ? null : languageOf(text),
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

/** What the graph said, in the form of held-out answers. @param own Its classes, where they are not those of the truth */
export function answersAs(truth: Answers, answers: Float64Array, own?: readonly string[]): Answers {
  if (truth.kind === 'classes') {
    const classes = own ?? truth.classes;
    const probabilities = ofClasses(narrow(answers, classes.length), classes, truth.classes);
    return { ...truth, probabilities: Array.from(probabilities) };
  }
  return truth.kind === 'values' ? { ...truth, predicted: Array.from(answers) } : truth;
}
