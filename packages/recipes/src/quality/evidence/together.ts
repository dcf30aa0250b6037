/** A few measurements of the same parts watched together: T² of their samples, or of single rows. */
import type { Localized } from '@gradus/base';
import { chartBlock, type Section } from '@gradus/report';
import { type HotellingChart, hotellingChart } from '@gradus/stats';
import { cellsOf } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { isTrial, type MeasurementColumns } from './measurement-columns.ts';
import { numberOf } from './values.ts';

/** More are watched by a model of the process. */
const MOST = 10;
const FEWEST_SAMPLES = 10;
const MOST_POINTS = 500;

/** @returns no section where there are too few samples, or these say nothing together */
export function togetherSection(
  table: EvidenceTable,
  names: readonly string[],
  columns: MeasurementColumns,
): Section[] {
  if (names.length < 2 || names.length > MOST) return [];
  const cells = names.map((name) => cellsOf(table, name));
  const values = table.rows.map((_, row) => cells.map((cell) => numberOf(cell(row))));
  const rows = [...values.keys()].filter((row) => values[row]!.every(Number.isFinite));
  const [sample, trial] = [cellsOf(table, columns.sample), cellsOf(table, columns.trial)];
  const groups =
    columns.sample === undefined
      ? rows.map((row) => [row])
      : [...Map.groupBy(rows, (row) => sample(row)).values()];
  if (groups.length < FEWEST_SAMPLES) return [];
  const tried =
    columns.trial === undefined
      ? groups.length
      : groups.findIndex(([first]) => !isTrial(trial(first!))) || groups.length;
  const chart = hotellingChart(
    groups.map((group) => group.map((row) => values[row]!)),
    tried < 0 ? groups.length : tried,
  );
  if (!chart) return [];
  const labels = groups.map(([first]) =>
    columns.sample === undefined ? String(table.numbers[first!]) : sample(first!),
  );
  return [sectionOf(chart, names, labels)];
}

function sectionOf(chart: HotellingChart, names: readonly string[], labels: readonly string[]): Section {
  const limits = chart.points.map((_, i) => (i < chart.fitted ? chart.trialLimit : chart.limit));
  const out = [...chart.points.keys()].filter((i) => chart.points[i]! > limits[i]!);
  const from = Math.max(0, chart.points.length - MOST_POINTS);
  const listed = { en: names.join(', '), zh: names.join('、') };
  const which = out
    .slice(0, 12)
    .map((i) => labels[i])
    .join(', ');
  const said: Localized = {
    en: `${out.length} of ${chart.points.length} points beyond the limit${which === '' ? '' : `: ${which}`}. Such a point may be usual in each measurement, and odd in how they go together.`,
    zh: `${chart.points.length} 个点中 ${out.length} 个超出控制限${which === '' ? '' : `：${which}`}。这样的点可能各项都正常，但组合起来异常。`,
  };
  return {
    id: 'together',
    title: { en: 'Measurements together (T²)', zh: '多项测量一并监控（T²）' },
    blocks: [
      chartBlock(
        { en: `Hotelling’s T² of ${listed.en}`, zh: `${listed.zh} 的霍特林 T² 图` },
        {
          kind: 'line',
          x: { kind: 'category', values: labels.slice(from) },
          y: { fromZero: true },
          series: [
            { name: { en: 'T²', zh: 'T²' }, values: chart.points.slice(from) },
            { name: { en: 'limit', zh: '控制限' }, values: limits.slice(from) },
          ],
        },
      ),
      { kind: 'list', ordered: false, items: [said] },
    ],
  };
}
