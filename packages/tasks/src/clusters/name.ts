/**
 * What a cluster is called: its own words and phrases, those first that are frequent in it and rare elsewhere (class-based
 * TF-IDF, as in BERTopic: Grootendorst, 2022). Terms that say the same again are left out.
 */
import type { Token } from './tokens.ts';

export interface ClusterWords {
  readonly name: string;
  readonly terms: readonly string[];
  readonly profile: Readonly<Record<string, number>>;
  /** The share of its words that judge. */
  readonly judging: number;
}

const MOST_TERMS = 10;
const NAME_TERMS = 2;
const PROFILE_TERMS = 40;
/** A pair of words is a phrase where it stands at least this often, and this much more often than by chance. */
const PHRASE_COUNT = 5;
const PHRASE_LIFT = 3;
/**
 * Words stand together where they do so in this share of the cluster's mentions of each. Single Chinese characters
 * need less: mostly they are pieces of a word that the dictionary does not have.
 */
const TOGETHER = 0.5;
const PIECES_TOGETHER = 0.2;
/** How much a judging word counts as a name. */
const JUDGING_WEIGHT = 0.3;

const HAN = /\p{Script=Han}/u;

/** @param clusterOf By document; −1 for none. */
export function nameClusters(
  documents: readonly (readonly Token[])[],
  clusterOf: Int32Array,
  count: number,
): ClusterWords[] {
  const phrases = findPhrases(documents);
  const inCluster = Array.from({ length: count }, () => new Map<string, number>());
  const everywhere = new Map<string, number>();
  const judgingWords = new Set<string>();
  const [judges, all, sizes] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const surfaces = new Map<string, Map<string, number>>();
  const particles = new Particles();
  for (const [i, tokens] of documents.entries()) {
    const terms = new Map<string, string>();
    for (const [j, { key, surface, judges, particle }] of tokens.entries()) {
      if (particle) particles.add(key, particle);
      terms.set(key, surface);
      if (judges) judgingWords.add(key);
      const next = tokens[j + 1];
      const phrase = next && `${key} ${next.key}`;
      if (!phrase || !phrases.has(phrase)) continue;
      terms.set(phrase, joined(surface, next.surface));
      if (next.particle) particles.add(phrase, next.particle);
    }
    const cluster = clusterOf[i]!;
    if (cluster >= 0) {
      sizes[cluster]! += 1;
      for (const token of tokens) {
        all[cluster]! += 1;
        judges[cluster]! += Number(token.judges);
      }
    }
    for (const [term, surface] of terms) {
      everywhere.set(term, (everywhere.get(term) ?? 0) + 1);
      if (cluster < 0) continue;
      inCluster[cluster]!.set(term, (inCluster[cluster]!.get(term) ?? 0) + 1);
      const forms = surfaces.get(term) ?? new Map<string, number>();
      forms.set(surface, (forms.get(surface) ?? 0) + 1);
      surfaces.set(term, forms);
    }
  }
  const judging = (term: string): boolean => term.split(' ').some((word) => judgingWords.has(word));
  const scoreOf = (term: string, n: number, cluster: number): number => {
    const lift = n / sizes[cluster]! / (everywhere.get(term)! / documents.length);
    return n * Math.log(lift) * (judging(term) ? JUDGING_WEIGHT : 1);
  };
  return inCluster.map((counts, cluster) => {
    const single = new Map([...counts].map(([term, n]) => [term, scoreOf(term, n, cluster)]));
    const scored = [...counts]
      .map(([term, n]) => ({
        term,
        score: Math.max(single.get(term)!, phraseScore(term, n, counts, single)),
      }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1));
    const kept: string[] = [];
    for (const { term } of scored) {
      if (kept.length === MOST_TERMS) break;
      if (!kept.some((other) => saysTheSame(term, other))) kept.push(term);
    }
    const readable = kept.map((term) =>
      particles.behind(term, commonest(surfaces.get(term)!), everywhere.get(term)!),
    );
    // What is judged names a cluster, not the judgement: others judge it otherwise.
    const subjects = readable.filter((_, i) => !judging(kept[i]!));
    const top = scored.slice(0, PROFILE_TERMS);
    return {
      name: naming(subjects.length > 0 ? subjects : readable)
        .slice(0, NAME_TERMS)
        .join(' / '),
      terms: readable,
      profile: Object.fromEntries(
        top.map(({ term, score }) => [term, Number((score / sizes[cluster]!).toFixed(4))]),
      ),
      judging: judges[cluster]! / Math.max(1, all[cluster]!),
    };
  });
}

