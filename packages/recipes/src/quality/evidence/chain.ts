/**
 * The chain of a voice assistant: what is heard wrong is understood wrong. The table parts the rows that were misunderstood by where the
 * chain broke, so that it is clear whether to repair the recognizer or the understanding.
 */
import { percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { estimateFigure, type FigureEstimate, type Ratio } from '@gradus/tasks';

/** @param heardWrong Of each row 1, 0, or NaN where nobody knows; `understood` likewise */
export function chainSection(
  heardWrong: Float64Array,
  understood: Float64Array,
  clusters: Int32Array | undefined,
): Section | undefined {
  const n = heardWrong.length;
  const ratio: Ratio = {
    kind: 'ratio',
    range: 'share',
    numerator: new Float64Array(n),
    denominator: new Float64Array(n),
  };
  for (let row = 0; row < n; row++) {
    if (Number.isNaN(heardWrong[row]!) || Number.isNaN(understood[row]!)) continue;
    ratio.denominator[row] = 1;
    ratio.numerator[row] = 1 - understood[row]!;
  }
  const wrong = estimateFigure(ratio, clusters, (row) => heardWrong[row] === 1);
  const right = estimateFigure(ratio, clusters, (row) => heardWrong[row] === 0);
  if (!wrong || !right) return undefined;
  const all = wrong.value * wrong.n + right.value * right.n;
  if (all === 0) return undefined;
  const due = (wrong.n * Math.max(0, wrong.value - right.value)) / all;
  return {
    id: 'chain',
    title: { en: 'From hearing to understanding', zh: '从听到到听懂' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'rows', zh: '行' } },
          { label: { en: 'how many', zh: '数量' }, align: 'right' },
          { label: { en: 'understood wrong', zh: '理解错误' }, align: 'right' },
        ],
        rows: [
          [{ en: 'heard wrong', zh: '听错' }, String(wrong.n), shown(wrong)],
          [{ en: 'heard right', zh: '听对' }, String(right.n), shown(right)],
        ],
      },
      {
        kind: 'text',
        text: {
          en: `${percent(due)} of the misunderstandings go with hearing: that many would be gone if what is heard wrong were understood as well as what is heard right. The rest is the understanding's own.`,
          zh: `${percent(due)} 的理解错误与听错有关：若听错的句子能像听对的句子一样被理解，这部分错误就会消失。其余源于理解本身。`,
        },
      },
    ],
  };
}

const shown = ({ value, low, high }: FigureEstimate): string =>
  `${percent(value)} (${percent(low)} – ${percent(high)})`;
