import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Polarity } from '../analysis/polarity.ts';
import { POLARITY } from './words.ts';

/** Vermilion, bluish green and grey: told apart by colour-blind readers too (Okabe and Ito, 2008). */
export const COLOR: Readonly<Record<Polarity, string>> = {
  problem: '#d55e00',
  strength: '#009e73',
  mixed: '#7f7f7f',
};

const MOST_LABELS = 18;

/** How often against how bad: top right is where it hurts most. */
export function frequencyAgainstSeverity({ themes }: DemandAnalysis): Section | null {
  const placed = themes.filter((theme) => theme.severity && theme.polarity && !theme.general);
  if (placed.length < 2) return null;
  const labelled = new Set([...placed].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_LABELS));
  const chart: Block = {
    kind: 'chart',
    height: 460,
    caption: {
      en: 'Themes by how many reviews mention them (across) and how low the reviews that complain about them fall (up). Larger circles are larger opportunities.',
      zh: '各主题的提及频率（横轴）与抱怨者评价下跌的程度（纵轴）。圆越大，机会越大。',
    },
    option: (language) => ({
      grid: { left: 64, right: 32, top: 40, bottom: 56 },
      legend: { top: 4 },
      xAxis: {
        type: 'value',
        name: { en: 'Reviews that mention it, %', zh: '提到它的评价，%' }[language],
        nameLocation: 'middle',
        nameGap: 32,
      },
      yAxis: {
        type: 'value',
        name: { en: 'Severity (0 none, 1 the lowest rating)', zh: '严重程度（0 无，1 最低评分）' }[language],
        nameLocation: 'middle',
        nameGap: 40,
        // Complaints fall low for most themes: the axis shows where they differ.
        min: ({ min }: { min: number }) => Math.floor(10 * min) / 10,
        max: ({ max }: { max: number }) => Math.min(1, Math.ceil(10 * max) / 10),
      },
      series: (Object.keys(POLARITY) as Polarity[]).map((polarity) => ({
        type: 'scatter',
        name: POLARITY[polarity][language],
        itemStyle: { color: COLOR[polarity], opacity: 0.75 },
        data: placed
          .filter((theme) => theme.polarity === polarity)
          .map((theme) => ({
            name: theme.name,
            value: [round(100 * theme.share.value), round(theme.severity!.value)],
            symbolSize: 8 + 2 * (theme.opportunity?.value ?? 0),
            label: {
              show: labelled.has(theme),
              formatter: () => theme.name,
              position: 'right' as const,
              width: 120,
              overflow: 'truncate' as const,
            },
          })),
        labelLayout: { hideOverlap: true },
      })),
    }),
  };
  return {
    id: 'frequency-severity',
    title: { en: 'How often, how bad', zh: '多频繁，多严重' },
    blocks: [chart],
  };
}

function weight(theme: ThemeFindings): number {
  return theme.share.value * theme.severity!.value;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
