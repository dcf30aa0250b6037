/**
 * Evidence: a few clauses, word for word, that show what a theme is about. The most central clauses come first, then
 * those that use the theme's words; of the theme's own polarity; never two from one review, nor two that say the
 * same in nearly the same words.
 */
import type { Clause, Review } from '../review.ts';
import type { AnalysisInput } from './input.ts';
import { type Mention, SATISFIED } from './mentions.ts';
import type { Polarity } from './polarity.ts';

export interface Evidence {
  /** Row number in the user's file. */
  readonly row: number;
  /** Verbatim; of a very long clause, its beginning. */
  readonly text: string;
}

const MOST = 5;
/** Characters. */
const LONGEST = 200;
const GOOD_LENGTH = { least: 8, most: 120 };
/** Two clauses sharing more of their character pairs than this (Jaccard) are near-duplicates. */
const ALIKE = 0.5;
/** Clauses looked at, best first; enough to find five different ones even among many copies. */
const CONSIDERED = 400;

export function evidenceOf(
  theme: number,
  mentions: readonly Mention[],
  polarity: Polarity | null,
  input: AnalysisInput,
): Evidence[] {
  return distinctQuotes(candidates(theme, mentions, polarity, input), input.clauses, input.reviews);
}

/** The first few of the clauses that are of different reviews and say different things. @param ranked Best first */
export function distinctQuotes(
  ranked: readonly number[],
  clauses: readonly Clause[],
  reviews: readonly Review[],
): Evidence[] {
  const chosen: { review: number; pairs: Set<string>; evidence: Evidence }[] = [];
  for (const clause of ranked.slice(0, CONSIDERED)) {
    const { review, text } = clauses[clause]!;
    const pairs = characterPairs(text);
    if (chosen.some((other) => other.review === review || likeness(other.pairs, pairs) > ALIKE)) continue;
    chosen.push({ review, pairs, evidence: { row: reviews[review]!.row, text: cut(text) } });
    if (chosen.length === MOST) break;
  }
  return chosen.map(({ evidence }) => evidence);
}

/** The theme's clauses of its polarity, the best first. */
function candidates(
  theme: number,
  mentions: readonly Mention[],
  polarity: Polarity | null,
  { clauses, themes, clauseSentiment }: AnalysisInput,
): number[] {
  const { exemplars, terms } = themes[theme]!;
  const rank = new Map(exemplars.map((clause, position) => [clause, position]));
  const fits = (clause: number) =>
    polarity === null ||
    polarity === 'mixed' ||
    clauseSentiment === undefined ||
    clauseSentiment[clause]!.polarity === (polarity === 'strength' ? 'positive' : 'negative');
  const score = (clause: number) => {
    const text = clauses[clause]!.text;
    const lower = text.toLowerCase();
    const said = terms.slice(0, 10).filter((term) => lower.includes(term.toLowerCase())).length;
    const readable = text.length >= GOOD_LENGTH.least && text.length <= GOOD_LENGTH.most ? 1 : 0;
    const central = rank.has(clause) ? 3 * (1 - rank.get(clause)! / exemplars.length) + 1 : 0;
    const sure = clauseSentiment ? 2 * Math.abs(clauseSentiment[clause]!.satisfied - SATISFIED) : 0;
    return central + Math.min(said, 3) + 2 * readable + sure;
  };
  const scored = mentions
    .flatMap((mention) => mention.clauses)
    .filter((clause) => clauses[clause]!.text.trim() !== '' && fits(clause))
    .map((clause) => ({ clause, score: score(clause) }))
    .sort((a, b) => b.score - a.score || a.clause - b.clause);
  return scored.map(({ clause }) => clause);
}

function characterPairs(text: string): Set<string> {
  const letters = text.toLowerCase().replace(/[\s\p{P}]+/gu, '');
  return new Set(Array.from({ length: Math.max(1, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared++;
  return shared / (a.size + b.size - shared);
}

/** The beginning, up to a space where there is one nearby, and never through the middle of a character. */
function cut(text: string): string {
  const characters = Array.from(text.trim());
  if (characters.length <= LONGEST) return characters.join('');
  const start = characters.slice(0, LONGEST).join('');
  const space = start.lastIndexOf(' ');
  return space > LONGEST / 2 ? start.slice(0, space) : start;
}
