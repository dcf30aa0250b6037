/**
 * Learns what good pieces look like: from photographs of good ones alone, or of good and bad ones. All scores that the threshold rests
 * on are of photographs that the models had not learnt from, and photographs of one piece are never divided (`group`).
 */
import type { Localized, Random } from '@gradus/base';
import { UserError } from '@gradus/base';
import { fitLogisticRegression } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import { quantileSorted, type SparseMatrix } from '@gradus/stats';
import { encoderSize, type ImageEncoder } from '../image/encoder.ts';
import { combined, combinedWithKnown, type Scores } from './combine.ts';
import { Describer } from './describer.ts';
import { distanceOf, fitGaussian, type Gaussian } from './gaussian.ts';
import { knownScores, turnedDeep } from './known-defects.ts';
import { withMadeDefect } from './made-defects.ts';
import { type Material, partsOf, without } from './material.ts';
import type { AnomalyModel, FeatureScore } from './model.ts';
import { findSuspects } from './suspects.ts';
import { chooseThreshold, type ThresholdOptions } from './threshold.ts';

export interface Photograph {
  /** [3, height, width] of the encoder's size, 0 to 255. */
  readonly pixels: Uint8Array;
  readonly isDefect: boolean;
  /** Photographs of one piece share it. */
  readonly group: number;
}

export interface FitAnomalyOptions extends ThresholdOptions {
  readonly encoder: ImageEncoder;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: Localized, done: number, total: number) => void) | undefined;
}

/** Plain data. */
export interface FittedAnomaly {
  readonly model: AnomalyModel;
  readonly good: number;
  readonly defects: number;
  /** Of each photograph, by models and thresholds that had not seen its piece. */
  readonly outside: readonly OutsideScore[];
  /** Places of good photographs that lie far from all others: defects among the good, perhaps. */
  readonly suspects: readonly number[];
  /** Whether neither the model of good pieces nor the threshold rests on them. */
  readonly areSuspectsSetAside: boolean;
  /** Out-of-fold AUROC of good against bad pieces without their labels, and with them; absent where there are too few. */
  readonly auroc?: { readonly withoutLabels: number; readonly withLabels?: number };
  readonly notes: readonly Localized[];
}

export interface OutsideScore {
  readonly score: number;
  readonly isRejected: boolean;
}

/** Fewer good photographs say nothing of what is usual. */
const FEWEST_GOOD = 12;
/** With fewer defects a model of them knows these alone. */
export const FEWEST_DEFECTS = 30;
/** More photographs have maps that fill the memory. */
const MOST_MAPS = 4000;
const FOLDS = 5;
/** Made-up defects of a good photograph, and of all. */
const MADE_EACH = 3;
const MOST_MADE = 3000;
/** Inverse of the penalty's strength, for rows about 1 long. */
const C = 10;
const TOLERANCE = 0.01;
/** Places of each photograph that say what places look like. */
const PLACES_EACH = 30;
const MOST_PLACES = 20_000;

