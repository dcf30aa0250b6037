/**
 * Step 5: every figure against its limit, with the rows that prove it; slices that are worse than the rest; what the last version
 * changed; what to repair first.
 */
import type { RunContext } from '@gradus/loop';
import {
  estimateFigure,
  type Figure,
  type FigureEstimate,
  isWorse,
  type Judged,
  judge,
  type Limit,
  limitValue,
  type RowFilter,
  rowsForShare,
  sliceFindings,
  togetherOf,
} from '@gradus/tasks';
import type { House } from './build.ts';
import type { Evidence } from './evidence/evidence.ts';
import type { QualityOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { repairsOf } from './repairs.ts';
import { figureTitle } from './standard/figure-titles.ts';
import type { Characteristic } from './standard/standard.ts';
import {
  bounded,
  type QualityChange,
  type QualityComparison,
  type QualityItem,
  type QualityRepair,
  type QualitySlice,
  type QualityVerdict,
  type QualityVersion,
} from './summary.ts';
import { changesOf, comparisonsOf, versionsOf } from './versions.ts';

export interface Evaluated {
  readonly verdict: QualityVerdict;
  readonly items: readonly QualityItem[];
  readonly slices: readonly QualitySlice[];
  readonly versions: readonly QualityVersion[];
  readonly changes: readonly QualityChange[];
  readonly comparisons: readonly QualityComparison[];
  readonly repairs: readonly QualityRepair[];
}

const MOST_SLICES = 40;
const MOST_PROOFS = 5;

export function evaluate({
  run,
  prepare: { standard, standardOf },
  process: { evidence },
  build: house,
}: {
  readonly run: RunContext<QualityOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: House;
}): Evaluated {
  const items = standard.characteristics.flatMap((characteristic, place) => {
    const measured = characteristic.figures.map(({ figure, limit }) =>
      evidence.flatMap((of) =>
        of.figures
          .filter(({ id }) => isOf(id, figure))
          .map((one) => itemOf({ characteristic, place, house, limit, of, figure: one })),
      ),
    );
    const isAny = measured.some(({ length }) => length > 0);
    return characteristic.figures.flatMap(({ figure, limit }, i) => {
      const isMissed = measured[i]!.length === 0 && ASKED[standardOf](isAny, i);
      return isMissed ? [unmeasured({ characteristic, place, house, limit, measure: figure })] : measured[i]!;
    });
  });
  const limits = new Map(
    standard.characteristics.flatMap(({ figures }) =>
      figures.map(({ figure, limit }) => [figure, limit] as const),
    ),
  );
  const slices: QualitySlice[] = [];
  for (const [i, of] of evidence.entries()) {
    run.progress({ en: 'slices', zh: '分组' }, i, evidence.length);
    run.signal.throwIfAborted();
    slices.push(...slicesOf(of, limits));
  }
  const kept = slices
    .sort((a, b) => Number(b.isWorse) - Number(a.isWorse) || b.burden - a.burden)
    .slice(0, MOST_SLICES);
  return {
    verdict: togetherOf(items.map(({ verdict }) => verdict)),
    items,
    slices: kept,
    versions: evidence.flatMap(versionsOf),
    changes: evidence.flatMap(changesOf),
    comparisons: evidence.flatMap(comparisonsOf),
    repairs: repairsOf(items, kept),
  };
}

/** Whether a figure that nothing measures is asked for, by whose standard it is. */
const ASKED: Readonly<Record<Prepared['standardOf'], (isAnyMeasured: boolean, place: number) => boolean>> = {
  founder: () => true,
  preset: (isAnyMeasured, place) => !isAnyMeasured && place === 0,
  nobody: () => false,
};

/** A figure of a column (`cpk:diameter`) is judged by the limit of the figure. */
const isOf = (id: string, figure: string): boolean => id === figure || id.startsWith(`${figure}:`);

/** Rows of the newest version: the product as it is. */
function newestOf({ versions }: Evidence): RowFilter | undefined {
  if (!versions) return undefined;
  const newest = versions.levels.length - 1;
  return (row) => versions.codes[row] === newest;
}

interface Place {
  readonly characteristic: Characteristic;
  readonly place: number;
  readonly house: House;
  readonly limit: Limit;
}

function aboutOf({ characteristic, place, house, limit }: Place) {
  const needs = house.needs
    .map(({ name, weight }, i) => ({ name: name.en, size: weight * house.strengths[i]![place]! }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size)
    .map(({ name }) => name);
  return {
    need: needs[0] ?? null,
    needs,
    characteristic: characteristic.name.en,
    characteristicName: characteristic.name,
    limit: limitValue(limit),
    limitKind: 'atLeast' in limit ? ('at least' as const) : ('at most' as const),
    weight: house.weights[place]!,
  };
}

function itemOf({
  of,
  figure,
  ...place
}: Place & { readonly of: Evidence; readonly figure: Figure }): QualityItem {
  const filter = newestOf(of);
  const estimate =
    estimateFigure(figure.values, of.clusters, figure.values.kind === 'whole' ? undefined : filter) ??
    NOTHING;
  const judged: Judged =
    estimate.n === 0
      ? { verdict: 'cannot tell', needed: neededOf(place.limit), gap: 0, certainty: 0.5 }
      : judge(estimate, place.limit);
  return {
    ...aboutOf(place),
    measure: figure.id,
    title: figure.title,
    unit: figure.unit,
    source: of.file,
    figure: bounded(estimate.value),
    low: bounded(estimate.low),
    high: bounded(estimate.high),
    n: estimate.n,
    pieces: estimate.pieces,
    ...judged,
    evidence: proofOf(of, figure, filter),
  };
}

const NOTHING: FigureEstimate = { value: Number.NaN, low: -Infinity, high: Infinity, n: 0, pieces: 0 };

/** Rows that would tell a share that is half way between its limit and perfection; of what is no share nobody knows. */
function neededOf(limit: Limit): number | null {
  const bound = limitValue(limit);
  if (bound <= 0 || bound >= 1) return null;
  const room = 'atLeast' in limit ? (1 - bound) / 2 : bound / 2;
  return rowsForShare(Math.min(0.1, Math.max(0.005, room)));
}

function unmeasured({ measure, ...place }: Place & { readonly measure: string }): QualityItem {
  return {
    ...aboutOf(place),
    measure,
    title: figureTitle(measure),
    unit: 'number',
    source: null,
    figure: null,
    low: null,
    high: null,
    verdict: 'cannot tell',
    n: 0,
    pieces: 0,
    needed: neededOf(place.limit),
    gap: 0,
    certainty: 0.5,
    evidence: [],
  };
}

/** The rows that lose most: wrong ones of a share, those with most errors. */
function proofOf(of: Evidence, { values, better, proof }: Figure, filter: RowFilter | undefined) {
  const rows = proof ?? worstRows(values, better, filter);
  return rows
    .slice(0, MOST_PROOFS)
    .map((row) => ({ file: of.file, row: of.rows[row]!, text: of.quotes[row] ?? '' }));
}

function worstRows(
  values: Figure['values'],
  better: Figure['better'],
  filter: RowFilter | undefined,
): number[] {
  if (values.kind === 'whole') return [];
  const sizeOf =
    values.kind === 'quantile'
      ? (row: number) => values.values[row]!
      : (row: number) => {
          const [above, below] = [values.numerator[row]!, values.denominator[row]!];
          return below > 0 ? (better === 'less' ? above / below : 1 - above / below) : Number.NaN;
        };
  const n = values.kind === 'quantile' ? values.values.length : values.numerator.length;
  const all: { row: number; size: number }[] = [];
  for (let row = 0; row < n; row++) {
    const size = sizeOf(row);
    if (filter?.(row) !== false && (values.kind === 'quantile' ? !Number.isNaN(size) : size > 0))
      all.push({ row, size });
  }
  return all.sort((a, b) => b.size - a.size).map(({ row }) => row);
}

function slicesOf(of: Evidence, limits: ReadonlyMap<string, Limit>): QualitySlice[] {
  const newest = newestOf(of);
  const columns = newest
    ? of.slices.map((column) => ({
        ...column,
        codes: column.codes.map((code, row) => (newest(row) ? code : -1)),
      }))
    : of.slices;
  // A figure as it is written beside the figure itself would say everything twice.
  const figures = of.figures.filter(({ id }) => !id.startsWith('written_'));
  return sliceFindings(figures, columns, of.clusters).map((found) => {
    const limit = limits.get(found.figure);
    const { title, unit } = figures.find(({ id }) => id === found.figure)!;
    return {
      source: of.file,
      measure: found.figure,
      title,
      unit,
      column: found.column,
      level: found.level,
      n: found.estimate.n,
      figure: found.estimate.value,
      low: bounded(found.estimate.low),
      high: bounded(found.estimate.high),
      rest: found.rest,
      difference: found.difference,
      pValue: found.pValue,
      burden: found.burden,
      isWorse: isWorse(found),
      verdict: limit ? judge(found.estimate, limit).verdict : null,
    };
  });
}
