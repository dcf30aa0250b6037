/** The charts of a profile. */
import { date, type Localized, significant } from '@gradus/base';
import { type Block, chartBlock, type HeatmapChart, type MultiplesChart, shortened } from '@gradus/report';
import type { Associations, ColumnDrift, ColumnProfile } from '../document.ts';

type Cell = MultiplesChart['cells'][number];

const TOP = 5;

/** The distribution of each column that has one. */
export const histograms = (caption: Localized, columns: readonly ColumnProfile[]): Block =>
  chartBlock(caption, { kind: 'multiples', cells: columns.map(distribution) });

export const isDrawn = ({ numbers, dates, values, type }: ColumnProfile): boolean =>
  Boolean(numbers ?? dates) || (Boolean(values?.length) && (type === 'category' || type === 'boolean'));

function distribution({ name, numbers, dates, values }: ColumnProfile): Cell {
  const histogram = numbers?.histogram ?? dates?.histogram;
  if (histogram) {
    const edge = (x: number) => (dates ? date(x) : significant(x));
    const { counts, edges } = histogram;
    return { kind: 'histogram', title: name, counts, from: edge(edges[0]!), to: edge(edges.at(-1)!) };
  }
  const bars = values!.slice(0, TOP).map(({ value, share }) => ({ name: value, value: share }));
  return { kind: 'bars', title: name, bars };
}

/** How columns that shifted went through time. */
export function courses(caption: Localized, columns: readonly ColumnDrift[]): Block {
  const cells = columns.map(({ column, course: { of, times, values } }): Cell => {
    const title = (mean: string, missing: string) =>
      of === null
        ? `${shortened(column, 22)} · ${mean}`
        : `${shortened(column, 18)} = ${of === '' ? missing : shortened(of, 12)}`;
    return {
      kind: 'line',
      title: { en: title('mean', 'missing'), zh: title('均值', '缺失') },
      values,
      from: date(times[0]!),
      to: date(times.at(-1)!),
      lowest: significant(Math.min(...values)),
      highest: significant(Math.max(...values)),
    };
  });
  return chartBlock(caption, { kind: 'multiples', cells });
}

const MOST_IN_MAP = 24;

/** The pairs of columns as a map of colours. */
export function heatMap(caption: Localized, { columns, pairs }: Associations): Block {
  const names = columns.slice(0, MOST_IN_MAP);
  const place = new Map(names.map((name, i) => [name, i]));
  const cells = pairs.flatMap(({ columns: [a, b], value, spearman }): HeatmapChart['cells'][number][] => {
    const [i, j] = [place.get(a), place.get(b)];
    if (i === undefined || j === undefined) return [];
    const strongest = Math.abs(spearman ?? 0) > Math.abs(value) ? spearman! : value;
    const rounded = Number(strongest.toFixed(2));
    return [
      [i, j, rounded],
      [j, i, rounded],
    ];
  });
  return chartBlock(caption, {
    kind: 'heatmap',
    columns: names,
    rows: names,
    cells,
    scale: { kind: 'diverging', limit: 1 },
  });
}
