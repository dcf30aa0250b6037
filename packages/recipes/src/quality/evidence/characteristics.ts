/** Measured characteristics of parts: values, in samples or one by one, and their tolerance. */
import { type Localized, UserError } from '@gradus/base';
import type { Section } from '@gradus/report';
import {
  type ControlChart,
  capability,
  individualCharts,
  momentsOf,
  normalityPValue,
  normalized,
  potential,
  subgroupCharts,
  type ToleranceLimits,
} from '@gradus/stats';
import type { Figure } from '@gradus/tasks';
import type { Standard } from '../standard/standard.ts';
import { cellsOf, sliceColumns, versionColumn } from './columns.ts';
import { chartsOf, inControl } from './control-sections.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { isTrial, type MeasurementColumns, measurementColumns, valueColumns } from './measurement-columns.ts';
import { togetherSection } from './together.ts';
import { MISSING_CODES, numberOf, quoteOf } from './values.ts';

export const hasTolerances = (
  table: EvidenceTable,
  columns: MeasurementColumns,
  standard: Standard | undefined,
): boolean =>
  ((columns.lower ?? columns.upper) !== undefined && valueColumns(table, columns).length > 0) ||
  (standard !== undefined && table.columns.some((name) => Object.hasOwn(standard.tolerances, name)));

/** Normal values look this little normal less often. */
const NOT_NORMAL = 0.005;
const FEWEST_VALUES = 10;

export function capabilityEvidence(
  table: EvidenceTable,
  { standard, version, slices }: EvidenceSettings,
): Evidence {
  const columns = measurementColumns(table, standard.columns);
  const named = valueColumns(table, columns);
  const names = named.filter((name) => Object.hasOwn(standard.tolerances, name));
  const out = new LeftOutRows();
  const read = (names.length > 0 ? names : named)
    .slice(0, MOST_CHARACTERISTICS)
    .map((name) =>
      characteristicOf(table, { name, columns, limits: limitsOf(table, name, columns, standard), out }),
    );
  const versions = versionColumn(table, version);
  return {
    kind: 'measurements',
    file: table.file,
    rows: Int32Array.from(table.numbers),
    figures: read.flatMap(({ figures }) => figures),
    slices: sliceColumns(table, {
      asked: slices,
      taken: new Set([...Object.values(columns), ...named, ...(versions ? [versions.name] : [])]),
    }),
    ...(versions && { versions }),
    quotes: table.rows.map((row) =>
      quoteOf(named.map((name) => `${name} ${row[table.columns.indexOf(name)]}`).join(', ')),
    ),
    leftOut: out.all,
    notes: read.flatMap(({ notes }) => notes),
    sections: [
      ...read.flatMap(({ sections }) => sections),
      ...togetherSection(
        table,
        read.map(({ name }) => name),
        columns,
      ),
    ],
    columns: {
      ...(columns as Record<string, string>),
      ...Object.fromEntries(read.map(({ name }) => [`value ${name}`, name])),
    },
  };
}

const MOST_CHARACTERISTICS = 20;

/** The standard's, else the table's own columns. @throws UserError where they are swapped */
function limitsOf(
  table: EvidenceTable,
  name: string,
  columns: MeasurementColumns,
  standard: Standard,
): ToleranceLimits {
  const said = standard.tolerances[name];
  if (said) return said;
  const bound = (column: string | undefined) => {
    const cell = cellsOf(table, column);
    const value = table.rows.map((_, row) => numberOf(cell(row))).find(Number.isFinite);
    return value;
  };
  const [lower, upper] = [bound(columns.lower), bound(columns.upper)];
  if (lower !== undefined && upper !== undefined && lower >= upper) {
    throw new UserError({
      en: `${table.file}: the limits of "${name}" are swapped: "${columns.lower}" is ${lower}, which is not below "${columns.upper}", ${upper}. Exchange the columns.`,
      zh: `${table.file}：“${name}”的限值颠倒：“${columns.lower}”为 ${lower}，不小于“${columns.upper}”的 ${upper}。请对调两列。`,
    });
  }
  return { lower, upper };
}

interface Characteristic {
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly Localized[];
  readonly sections: readonly Section[];
}

interface CharacteristicOptions {
  readonly name: string;
  readonly columns: MeasurementColumns;
  readonly limits: ToleranceLimits;
  readonly out: LeftOutRows;
}

