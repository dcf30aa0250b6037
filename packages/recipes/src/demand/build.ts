/** Step 3: what needs no long training: the themes, and the baselines that sentiment is measured by. */
import type { Localized } from '@gradus/base';
import { cleanText } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { baselineProbabilities, type ClusterModel } from '@gradus/tasks';
import type { Since } from './analysis/since.ts';
import { type LanguageModelUse, withLanguageModel } from './language-model/ask.ts';
import { nameThemes } from './language-model/name-themes.ts';
import { type EncoderUse, withEncoder } from './needs/embeddings.ts';
import { findThemes, isClustered } from './needs/find-themes.ts';
import type { NeedModel, Said } from './needs/need-model.ts';
import type { Correction, DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { SENTIMENTS } from './sentiment.ts';
import { continued } from './since.ts';

export interface Built {
  readonly themes: ClusterModel;
  /** What themes of needs are read by; null where all are clusters. */
  readonly needs: NeedModel | null;
  /** By clause: an index into the model's themes, or −1. */
  readonly themeOf: Int32Array;
  /** By clause: what is said of which need. */
  readonly statements: readonly (readonly Said[])[];
  /** By clause that names no need: the id of the one that it is about by the words around; null where that is not told. */
  readonly unnamed: readonly (string | null)[];
  /** By theme, where a language model has named it. */
  readonly names: Readonly<Record<string, Localized>>;
  readonly languageModel: LanguageModelUse | null;
  /** Null where the user brought none. */
  readonly encoder: EncoderUse | null;
  /** Texts whose theme people have set, cleaned, with the theme's id. */
  readonly pinned: Readonly<Record<string, string>>;
  readonly since: Since | null;
  /** An earlier run that was not compared, because its themes are of another kind. */
  readonly unlike: string | null;
  /** Each baseline's probabilities for the held-out reviews. */
  readonly baselines: Readonly<Record<string, Float32Array>> | null;
}

export async function build({
  run,
  prepare: {
    reviews,
    data: { file },
  },
  process: { kind, clauses, learning },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
}): Promise<Built> {
  const found = await withEncoder(run, clauses, isClustered(kind, reviews), (embeddings) =>
    findThemes(reviews, clauses, {
      kind,
      random: run.random,
      signal: run.signal,
      embeddings,
      progress: (done, total) => run.progress({ en: 'themes', zh: '主题' }, done, total),
    }),
  );
  const { needs, statements, unnamed } = found;
  const { model: stable, since, unlike } = continued(found, run.earlier, file);
  const drafted = await withLanguageModel(run, async (drafting) => {
    const named = await nameThemes(drafting, { ...found, model: stable }, reviews, clauses);
    return { ...named, use: drafting.use };
  });
  const { model, themeOf: assigned } = drafted?.found ?? { ...found, model: stable };
  const themeOf = assigned.slice();
  const pinned = pinnedThemes(run.corrections as Correction[], model);
  for (const [i, { text }] of clauses.entries()) {
    const id = pinned[pinKey(text)];
    if (id !== undefined) themeOf[i] = model.clusters.findIndex((cluster) => cluster.id === id);
  }
  const baselines =
    learning &&
    baselineProbabilities(
      learning.texts,
      learning.labels,
      Array.from(learning.test, (i) => reviews[i]!.text),
      SENTIMENTS.length,
    );
  return {
    themes: model,
    needs,
    themeOf,
    statements,
    unnamed,
    names: drafted?.names ?? {},
    languageModel: drafted?.use ?? null,
    encoder: found.encoderUse,
    pinned,
    since,
    unlike,
    baselines,
  };
}

/** What people said of a text's theme holds for that text, however else it would be assigned. */
function pinnedThemes(
  corrections: readonly Correction[],
  { clusters }: ClusterModel,
): Record<string, string> {
  const known = new Set(clusters.map(({ id }) => id));
  const pinned: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { text, theme } of corrections)
    if (theme !== undefined && known.has(theme)) pinned[pinKey(text)] = theme;
  return { ...pinned };
}

export const pinKey = (text: string): string => cleanText(text).toLowerCase();
