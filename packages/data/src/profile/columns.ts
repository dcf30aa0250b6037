/** Profiles the columns of rows that are held, and makes them ready for statistics across columns. */
import { personalColumn } from '../personal/column.ts';
import type { PersonalKind } from '../personal/kinds.ts';
import { redactText } from '../personal/redact.ts';
import { histogram, numberProfile, sorted } from './distribution.ts';
import type { ColumnProfile, ValueCount } from './document.ts';
import { byCount, categoryFeature, type Feature } from './feature.ts';
import { isDisguisedMissing } from './missing.ts';
import { type TypedCells, typeOf } from './types.ts';
import type { WholeColumn, WholeRequest } from './whole.ts';

const VALUES = 20;
/** Longer texts are quoted up to here. */
const LONGEST_VALUE = 120;

export interface LookedAt {
  readonly profile: ColumnProfile;
  /** Absent of text, identifiers, and columns that hold nothing. */
  readonly feature?: Feature;
  /** Trimmed; `''` where missing. */
  readonly cells: readonly string[];
  /** What a pass over the whole source should count. */
  readonly wholeRequest: Omit<WholeRequest, 'column'>;
}

/**
 * @param raw Cells of the column, row by row.
 * @param columns The names of all columns of the table.
 */
export function lookAt(name: string, raw: readonly string[], columns: readonly string[]): LookedAt {
  const disguises = new Map<string, number>();
  const counts = new Map<string, number>();
  const lengths = { min: Number.POSITIVE_INFINITY, sum: 0, max: 0 };
  let empty = 0;
  let filled = 0;
  let trim = false;
  const cells = raw.map((cell) => {
    const trimmed = cell.trim();
    trim ||= trimmed !== cell;
    if (trimmed === '') {
      empty += 1;
      return '';
    }
    if (isDisguisedMissing(trimmed)) {
      disguises.set(trimmed, (disguises.get(trimmed) ?? 0) + 1);
      return '';
    }
    filled += 1;
    counts.set(trimmed, (counts.get(trimmed) ?? 0) + 1);
    lengths.min = Math.min(lengths.min, trimmed.length);
    lengths.max = Math.max(lengths.max, trimmed.length);
    lengths.sum += trimmed.length;
    return trimmed;
  });
  const personal = personalColumn(name, cells, columns);
  const named = personal?.kinds.find(({ whole }) => whole)?.kind;
  const typed = withoutFigures(typeOf(name, cells, counts.size), named);
  const rows = raw.length;
  const unique = filled > 1 && counts.size === filled;
  const top = byCount(counts).slice(0, VALUES);
  const listed = typed.type === 'category' || typed.type === 'boolean' || counts.size <= VALUES || !unique;
  // A profile is shown around: nobody's data is in it.
  const shown = (value: string): string => (personal ? redactText(cut(value)) : cut(value));
  const profile: ColumnProfile = {
    name,
    type: typed.type,
    whole: false,
    rows,
    missing: {
      count: rows - filled,
      share: (rows - filled) / Math.max(1, rows),
      empty,
      disguised: byCount(disguises).slice(0, VALUES).map(counted(rows)),
    },
    distinct: { count: counts.size, exact: true },
    ...(typed.share < 1 &&
      typed.others.length > 0 && { mixed: { share: typed.share, others: typed.others.map(shown) } }),
    ...ofType(typed),
    ...(listed && !named && { values: top.map(([value, count]) => counted(rows)([shown(value), count])) }),
    ...(filled > 0 && { lengths: { min: lengths.min, mean: lengths.sum / filled, max: lengths.max } }),
    ...(personal && { personal }),
    unique,
  };
  const feature = named && named !== 'birth date' ? undefined : featureOf(name, typed, cells, counts);
  const few = counts.size + disguises.size <= VALUES;
  return {
    profile,
    ...(feature && { feature }),
    cells,
    wholeRequest: {
      trim,
      dates:
        typed.type === 'date' &&
        cells.every((cell) => cell === '' || ISO.test(cell) || typed.others.includes(cell)),
      values: few && !named ? 'all' : [...disguises.keys()].slice(0, VALUES),
      unique: unique && typed.type === 'identifier',
      ...(profile.numbers && typed.plain && { center: profile.numbers.mean }),
    },
  };
}