function characteristicOf(
  table: EvidenceTable,
  { name, columns, limits, out }: CharacteristicOptions,
): Characteristic {
  const cell = cellsOf(table, name);
  const all = Float64Array.from(table.rows, (_, row) => numberOf(cell(row)));
  const coded = new Set(codedRows(all));
  for (const row of coded) {
    out.add(notMeasured(name, cell(row).trim()), table.numbers[row]!);
    all[row] = Number.NaN;
  }
  for (const [row, value] of all.entries()) {
    if (coded.has(row)) continue;
    if (!Number.isFinite(value))
      out.add({ en: `"${name}" is no number`, zh: `“${name}”不是数字` }, table.numbers[row]!);
  }
  const rows = [...all.keys()].filter((row) => Number.isFinite(all[row]!));
  const values = Float64Array.from(rows, (row) => all[row]!);
  if (values.length < 2) return { name, figures: [], notes: [tooFew(name, values.length)], sections: [] };
  const { deviation } = momentsOf(values);
  const isOpen = limits.lower === undefined && limits.upper === undefined;
  const within = isOpen ? [] : [withinFigure(name, all, limits)];
  if (deviation === 0) return { name, figures: within, notes: [noSpread(name, table.file)], sections: [] };
  const control = controlOf(table, columns, rows, values);
  const enough = values.length >= FEWEST_VALUES;
  const capable = isOpen || !enough ? { figures: [], notes: [] } : indices(name, values, limits, control);
  return {
    name,
    figures: [...capable.figures, ...within, inControl(name, control.charts, control.rowsOf)],
    notes: [...capable.notes, ...control.notes, ...(enough ? [] : [tooFew(name, values.length)])],
    sections: [chartsOf(name, control.charts, control.labels)],
  };
}

interface Control {
  readonly charts: readonly ControlChart[];
  readonly labels: readonly string[];
  /** The first row of a point. */
  rowsOf(point: number): number;
  /** The deviation within samples, and its degrees of freedom. */
  readonly sigma: number;
  readonly freedom: number;
  readonly notes: readonly Localized[];
}

function controlOf(
  table: EvidenceTable,
  columns: MeasurementColumns,
  rows: readonly number[],
  values: Float64Array,
): Control {
  const [sample, trial] = [cellsOf(table, columns.sample), cellsOf(table, columns.trial)];
  const groups =
    columns.sample === undefined ? undefined : Map.groupBy(rows.keys(), (place) => sample(rows[place]!));
  const samples = groups && [...groups.values()].map((places) => [...places]);
  const isTried = (row: number) => columns.trial === undefined || isTrial(trial(row));
  if (
    groups &&
    samples!.length > 1 &&
    samples!.filter((places) => places.length >= 2).length > samples!.length / 2
  ) {
    const kept = samples!.filter((places) => places.length >= 2);
    const tried = kept.filter((places) => isTried(rows[places[0]!]!)).length || kept.length;
    const { level, spread } = subgroupCharts(
      kept.map((places) => places.map((place) => values[place]!)),
      tried,
    );
    return {
      charts: [level, spread],
      labels: kept.map((places) => sample(rows[places[0]!]!)),
      rowsOf: (point) => rows[kept[point]![0]!]!,
      sigma: level.sigma,
      freedom: kept.slice(0, tried).reduce((sum, places) => sum + places.length - 1, 0),
      notes: kept.length < samples!.length ? [loneSamples(samples!.length - kept.length)] : [],
    };
  }
  const tried = rows.filter(isTried).length || rows.length;
  const { level, spread } = individualCharts([...values], tried);
  return {
    charts: [level, spread],
    labels: rows.map((row) => String(table.numbers[row])),
    rowsOf: (point) => rows[point]!,
    sigma: level.sigma,
    // The moving range says about 0.62 as much as the deviation does.
    freedom: Math.max(1, Math.round(0.62 * (tried - 1))),
    notes: groups && groups.size === 1 ? [oneGroup(columns.sample!)] : [],
  };
}

