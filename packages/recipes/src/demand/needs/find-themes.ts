/**
 * The themes of a file. Where its language has a lexicon they are needs: one need once, in both languages, and clauses that speak of none have no
 * theme. Clauses of other languages, and the texts of a file that asks rather than judges, are clustered by their words.
 */
import type { Localized } from '@gradus/base';
import { quantileSorted } from '@gradus/stats';
import {
  assignClusters,
  type ClauseEmbeddings,
  type Cluster,
  type ClusterModel,
  type DiscoverOptions,
  discoverClusters,
  type EncoderGain,
  noClusters,
} from '@gradus/tasks';
import type { Clause, Review } from '../review.ts';
import { type FileKind, readingLanguage } from './file-kind.ts';
import { type FileOf, judgedKind, learnNeeds, scopeOf } from './learn-needs.ts';
import {
  type NeedModel,
  needName,
  type ReadingLanguage,
  type Resolved,
  readAll,
  resolver,
  type Said,
  WHOLE,
} from './need-model.ts';
import type { ClauseReading } from './read-clause.ts';
import { unnamedNeeds } from './unnamed-needs.ts';

export interface FoundThemes {
  readonly model: ClusterModel;
  /** Null where no clause is read by needs. */
  readonly needs: NeedModel | null;
  /** By clause: an index into the model's clusters, or −1. */
  readonly themeOf: Int32Array;
  /** By clause. */
  readonly statements: readonly (readonly Said[])[];
  /** By clause without a theme that names no need: the id of the need that it is about by the words around; null where that is not told. */
  readonly unnamed: readonly (string | null)[];
  /** What an encoder added; null where there was none, or nothing is clustered. */
  readonly encoder: EncoderGain | null;
}

/** Clusters are found in this many clauses, chosen by chance; the others are then assigned to them. */
const MOST_CLAUSES = 60_000;
/** Less of other languages than this tells no themes. */
const FEWEST_OTHERS = 100;
const LEAST_OTHERS = 0.1;
/** A need that fewer reviews speak of is none of the file's: at least, and as a share. */
const FEWEST_REVIEWS = 3;
const LEAST_REVIEWS = 0.005;
/** Themes that a small file has at most: more than a reader can hold against the reviews are no summary. */
const mostThemes = (reviews: number): number =>
  Math.floor(Math.max(3, Math.min(reviews / 15, 20), reviews / 20));
/** Clauses that are looked at to see whether works are judged or things. */
const LOOKED_AT = 3000;
const EXEMPLARS = 40;
const MOST_TERMS = 10;

/** `embeddings` are of all clauses. */
type Attention = Pick<DiscoverOptions, 'random' | 'signal' | 'progress' | 'embeddings'>;

export interface FindThemesOptions extends Attention {
  readonly kind: FileKind;
}

