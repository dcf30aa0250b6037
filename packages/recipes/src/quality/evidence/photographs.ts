/**
 * A folder of photographs of pieces as evidence: how many defects are missed, and how many good pieces rejected, at a threshold that is
 * set by good pieces or by what mistakes cost. Each photograph is judged by a model and a threshold that had not seen its piece.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { decimals, type Localized } from '@gradus/base';
import { isImageArchive, isImageName, unpackImages } from '@gradus/data';
import { writeOnnx } from '@gradus/engine';
import type { RunContext, RunSource } from '@gradus/loop';
import {
  type AnomalyBundle,
  type AnomalyEvaluation,
  anomalyBundle,
  anomalyGraph,
  evaluateAnomaly,
  type Figure,
  type FittedAnomaly,
  fitAnomaly,
  type ImageEncoder,
  type PhotographFile,
  PIXELS_IN_WORDS,
  type ReadPhotographs,
  readEncoder,
  readPhotographs,
  readPieces,
  type SliceColumn,
  STATISTICS,
} from '@gradus/tasks';
import type { QualityOptions } from '../options.ts';
import { figureTitle } from '../standard/figure-titles.ts';
import type { Evidence, LeftOut } from './evidence.ts';
import { photographSections } from './photograph-sections.ts';

/** A folder most of whose files are images, or a zip of one. */
export const arePhotographs = async ({ kind, files, path }: RunSource): Promise<boolean> =>
  kind === 'folder'
    ? files.length > 0 && files.filter(({ name }) => isImageName(name)).length > files.length / 2
    : kind === 'file' && (await isImageArchive(path));

/** What a run keeps of photographs, to score new ones. */
export interface PhotographScorer {
  readonly bundle: AnomalyBundle;
}

const PHOTOGRAPHS: Localized = { en: 'reading photographs', zh: '读取照片' };

