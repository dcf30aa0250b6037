/**
 * What has changed since an earlier run. Its themes are found again among this run's and pass on their ids, so that
 * a theme can be followed from file to file, as it grows or shrinks.
 */
import type { FoundRun } from '@gradus/loop';
import { type ClusterModel, matchClusters, withStableIds } from '@gradus/tasks';
import { type EarlierComplaints, isCompared, type Since } from './analysis/since.ts';
import { BUNDLE_FILE, readBundle } from './bundle.ts';
import type { FoundThemes } from './needs/find-themes.ts';
import { needName } from './needs/need-model.ts';
import { type DemandSummary, parseSummary } from './report/summary.ts';

/** Earlier runs looked at: the one that shares most is taken. */
const MOST_RUNS = 5;
/** Speaking of the same in less than this, an earlier run was about something else: of any two products, people name price and delivery. */
const LEAST_SHARED = 0.3;

export interface Continued {
  readonly model: ClusterModel;
  readonly since: Since | null;
  /** An earlier run whose themes are of another kind, clusters against needs, so that it was not compared. */
  readonly unlike: string | null;
}

/** The model with the earlier run's ids on the themes that are its, and new ids on the others. */
export function continued(
  { model, needs }: Pick<FoundThemes, 'model' | 'needs'>,
  earlier: readonly FoundRun[],
  file: string,
): Continued {
  let unlike: string | null = null;
  const candidates = earlier.slice(0, MOST_RUNS).flatMap((run) => {
    if (!run.files.includes(BUNDLE_FILE)) return [];
    const bundle = readBundle(run.directory);
    // Needs are named by what they are; the clusters of before there were needs are no needs.
    if ((bundle.needs === null) !== (needs === null)) {
      // Of another file nobody expects it.
      if ((run.summary as { file?: unknown }).file === file) unlike ??= run.id;
      return [];
    }
    const { themes } = bundle;
    const ids = new Set(themes.clusters.map(({ id }) => id));
    const matches = matchClusters(themes, model);
    for (const { id } of model.clusters) if (needName(id) && ids.has(id)) matches.set(id, id);
    return [{ run, themes, matches, shared: sharedOf(themes, model, matches) }];
  });
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, one) => (one.shared > (best?.shared ?? 0) ? one : best),
    undefined,
  );
  if (!best || best.shared < LEAST_SHARED) return { model, since: null, unlike };
  const { run, themes, matches } = best;
  const summary = parseSummary(run);
  const summaries = summary?.themes ?? [];
  const kept = new Set(matches.values());
  return {
    unlike: null,
    model: withStableIds(themes, model, matches),
    since: {
      run: run.id,
      at: run.createdAt,
      shares: Object.fromEntries(
        summaries.filter(({ id }) => kept.has(id)).map(({ id, share }) => [id, share]),
      ),
      gone: summaries.filter(({ id }) => !kept.has(id)).map(({ id, name, share }) => ({ id, name, share })),
      complaints: summary ? complaintsOf(summary) : null,
    },
  };
}

/** How much of what is said in both runs is said of the same themes, equally often: the weighted Jaccard index of their shares of clauses. @param matches From the themes of now to those of before */
function sharedOf(before: ClusterModel, now: ClusterModel, matches: ReadonlyMap<string, string>): number {
  const [then, today] = [before, now].map(({ clusters }) => {
    const all = clusters.reduce((sum, { size }) => sum + size, 0);
    return new Map(clusters.map(({ id, size }) => [id, size / Math.max(1, all)]));
  }) as [Map<string, number>, Map<string, number>];
  let both = 0;
  for (const [id, of] of matches) both += Math.min(today.get(id) ?? 0, then.get(of) ?? 0);
  return both / Math.max(1, 2 - both);
}

const complaintsOf = ({ points, rows }: DemandSummary): EarlierComplaints | null =>
  points && rows.used > 0
    ? {
        reviews: rows.used,
        points: points.filter(isCompared).map(({ id, sentence, count }) => ({ id, sentence, count })),
      }
    : null;