/** Numbers that belong to a person are no quantities. */
function withoutFigures(typed: TypedCells, named: PersonalKind | undefined): TypedCells {
  if (!named || typed.type !== 'number') return typed;
  return { type: 'identifier', others: typed.others, share: typed.share, plain: false };
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/;
const cut = (value: string): string =>
  value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
const counted =
  (rows: number) =>
  ([value, count]: [string, number]): ValueCount => ({
    value: cut(value),
    count,
    share: count / Math.max(1, rows),
  });

function ofType({ type, numbers, assumed }: TypedCells): Pick<ColumnProfile, 'numbers' | 'dates'> {
  if (!numbers) return {};
  if (type === 'number') return { numbers: numberProfile(numbers) };
  if (type !== 'date') return {};
  const ascending = sorted(numbers);
  const iso = (time: number) => new Date(time).toISOString();
  return {
    dates: {
      earliest: iso(ascending[0]!),
      latest: iso(ascending.at(-1)!),
      histogram: histogram(ascending),
      ...(assumed && { assumed }),
    },
  };
}

function featureOf(
  name: string,
  { type, numbers }: TypedCells,
  cells: readonly string[],
  counts: ReadonlyMap<string, number>,
): Feature | undefined {
  if (type === 'number' || type === 'date' || type === 'boolean')
    return { kind: 'number', name, type, numbers: numbers! };
  return type === 'category' ? categoryFeature(name, type, cells, counts) : undefined;
}

/** The profile with what was counted over the whole source in the place of what the sample gave. */
export function withWhole(profile: ColumnProfile, whole: WholeColumn, rows: number): ColumnProfile {
  const disguised = profile.missing.disguised
    .map(({ value }) => ({ value, count: whole.values.get(value) ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const hidden = disguised.reduce((sum, { count }) => sum + count, 0);
  const empty = rows - whole.filled;
  const values = profile.values?.every(({ value }) => whole.values.has(value))
    ? profile.values
        .map(({ value }) => [value, whole.values.get(value)!] as [string, number])
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
        .map(counted(rows))
    : profile.values?.map(({ value, share }) => ({ value, share, count: Math.round(share * rows) }));
  // Every cell holds one of the sample's few values: there are no others.
  const complete =
    values !== undefined &&
    profile.distinct.count <= VALUES &&
    values.reduce((sum, { count }) => sum + count, 0) === whole.filled - hidden;
  return {
    ...profile,
    whole: true,
    rows,
    missing: {
      count: empty + hidden,
      share: (empty + hidden) / Math.max(1, rows),
      empty,
      disguised: disguised.map(({ value, count }) => ({ value, count, share: count / Math.max(1, rows) })),
    },
    distinct: complete ? profile.distinct : distinctOf(profile, whole, hidden),
    ...(profile.numbers && whole.numbers && { numbers: { ...profile.numbers, ...numbersOf(whole.numbers) } }),
    ...(profile.dates && whole.dates && { dates: { ...profile.dates, ...whole.dates } }),
    ...(values && { values }),
    unique: whole.repeated === undefined ? false : whole.repeated === 0,
  };
}

function distinctOf(profile: ColumnProfile, whole: WholeColumn, hidden: number): ColumnProfile['distinct'] {
  const most = whole.filled - hidden;
  if (whole.repeated === 0) return { count: most, exact: false };
  return { count: Math.min(most, Math.max(whole.distinct, profile.distinct.count)), exact: false };
}

const numbersOf = ({ min, max, mean, deviation }: NonNullable<WholeColumn['numbers']>) => ({
  min,
  max,
  mean,
  deviation,
});