/** With which particle a term stands: banks speak of "top up", nobody of "top". */
class Particles {
  readonly #counts = new Map<string, Map<string, number>>();

  add(term: string, particle: string): void {
    const own = this.#counts.get(term) ?? new Map<string, number>();
    this.#counts.set(term, own.set(particle, (own.get(particle) ?? 0) + 1));
  }

  /** @param n Documents that have the term */
  behind(term: string, surface: string, n: number): string {
    const [particle, times] = [...(this.#counts.get(term) ?? [])].reduce(
      (most, one) => (one[1] > most[1] ? one : most),
      ['', 0],
    );
    return times >= TOGETHER * n ? `${surface} ${particle}` : surface;
  }
}

/** What questions share whatever they are about. */
const ASKING =
  /^(?:[a-z]+n['’]t|cannot|some(?:thing|one)|any(?:thing|one)|(?:如何|怎么|怎样|哪些|什么|为什么|是否|能否).*)$/iu;

/** A single Chinese character may be a piece of a word that the dictionary does not have (器 of 服务器), and what asks names nothing: only where nothing else does. */
const naming = (terms: readonly string[]): readonly string[] => {
  const isPoor = (term: string) =>
    (term.length === 1 && HAN.test(term)) || term.split(' ').some((word) => ASKING.test(word));
  const good = terms.filter((term) => !isPoor(term));
  return good.length > 0 ? good : terms;
};

/** A phrase stands for its words, and before them, where they often stand together: 难吃, not 难 and 吃. */
function phraseScore(
  term: string,
  n: number,
  counts: ReadonlyMap<string, number>,
  scores: ReadonlyMap<string, number>,
): number {
  const parts = term.split(' ');
  const stands = (part: string): boolean =>
    n >= counts.get(part)! * (part.length === 1 && HAN.test(part) ? PIECES_TOGETHER : TOGETHER);
  if (parts.length < 2 || !parts.every(stands)) return 0;
  return 1.01 * Math.max(...parts.map((part) => scores.get(part)!));
}

function findPhrases(documents: readonly (readonly Token[])[]): Set<string> {
  const single = new Map<string, number>();
  const pairs = new Map<string, number>();
  let total = 0;
  for (const tokens of documents) {
    for (const [i, { key }] of tokens.entries()) {
      total += 1;
      single.set(key, (single.get(key) ?? 0) + 1);
      if (i > 0) {
        const pair = `${tokens[i - 1]!.key} ${key}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    }
  }
  const found = new Set<string>();
  for (const [pair, n] of pairs) {
    const [a, b] = pair.split(' ') as [string, string];
    if (n >= PHRASE_COUNT && (n * total) / (single.get(a)! * single.get(b)!) >= PHRASE_LIFT) found.add(pair);
  }
  return found;
}

const joined = (a: string, b: string): string => (HAN.test(a) && HAN.test(b) ? a + b : `${a} ${b}`);

/** One is a part of the other. */
function saysTheSame(a: string, b: string): boolean {
  const [x, y] = [a.split(' '), b.split(' ')];
  return (
    x.every((word) => y.some((other) => other.includes(word))) ||
    y.every((word) => x.some((other) => other.includes(word)))
  );
}

const commonest = (forms: ReadonlyMap<string, number>): string =>
  [...forms].reduce((best, form) => (form[1] > best[1] ? form : best))[0];
