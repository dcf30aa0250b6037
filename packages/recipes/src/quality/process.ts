/** Step 2: evidence becomes figures that can be taken of any part of its rows. */
import { UserError } from '@gradus/base';
import { noSuchColumn } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { limitValue } from '@gradus/tasks';
import { columnFigures } from './evidence/column-figures.ts';
import type { Evidence, EvidenceSettings, EvidenceTable } from './evidence/evidence.ts';
import { TABLE_KINDS } from './evidence/kinds.ts';
import { photographEvidence } from './evidence/photographs.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Standard } from './standard/standard.ts';

export interface Processed {
  readonly evidence: readonly Evidence[];
}

export async function process({
  run,
  prepare: { evidence, standard },
}: {
  readonly run: RunContext<QualityOptions>;
  readonly prepare: Prepared;
}): Promise<Processed> {
  const settingsOf = namedColumns(
    evidence.flatMap((of) => (of.kind === 'photographs' ? [] : [of.joined.table])),
    { ...run.options, standard },
  );
  const all: Evidence[] = [];
  for (const [i, of] of evidence.entries()) {
    run.progress({ en: 'measuring', zh: '计算指标' }, i, evidence.length);
    run.signal.throwIfAborted();
    if (of.kind === 'photographs') {
      all.push(await photographEvidence(of.path, run));
      continue;
    }
    const read = TABLE_KINDS[of.kind].read(of.joined, settingsOf(of.joined.table));
    all.push({ ...read, figures: [...read.figures, ...columnFigures(of.joined.table, read, standard)] });
  }
  checkLimits(standard, all);
  return { evidence: all };
}

/**
 * Columns that people named are columns of the tables that have them: a survey beside a log need not have the log's versions.
 *
 * @throws UserError where no table has one
 */
export function namedColumns(
  tables: readonly EvidenceTable[],
  { version, slices, standard }: EvidenceSettings,
): (table: EvidenceTable) => EvidenceSettings {
  const known = new Set(tables.flatMap(({ columns }) => columns));
  for (const [option, names] of [
    ['--version', version === undefined ? [] : [version]],
    ['--slices', slices],
  ] as const)
    for (const name of names) if (!known.has(name)) throw noSuchColumn(option, name, [...known]);
  return ({ columns }) => ({
    standard: {
      ...standard,
      // What no table has stays, so that whoever reads the table says what is missing.
      columns: Object.fromEntries(
        Object.entries(standard.columns).filter(([, name]) => columns.includes(name) || !known.has(name)),
      ),
    },
    version: version !== undefined && columns.includes(version) ? version : undefined,
    slices: slices.filter((name) => columns.includes(name)),
  });
}

/** @throws UserError where a share is to be more than all of it: 70 was written where 0.7 was meant */
export function checkLimits({ characteristics }: Standard, evidence: readonly Evidence[]): void {
  const figures = evidence.flatMap((of) => of.figures);
  for (const { figure, limit } of characteristics.flatMap((one) => one.figures)) {
    const value = limitValue(limit);
    if (value <= 1 || !figures.some(({ id, unit }) => id === figure && unit === 'share')) continue;
    throw new UserError({
      en: `the standard: the limit of ${figure} is ${value}, but it is a share between 0 and 1. Write ${value <= 100 ? value / 100 : 'such as 0.9'}.`,
      zh: `标准：${figure} 的限值为 ${value}，但它是 0 到 1 之间的占比。请写成${value <= 100 ? ` ${value / 100}` : '例如 0.9'}。`,
    });
  }
}
