/**
 * What one group of reviews says more often than the others: complaints, and dissatisfaction as a whole. All comparisons of all columns are
 * corrected together (Fisher's exact test; Benjamini and Hochberg, 1995), so that columns without meaning show nothing.
 */
import type { Localized } from '@gradus/base';
import { benjaminiHochberg, fisherExact } from '@gradus/stats';
import type { Review } from '../review.ts';
import type { Point } from './points.ts';

export interface SegmentContrast {
  readonly column: string;
  readonly value: string;
  /** The complaint; null where it is dissatisfaction as a whole. */
  readonly point: string | null;
  readonly sentence: Localized;
  /** Of its reviews, and of all the others with a group. */
  readonly share: number;
  readonly elsewhere: number;
  readonly count: number;
  /** Corrected. */
  readonly pValue: number;
}

const FEWEST_REVIEWS = 20;
const FEWEST_SAYING = 10;
const SIGNIFICANT = 0.05;

interface Measure {
  readonly point: string | null;
  readonly sentence: Localized;
  /** By review: says it; undefined where the file does not say. */
  readonly says: (review: number) => boolean | undefined;
}

/** The same group under two columns' names: a department of one class. */
const isSame = (a: SegmentContrast, b: SegmentContrast): boolean =>
  a.value === b.value && a.point === b.point && a.count === b.count && a.share === b.share;

/** From this on (Cramér's V) a column is the verdict in other words ("would recommend: no"), and who says so complains, whatever it is about. */
const SAME_AS_VERDICT = 0.7;

/** The columns of groups, without those that say the verdict itself. */
export function groupColumns(reviews: readonly Review[]): string[] {
  const columns = [...new Set(reviews.flatMap(({ segments = {} }) => Object.keys(segments)))];
  return columns.filter((column) => agreement(reviews, column) < SAME_AS_VERDICT);
}

/** Cramér's V of the column's groups and the file's own labels; 0 where there is nothing to compare. */
function agreement(reviews: readonly Review[], column: string): number {
  const { groups, all } = tallied(reviews, column, (review) => isSatisfied(reviews[review]!));
  if (all.yes === 0 || all.yes === all.n) return 0;
  const share = all.yes / all.n;
  const chiSquare = [...groups.values()].reduce(
    (sum, { yes, n }) => sum + (yes - share * n) ** 2 / (n * share * (1 - share)),
    0,
  );
  return Math.sqrt(chiSquare / all.n);
}

const isSatisfied = ({ label }: Review): boolean | undefined =>
  label === undefined ? undefined : label === 1;

interface Tally {
  yes: number;
  n: number;
}

/** How many reviews of each group say something, of those that the file tells it of; and of all groups. */
function tallied(
  reviews: readonly Review[],
  column: string,
  says: Measure['says'],
): { groups: ReadonlyMap<string, Tally>; all: Tally } {
  const groups = new Map<string, Tally>();
  const all = { yes: 0, n: 0 };
  for (const [review, { segments }] of reviews.entries()) {
    const value = segments?.[column];
    const said = value === undefined ? undefined : says(review);
    if (value === undefined || said === undefined) continue;
    const own = groups.get(value) ?? { yes: 0, n: 0 };
    groups.set(value, own);
    for (const tally of [own, all]) {
      tally.n += 1;
      tally.yes += Number(said);
    }
  }
  return { groups, all };
}

/** The clearest first. @param clauseReviews By clause: its review */
export function segmentContrasts(
  reviews: readonly Review[],
  points: readonly Point[],
  clauseReviews: readonly number[],
): SegmentContrast[] {
  const columns = groupColumns(reviews);
  const measures: Measure[] = [
    {
      point: null,
      sentence: { en: 'Dissatisfied', zh: '不满意' },
      says: (review) => {
        const { label } = reviews[review]!;
        return label === undefined ? undefined : label === 0;
      },
    },
    ...points
      .filter(
        ({ kind, isSpecific, theme, count }) =>
          kind === 'complaint' && isSpecific && theme !== 'whole' && count >= FEWEST_SAYING,
      )
      .map(({ id, sentence, clauses }): Measure => {
        const own = new Set(clauses.map((clause) => clauseReviews[clause]!));
        return { point: id, sentence, says: (review) => own.has(review) };
      }),
  ];
  const compared = columns.flatMap((column) => {
    return measures.flatMap(({ point, sentence, says }) => {
      const { groups, all } = tallied(reviews, column, says);
      return [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([value, { yes, n }]) => {
          const [others, rest] = [all.yes - yes, all.n - n];
          if (n < FEWEST_REVIEWS || rest < FEWEST_REVIEWS || all.yes < FEWEST_SAYING) return [];
          return [
            {
              column,
              value,
              point,
              sentence,
              share: yes / n,
              elsewhere: others / rest,
              count: yes,
              raw: fisherExact(yes, n, others, rest),
            },
          ];
        });
    });
  });
  const corrected = benjaminiHochberg(compared.map(({ raw }) => raw));
  return compared
    .map(({ raw: _, ...contrast }, i) => ({ ...contrast, pValue: corrected[i]! }))
    .filter(({ pValue, share, elsewhere }) => pValue <= SIGNIFICANT && share > elsewhere)
    .sort((a, b) => a.pValue - b.pValue || b.count - a.count)
    .filter((one, i, all) => !all.slice(0, i).some((other) => isSame(one, other)));
}
