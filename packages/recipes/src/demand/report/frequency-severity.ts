import { type BubbleChart, chartBlock, type Section } from '@gradus/report';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Polarity } from '../analysis/polarity.ts';
import { POLARITY } from './words.ts';

const TONE: Readonly<Record<Polarity, BubbleChart['groups'][number]['tone']>> = {
  problem: 'bad',
  strength: 'good',
  mixed: 'neutral',
};

const MOST_LABELS = 18;
/** Opportunities are on a scale from 0 to this. */
const LARGEST_OPPORTUNITY = 20;

/** Frequency against severity: the themes at the top right cost most. */
export function frequencyAgainstSeverity({ themes }: DemandAnalysis): Section | null {
  const placed = themes.filter((theme) => theme.severity && theme.polarity && !theme.general);
  if (placed.length < 2) return null;
  const labelled = new Set([...placed].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_LABELS));
  const severities = placed.map(({ severity }) => round(severity!.value));
  const chart: BubbleChart = {
    kind: 'bubble',
    x: { label: { en: 'Reviews that mention it, %', zh: '提到它的评价，%' } },
    y: {
      label: { en: 'Severity (0 none, 1 the lowest rating)', zh: '严重程度（0 无，1 最低评分）' },
      // Complaints fall low for most themes: the axis shows where they differ.
      min: Math.floor(10 * Math.min(...severities)) / 10,
      max: Math.min(1, Math.ceil(10 * Math.max(...severities)) / 10),
    },
    groups: (Object.keys(POLARITY) as Polarity[]).map((polarity) => ({
      name: POLARITY[polarity],
      tone: TONE[polarity],
      points: placed
        .filter((theme) => theme.polarity === polarity)
        .map((theme) => ({
          name: theme.name,
          x: round(100 * theme.share.value),
          y: round(theme.severity!.value),
          size: (theme.opportunity?.value ?? 0) / LARGEST_OPPORTUNITY,
          labelled: labelled.has(theme),
        })),
    })),
  };
  const caption = {
    en: 'Themes by the share of reviews that mention them (horizontal) and by their severity (vertical). Larger circles are larger opportunities.',
    zh: '各主题的提及比例（横轴）与严重程度（纵轴）。圆越大，机会越大。',
  };
  return {
    id: 'frequency-severity',
    title: { en: 'Frequency and severity', zh: '频率与严重程度' },
    blocks: [chartBlock(caption, chart)],
  };
}

function weight(theme: ThemeFindings): number {
  return theme.share.value * theme.severity!.value;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
