import { count, type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import type { Overview } from '../../overview.ts';
import type { Tally } from '../../window.ts';
import { NOTHING, TRAFFIC } from '../words.ts';

/** Points of a line: at the width of a page, more would merge. */
const MOST_POINTS = 200;
const FLAT = 140;

export function traffic({ traffic }: Overview): Section {
  const blocks: readonly Block[] =
    traffic.length === 0
      ? [{ kind: 'note', tone: 'info', text: TRAFFIC.none }]
      : // A line of nothing says nothing.
        [figures(traffic), ...(sumOf(traffic, 'requests') > 0 ? charts(merged(traffic)) : [])];
  return { id: 'traffic', title: TRAFFIC.title, blocks };
}

const sumOf = (tallies: readonly Tally[], key: 'requests' | 'errors' | 'shed' | 'seconds'): number =>
  tallies.reduce((sum, tally) => sum + tally[key], 0);

function figures(traffic: readonly Tally[]): Block {
  const [requests, errors] = [sumOf(traffic, 'requests'), sumOf(traffic, 'errors')];
  return {
    kind: 'figures',
    items: [
      { label: TRAFFIC.requests, value: count(requests) },
      {
        label: TRAFFIC.failed,
        value: requests === 0 ? NOTHING : percent(errors / requests),
        detail: TRAFFIC.failedCount(errors),
      },
      { label: TRAFFIC.rejected, value: count(sumOf(traffic, 'shed')), detail: TRAFFIC.whyRejected },
    ],
  };
}

function charts(points: readonly Tally[]): Block[] {
  const line = (name: Localized, value: (tally: Tally) => number | null, height?: number): Block =>
    chartBlock(
      name,
      {
        kind: 'line',
        x: { kind: 'time', values: points.map(({ at }) => at) },
        y: { fromZero: true },
        series: [{ name, values: points.map(value) }],
      },
      height,
    );
  return [
    line(TRAFFIC.requestsChart, ({ requests, seconds }) => requests / Math.max(seconds, 1e-9)),
    line(TRAFFIC.latencyChart, ({ p99 }) => p99),
    line(
      TRAFFIC.failedChart,
      ({ requests, errors }) => (requests === 0 ? null : (100 * errors) / requests),
      FLAT,
    ),
  ];
}

/** Neighbouring intervals merged until few enough are left; of times the worst. */
function merged(traffic: readonly Tally[]): Tally[] {
  const size = Math.ceil(traffic.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(traffic.length / size) }, (_, i) => {
    const tallies = traffic.slice(i * size, (i + 1) * size);
    const worst = (key: 'p50' | 'p99') =>
      tallies.reduce<number | null>(
        (most, { [key]: value }) => (value === null ? most : Math.max(most ?? 0, value)),
        null,
      );
    return {
      at: tallies[0]!.at,
      seconds: sumOf(tallies, 'seconds'),
      requests: sumOf(tallies, 'requests'),
      errors: sumOf(tallies, 'errors'),
      shed: sumOf(tallies, 'shed'),
      p50: worst('p50'),
      p99: worst('p99'),
    };
  });
}
