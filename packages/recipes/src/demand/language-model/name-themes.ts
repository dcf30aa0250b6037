/**
 * Names of themes that the lexicon has none for, and themes that mean the same. A name is borne out by the theme's own clauses; two themes are
 * one only where the model says so whichever of them stands first, and gives a name that three rows of each bear out.
 */

import type { Localized } from '@gradus/base';
import { languageOf } from '@gradus/data';
import { type CitedRow, type DraftLanguage, dropReason, FEWEST_CITED, isPlain } from '@gradus/tasks';
import { z } from 'zod';
import type { FoundThemes } from '../needs/find-themes.ts';
import { needName } from '../needs/need-model.ts';
import type { Clause, Review } from '../review.ts';
import { type Drafting, shown } from './ask.ts';

const MOST_ROWS = 10;
const MOST_THEMES = 60;
/** Pairs of themes that are asked about, those with the most words in common first. */
const MOST_PAIRS = 30;
const NAME_LENGTH: Readonly<Record<DraftLanguage, number>> = { en: 40, zh: 14 };

const NAME = z.object({
  en: z.string().max(200).describe('the name in English'),
  zh: z.string().max(200).describe('the name in Chinese'),
  rows: z.array(z.int()).max(50).describe('numbers of rows about it'),
});
const SAME = z.object({
  same: z.boolean().describe('whether both groups of rows are about one and the same need'),
  name: z.string().max(200).describe('a name for both, in the language of the rows'),
  rows: z.array(z.int()).max(50).describe('numbers of rows of both groups that are about it'),
});

export interface NamedThemes {
  readonly found: FoundThemes;
  /** By theme. */
  readonly names: Readonly<Record<string, Localized>>;
}

export async function nameThemes(
  drafting: Drafting,
  found: FoundThemes,
  reviews: readonly Review[],
  clauses: readonly Clause[],
): Promise<NamedThemes> {
  const rowsOf = rowsByTheme(found, reviews, clauses);
  const merged = await mergeThemes(drafting, found, rowsOf);
  const names: Record<string, Localized> = {};
  for (const { id, name, terms } of unnamed(merged)) {
    const rows = rowsOf.get(id) ?? [];
    if (rows.length < FEWEST_CITED) continue;
    const draft = await drafting.ask(
      `All these rows are about one topic; words that set it apart: ${terms.slice(0, 8).join(', ')}.
Name the topic in at most four words, in English (en) and in Chinese (zh), with the rows that are about it.`,
      rows,
      NAME,
    );
    if (!draft) continue;
    const cited = rows.filter(({ row }) => draft.rows.includes(row));
    const label = { en: name, zh: name };
    let isNamed = false;
    for (const language of ['en', 'zh'] as const) {
      const text = draft[language].trim();
      const own = cited.filter((row) => languageOf(row.text) === language);
      // Without rows of its language a name stands only beside one that is borne out.
      const reason =
        text.length > NAME_LENGTH[language]
          ? 'form'
          : own.length >= FEWEST_CITED
            ? dropReason(text, language, own)
            : isNamed && isPlain(text, language)
              ? null
              : 'few';
      if (reason) drafting.drop(reason);
      else {
        label[language] = text;
        isNamed = true;
      }
    }
    if (!isNamed) continue;
    names[id] = label;
    drafting.accept('names');
  }
  return { found: merged, names };
}

const unnamed = ({ model }: FoundThemes) =>
  model.clusters.filter(({ id, general }) => !general && needName(id) === undefined).slice(0, MOST_THEMES);

function rowsByTheme(
  { model }: FoundThemes,
  reviews: readonly Review[],
  clauses: readonly Clause[],
): ReadonlyMap<string, readonly CitedRow[]> {
  return new Map(
    model.clusters.map(({ id, exemplars }) => {
      const rows = new Map<number, string>();
      for (const clause of exemplars) {
        if (rows.size >= MOST_ROWS) break;
        const { review, text } = clauses[clause]!;
        if (!rows.has(reviews[review]!.row)) rows.set(reviews[review]!.row, shown(text));
      }
      return [id, [...rows].map(([row, text]) => ({ row, text }))];
    }),
  );
}