/** @param path A folder, or a zip of one, which is unpacked as long as it is read */
export async function photographEvidence(
  path: string,
  run: RunContext<QualityOptions>,
): Promise<Evidence & { readonly graph: Uint8Array }> {
  if (statSync(path).isDirectory()) return evidenceOfFolder(path, { name: basename(path), run });
  const folder = mkdtempSync(join(tmpdir(), 'gradus-photographs-'));
  try {
    const { setAside } = await unpackImages(path, folder, { signal: run.signal });
    const evidence = await evidenceOfFolder(folder, { name: basename(path), run });
    return { ...evidence, leftOut: [...unreadOf(setAside), ...evidence.leftOut] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function evidenceOfFolder(
  folder: string,
  { name, run }: { readonly name: string; readonly run: RunContext<QualityOptions> },
): Promise<Evidence & { readonly graph: Uint8Array }> {
  const { options, signal, random } = run;
  const { encoder, note } = encoderOf(run);
  const groups = readPieces(folder);
  const { photographs, setAside, notes } = await readPhotographs(folder, {
    encoder,
    groups,
    signal,
    onProgress: (done, total) => run.progress(PHOTOGRAPHS, done, total),
  });
  const fitted = await fitAnomaly(photographs, {
    encoder,
    falseRejects: options.falseRejects,
    ...(options.missedCost !== undefined && {
      cost: { missed: options.missedCost, rejected: 1, defects: options.defectShare },
    }),
    random: random.fork('photographs'),
    signal,
    onProgress: (what, done, total) => run.progress(what, done, total),
  });
  const setApart = new Set(fitted.areSuspectsSetAside ? fitted.suspects : []);
  const isJudged = (i: number) => !setApart.has(i);
  const evaluation = evaluateAnomaly(
    photographs
      .map((photograph, i) => ({ ...photograph, ...fitted.outside[i]! }))
      .filter((_, i) => isJudged(i)),
    photographs.filter(({ isDefect }, i) => !isDefect && isJudged(i)).map(({ pixels }) => pixels),
    random.fork('resamples'),
  );
  const graph = writeOnnx(anomalyGraph(fitted.model), { recipe: 'quality', run: run.id });
  const bundle = anomalyBundle(fitted.model);
  const pieces = new Set(photographs.map(({ group }) => group)).size;
  return {
    kind: 'photographs',
    file: name,
    rows: Int32Array.from(photographs, (_, i) => i + 1),
    figures: figuresOf(photographs, { fitted, isJudged }, evaluation, pieces),
    ...(pieces < photographs.length && {
      clusters: Int32Array.from(photographs, ({ group }) => group),
      clusteredBy: 'piece',
    }),
    slices: slicesOf(photographs),
    quotes: photographs.map(({ file }, i) => `${file}: ${decimals(fitted.outside[i]!.score)}`),
    leftOut: [...unreadOf(setAside), ...suspectsOf(fitted, photographs)],
    notes: [
      note,
      ...notes,
      ...piecesNotes(groups !== undefined, pieces, photographs),
      ...notesOf(fitted, photographs, options, evaluation),
    ],
    sections: await photographSections({ photographs, fitted, evaluation, bundle, graph }),
    columns: {},
    fitted: { bundle } satisfies PhotographScorer,
    graph,
  };
}

function encoderOf({ sources, options }: RunContext<QualityOptions>): {
  readonly encoder: ImageEncoder;
  readonly note: Localized;
} {
  const source = sources.encoder;
  if (!source) return { encoder: STATISTICS, note: STATISTICS_NOTE };
  const { encoder } = readEncoder(source.path, options.pixels);
  const { en, zh } = PIXELS_IN_WORDS[encoder.range];
  const size = encoder.size.join(' × ');
  return {
    encoder,
    note: {
      en: `Photographs are described by what ${encoder.file} sees where, at ${size}, ${en}.`,
      zh: `照片由 ${encoder.file} 各处的特征描述，尺寸 ${size}，${zh}。`,
    },
  };
}

const STATISTICS_NOTE: Localized = {
  en: 'Photographs are described by strokes and colours, which need no trained network. With one (--encoder model.onnx) small defects are found better.',
  zh: '照片以笔画和颜色的统计描述，无需训练好的网络；若提供网络（--encoder model.onnx），能更好地发现小缺陷。',
};

function figuresOf(
  photographs: readonly PhotographFile[],
  { fitted: { outside }, isJudged }: { readonly fitted: FittedAnomaly; isJudged(i: number): boolean },
  { auroc }: AnomalyEvaluation,
  pieces: number,
): Figure[] {
  const shareOf = (
    isAsked: (photograph: PhotographFile) => boolean,
    isCounted: (rejected: boolean) => boolean,
  ) => ({
    kind: 'ratio' as const,
    range: 'exact share' as const,
    numerator: Float64Array.from(photographs, (photograph, i) =>
      Number(isJudged(i) && isAsked(photograph) && isCounted(outside[i]!.isRejected)),
    ),
    denominator: Float64Array.from(photographs, (photograph, i) =>
      Number(isJudged(i) && isAsked(photograph)),
    ),
  });
  const worst = (isDefect: boolean) =>
    Array.from(photographs.keys())
      .filter(
        (i) => isJudged(i) && photographs[i]!.isDefect === isDefect && outside[i]!.isRejected !== isDefect,
      )
      .sort((a, b) => (isDefect ? 1 : -1) * (outside[a]!.score - outside[b]!.score));
  return [
    {
      id: 'missed_defects',
      title: figureTitle('missed_defects'),
      unit: 'share',
      better: 'less',
      values: shareOf(
        ({ isDefect }) => isDefect,
        (isRejected) => !isRejected,
      ),
      proof: worst(true),
    },
    {
      id: 'false_rejects',
      title: figureTitle('false_rejects'),
      unit: 'share',
      better: 'less',
      values: shareOf(
        ({ isDefect }) => !isDefect,
        (isRejected) => isRejected,
      ),
      proof: worst(false),
    },
    ...(auroc
      ? [
          {
            id: 'defect_auroc',
            title: figureTitle('defect_auroc'),
            unit: 'number' as const,
            better: 'more' as const,
            values: {
              kind: 'whole' as const,
              estimate: {
                value: auroc.value,
                low: auroc.interval[0],
                high: auroc.interval[1],
                n: photographs.length,
                pieces,
              },
            },
          },
        ]
      : []),
  ];
}

/** By the reason, with the first file that it was found in. */
const unreadOf = (setAside: ReadPhotographs['setAside']): LeftOut[] =>
  [...Map.groupBy(setAside, ({ reason }) => reason.en).values()].map((files) => {
    const [{ file, reason }] = files as [(typeof files)[number]];
    return {
      reason: {
        en: `photographs that cannot be read, such as ${file}: ${reason.en}`,
        zh: `无法读取的照片，如 ${file}：${reason.zh}`,
      },
      count: files.length,
      rows: [],
    };
  });

/** Good photographs that may show defects, where the model does without them. */
function suspectsOf(
  { suspects, areSuspectsSetAside }: FittedAnomaly,
  photographs: readonly PhotographFile[],
): LeftOut[] {
  if (!areSuspectsSetAside) return [];
  const named = namesOf(suspects, photographs);
  return [
    {
      reason: {
        en: `photographs called good that lie far from all others, and may show defects: neither the model of good pieces nor the threshold rests on them (${named.en})`,
        zh: `标为良品、但与其余照片差别很大的照片，可能是缺陷：良品模型与阈值均未使用它们（${named.zh}）`,
      },
      count: suspects.length,
      rows: [...suspects].map((i) => i + 1).sort((a, b) => a - b),
    },
  ];
}

function namesOf(places: readonly number[], photographs: readonly PhotographFile[]): Localized {
  const named = places.slice(0, MOST_NAMED).map((i) => photographs[i]!.file);
  const more = places.length > named.length ? ', …' : '';
  return { en: named.join(', ') + more, zh: named.join('、') + more };
}

const MOST_NAMED = 8;

/** Kinds of defects, and what a list beside the photographs says of them. */
function slicesOf(photographs: readonly PhotographFile[]): Evidence['slices'] {
  const levels = [...new Set(photographs.filter(({ isDefect }) => isDefect).map(({ kind }) => kind))].sort();
  const kinds = {
    name: 'kind',
    levels,
    codes: Int32Array.from(photographs, ({ kind, isDefect }) => (isDefect ? levels.indexOf(kind) : -1)),
  };
  const columns = [...new Set(photographs.flatMap(({ parts }) => Object.keys(parts ?? {})))];
  return [...(levels.length < 2 ? [] : [kinds]), ...columns.map((name) => sliceOf(photographs, name))];
}

function sliceOf(photographs: readonly PhotographFile[], name: string): SliceColumn {
  const values = photographs.map(({ parts }) => parts?.[name] ?? '');
  const levels = [...new Set(values)].filter((value) => value !== '').sort();
  return { name, levels, codes: Int32Array.from(values, (value) => levels.indexOf(value)) };
}

function piecesNotes(areGiven: boolean, pieces: number, photographs: readonly PhotographFile[]): Localized[] {
  if (pieces === photographs.length) return [];
  const how: Localized = areGiven
    ? { en: 'as groups.json says', zh: '依据 groups.json' }
    : { en: 'found by what they show', zh: '由画面内容判断' };
  return [
    {
      en: `${photographs.length} photographs show ${pieces} pieces (${how.en}); those of one piece are never divided between learning and judging.`,
      zh: `${photographs.length} 张照片对应 ${pieces} 件产品（${how.zh}）；同一件的照片不会分到学习与检验两边。`,
    },
  ];
}

function notesOf(
  { model, notes, suspects, areSuspectsSetAside }: FittedAnomaly,
  photographs: readonly PhotographFile[],
  { missedCost }: QualityOptions,
  { auroc, baseline }: AnomalyEvaluation,
): Localized[] {
  const { by, good, needed } = model.threshold;
  const named = namesOf(suspects, photographs);
  return [
    ...notes,
    ...(suspects.length > 0 && !areSuspectsSetAside
      ? [
          {
            en: `${suspects.length} photographs called good lie far from all others; more than mistakes in sorting explain, so they count as good; look whether they are defects: ${named.en}.`,
            zh: `${suspects.length} 张标为良品的照片与其余照片差别很大，数量多于分拣失误，因此仍按良品计；请查看是否为缺陷：${named.zh}。`,
          },
        ]
      : []),
    ...(auroc && baseline !== undefined && auroc.interval[0] <= baseline
      ? [
          {
            en: `Defects are told no better than by the brightness of the photograph alone (AUROC ${baseline.toFixed(3)}), as far as can be said.`,
            zh: `就现有数据而言，区分缺陷的效果并不优于仅看照片亮度（AUROC ${baseline.toFixed(3)}）。`,
          },
        ]
      : []),
    ...(missedCost !== undefined && by !== 'cost' ? [NO_COST] : []),
    ...(needed > good
      ? [
          {
            en: `The limit of rejected good pieces cannot be promised from ${good} good photographs; ${needed} of which none is rejected would.`,
            zh: `仅凭 ${good} 张良品照片不能保证误判率限值；需要 ${needed} 张且无一误判。`,
          },
        ]
      : []),
  ];
}

const NO_COST: Localized = {
  en: 'Without photographs of defects a cost sets no threshold: it is set by the share of good pieces that may be rejected.',
  zh: '没有缺陷照片时，代价无法确定阈值：阈值按允许误判的良品比例设定。',
};