export function findThemes(
  reviews: readonly Review[],
  clauses: readonly Clause[],
  { kind, ...attention }: FindThemesOptions,
): FoundThemes {
  const texts = clauses.map(({ text }) => text);
  const of = Int32Array.from(clauses, ({ review }) => review);
  // Questions are about what they ask, whatever needs they name.
  if (kind.asks) {
    const { model, themeOf, encoder } = clustered(texts, of, attention);
    return {
      model,
      needs: null,
      themeOf,
      statements: texts.map(() => []),
      unnamed: texts.map(() => null),
      encoder,
    };
  }
  const languages = reviews.map(({ text }) => readingLanguage(text));
  const judged = judgedIn(texts, of, languages);
  const readings = readAll(texts, (clause) => languages[of[clause]!]!, scopeOf(judged));
  attention.progress?.(1, 5);
  const needs = learnNeeds(
    judged,
    readings,
    of,
    reviews.map(({ label }) => label),
  );
  const isPasted = pastedClauses(reviews, clauses);
  const resolve = resolver(needs);
  const resolved = readings.map(
    (reading, clause) => reading && (isPasted[clause] ? NOTHING : resolve(reading)),
  );
  const others = readings.filter((reading) => reading === null).length;
  const isClustered = others >= Math.max(FEWEST_OTHERS, LEAST_OTHERS * texts.length);
  const other = isClustered ? clustered(texts, of, attention) : null;
  const space = other?.model ?? noClusters();
  const kept = (other?.model.clusters ?? []).map((cluster) => cluster.id);
  const members = new Map<string, number[]>();
  for (const [clause, own] of resolved.entries()) {
    const id = own ? own.about?.id : other && kept[other.themeOf[clause]!];
    if (id === undefined || id === null) continue;
    const list = members.get(id);
    if (list) list.push(clause);
    else members.set(id, [clause]);
  }
  const least = Math.max(FEWEST_REVIEWS, LEAST_REVIEWS * reviews.length);
  const nameOf = naming(languages);
  const clusters = [...members]
    .filter(([, own]) => new Set(own.map((clause) => of[clause])).size >= least)
    .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
    .slice(0, mostThemes(reviews.length))
    .map(([id, own]): { cluster: Cluster; from: number } => {
      const name = needName(id);
      const from = name ? -1 : kept.indexOf(id);
      if (!name) return { cluster: other!.model.clusters[from]!, from };
      return {
        from,
        cluster: {
          id,
          name: nameOf(name),
          terms: termsOf(id, own, readings),
          general: id === WHOLE.id,
          exemplars: own
            .toSorted((a, b) => namedFirst(resolved[b]!.said) - namedFirst(resolved[a]!.said))
            .slice(0, EXEMPLARS),
          size: own.length,
          stability: 1,
          profile: {},
        },
      };
    });
  const width = space.space.lsa + space.space.embedding;
  const centroids = new Float32Array(clusters.length * width);
  for (const [to, { from }] of clusters.entries())
    if (from >= 0) centroids.set(space.centroids.subarray(from * width, (from + 1) * width), to * width);
  const place = new Map(clusters.map(({ cluster }, to) => [cluster.id, to]));
  const themeOf = new Int32Array(texts.length).fill(-1);
  for (const [id, own] of members) for (const clause of own) themeOf[clause] = place.get(id) ?? -1;
  return {
    model: {
      clusters: clusters.map(({ cluster }) => cluster),
      space: space.space,
      centroids,
      bare: -1,
      faintest: space.faintest,
    },
    needs,
    themeOf,
    statements: resolved.map((own) => own?.said ?? []),
    unnamed: unnamedIn(texts, resolved),
    encoder: other?.encoder ?? null,
  };
}

const NOTHING: Resolved = { about: null, said: [] };
/** What is this long, and stands alike in so many texts that are not alike, was pasted: the footer of a page, the terms of a shop. */
const LONG_PASTED = { en: 60, zh: 30 } as const;
const FEWEST_PASTED = 3;

/** By clause. */
function pastedClauses(reviews: readonly Review[], clauses: readonly Clause[]): boolean[] {
  const isLong = ({ text }: Clause) => text.length >= LONG_PASTED[/\p{Script=Han}/u.test(text) ? 'zh' : 'en'];
  const standing = new Map<string, Set<string>>();
  for (const clause of clauses) {
    if (!isLong(clause)) continue;
    const texts = standing.get(clause.text) ?? new Set();
    standing.set(clause.text, texts.add(reviews[clause.review]!.text));
  }
  return clauses.map(({ text }) => (standing.get(text)?.size ?? 0) >= FEWEST_PASTED);
}

/** Blame in words that may be said of anything may be of a need all the same. */
const knownOf = ({ about, said }: Resolved): string | null =>
  about === null ||
  (about.id === WHOLE.id && (said.length === 0 || said.some(({ noun }) => noun !== undefined)))
    ? null
    : about.id;

/** Of clauses that are read by needs. */
function unnamedIn(texts: readonly string[], resolved: readonly (Resolved | null)[]): (string | null)[] {
  const read = [...texts.keys()].filter((clause) => resolved[clause] !== null);
  const told = unnamedNeeds(
    read.map((clause) => texts[clause]!),
    read.map((clause) => knownOf(resolved[clause]!)),
  );
  const all: (string | null)[] = texts.map(() => null);
  for (const [i, clause] of read.entries()) all[clause] = told[i]!;
  return all;
}

/** Told by an even sample of the clauses. */
function judgedIn(
  texts: readonly string[],
  of: Int32Array,
  languages: readonly (ReadingLanguage | null)[],
): FileOf {
  const every = Math.max(1, texts.length / LOOKED_AT);
  const sample = Array.from({ length: Math.min(texts.length, LOOKED_AT) }, (_, i) => Math.floor(i * every));
  const readings = readAll(
    sample.map((clause) => texts[clause]!),
    (i) => languages[of[sample[i]!]!]!,
    'all',
  );
  return judgedKind(
    readings,
    sample.map((clause) => of[clause]!),
  );
}

/** By clause. */
export interface AssignedThemes {
  /** An index into the model's clusters, or −1. */
  readonly assignment: Int32Array;
  readonly strength: Float32Array;
  readonly said: readonly (readonly Said[])[];
}