function indices(name: string, values: Float64Array, limits: ToleranceLimits, { sigma, freedom }: Control) {
  const n = values.length;
  const isNormal = normalityPValue(values) >= NOT_NORMAL;
  const overall = isNormal ? { values, limits } : normalized(values, limits);
  const { mean, deviation } = momentsOf(overall.values);
  const notes: Localized[] = isNormal ? [] : [notNormal(name)];
  const figures: Figure[] = [];
  const add = (
    id: string,
    title: Localized,
    index: { value: number; interval: readonly [number, number] } | undefined,
  ) => {
    if (!index) return;
    const [low, high] = index.interval;
    const estimate = { value: index.value, low, high, n, pieces: n };
    figures.push({
      id: `${id}:${name}`,
      title: { en: `${title.en} of ${name}`, zh: `${name} 的 ${title.zh}` },
      unit: 'number',
      better: 'more',
      values: { kind: 'whole', estimate },
    });
  };
  // Within samples the deviation is that of the chart, which knows no transformation.
  if (isNormal && sigma > 0) {
    add('cp', { en: 'Cp', zh: 'Cp' }, potential(limits, sigma, freedom));
    add('cpk', { en: 'Cpk', zh: 'Cpk' }, capability(limits, { mean, deviation: sigma, n, freedom }));
  }
  add('pp', { en: 'Pp', zh: 'Pp' }, potential(overall.limits, deviation, n - 1));
  add('ppk', { en: 'Ppk', zh: 'Ppk' }, capability(overall.limits, { mean, deviation, n, freedom: n - 1 }));
  return { figures, notes };
}

function withinFigure(
  name: string,
  values: Float64Array,
  { lower = -Infinity, upper = Infinity }: ToleranceLimits,
): Figure {
  return {
    id: `within_tolerance:${name}`,
    title: { en: `${name} within tolerance`, zh: `${name} 合格率` },
    unit: 'share',
    better: 'more',
    values: {
      kind: 'ratio',
      range: 'share',
      numerator: values.map((value) => (value >= lower && value <= upper ? 1 : 0)),
      denominator: values.map((value) => (Number.isFinite(value) ? 1 : 0)),
    },
  };
}

/** Where a code of "not measured" stands apart from all values by more than these spread. */
function codedRows(values: Float64Array): number[] {
  const isCode = (value: number) => MISSING_CODES.has(value);
  const others = values.filter((value) => Number.isFinite(value) && !isCode(value));
  if (others.length < 2) return [];
  const [least, most] = [others.reduce((a, b) => Math.min(a, b)), others.reduce((a, b) => Math.max(a, b))];
  const isApart = (value: number) => Math.max(least - value, value - most) > most - least;
  return [...values.keys()].filter((row) => isCode(values[row]!) && isApart(values[row]!));
}

const notMeasured = (name: string, value: string): Localized => ({
  en: `"${name}": ${value} is the usual code where nothing was measured, and far from all other values, so it is no measurement`,
  zh: `“${name}”：${value} 通常表示未测量，且远离其他所有值，因此不作为测量值`,
});

const tooFew = (name: string, n: number): Localized => ({
  en: `"${name}" has ${n} values: too few to judge the process by; at least ${FEWEST_VALUES} are needed, 100 tell Cpk to about ± 0.2.`,
  zh: `“${name}”只有 ${n} 个值：不足以判断过程；至少需要 ${FEWEST_VALUES} 个，100 个可将 Cpk 估到约 ±0.2。`,
});
const noSpread = (name: string, file: string): Localized => ({
  en: `${file}: all values of "${name}" are the same, so Cpk would be infinite. It is not given: the gauge may not resolve the differences, or the column may be filled in by rote.`,
  zh: `${file}：“${name}”的所有值都相同，Cpk 将为无穷大，因此不予给出：可能是量具分辨力不足，或数据为照抄。`,
});
const notNormal = (name: string): Localized => ({
  en: `"${name}" is not normally distributed: Pp and Ppk are of its power transformation, the tolerance transformed with it; Cp and Cpk are left out.`,
  zh: `“${name}”不服从正态分布：Pp、Ppk 为幂变换后的结果，公差同时变换；不给出 Cp、Cpk。`,
});
const loneSamples = (count: number): Localized => ({
  en: `${count} samples of a single value are not in the charts of samples.`,
  zh: `${count} 个只有一个值的样本未列入样本图。`,
});
const oneGroup = (column: string): Localized => ({
  en: `"${column}" has one value only: all rows are one sample, so they are charted one by one.`,
  zh: `“${column}”只有一个值：所有行属于同一样本，因此按单值作图。`,
});