/** @throws UserError where there are too few good photographs, or they are all the same */
export async function fitAnomaly(
  photographs: readonly Photograph[],
  { encoder, random, signal, onProgress, ...limits }: FitAnomalyOptions,
): Promise<FittedAnomaly> {
  const good = photographs.filter(({ isDefect }) => !isDefect);
  requireEnough(good);
  const defects = photographs.filter(({ isDefect }) => isDefect);
  const describer = await Describer.open(encoder);
  try {
    const each = Math.max(1, Math.min(MADE_EACH, Math.floor(MOST_MADE / good.length)));
    const size = encoderSize(encoder);
    const made = good.flatMap(({ pixels, group }) =>
      Array.from({ length: each }, () => ({ pixels: withMadeDefect(pixels, size, random), group })),
    );
    const all = [...good, ...defects, ...made];
    const hasKnown = defects.length >= FEWEST_DEFECTS && photographs.length <= MOST_MAPS;
    const { features, places, local, deep, mapSize } = await describer.describe(
      all.map(({ pixels }) => pixels),
      {
        signal,
        onProgress: (done, total) => onProgress?.(PHOTOGRAPHS, done, total),
        places: (i) => (i < good.length ? PLACES_EACH : 0),
        keepsMaps: (i) => hasKnown && i < photographs.length,
        random: random.fork('places'),
      },
    );
    const everything: Material = {
      data: {
        good: features.slice(0, good.length),
        defects: features.slice(good.length, photographs.length),
        made: features.slice(photographs.length),
        widths: describer.widths,
      },
      groups: {
        good: good.map(({ group }) => group),
        defects: defects.map(({ group }) => group),
        made: made.map(({ group }) => group),
      },
    };
    const labelled = [...good, ...defects].map(({ isDefect }) => isDefect);
    const own = [...everything.groups.good, ...everything.groups.defects];
    const known =
      hasKnown &&
      (await knownScores(
        {
          maps: local,
          mapSize,
          deep: await turnedDeep(
            describer,
            [...good, ...defects].map(({ pixels }) => pixels),
            deep,
            { size, signal, onProgress },
          ),
          deepWidths: describer.deepWidths,
        },
        labelled,
        own,
        { random, signal, onProgress },
      ));
    const folds = stratifiedFolds(
      Int32Array.from(labelled, Number),
      { count: FOLDS, groups: Int32Array.from(own) },
      random.fork('folds'),
    );
    const foldOf = new Map(own.map((group, i) => [group, folds[i]!]));
    const scored = (of: Material) => {
      const outside = outOfFold(of, foldOf, { signal, onProgress });
      const alone = combined([outside.distance, outside.made], [0.5, 0.5]);
      const having = outside.known && combinedWithKnown(outside.distance, outside.made, outside.known);
      return { alone, having };
    };
    const first = { ...everything, ...(known && { scores: partsOf(known.scores, good.length) }) };
    const before = scored(first);
    const suspects = findSuspects(before.alone.good);
    const isKept = (i: number) => !suspects.areSetAside || !suspects.places.includes(i);
    const used = suspects.areSetAside ? without(first, isKept, each) : first;
    const { alone, having } = suspects.areSetAside ? scored(used) : before;
    const usesLabels = having !== undefined && having.auroc! > alone.auroc!;
    const chosen = usesLabels ? having : alone;
    const { data, groups } = used;
    onProgress?.(FINAL, 0, 1);
    const ofPlaces = fitGaussian(places.slice(0, MOST_PLACES), 0, places[0]!.length);
    return {
      model: {
        encoder,
        gaussians: gaussiansOf(data.good, data.widths),
        made: linearOf(data.good, data.made),
        known: known && usesLabels ? known.model : null,
        scales: chosen.scales,
        places: ofPlaces,
        heat: heatScale(ofPlaces, places),
        threshold: chooseThreshold(chosen.good, chosen.defects, limits),
      },
      good: data.good.length,
      defects: defects.length,
      outside: inOrder(photographs, chosen, crossRejected(chosen, groups, foldOf, limits), (i) =>
        isKept(i) ? undefined : { score: before.alone.good[i]!, isRejected: true },
      ),
      suspects: suspects.places.map((k) => photographs.indexOf(good[k]!)),
      areSuspectsSetAside: suspects.areSetAside,
      ...(alone.auroc !== undefined && {
        auroc: {
          withoutLabels: alone.auroc,
          ...(having?.auroc !== undefined && { withLabels: having.auroc }),
        },
      }),
      notes: notesOf(defects.length, usesLabels, alone.auroc, having?.auroc),
    };
  } finally {
    await describer.close();
  }
}

interface Outside {
  readonly distance: Scores;
  readonly made: Scores;
  /** By places, and by the photograph as a whole. */
  readonly known?: readonly [places: Scores, whole: Scores];
}

