/** What a report shows of photographs: the threshold, each kind of defect, and where single photographs look odd. */
import { type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import {
  type AnomalyBundle,
  type AnomalyEvaluation,
  type FittedAnomaly,
  openAnomaly,
  type PhotographFile,
} from '@gradus/tasks';

export interface PhotographParts {
  readonly photographs: readonly PhotographFile[];
  readonly fitted: FittedAnomaly;
  readonly evaluation: AnomalyEvaluation;
  readonly bundle: AnomalyBundle;
  readonly graph: Uint8Array;
}

/** Of each group of pictures. */
const MOST_PICTURES = 6;
const BINS = 24;

export async function photographSections(parts: PhotographParts): Promise<Section[]> {
  const { evaluation, fitted } = parts;
  return [
    {
      id: 'photographs',
      title: { en: 'Photographs', zh: '照片' },
      blocks: [
        { kind: 'text', text: thresholdInWords(fitted) },
        ...(evaluation.auroc ? [scoresChart(parts)] : []),
        ...kindsTable(evaluation),
        ...(await pictures(parts)),
      ],
    },
  ];
}

/** How many photographs have each score. */
function scoresChart({ photographs, fitted: { outside } }: PhotographParts): Block {
  const scores = outside.map(({ score }) => score);
  const sorted = [...scores].sort((a, b) => a - b);
  const [low, high] = [sorted[0]!, sorted[Math.floor(0.99 * (sorted.length - 1))]!];
  const width = (high - low) / BINS || 1;
  const binOf = (score: number) => Math.min(BINS - 1, Math.max(0, Math.floor((score - low) / width)));
  const sharesOf = (isDefect: boolean): number[] => {
    const own = scores.filter((_, i) => photographs[i]!.isDefect === isDefect);
    const counts = new Array<number>(BINS).fill(0);
    for (const score of own) counts[binOf(score)]! += 1 / own.length;
    return counts;
  };
  return chartBlock(
    {
      en: 'Share of good pieces and of defects by score; above the threshold a piece is rejected',
      zh: '良品与缺陷件的得分分布；超过阈值即判为缺陷',
    },
    {
      kind: 'line',
      x: {
        kind: 'category',
        values: Array.from({ length: BINS }, (_, i) =>
          (low + (i + 0.5) * width).toFixed(1).replace(/^-(0\.0)$/, '$1'),
        ),
      },
      y: { fromZero: true },
      series: [
        { name: { en: 'good', zh: '良品' }, values: sharesOf(false) },
        { name: { en: 'defects', zh: '缺陷' }, values: sharesOf(true) },
      ],
    },
  );
}

function kindsTable({ missedOf }: AnomalyEvaluation): Block[] {
  const kinds = Object.entries(missedOf);
  if (kinds.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [
        { label: { en: 'kind of defect', zh: '缺陷类型' } },
        { label: { en: 'missed', zh: '漏检' }, align: 'right' },
        { label: { en: 'photographs', zh: '照片数' }, align: 'right' },
        { label: { en: '95% interval', zh: '95% 区间' }, align: 'right' },
      ],
      rows: kinds.map(
        ([
          kind,
          {
            count,
            of,
            interval: [low, high],
          },
        ]) => [kind, String(count), String(of), `${percent(low)} – ${percent(high)}`],
      ),
    },
  ];
}

interface Group {
  readonly title: Localized;
  readonly places: readonly number[];
}

function groupsOf({ photographs, fitted: { outside, suspects } }: PhotographParts): Group[] {
  const places = (isDefect: boolean, isRejected: boolean) =>
    Array.from(photographs.keys())
      .filter((i) => photographs[i]!.isDefect === isDefect && outside[i]!.isRejected === isRejected)
      .sort((a, b) => outside[b]!.score - outside[a]!.score);
  const rejected = places(false, true).filter((i) => !suspects.includes(i));
  return [
    {
      title: {
        en: 'Called good, and far from all other good ones: look at them',
        zh: '标为良品，但与其他良品差别很大：请查看',
      },
      places: suspects,
    },
    {
      title: { en: 'Defects that were missed, the clearest miss first', zh: '漏检的缺陷，最严重的在前' },
      places: places(true, false).reverse(),
    },
    { title: { en: 'Good pieces that were rejected', zh: '被误判的良品' }, places: rejected },
    { title: { en: 'Defects that were found', zh: '检出的缺陷' }, places: places(true, true) },
  ];
}

/** Red is where a place looks unlike good pieces. */
async function pictures(parts: PhotographParts): Promise<Block[]> {
  const { photographs, fitted, bundle, graph } = parts;
  const opened = await openAnomaly(bundle, graph);
  try {
    const blocks: Block[] = [];
    for (const { title, places } of groupsOf(parts)) {
      const shown = places.slice(0, MOST_PICTURES);
      if (shown.length === 0) continue;
      const answers = await opened.answer(shown.map((i) => photographs[i]!.pixels));
      const items = await Promise.all(
        shown.map(async (place, k) => {
          const picture = await opened.heatPicture(photographs[place]!.pixels, answers[k]!, 'jpeg');
          const { file } = photographs[place]!;
          const score = fitted.outside[place]!.score.toFixed(2);
          return {
            source: `data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}`,
            caption: { en: `${file}: score ${score}`, zh: `${file}：得分 ${score}` },
          };
        }),
      );
      blocks.push({ kind: 'text', text: title }, { kind: 'pictures', items });
    }
    return blocks;
  } finally {
    await opened.close();
  }
}

/** How the threshold was set. */
function thresholdInWords({ model: { threshold } }: FittedAnomaly): Localized {
  const { value, by, good, rejected, interval } = threshold;
  const range = `${percent(interval[0])} – ${percent(interval[1])}`;
  return by === 'cost'
    ? {
        en: `A piece is rejected from a score of ${value.toFixed(2)} on, where mistakes cost least; ${rejected} of ${good} good photographs lie above (${range}).`,
        zh: `得分达到 ${value.toFixed(2)} 即判为缺陷，此处错误代价最小；${good} 张良品中有 ${rejected} 张超过（${range}）。`,
      }
    : {
        en: `A piece is rejected from a score of ${value.toFixed(2)} on: ${rejected} of ${good} good photographs lie above (${range}).`,
        zh: `得分达到 ${value.toFixed(2)} 即判为缺陷：${good} 张良品中有 ${rejected} 张超过（${range}）。`,
      };
}
