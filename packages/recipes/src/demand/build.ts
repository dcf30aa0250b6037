/** Step 3: what needs no long training: the themes, and the baselines that sentiment is measured by. */
import { cleanText } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import type { Correction, DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { baselineProbabilities } from './sentiment/baselines.ts';
import { continued, type Since } from './since.ts';
import { assignThemes } from './themes/assign.ts';
import { discoverThemes } from './themes/discover.ts';
import type { ThemeModel } from './themes/model.ts';

export interface Built {
  readonly themes: ThemeModel;
  /** By clause: an index into the model's themes, or −1. */
  readonly themeOf: Int32Array;
  /** Texts whose theme people have set, cleaned, with the theme's id. */
  readonly pinned: Readonly<Record<string, string>>;
  readonly since: Since | null;
  /** Each baseline's probabilities for the held-out reviews. */
  readonly baselines: Readonly<Record<string, Float32Array>> | null;
}

/** Themes are found in this many clauses, chosen by chance; the others are then assigned to them. */
const MOST_CLAUSES = 60_000;

export function build({
  run,
  prepare: { reviews },
  process: { clauses, learning },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
}): Built {
  const texts = clauses.map(({ text }) => text);
  const chosen =
    texts.length <= MOST_CLAUSES
      ? Int32Array.from(texts.keys())
      : run.random.fork('clauses').permutation(texts.length).slice(0, MOST_CLAUSES).sort();
  const discovered = discoverThemes(
    Array.from(chosen, (i) => texts[i]!),
    {
      random: run.random.fork('themes'),
      of: chosen.map((i) => clauses[i]!.review),
      signal: run.signal,
      progress: (done, total) => run.progress({ en: 'themes', zh: '主题' }, done, total),
    },
  );
  // Exemplars are named by their place among the chosen clauses; from here on by their place among all.
  const themes = discovered.model.themes.map((theme) => ({
    ...theme,
    exemplars: theme.exemplars.map((i) => chosen[i]!),
  }));
  const { model, since } = continued({ ...discovered.model, themes }, run.earlier);
  const themeOf = new Int32Array(texts.length);
  if (chosen.length === texts.length) themeOf.set(discovered.theme);
  else
    themeOf.set(
      assignThemes(
        model,
        texts,
        clauses.map(({ review }) => review),
      ).theme,
    );
  const pinned = pinnedThemes(run.corrections as Correction[], model);
  for (const [i, text] of texts.entries()) {
    const id = pinned[pinKey(text)];
    if (id !== undefined) themeOf[i] = model.themes.findIndex((theme) => theme.id === id);
  }
  const baselines =
    learning &&
    baselineProbabilities(
      learning.texts,
      learning.labels,
      Array.from(learning.test, (i) => reviews[i]!.text),
    );
  return { themes: model, themeOf, pinned, since, baselines };
}

/** What people said of a text's theme holds for that text, however else it would be assigned. */
function pinnedThemes(corrections: readonly Correction[], { themes }: ThemeModel): Record<string, string> {
  const known = new Set(themes.map(({ id }) => id));
  const pinned: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { text, theme } of corrections)
    if (theme !== undefined && known.has(theme)) pinned[pinKey(text)] = theme;
  return { ...pinned };
}

export const pinKey = (text: string): string => cleanText(text).toLowerCase();
