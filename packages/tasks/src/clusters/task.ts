/**
 * Clusters of texts: what the texts speak of, found without labels, each with a name from its own words. In a retrained run
 * clusters that are found again keep their ids.
 */
import { UserError } from '@gradus/base';
import { cleanText, findDuplicates, languageOf } from '@gradus/data';
import { bootstrapDifference, bootstrapInterval, type Statistic } from '@gradus/stats';
import { z } from 'zod';
import { compareHeldOut } from '../shared/compare.ts';
import type { HeldOut } from '../shared/held-out.ts';
import { pickRows } from '../shared/probabilities.ts';
import { rounded } from '../shared/rounded.ts';
import { slicesOf } from '../shared/slices.ts';
import { splitByChance, splitLikeParent } from '../shared/split.ts';
import { standingOf } from '../shared/standing.ts';
import {
  type FitContext,
  type Fitted,
  inputsOfRows,
  type Opened,
  type Task,
  type TaskContext,
  type TaskRow,
} from '../task.ts';
import { assignClusters } from './assign.ts';
import { discoverClusters } from './discover.ts';
import type { ClusterEvaluation } from './evaluation.ts';
import { clusterGraph } from './graph.ts';
import { matchClusters, withStableIds } from './match.ts';
import { type ClusterJson, type ClusterModel, clusterModelFromJson, clusterModelToJson } from './model.ts';
import { clusterCard, clusterFindings, clusterSections } from './report.ts';
import { silhouettes } from './silhouette.ts';
import { pointsOf } from './space.ts';
import { contentTokens } from './tokens.ts';

const LONGEST_TEXT = 20_000;
const FEWEST_TEXTS = 20;
const METRIC = 'silhouette';

const Options = z.strictObject({});

const Answer = z.object({
  /** Null where no cluster is near. */
  cluster: z.string().nullable(),
  name: z.string().nullable(),
  /** Cosine with the cluster's centre. */
  strength: z.number(),
});
export type ClusterAnswer = z.infer<typeof Answer>;

export interface ClusterFitted extends Fitted {
  readonly model: ClusterModel;
  /** Centres chosen by chance among the training texts, as many as there are clusters: [clusters, width]. */
  readonly chance: Float32Array;
  readonly without: number;
}

export interface ClusterTypes {
  readonly input: string;
  readonly rows: readonly TaskRow<string>[];
  readonly options: z.infer<typeof Options>;
  readonly model: ClusterModel;
  readonly bundle: ClusterJson;
  readonly fitted: ClusterFitted;
  readonly evaluation: ClusterEvaluation;
  readonly answer: ClusterAnswer;
}

export const textClusters: Task<ClusterTypes> = {
  name: 'clusters',
  title: { en: 'Clusters of texts', zh: '文本聚类' },
  needsLabels: false,
  options: Options,
  input: z.string().max(LONGEST_TEXT),
  answer: Answer,
  columns: {
    cluster: { en: "the cluster's id; empty where none is near", zh: '聚类编号；没有相近的聚类时为空' },
    name: { en: "the cluster's name", zh: '聚类名称' },
    strength: { en: "cosine with the cluster's centre", zh: '与聚类中心的余弦' },
  },
  fit,
  inputs: inputsOfRows,
  graph: clusterGraph,
  bundle: clusterModelToJson,
  parseBundle: (value) => clusterModelToJson(clusterModelFromJson(value)),
  open,
  evaluate,
  compare: (champion, challenger, recent) => compareHeldOut(champion, challenger, { recent }),
  findings: clusterFindings,
  sections: clusterSections,
  card: clusterCard,
};