/** Scores of each photograph by models that have not seen its piece. */
function outOfFold(
  { data: { good, defects, made, widths }, groups, scores: known }: Material,
  foldOf: ReadonlyMap<number, number>,
  { signal, onProgress }: Pick<FitAnomalyOptions, 'signal' | 'onProgress'>,
): Outside {
  const part = (rows: readonly Float32Array[], of: readonly number[], isIn: (fold: number) => boolean) =>
    rows.filter((_, i) => isIn(foldOf.get(of[i]!)!));
  const scores = () => ({ good: new Float64Array(good.length), defects: new Float64Array(defects.length) });
  const [distance, ofMade] = [scores(), scores()];
  for (let fold = 0; fold < FOLDS; fold++) {
    signal?.throwIfAborted();
    onProgress?.(FOLD, fold, FOLDS);
    const isOther = (own: number) => own !== fold;
    const [others, otherMade] = [part(good, groups.good, isOther), part(made, groups.made, isOther)];
    if (others.length < 2) continue;
    const gaussians = gaussiansOf(others, widths);
    const ownMade = linearOf(others, otherMade);
    for (const [kind, rows, of] of [
      ['good', good, groups.good],
      ['defects', defects, groups.defects],
    ] as const) {
      for (const [i, row] of rows.entries()) {
        if (foldOf.get(of[i]!) !== fold) continue;
        distance[kind][i] = distanceFrom(gaussians, row);
        ofMade[kind][i] = linearScore(ownMade, row);
      }
    }
  }
  return { distance, made: ofMade, ...(known && { known }) };
}

type Rejected = Readonly<Record<'good' | 'defects', readonly boolean[]>>;

/** By thresholds that are set by the other folds: one that is set by the piece itself would keep its limit by definition. */
function crossRejected(
  { good, defects }: Scores,
  groups: Readonly<Record<'good' | 'defects', readonly number[]>>,
  foldOf: ReadonlyMap<number, number>,
  limits: ThresholdOptions,
): Rejected {
  const others = (scores: Float64Array, of: readonly number[], fold: number) =>
    scores.filter((_, i) => foldOf.get(of[i]!) !== fold);
  const thresholds = Array.from({ length: FOLDS }, (_, fold) => {
    const [kept, bad] = [others(good, groups.good, fold), others(defects, groups.defects, fold)];
    return kept.length === 0 ? Number.POSITIVE_INFINITY : chooseThreshold(kept, bad, limits).value;
  });
  const rejected = (scores: Float64Array, of: readonly number[]) =>
    Array.from(scores, (score, i) => score >= thresholds[foldOf.get(of[i]!)!]!);
  return { good: rejected(good, groups.good), defects: rejected(defects, groups.defects) };
}

/** @param setAside By place among the good ones: of those that are not among the scores */
function inOrder(
  photographs: readonly Photograph[],
  scores: Scores,
  rejected: Rejected,
  setAside: (good: number) => OutsideScore | undefined,
): OutsideScore[] {
  const next = { good: 0, defects: 0 };
  let good = 0;
  return photographs.map(({ isDefect }) => {
    const kind = isDefect ? 'defects' : 'good';
    const aside = isDefect ? undefined : setAside(good++);
    if (aside) return aside;
    const place = next[kind]++;
    return { score: scores[kind][place]!, isRejected: rejected[kind][place]! };
  });
}

/** Usual is what nineteen of twenty places of good pieces are at most. */
function heatScale(gaussian: Gaussian, places: readonly Float32Array[]): [usual: number, odd: number] {
  const heats = Float64Array.from(places, (place) => Math.exp(distanceOf(gaussian, place, 0) / 2)).sort();
  const [middle, usual, high] = [0.5, 0.95, 0.999].map((p) => quantileSorted(heats, p)) as [
    number,
    number,
    number,
  ];
  return [usual, usual + 2 * Math.max(high - middle, LEAST_HEAT)];
}
const LEAST_HEAT = 0.1;

/** Means and spreads have a distance, maxima none: their tails are no normal distribution's. */
function gaussiansOf(good: readonly Float32Array[], widths: readonly number[]): AnomalyModel['gaussians'] {
  let at = 0;
  return widths.flatMap((width, part) => {
    const from = at;
    at += width;
    return part % 3 === 2 ? [] : [{ at: from, gaussian: fitGaussian(good, from, width) }];
  });
}

const distanceFrom = (gaussians: AnomalyModel['gaussians'], row: Float32Array): number =>
  gaussians.reduce((sum, { at, gaussian }) => sum + distanceOf(gaussian, row, at), 0) / gaussians.length;

