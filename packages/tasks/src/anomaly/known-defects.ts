/**
 * Known defects, told by places and by the photograph as a whole: scores of photographs by models that have not seen their piece, and the
 * models of all.
 */
import type { Localized, Random } from '@gradus/base';
import { stratifiedFolds } from '@gradus/data';
import type { Describer } from './describer.ts';
import { fitKnownLinear, type KnownLinear, knownLinearScore } from './known-linear.ts';
import { fitPatchNetwork, type MapSize, type PatchNetwork, patchScores } from './patch-network.ts';
import { MOST_TURNS, turnedOver } from './turns.ts';

/** Fewer than for what is quick to fit. */
const FOLDS = 3;

export interface KnownOptions {
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: Localized, done: number, total: number) => void) | undefined;
}

/** Plain data. */
export interface KnownDefects {
  readonly places: PatchNetwork;
  readonly whole: KnownLinear;
}

/** What is known of each photograph. */
export interface KnownFeatures {
  readonly maps: readonly Float32Array[];
  readonly mapSize: MapSize;
  /** As it is, and turned over. [turns][photographs] */
  readonly deep: readonly (readonly Float32Array[])[];
  readonly deepWidths: readonly number[];
}

/** @param isDefect By photograph; `groups` share a number where they are of one piece */
export async function knownScores(
  { maps, mapSize, deep, deepWidths }: KnownFeatures,
  isDefect: readonly boolean[],
  groups: readonly number[],
  { random, signal, onProgress }: KnownOptions,
): Promise<{ readonly scores: readonly [Float64Array, Float64Array]; readonly model: KnownDefects }> {
  const folds = stratifiedFolds(
    Int32Array.from(isDefect, Number),
    { count: FOLDS, groups: Int32Array.from(groups) },
    random.fork('known folds'),
  );
  const [ofPlaces, ofWhole] = [new Float64Array(maps.length), new Float64Array(maps.length)];
  const fitted = async (isIn: (i: number) => boolean, name: string): Promise<KnownDefects> => {
    const [own, labels] = [maps, isDefect].map((of) => of.filter((_, i) => isIn(i))) as [
      Float32Array[],
      boolean[],
    ];
    return {
      whole: await fitKnownLinear(
        deep.map((turn) => turn.filter((_, i) => isIn(i))),
        labels,
        deepWidths,
      ),
      places: await fitPatchNetwork(own, labels, mapSize, { random: random.fork(name), signal }),
    };
  };
  for (let fold = 0; fold < FOLDS; fold++) {
    onProgress?.(NETWORKS, fold, FOLDS + 1);
    const { places, whole } = await fitted((i) => folds[i] !== fold, `network ${fold}`);
    const outside = Array.from(maps.keys()).filter((i) => folds[i] === fold);
    const own = await patchScores(
      places,
      outside.map((i) => maps[i]!),
    );
    for (const [k, i] of outside.entries()) {
      ofPlaces[i] = own[k]!;
      ofWhole[i] = knownLinearScore(
        whole,
        deep.map((turn) => turn[i]!),
      );
    }
  }
  onProgress?.(NETWORKS, FOLDS, FOLDS + 1);
  return { scores: [ofPlaces, ofWhole], model: await fitted(() => true, 'network') };
}

/** Rows of the ridge regression: more take longer than they help. */
const MOST_ROWS = 3600;

/**
 * A defect may lie anywhere, so photographs are also learnt turned over, as many ways as there is room for. On magnetic tiles this takes
 * the AUROC of the regression alone from 0.89 to 0.92.
 *
 * @param first Of the photographs as they are
 */
export async function turnedDeep(
  describer: Describer,
  photographs: readonly Uint8Array[],
  first: readonly Float32Array[],
  {
    size,
    signal,
    onProgress,
  }: Pick<KnownOptions, 'signal' | 'onProgress'> & {
    readonly size: readonly [height: number, width: number];
  },
): Promise<Float32Array[][]> {
  const count = photographs.length;
  const turns = Math.max(1, Math.min(MOST_TURNS, Math.floor(MOST_ROWS / count)));
  const others = await describer.deepOf(
    (turns - 1) * count,
    (i) => turnedOver(photographs[i % count]!, size, 1 + Math.floor(i / count)),
    { signal, onProgress: (done, total) => onProgress?.(TURNED, done, total) },
  );
  return [
    [...first],
    ...Array.from({ length: turns - 1 }, (_, turn) => others.slice(turn * count, (turn + 1) * count)),
  ];
}

const TURNED: Localized = { en: 'photographs turned over', zh: '翻转的照片' };
const NETWORKS: Localized = { en: 'networks of known defects', zh: '已知缺陷的网络' };
