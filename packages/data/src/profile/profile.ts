/**
 * Profiles a table: its contents, its problems, and what to do about each.
 *
 * A table that fits into memory is examined whole. Of a larger one, an even sample is examined in detail, and DuckDB counts over
 * the whole file what one pass can count. Where DuckDB cannot read the source (Excel, JSON, databases, packed files), all
 * figures come from the sample, and the profile says so.
 */
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { localCopy } from '../sources/local-copy.ts';
import { readTable } from '../sources/read.ts';
import { splitPart } from '../sources/scheme.ts';
import type { SetAside } from '../table/table.ts';
import { associations } from './association.ts';
import { sampleBlocks } from './blocks.ts';
import { type LookedAt, lookAt, withWhole } from './columns.ts';
import type { ColumnProfile, Drift, Duplicates, Profile, TargetProfile } from './document.ts';
import { driftOver } from './drift.ts';
import { duplicateRows, duplicateTexts } from './duplicates.ts';
import { categoryFeature, type Feature } from './feature.ts';
import { findingsOf } from './findings/findings.ts';
import { targetProfile } from './target.ts';
import { TYPE_NAMES } from './vocabulary.ts';
import { MOST_WHOLE_COLUMNS, openWhole, type WholeSource, wholePass } from './whole.ts';

export interface ProfileOptions {
  /** The column to predict: the profile shows its balance, and the columns that leak it. */
  readonly target?: string;
  /** The column that drift is measured along. Default: the first column of dates that is not a birth date. */
  readonly time?: string;
  /** About the largest number of rows that are examined in detail. Default 200,000; of large CSV files 60,000. */
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

const MAX_ROWS = 200_000;
const MAX_SAMPLED = 60_000;
const MAX_CHARACTERS = 60e6;

/** The rows in memory, and what is known about the whole source. */
interface LoadedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly source: Profile['source'];
  readonly count: number;
  readonly setAside: SetAside;
  readonly sampled: boolean;
  readonly columnsLeftOut: number;
  /** How DuckDB reads the whole source. */
  readonly whole?: WholeSource;
}

/**
 * @param source As `readTable` takes it.
 * @throws UserError where the source is no readable table, or has no column of a name in the options
 */
export async function profileTable(source: string, options: ProfileOptions = {}): Promise<Profile> {
  await using copy = await localCopy(source, { signal: options.signal });
  return await profileLocal(copy.address, options);
}

async function profileLocal(source: string, options: ProfileOptions): Promise<Profile> {
  const { maxRows = MAX_SAMPLED, signal } = options;
  const blocks = await sampleBlocks(source, maxRows, signal);
  if (blocks) {
    const {
      path,
      name,
      format,
      bytes,
      encoding,
      dialect,
      kinds,
      linesAbove,
      skip,
      columns,
      rows,
      rowsAbout,
    } = blocks;
    const { delimiter } = dialect;
    const held: LoadedTable = {
      columns,
      rows,
      source: {
        name,
        format,
        bytes,
        encoding,
        delimiter,
        foreignLines: 0,
        ...(linesAbove > 0 && { linesAbove }),
      },
      count: rowsAbout,
      setAside: { count: 0, rows: [] },
      sampled: true,
      columnsLeftOut: 0,
      whole: { path, columns, rowsAbout, csv: { dialect, kinds, skip, columns: columns.length } },
    };
    try {
      return await profileHeld(held, options);
    } catch (error) {
      // What DuckDB cannot read our own reader mostly can, if in more time.
      if (!(error instanceof UserError) || signal?.aborted || /^There is no column/.test(error.message))
        throw error;
    }
  }
  return await profileHeld(await holdTable(source, options), options);
}

async function holdTable(
  source: string,
  { maxRows = MAX_ROWS, signal }: ProfileOptions,
): Promise<LoadedTable> {
  const table = await readTable(source, {
    maxRows,
    maxCharacters: MAX_CHARACTERS,
    firstColumns: true,
    ...(signal && { signal }),
  });
  const path = source.replace(/^.*[\\/]/, '');
  const { columns, rows, sampled, format, bytes, rowsRead, encoding, delimiter } = table;
  return {
    columns,
    rows,
    source: {
      name: table.part && format === 'postgres' ? table.part.name : path,
      format,
      bytes,
      ...(encoding && { encoding }),
      ...(table.encodingDoubt && { encodingDoubt: table.encodingDoubt }),
      ...(delimiter !== undefined && { delimiter }),
      foreignLines: table.foreignLines,
      ...(table.linesAbove !== undefined && { linesAbove: table.linesAbove }),
      ...(table.part && {
        part: { ...table.part, isNamed: (await splitPart(source)).part !== undefined },
      }),
      ...(table.mergedFilled !== undefined && { mergedFilled: table.mergedFilled }),
    },
    count: rowsRead,
    setAside: table.setAside,
    sampled,
    columnsLeftOut: table.columnsLeftOut ?? 0,
    ...(sampled &&
      format === 'parquet' && { whole: { path: resolve(source), columns, rowsAbout: rowsRead } }),
  };
}