/** Tells `bad` from `good`. */
function linearOf(good: readonly Float32Array[], bad: readonly Float32Array[]): FeatureScore {
  const rows = [...good, ...bad];
  const width = rows[0]!.length;
  const [center, squares] = [new Float32Array(width), new Float64Array(width)];
  for (const row of rows) for (let k = 0; k < width; k++) center[k]! += row[k]! / rows.length;
  for (const row of rows)
    for (let k = 0; k < width; k++) squares[k]! += (row[k]! - center[k]!) ** 2 / rows.length;
  const scale = squares.map((square) =>
    square > LEAST_VARIANCE ? Math.sqrt(square * width) : Number.POSITIVE_INFINITY,
  );
  const values = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries())
    for (let k = 0; k < width; k++) values[i * width + k] = (row[k]! - center[k]!) / scale[k]!;
  const matrix: SparseMatrix = {
    rows: rows.length,
    columns: width,
    offsets: Int32Array.from({ length: rows.length + 1 }, (_, i) => i * width),
    indices: Int32Array.from(values, (_, i) => i % width),
    values,
  };
  const labels = Float64Array.from(rows, (_, i) => Number(i >= good.length));
  const { weights, bias } = fitLogisticRegression(matrix, labels, {
    c: C,
    tolerance: TOLERANCE,
    classWeights: 'balanced',
  });
  return { center, weights: weights.map((weight, k) => weight / scale[k]!), bias };
}

const LEAST_VARIANCE = 1e-10;

function linearScore({ center, weights, bias }: FeatureScore, row: Float32Array): number {
  let sum = bias;
  for (let k = 0; k < row.length; k++) sum += weights[k]! * (row[k]! - center[k]!);
  return sum;
}

const PHOTOGRAPHS: Localized = { en: 'photographs', zh: '照片' };
const FOLD: Localized = { en: 'folds', zh: '折' };
const FINAL: Localized = { en: 'final fit', zh: '最终拟合' };

function requireEnough(good: readonly Photograph[]): void {
  const pieces = new Set(good.map(({ group }) => group)).size;
  if (pieces < FEWEST_GOOD)
    throw new UserError({
      en: `${pieces} good pieces are too few to say what is usual. At least ${FEWEST_GOOD} are needed; some 100 make a threshold that can be trusted.`,
      zh: `良品只有 ${pieces} 件，不足以判断什么是正常。至少需要 ${FEWEST_GOOD} 件；约 100 件才能得到可信的阈值。`,
    });
  const [first] = good;
  if (good.every(({ pixels }) => Buffer.compare(pixels, first!.pixels) === 0))
    throw new UserError({
      en: 'All good photographs are the same. Photograph different pieces, so that what is usual can be told from what is odd.',
      zh: '所有良品照片完全相同。请拍摄不同的产品，以便区分正常与异常。',
    });
}

function notesOf(
  defects: number,
  usesLabels: boolean,
  ofAlone: number | undefined,
  ofKnown: number | undefined,
): Localized[] {
  if (defects === 0) return [];
  if (defects < FEWEST_DEFECTS)
    return [
      {
        en: `${defects} photographs of defects are too few to learn from (${FEWEST_DEFECTS} are needed); the model knows good pieces alone.`,
        zh: `缺陷照片只有 ${defects} 张，不足以学习（需要 ${FEWEST_DEFECTS} 张）；模型只了解良品。`,
      },
    ];
  if (ofAlone === undefined || ofKnown === undefined) return [];
  const [without, having] = [ofAlone.toFixed(3), ofKnown.toFixed(3)];
  return [
    usesLabels
      ? {
          en: `Known defects were learnt from: AUROC ${having} in cross-validation, ${without} without them.`,
          zh: `已学习已知缺陷：交叉验证 AUROC 为 ${having}，不学习时为 ${without}。`,
        }
      : {
          en: `Learning from the known defects brought nothing (AUROC ${having} against ${without}); the model knows good pieces alone.`,
          zh: `学习已知缺陷没有带来改进（AUROC ${having} 对 ${without}）；模型只了解良品。`,
        },
  ];
}
