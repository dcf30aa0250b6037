/**
 * Titles and quotes of actions that were judged by hand: whether a title alone says what to look at, and whether a quote complains of the point that
 * it stands under. judged-actions/GUIDELINE.md says how. The texts are not here: quotes are named by their row and hash.
 */
import { createHash } from 'node:crypto';
import { Random } from '@gradus/base';
import { cleanText, readTable } from '@gradus/data';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Review } from '../review.ts';
import { hasJudgedSet, judgedSet } from './judged-clauses.ts';

/** The whole files, and pieces of them as young products have them. */
export const JUDGED_FILES = [
  'waimai',
  'waimai-400',
  'waimai-1200',
  'movies',
  'movies-2000',
  'sample',
  'sample-400',
] as const;
export type JudgedFile = (typeof JUDGED_FILES)[number];

const SAMPLE = new URL('../../../../../examples/reviews/reviews.csv', import.meta.url).pathname;

export const hasFileToJudge = (file: JudgedFile): boolean => {
  const [name] = file.split('-');
  return name === 'sample' || hasJudgedSet(name as 'waimai' | 'movies');
};

export async function reviewsToJudge(file: JudgedFile): Promise<Review[]> {
  const [name, size] = file.split('-');
  const all =
    name === 'sample' ? await sampleReviews() : [...(await judgedSet(name as 'waimai' | 'movies')).reviews];
  if (size === undefined) return all;
  return new Random(file)
    .shuffle(all)
    .slice(0, Number(size))
    .sort((a, b) => a.row - b.row);
}

/** From 4 stars on satisfied; 3 say neither. */
async function sampleReviews(): Promise<Review[]> {
  const { rows, columns, numbers } = await readTable(SAMPLE);
  const [stars, review] = ['stars', 'review'].map((name) => columns.indexOf(name)) as [number, number];
  return rows.flatMap((cells, i): Review[] => {
    const [rating, text] = [Number(cells[stars]), cleanText(cells[review] ?? '')];
    if (text === '' || !(rating >= 1)) return [];
    return [{ row: numbers[i]!, text, rating, ...(rating !== 3 && { label: rating > 3 ? 1 : 0 }) }];
  });
}

export interface ActionFigures {
  readonly titles: number;
  /** Judged to say by itself what to look at. */
  readonly usable: number;
  readonly quotes: number;
  /** Judged to complain of their point. */
  readonly onPoint: number;
  /** Titles and quotes that nobody has judged. */
  readonly unjudged: number;
}

export async function actionFigures(
  file: JudgedFile,
  { actions }: Pick<DemandAnalysis, 'actions'>,
): Promise<ActionFigures> {
  const { rows } = await readTable(new URL('judged-actions/judged.csv', import.meta.url).pathname);
  const verdicts = new Map(
    rows.map(([of, point, row, hash, verdict]) => [`${of} ${point} ${row} ${hash}`, verdict === 'yes']),
  );
  const titles = actions.map(({ point }) => verdicts.get(`${file} ${point}  `));
  const quotes = actions.flatMap(({ point, evidence }) =>
    evidence.map(({ row, text }) => verdicts.get(`${file} ${point} ${row} ${hashOf(text)}`)),
  );
  const judged = (all: readonly (boolean | undefined)[]) => all.filter((one) => one !== undefined);
  return {
    titles: judged(titles).length,
    usable: titles.filter(Boolean).length,
    quotes: judged(quotes).length,
    onPoint: quotes.filter(Boolean).length,
    unjudged: [...titles, ...quotes].filter((one) => one === undefined).length,
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