async function mergeThemes(
  drafting: Drafting,
  found: FoundThemes,
  rowsOf: ReadonlyMap<string, readonly CitedRow[]>,
): Promise<FoundThemes> {
  const into = new Map<string, string>();
  const root = (id: string): string => (into.has(id) ? root(into.get(id)!) : id);
  for (const [a, b] of likelyPairs(found)) {
    if (root(a) === root(b)) continue;
    const [x, y] = [rowsOf.get(a) ?? [], rowsOf.get(b) ?? []];
    const answers = [await askSame(drafting, x, y), await askSame(drafting, y, x)];
    if (!answers.every((isSame) => isSame)) continue;
    into.set(root(b), root(a));
    drafting.accept('merged');
  }
  return into.size === 0 ? found : joined(found, root);
}

async function askSame(
  drafting: Drafting,
  first: readonly CitedRow[],
  second: readonly CitedRow[],
): Promise<boolean> {
  if (first.length < FEWEST_CITED || second.length < FEWEST_CITED) return false;
  const answer = await drafting.ask(
    `Rows ${first.map(({ row }) => row).join(', ')} are one group, rows ${second.map(({ row }) => row).join(', ')} another.
Are both groups about one and the same need of customers, so that one change would answer both? If so, name it and cite rows of both.`,
    [...first, ...second],
    SAME,
  );
  if (!answer?.same) return false;
  const language = languageOf(answer.name);
  if (language !== 'en' && language !== 'zh') return false;
  for (const group of [first, second]) {
    const reason = dropReason(
      answer.name,
      language,
      group.filter(({ row }) => answer.rows.includes(row)),
    );
    if (!reason) continue;
    drafting.drop(reason);
    return false;
  }
  return true;
}

/** Pairs of themes without a name of the lexicon that share words, the larger theme first. */
function likelyPairs(found: FoundThemes): [string, string][] {
  const themes = unnamed(found);
  const pairs = themes.flatMap((a, i) =>
    themes.slice(0, i).map((b) => {
      const words = new Set(b.terms.flatMap((term) => term.split(' ')));
      const own = new Set(a.terms.flatMap((term) => term.split(' ')));
      const shared = [...own].filter((word) => words.has(word)).length;
      return { pair: [b.id, a.id] as [string, string], shared };
    }),
  );
  return pairs
    .filter(({ shared }) => shared > 0)
    .sort((x, y) => y.shared - x.shared)
    .slice(0, MOST_PAIRS)
    .map(({ pair }) => pair);
}

/** Clusters that became one: the first keeps its name and place, and has the members of all. */
function joined(found: FoundThemes, root: (id: string) => string): FoundThemes {
  const { model, themeOf } = found;
  const kept = model.clusters.filter(({ id }) => root(id) === id);
  const place = new Map(kept.map(({ id }, to) => [id, to]));
  const to = model.clusters.map(({ id }) => place.get(root(id))!);
  const width = model.space.lsa + model.space.embedding;
  const centroids = new Float32Array(kept.length * width);
  for (const [at, { id }] of model.clusters.entries())
    if (root(id) === id)
      centroids.set(model.centroids.subarray(at * width, (at + 1) * width), place.get(id)! * width);
  const clusters = kept.map((cluster) => {
    const members = model.clusters.filter(({ id }) => root(id) === cluster.id);
    return {
      ...cluster,
      size: members.reduce((sum, { size }) => sum + size, 0),
      terms: [...new Set(members.flatMap(({ terms }) => terms))].slice(0, cluster.terms.length),
    };
  });
  return {
    ...found,
    model: { ...model, clusters, centroids, bare: model.bare < 0 ? -1 : to[model.bare]! },
    themeOf: themeOf.map((theme) => (theme < 0 ? -1 : to[theme]!)),
  };
}
