import { count, decimals, type Localized, percent } from '@gradus/base';
import type { SimpleBlock, Text } from '@gradus/report';
import { withInterval } from '@gradus/tasks';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import { countHeading } from '../row-noun.ts';
import { CONFIDENCE, DIRECTION, effectFormat, NOTHING, POLARITY } from './words.ts';

interface Column {
  readonly label: Localized | ((analysis: DemandAnalysis) => Localized);
  readonly align?: 'right';
  /** Shown only where the analysis has its figures. */
  readonly needs?: (analysis: DemandAnalysis) => boolean;
  readonly cell: (theme: ThemeFindings, analysis: DemandAnalysis) => Text;
}

const sentiment = ({ themes }: DemandAnalysis) => themes.some((theme) => theme.sentiment);
const outcome = (analysis: DemandAnalysis) => analysis.outcome !== null;

const COLUMNS: readonly Column[] = [
  {
    label: { en: 'Theme', zh: '主题' },
    cell: ({ label, general }) =>
      general ? { en: `${label.en} (general)`, zh: `${label.zh}（泛泛而谈）` } : label,
  },
  { label: { en: 'Frequent words', zh: '特征词' }, cell: ({ terms }) => terms.slice(0, 6).join(', ') },
  { label: ({ noun }) => countHeading(noun), align: 'right', cell: (theme) => count(theme.count) },
  {
    label: { en: 'Share', zh: '占比' },
    align: 'right',
    cell: ({ share }) => withInterval(share, percent),
  },
  {
    label: { en: 'Kind', zh: '类型' },
    needs: sentiment,
    cell: ({ polarity }) => (polarity ? POLARITY[polarity] : NOTHING),
  },
  {
    label: { en: 'Satisfaction', zh: '满意程度' },
    align: 'right',
    needs: sentiment,
    cell: (theme) => (theme.sentiment ? withInterval(theme.sentiment, percent) : NOTHING),
  },
  {
    label: { en: 'Severity', zh: '严重程度' },
    align: 'right',
    needs: sentiment,
    cell: ({ severity }) => (severity ? decimals(severity.value) : NOTHING),
  },
  {
    label: { en: 'Trend', zh: '趋势' },
    needs: ({ timeline }) => timeline !== null,
    cell: ({ trend }) => (trend ? DIRECTION[trend.direction] : NOTHING),
  },
  {
    label: { en: 'Effect of a complaint', zh: '抱怨的影响' },
    align: 'right',
    needs: outcome,
    cell: ({ effects }, analysis) => effectCell(effects.dissatisfied, analysis),
  },
  {
    label: { en: 'Effect of praise', zh: '称赞的影响' },
    align: 'right',
    needs: outcome,
    cell: ({ effects }, analysis) => effectCell(effects.satisfied, analysis),
  },
  {
    label: { en: 'Opportunity (0–20)', zh: '机会得分（0–20）' },
    align: 'right',
    needs: outcome,
    cell: ({ opportunity }) => {
      if (!opportunity) return NOTHING;
      const figure = withInterval(opportunity, (value) => value.toFixed(1));
      const word = CONFIDENCE[opportunity.confidence];
      return { en: `${figure}, confidence ${word.en}`, zh: `${figure}，置信度${word.zh}` };
    },
  },
];

export function themeTable(analysis: DemandAnalysis): SimpleBlock {
  const columns = COLUMNS.filter(({ needs }) => needs?.(analysis) ?? true);
  return {
    kind: 'table',
    caption: {
      en: 'In brackets: the 95% confidence interval. A dash: too few data.',
      zh: '括号内为 95% 置信区间；短横表示数据太少。',
    },
    columns: columns.map(({ label, align }) => ({
      label: typeof label === 'function' ? label(analysis) : label,
      ...(align && { align }),
    })),
    rows: analysis.themes.map((theme) => columns.map(({ cell }) => cell(theme, analysis))),
  };
}

function effectCell(effect: ThemeFindings['effects']['mention'], { outcome }: DemandAnalysis): Text {
  if (!effect) return NOTHING;
  const figure = withInterval(effect, effectFormat(outcome));
  return effect.clear ? figure : { en: `${figure}, may be chance`, zh: `${figure}，可能是偶然` };
}
