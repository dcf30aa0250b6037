import { type Localized, percent, plural, signed } from '@gradus/base';
import { type Block, chartBlock, type Section, type SimpleBlock } from '@gradus/report';
import { withInterval } from '@gradus/tasks';
import type { Jump } from '../analysis/change-point.ts';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Point } from '../analysis/points.ts';
import type { Period } from '../analysis/timeline.ts';
import type { Direction } from '../analysis/trend.ts';
import { headingOf } from '../row-noun.ts';
import { DIRECTION } from './words.ts';

const CHANGING: readonly Direction[] = ['new', 'growing', 'shrinking'];
const MOST_LINES = 6;

/** How periods are called, and how much of a date's text names one. */
const PERIOD: Readonly<Record<Period, { en: string; zh: string; label(start: number): string }>> = {
  week: { en: 'week', zh: '周', label: (start) => new Date(start).toISOString().slice(0, 10) },
  month: { en: 'month', zh: '月', label: (start) => new Date(start).toISOString().slice(0, 7) },
  quarter: {
    en: 'quarter',
    zh: '季度',
    label: (start) => {
      const date = new Date(start);
      return `${date.getUTCFullYear()} Q${date.getUTCMonth() / 3 + 1}`;
    },
  },
};

/** Changes over time, as lines. Without a timeline there is no section; a warning says why. */
export function trendSection({ noun, themes, points, timeline }: DemandAnalysis): Section | null {
  if (!timeline) return null;
  const changing = themes
    .filter(({ trend }) => trend && (trend.jump || CHANGING.includes(trend.direction)))
    .sort((a, b) => a.trend!.pValue - b.trend!.pValue);
  const stable = themes.filter(({ trend }) => trend?.direction === 'stable').length;
  const unclear = themes.filter(({ trend }) => trend?.direction === 'unclear').length;
  const blocks: Block[] = [
    {
      kind: 'text',
      text: {
        en: `${plural(changing.length, 'theme')} with a significant change, ${stable} stable, ${unclear} with too few mentions to tell.`,
        zh: `${changing.length} 个主题变化显著，${stable} 个平稳，${unclear} 个提及太少、无法判断。`,
      },
    },
  ];
  if (changing.length > 0) {
    blocks.push(
      ...jumpsOf(changing, points, timeline, noun),
      linesOf(changing.slice(0, MOST_LINES), timeline, noun),
      {
        kind: 'details',
        summary: FIGURES,
        blocks: [tableOf(changing)],
      },
    );
  }
  return { id: 'trends', title: { en: 'Trends', zh: '趋势' }, blocks };
}

const FIGURES = { en: 'Figures of these trends', zh: '这些趋势的数据' };

/** One event, one line: when a share became another one, and what is complained of since. */
function jumpsOf(
  themes: readonly ThemeFindings[],
  points: readonly Point[],
  timeline: NonNullable<DemandAnalysis['timeline']>,
  noun: Localized,
): Block[] {
  const items = themes.flatMap(({ id, label, trend }) => {
    if (!trend?.jump) return [];
    const { period, before, after } = trend.jump;
    const when = PERIOD[timeline.period].label(timeline.starts[period]!);
    const chief = chiefOf(points, id, trend.jump);
    return [
      {
        en: `Since ${when}: “${label.en}” went from ${percent(before)} of ${noun.en}s to ${percent(after)}${chief ? `; above all “${chief.en}”` : ''}.`,
        zh: `自 ${when} 起：“${label.zh}”从${noun.zh}的 ${percent(before)} 变为 ${percent(after)}${chief ? `，主要是“${chief.zh}”` : ''}。`,
      },
    ];
  });
  return items.length > 0 ? [{ kind: 'list', ordered: false, items }] : [];
}

/** The complaint of the theme that changed most at the same time, in the same direction; undefined where none did. */
function chiefOf(
  points: readonly Point[],
  theme: string,
  { period, before, after }: Jump,
): Localized | undefined {
  const gain = (jump: Jump) => (jump.after - jump.before) * Math.sign(after - before);
  const moved = points.flatMap(({ theme: of, isSpecific, sentence, jump }) =>
    of === theme && isSpecific && jump && Math.abs(jump.period - period) <= 1 && gain(jump) > 0
      ? [{ sentence, gain: gain(jump) }]
      : [],
  );
  return moved.sort((a, b) => b.gain - a.gain)[0]?.sentence;
}

function linesOf(
  themes: readonly ThemeFindings[],
  timeline: NonNullable<DemandAnalysis['timeline']>,
  noun: Localized,
): Block {
  const period = PERIOD[timeline.period];
  return chartBlock(
    {
      en: `Share of each ${period.en}'s ${noun.en}s that mention a theme; the themes with the clearest changes.`,
      zh: `每${period.zh}${noun.zh}中提到该主题的比例：变化最明显的主题。`,
    },
    {
      kind: 'line',
      x: { kind: 'category', values: timeline.starts.map(period.label) },
      y: { label: { en: `${headingOf(noun).en}, %`, zh: `${noun.zh}，%` }, fromZero: true },
      series: themes.map((theme) => ({
        name: theme.label,
        values: theme.trend!.counts.map((count, k) =>
          timeline.reviews[k] === 0 ? null : Math.round((1000 * 100 * count) / timeline.reviews[k]!) / 1000,
        ),
      })),
    },
  );
}

function tableOf(themes: readonly ThemeFindings[]): SimpleBlock {
  return {
    kind: 'table',
    columns: [
      { label: { en: 'Theme', zh: '主题' } },
      { label: { en: 'Trend', zh: '趋势' } },
      {
        label: { en: 'Change of its share per month, percentage points', zh: '占比每月变化（百分点）' },
        align: 'right',
      },
      { label: { en: 'p (corrected)', zh: 'p 值（已校正）' }, align: 'right' },
    ],
    rows: themes.map(({ label, trend }) => [
      label,
      DIRECTION[trend!.direction],
      withInterval(trend!.perMonth, (value) => signed(100 * value)),
      trend!.pValue < 0.001 ? '< 0.001' : trend!.pValue.toFixed(3),
    ]),
  };
}
