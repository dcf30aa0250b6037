import { count, date, percent } from '@gradus/base';
import type { Section, Text } from '@gradus/report';
import type { Overview } from '../../overview.ts';
import type { Quality } from '../../window.ts';
import { NOTHING, QUALITY } from '../words.ts';

const MOST_WINDOWS = 60;

export function quality({ quality: windows }: Overview): Section {
  if (windows.every(({ outcomes, corrections }) => outcomes + corrections === 0))
    return {
      id: 'quality',
      title: QUALITY.title,
      blocks: [{ kind: 'note', tone: 'info', text: QUALITY.none }],
    };
  const metrics = Object.entries(QUALITY.metrics);
  return {
    id: 'quality',
    title: QUALITY.title,
    blocks: [
      { kind: 'text', text: QUALITY.about },
      {
        kind: 'table',
        columns: [
          { label: QUALITY.day },
          { label: QUALITY.version },
          { label: QUALITY.predictions, align: 'right' },
          { label: QUALITY.outcomes, align: 'right' },
          { label: QUALITY.corrections, align: 'right' },
          { label: QUALITY.delay, align: 'right' },
          ...metrics.map(([, label]) => ({ label })),
        ],
        rows: windows
          .slice(0, MOST_WINDOWS)
          .map((window): Text[] => [
            date(window.from),
            window.role === 'shadow' ? QUALITY.shadow(window.version) : window.version,
            count(window.predictions),
            QUALITY.knownShare(window.outcomes, window.predictions),
            count(window.corrections),
            window.delay === null ? NOTHING : window.delay.toFixed(1),
            ...metrics.map(([metric]) => figuresOf(window.figures, metric)),
          ]),
      },
    ],
  };
}

/** The figures of one metric, output by output. */
function figuresOf(figures: readonly Quality[], metric: string): string {
  const shown = (value: number) => (metric === 'mean absolute error' ? value.toPrecision(3) : percent(value));
  return (
    figures
      .filter((figure) => figure.metric === metric)
      .map(
        ({ output, value, interval, n }) =>
          `${output}: ${shown(value)} (${interval.map(shown).join(' – ')}, n = ${count(n)})`,
      )
      .join('; ') || NOTHING
  );
}