async function profileHeld(held: LoadedTable, { target, time, signal }: ProfileOptions): Promise<Profile> {
  const { columns, rows, sampled } = held;
  for (const name of [target, time]) if (name !== undefined) requireColumn(name, columns);
  const opening = held.whole && sampled ? openWhole(held.whole, signal) : undefined;
  // Whoever waits for it hears of it; until then it is no crash.
  opening?.catch(() => {});
  try {
    const looked: LookedAt[] = [];
    for (const [i, name] of columns.entries()) {
      looked.push(
        lookAt(
          name,
          rows.map((row) => row[i]!),
          columns,
        ),
      );
      await setImmediate();
      signal?.throwIfAborted();
    }
    const requests = looked
      .slice(0, MOST_WHOLE_COLUMNS)
      .map(({ wholeRequest }, column) => ({ column, ...wholeRequest }));
    const passing = opening && wholePass(await opening, held.whole!, requests);
    passing?.catch(() => {});
    await setImmediate();
    // While DuckDB counts.
    const features = varied(looked);
    const drift = driftOf(time, looked, features);
    const related = associations(features);
    const texts = alikeTexts(looked);
    const whole = await passing;
    const profiles = looked.map(({ profile }, i) => {
      const counted = whole?.columns.get(i);
      return counted ? withWhole(profile, counted, whole!.rows - whole!.setAside.count) : profile;
    });
    const targeted = target === undefined ? undefined : targetOf(target, looked, profiles);
    const observed: Omit<Profile, 'findings'> = {
      version: 1,
      source: held.source,
      rows: {
        count: whole?.rows ?? held.count,
        sampled: rows.length,
        isSample: sampled,
        wholePass: whole !== undefined,
        setAside: whole?.setAside ?? held.setAside,
      },
      columnsLeftOut: held.columnsLeftOut,
      columns: profiles,
      duplicates: { ...(whole?.duplicates ?? duplicateRows(rows)), ...(texts && { texts }) },
      associations: related,
      ...(targeted && { target: targeted }),
      ...(drift && { drift }),
    };
    return { ...observed, findings: findingsOf(observed) };
  } finally {
    await opening?.then(
      (duckdb) => duckdb.close(),
      () => {},
    );
  }
}

/** Those with more than one value. */
const varied = (looked: readonly LookedAt[]): Feature[] =>
  looked.flatMap(({ feature, profile }) => (feature && profile.distinct.count > 1 ? [feature] : []));

function requireColumn(name: string, columns: readonly string[]): void {
  if (columns.includes(name)) return;
  const some = columns
    .slice(0, 20)
    .map((column) => `"${column}"`)
    .join(', ');
  const more = columns.length > 20 ? ', …' : '';
  throw new UserError({
    en: `There is no column "${name}". The columns are ${some}${more}.`,
    zh: `没有“${name}”列。现有的列：${some}${more}。`,
  });
}

function alikeTexts(looked: readonly LookedAt[]): Duplicates['texts'] {
  const text = looked.find(({ profile }) => profile.type === 'text');
  return text && duplicateTexts(text.profile.name, text.cells);
}

function driftOf(
  time: string | undefined,
  looked: readonly LookedAt[],
  features: readonly Feature[],
): Drift | undefined {
  const chosen = looked.find(({ profile }) =>
    time === undefined ? profile.type === 'date' && !isBirthDate(profile) : profile.name === time,
  );
  if (!chosen) return undefined;
  const { feature, profile } = chosen;
  if (feature?.kind !== 'number') {
    if (time === undefined) return undefined;
    throw new UserError({
      en: `The column "${time}" is no time: it was read as ${profile.type}. Name a column of dates or of numbers that grow with time.`,
      zh: `“${time}”列不是时间：读出的类型是${TYPE_NAMES[profile.type].zh}。请指定日期列，或随时间增长的数字列。`,
    });
  }
  // Other dates move with time because they are times.
  return driftOver(
    feature,
    features.filter(({ name, type }) => name !== profile.name && type !== 'date'),
  );
}

const isBirthDate = ({ personal }: ColumnProfile): boolean =>
  personal?.kinds.some(({ kind, whole }) => whole && kind === 'birth date') ?? false;

const WHY_NOT: Readonly<
  Partial<Record<ColumnProfile['type'], TargetProfile['notJudged'][number]['reason']>>
> = {
  identifier: { en: 'an identifier', zh: '标识符' },
  text: { en: 'text', zh: '文本' },
  empty: { en: 'it holds nothing', zh: '没有内容' },
};

const PERSONAL = { en: 'personal data', zh: '个人信息' };

function targetOf(
  name: string,
  looked: readonly LookedAt[],
  profiles: readonly ColumnProfile[],
): TargetProfile {
  const at = looked.findIndex(({ profile }) => profile.name === name);
  const { feature, profile, cells } = looked[at]!;
  const target = feature && asTarget(feature, profile, cells);
  if (!target) {
    throw new UserError({
      en: `The column "${name}" cannot be a target: it was read as ${profile.type}. Name a column of numbers or of categories.`,
      zh: `“${name}”列不能作为目标：读出的类型是${TYPE_NAMES[profile.type].zh}。请指定数字列或类别列。`,
    });
  }
  const others = looked.filter((_, i) => i !== at);
  return targetProfile(
    profiles[at]!,
    target,
    others.flatMap(({ feature }) => (feature ? [feature] : [])),
    others.flatMap(({ feature, profile: { name: column, type, personal } }) =>
      feature ? [] : [{ column, reason: personal?.kinds[0]?.whole ? PERSONAL : WHY_NOT[type]! }],
    ),
  );
}

/** Few whole numbers are classes. */
const FEW_CLASSES = 10;

function asTarget(
  feature: Feature,
  { type, distinct, numbers }: ColumnProfile,
  cells: readonly string[],
): Feature {
  if (type !== 'number' || distinct.count > FEW_CLASSES || !numbers?.integers) return feature;
  const counts = new Map<string, number>();
  for (const cell of cells) if (cell !== '') counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return categoryFeature(feature.name, 'category', cells, counts);
}
