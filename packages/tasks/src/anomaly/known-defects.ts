/** Known defects: scores of photographs by networks that have not seen their piece, and the network of all. */
import type { Localized, Random } from '@gradus/base';
import { stratifiedFolds } from '@gradus/data';
import { fitPatchNetwork, type MapSize, type PatchNetwork, patchScores } from './patch-network.ts';

/** Fewer than for what is quick to fit. */
const FOLDS = 3;

export interface KnownOptions {
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: Localized, done: number, total: number) => void) | undefined;
}

/** @param isDefect By photograph; `groups` share a number where they are of one piece */
export async function knownScores(
  maps: readonly Float32Array[],
  isDefect: readonly boolean[],
  groups: readonly number[],
  size: MapSize,
  { random, signal, onProgress }: KnownOptions,
): Promise<{ readonly scores: Float64Array; readonly network: PatchNetwork }> {
  const folds = stratifiedFolds(
    Int32Array.from(isDefect, Number),
    { count: FOLDS, groups: Int32Array.from(groups) },
    random.fork('known folds'),
  );
  const scores = new Float64Array(maps.length);
  const fitted = (isIn: (i: number) => boolean, name: string) =>
    fitPatchNetwork(
      maps.filter((_, i) => isIn(i)),
      isDefect.filter((_, i) => isIn(i)),
      size,
      { random: random.fork(name), signal },
    );
  for (let fold = 0; fold < FOLDS; fold++) {
    onProgress?.(NETWORKS, fold, FOLDS + 1);
    const network = await fitted((i) => folds[i] !== fold, `network ${fold}`);
    const outside = Array.from(maps.keys()).filter((i) => folds[i] === fold);
    const own = await patchScores(
      network,
      outside.map((i) => maps[i]!),
    );
    for (const [k, i] of outside.entries()) scores[i] = own[k]!;
  }
  onProgress?.(NETWORKS, FOLDS, FOLDS + 1);
  return { scores, network: await fitted(() => true, 'network') };
}

const NETWORKS: Localized = { en: 'networks of known defects', zh: '已知缺陷的网络' };
