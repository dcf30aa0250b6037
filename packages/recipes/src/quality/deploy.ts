/** Step 6: what a run leaves behind: the standard to be changed, the verdicts as a table, what new rows are scored with. */
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import { MODEL_FILE, type RunContext } from '@gradus/loop';
import type { Evaluated } from './evaluate.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { SCORERS_FILE, scorersJson } from './scorers.ts';
import type { QualitySummary } from './summary.ts';
import type { Trained } from './train.ts';
import { unmeasuredNotes } from './unmeasured-figures.ts';

const STANDARD_FILE = 'standard.yaml';

export function deploy({
  run,
  prepare: { standard, standardOf, standardText, leftOut, notes },
  process,
  train,
  evaluate,
}: {
  readonly run: RunContext<QualityOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly train: Trained;
  readonly evaluate: Evaluated;
}): QualitySummary {
  const { evidence } = process;
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(run.directory, name), content);
  write(STANDARD_FILE, standardText);
  write(SCORERS_FILE, scorersJson({ standard, scorers: train.scorers }));
  write('verdicts.csv', verdictsCsv(evaluate));
  for (const { graph } of evidence) if (graph) write(MODEL_FILE, graph);
  return {
    metrics: metricsOf(evaluate),
    ...evaluate,
    evidence: evidence.map(({ kind, file, rows, clusteredBy, columns }) => ({
      kind,
      file,
      rows: rows.length,
      clusteredBy: clusteredBy ?? null,
      columns,
    })),
    leftOut: [...leftOut, ...evidence.flatMap((of) => of.leftOut)],
    notes: [
      ...unmeasuredNotes(standardOf, evaluate, process),
      ...notes,
      ...evidence.flatMap((of) => of.notes),
    ],
  };
}

function metricsOf({ items }: Evaluated): Record<string, number> {
  const count = (kind: string) => items.filter(({ verdict }) => verdict === kind).length;
  return {
    meets: count('meets'),
    fails: count('fails'),
    cannotTell: count('cannot tell'),
    ...Object.fromEntries(
      items.flatMap(({ measure, figure }) => (figure === null ? [] : [[measure, figure] as const])),
    ),
  };
}

const COLUMNS = [
  'need',
  'characteristic',
  'measure',
  'figure',
  'low',
  'high',
  'limitKind',
  'limit',
  'verdict',
  'n',
  'needed',
  'weight',
] as const;

const verdictsCsv = ({ items }: Evaluated): string =>
  [[...COLUMNS], ...items.map((item) => COLUMNS.map((column) => String(item[column] ?? '')))].reduce(
    (csv, cells) => csv + csvLine(cells),
    BYTE_ORDER_MARK,
  );
