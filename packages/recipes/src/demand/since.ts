/**
 * What has changed since an earlier run. Its themes are found again among this run's and pass on their ids, so that
 * a theme can be followed from file to file, as it grows or shrinks.
 */
import type { FoundRun } from '@gradus/loop';
import { BUNDLE_FILE, readBundle } from './bundle.ts';
import { matchThemes } from './themes/match.ts';
import type { ThemeModel } from './themes/model.ts';

/** The earlier run, and what of its themes is gone. */
export interface Since {
  readonly run: string;
  readonly at: string;
  /** The earlier share of each theme that is there again, by its id. */
  readonly shares: Readonly<Record<string, number>>;
  readonly gone: readonly { readonly id: string; readonly name: string; readonly share: number }[];
}

/** Earlier runs looked at: the one that shares most themes is taken. */
const MOST_RUNS = 5;
/** Sharing less than this of its themes, an earlier run was about something else. */
const LEAST_SHARED = 0.3;

/** The model with the earlier run's ids on the themes that are its, and new ids on the others. */
export function continued(
  model: ThemeModel,
  earlier: readonly FoundRun[],
): { readonly model: ThemeModel; readonly since: Since | null } {
  const candidates = earlier.slice(0, MOST_RUNS).flatMap((run) => {
    if (!run.files.includes(BUNDLE_FILE)) return [];
    const { themes } = readBundle(run.directory);
    const matches = matchThemes(themes, model);
    return [{ run, themes, matches, shared: matches.size / Math.max(1, model.themes.length) }];
  });
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, one) => (one.shared > (best?.shared ?? 0) ? one : best),
    undefined,
  );
  if (!best || best.shared < LEAST_SHARED) return { model, since: null };
  const { run, themes, matches } = best;
  const taken = new Set(themes.themes.map(({ id }) => id));
  const renamed = model.themes.map((theme) => {
    const id = matches.get(theme.id) ?? freshId(theme.id, taken);
    taken.add(id);
    return { ...theme, id };
  });
  const summaries = (run.summary.themes ?? []) as { id: string; name: string; share: number }[];
  const kept = new Set(matches.values());
  return {
    model: { ...model, themes: renamed },
    since: {
      run: run.id,
      at: run.createdAt,
      shares: Object.fromEntries(
        summaries.filter(({ id }) => kept.has(id)).map(({ id, share }) => [id, share]),
      ),
      gone: summaries.filter(({ id }) => !kept.has(id)).map(({ id, name, share }) => ({ id, name, share })),
    },
  };
}

function freshId(wish: string, taken: ReadonlySet<string>): string {
  let id = wish;
  for (let n = 2; taken.has(id); n++) id = `${wish}-${n}`;
  return id;
}