async function fit(
  rows: readonly TaskRow<string>[],
  _: z.infer<typeof Options>,
  { random, signal, parent, progress }: FitContext<string>,
): Promise<ClusterFitted> {
  const texts = rows.map(({ input }) => cleanText(input));
  const split = {
    labelled: Int32Array.from(texts.keys()),
    numbers: rows.map(({ row }) => row),
    labels: texts.map(() => 0),
    groups: findDuplicates(texts),
  };
  const { test, train } = parent
    ? splitLikeParent(split, parent.heldOut)
    : splitByChance(split, random.fork('split'));
  if (train.length < FEWEST_TEXTS) {
    throw new UserError({
      en: `The file has ${texts.length} texts; at least ${Math.ceil(FEWEST_TEXTS / 0.8)} are needed to find clusters. Collect more, or name another column with --text.`,
      zh: `文件中有 ${texts.length} 条文本，至少需要 ${Math.ceil(FEWEST_TEXTS / 0.8)} 条才能聚类。请补充文本，或用 --text 指定另一列。`,
    });
  }
  const learnt = Array.from(train, (i) => texts[i]!);
  const { model: discovered, assignment } = discoverClusters(learnt, {
    random: random.fork('clusters'),
    ...(signal && { signal }),
    progress: (done, total) => progress?.({ en: 'clusters', zh: '聚类' }, done, total),
  });
  const earlier = parent && clusterModelFromJson(parent.bundle);
  const model = earlier ? withStableIds(earlier, discovered, matchClusters(earlier, discovered)) : discovered;
  const chosen = random
    .fork('chance')
    .shuffle(Array.from(learnt.keys()).filter((i) => assignment[i]! >= 0))
    .slice(0, model.clusters.length);
  return {
    model,
    test,
    trainedOn: train.length,
    chance: pointsOf(
      model.space,
      chosen.map((i) => contentTokens(learnt[i]!)),
    ),
    without: assignment.filter((cluster) => cluster < 0).length,
    notes: [],
  };
}

async function evaluate(
  { model, test, chance, trainedOn, without }: ClusterFitted,
  rows: readonly TaskRow<string>[],
  { random }: TaskContext,
): Promise<{ evaluation: ClusterEvaluation; heldOut: HeldOut }> {
  const tested = Array.from(test, (i) => rows[i]!);
  const points = pointsOf(
    model.space,
    tested.map(({ input }) => contentTokens(cleanText(input))),
  );
  const width = model.space.lsa + model.space.embedding;
  const [scores, byChance] = [model.centroids, chance].map((centres) =>
    Array.from(silhouettes(points, centres, width)),
  ) as [number[], number[]];
  const n = tested.length;
  const { pValue, difference } = bootstrapDifference(
    meanOf(scores),
    meanOf(byChance),
    n,
    random.fork('baseline'),
  );
  const all = Int32Array.from(tested.keys());
  const columns = new Set(tested.flatMap(({ slices = {} }) => Object.keys(slices)));
  const heldOut: HeldOut = {
    rows: tested.map(({ row }) => row),
    answers: { kind: 'scores', metric: METRIC, scores },
    slices: Object.fromEntries(
      [...columns].map((column) => [column, tested.map(({ slices }) => slices?.[column] ?? null)]),
    ),
    times: tested.map(({ time }) => time ?? null),
  };
  const value = meanOf(scores)(all);
  return {
    evaluation: {
      figure: {
        name: METRIC,
        isGain: true,
        value,
        interval: bootstrapInterval(meanOf(scores), n, random.fork(METRIC)),
      },
      baseline: { name: 'chance', value: meanOf(byChance)(all) },
      pValue,
      standing: standingOf(difference, pValue),
      n,
      trainedOn,
      slices: slicesOf(heldOut).map(({ name, rows }) => {
        const own = Array.from(pickRows(scores, rows));
        const interval = bootstrapInterval(meanOf(own), own.length, random.fork(name.en));
        return { name, n: rows.length, value: meanOf(own)(Int32Array.from(own.keys())), interval };
      }),
      metrics: { clusters: model.clusters.length, silhouette: value },
      clusters: model.clusters.map(({ id, name, terms, size, stability }) => ({
        id,
        name,
        terms,
        size,
        stability,
      })),
      without,
    },
    heldOut,
  };
}

const meanOf =
  (values: readonly number[]): Statistic =>
  (rows) => {
    let sum = 0;
    for (const row of rows) sum += values[row]!;
    return sum / rows.length;
  };

async function open(bundle: ClusterJson): Promise<Opened<ClusterTypes>> {
  const model = clusterModelFromJson(bundle);
  const width = model.space.lsa + model.space.embedding;
  return {
    answer: async (texts) => {
      const { assignment, strength } = assignClusters(model, texts.map(cleanText));
      return Array.from(assignment, (index, i): ClusterAnswer => {
        const { id = null, name = null } = model.clusters[index] ?? {};
        return { cluster: id, name, strength: strength[i]! };
      });
    },
    judge: async (texts, truth) => {
      if (truth.kind !== 'scores') return truth;
      const points = pointsOf(
        model.space,
        texts.map((text) => contentTokens(cleanText(text))),
      );
      return { ...truth, scores: Array.from(silhouettes(points, model.centroids, width)) };
    },
    describe: (raw, { cluster, strength }) => {
      const text = cleanText(raw);
      return {
        inputs: { characters: text.length, language: languageOf(text) },
        outputs: { cluster: cluster ?? 'none', strength: rounded(strength) },
      };
    },
    close: () => Promise.resolve(),
  };
}