/** The themes of new texts' clauses, as they were found. @param of Of each clause, which text it is of */
export function assignThemes(
  { model, needs }: Pick<FoundThemes, 'model' | 'needs'>,
  clauses: readonly string[],
  of: readonly number[],
  texts: readonly string[],
): AssignedThemes {
  const clusters = assignClusters(model, clauses, of);
  if (!needs) return { ...clusters, said: clauses.map(() => []) };
  const { assignment, strength } = clusters;
  const place = new Map(model.clusters.map(({ id }, index) => [id, index]));
  const languages = texts.map(readingLanguage);
  const readings = readAll(clauses, (clause) => languages[of[clause]!]!, scopeOf(needs));
  const resolve = resolver(needs);
  const said = readings.map((reading, i) => {
    if (!reading) return [];
    const resolved = resolve(reading);
    assignment[i] = place.get(resolved.about?.id ?? '') ?? -1;
    strength[i] = assignment[i]! < 0 ? 0 : 1;
    return resolved.said;
  });
  return { assignment, strength, said };
}

/** Whether themes of these reviews are found by clusters, of all clauses or of some. */
export const isClustered = (kind: FileKind, reviews: readonly Review[]): boolean =>
  kind.asks ||
  reviews.filter(({ text }) => readingLanguage(text) === null).length >= LEAST_OTHERS * reviews.length;

function clustered(
  texts: readonly string[],
  of: Int32Array,
  { random, signal, progress, embeddings }: Attention,
): { model: ClusterModel; themeOf: Int32Array; encoder: EncoderGain | null } {
  const chosen =
    texts.length <= MOST_CLAUSES
      ? Int32Array.from(texts.keys())
      : random.fork('clauses').permutation(texts.length).slice(0, MOST_CLAUSES).sort();
  const discovered = discoverClusters(
    Array.from(chosen, (i) => texts[i]!),
    {
      random: random.fork('themes'),
      of: chosen.map((i) => of[i]!),
      embeddings: embeddings && rowsOf(embeddings, chosen),
      ...(signal && { signal }),
      ...(progress && { progress }),
    },
  );
  const faintest = faintestOf(discovered.assignment, discovered.strength);
  const near = discovered.assignment.map((cluster, i) => (discovered.strength[i]! > faintest ? cluster : -1));
  // Exemplars are named by their place among the chosen clauses; from here on by their place among all.
  const clusters = discovered.model.clusters.map((cluster, index) => ({
    ...cluster,
    exemplars: cluster.exemplars.map((i) => chosen[i]!),
    size: near.filter((of) => of === index).length,
  }));
  const model = { ...discovered.model, clusters, faintest };
  const isWhole = chosen.length === texts.length;
  return {
    model,
    themeOf: isWhole ? near : assignClusters(model, texts, of).assignment,
    encoder: discovered.encoder,
  };
}

/** What lies between the clusters is of no theme: this share, the farthest from their centres. */
const BETWEEN = 0.1;

function faintestOf(assignment: Int32Array, strength: Float32Array): number {
  const near = strength.filter((_, i) => assignment[i]! >= 0).sort();
  // Texts that are alike stay together.
  return near.length === 0 ? 0 : quantileSorted(near, BETWEEN) - 1e-5;
}

function rowsOf({ data, dimensions }: ClauseEmbeddings, rows: Int32Array): ClauseEmbeddings {
  const chosen = new Float32Array(rows.length * dimensions);
  for (const [to, row] of rows.entries())
    chosen.set(data.subarray(row * dimensions, (row + 1) * dimensions), to * dimensions);
  return { data: chosen, dimensions };
}

/** From this share of reviews on, a language has its word in the names. */
const SPOKEN = 0.2;

/** Themes are named in the file's language; in both where it has both. */
function naming(languages: readonly (ReadingLanguage | null)[]): (name: Localized) => string {
  const spoken = (['en', 'zh'] as const).filter(
    (language) => languages.filter((one) => one === language).length >= SPOKEN * languages.length,
  );
  return (name) =>
    [...new Set((spoken.length > 0 ? spoken : (['en'] as const)).map((one) => name[one]))].join(' / ');
}

const namedFirst = (said: readonly Said[]): number => Number(said.some(({ isNamed }) => isNamed));

/** The words by which the clauses speak of it, most often first. */
function termsOf(id: string, own: readonly number[], readings: readonly (ClauseReading | null)[]): string[] {
  const counts = new Map<string, number>();
  const add = (word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const clause of own) {
    const { needs, statements } = readings[clause]!;
    for (const { need, word } of needs) if (need.id === id) add(word);
    for (const { need, isNamed, words } of statements)
      if (need?.id === id && !isNamed && words.length <= 20) add(words);
  }
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, MOST_TERMS)
    .map(([word]) => word);
}
