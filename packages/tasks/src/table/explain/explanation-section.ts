/** An explanation in a report: what each column does, in sentences and charts. */
import type { Localized } from '@gradus/base';
import { type Block, chartBlock, type MultiplesChart, type Section } from '@gradus/report';
import type { Dependence } from './dependence.ts';
import { type Explanation, isSeen } from './explanation.ts';
import {
  answerText,
  atText,
  dependenceText,
  effectText,
  explanationWords,
  FEW_ROWS,
  growthText,
  LOSSES,
} from './words.ts';

const MOST_BARS = 20;
const MOST_SENTENCES = 12;

export function explainSection(explanation: Explanation): Section {
  const { importance, together, dependence, leftOut } = explanation;
  const loss = LOSSES[explanation.lossName];
  const seen = importance.filter(isSeen);
  const hidden = new Set(together.filter(isSeen).flatMap(({ columns }) => columns));
  const unseen = importance.filter((of) => !isSeen(of) && !hidden.has(of.column));
  const sentences = importance.flatMap((of): Localized[] => {
    const how = dependence.find(({ column }) => column === of.column);
    if (!how && !isSeen(of)) return [];
    const text = how && dependenceText(explanation, how);
    return [explanationWords.column(of.column, effectText(explanation, of), text)];
  });
  const blocks: Block[] = [
    { kind: 'text', text: explanationWords.measured(explanation.rows, loss) },
    ...(seen.length + hidden.size === 0
      ? [{ kind: 'note', tone: 'warning', text: explanationWords.noneSeen } as const]
      : []),
    chartBlock(explanationWords.chart(loss), {
      kind: 'bar',
      bars: importance.slice(0, MOST_BARS).map((of) => ({
        name: of.column,
        value: Math.max(0, of.loss),
        text: growthText(of),
      })),
      full: Math.max(0, ...importance.map(({ loss }) => loss)) || 1,
    }),
    ...(sentences.length > 0
      ? [{ kind: 'list', ordered: false, items: sentences.slice(0, MOST_SENTENCES) } as const]
      : []),
    ...together.map((of) => ({
      kind: 'text' as const,
      text: explanationWords.together(
        of.columns,
        of.association,
        isSeen(of) ? effectText(explanation, of) : undefined,
      ),
    })),
    ...(dependence.length > 0
      ? [
          chartBlock(explanationWords.dependence(explanationWords.subject(explanation)), {
            kind: 'multiples',
            cells: dependence.map((of) => cellOf(explanation, of)),
          }),
        ]
      : []),
    { kind: 'note', tone: 'info', text: explanationWords.caution },
  ];
  if (unseen.length > 0) {
    blocks.push({ kind: 'text', text: explanationWords.nothingSeen(unseen.map(({ column }) => column)) });
  }
  if (leftOut > 0) blocks.push({ kind: 'text', text: explanationWords.leftOut(leftOut) });
  return { id: 'columns', title: explanationWords.title, blocks };
}

function cellOf(
  explanation: Explanation,
  { column, kind, points }: Dependence,
): MultiplesChart['cells'][number] {
  const faint = points.flatMap(({ rows }, place) => (rows < FEW_ROWS ? [place] : []));
  if (kind === 'category') {
    return {
      kind: 'bars',
      title: column,
      bars: points.map(({ at, answer }) => ({ name: atText(at), value: answer })),
      faint,
    };
  }
  const values = points.map(({ answer }) => answer);
  return {
    kind: 'line',
    title: column,
    values,
    from: atText(points[0]!.at),
    to: atText(points.at(-1)!.at),
    lowest: answerText(explanation, Math.min(...values)),
    highest: answerText(explanation, Math.max(...values)),
    faint,
  };
}
