/**
 * Clauses whose polarity was judged by hand, to measure clause sentiment by; GUIDELINE.md says how. The texts are not here: they are
 * looked up in ../shared/data, and a clause that reads differently than when it was judged is left out.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cleanText, readTable } from '@gradus/data';
import type { ClausePolarity } from '../clause-sentiment/posterior.ts';
import { clausesOf } from '../clauses.ts';
import type { Clause, Review } from '../review.ts';

export interface JudgedClause {
  /** Index into the set's clauses. */
  readonly index: number;
  readonly polarity: ClausePolarity;
  /** What the judgement is about; empty where it is about nothing. */
  readonly aspect: string;
  /** What is good or bad, in a few words; empty of neutral clauses. */
  readonly point: string;
  /** From a review of 60 characters (Chinese) or 30 words (English) or more. */
  readonly isLong: boolean;
  /** Constants may be fitted to `tuning`; figures are told of `report`. */
  readonly half: 'tuning' | 'report';
}

export interface JudgedSet {
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  readonly judged: readonly JudgedClause[];
}

const DATA = new URL('../../../../../../shared/data/', import.meta.url).pathname;

const SOURCES = {
  waimai: { path: `${DATA}waimai_10k/waimai_10k.csv`, read: readWaimai },
  movies: { path: `${DATA}kim-cnn-text/rt-polarity.all`, read: readMovies },
};
export type JudgedSetName = keyof typeof SOURCES;
export const JUDGED_SETS = Object.keys(SOURCES) as JudgedSetName[];

/** Whether the reviews that the clauses stand in are on this machine. */
export const hasJudgedSet = (name: JudgedSetName): boolean => existsSync(SOURCES[name].path);

export interface JudgedSetOptions {
  /** Beside the reviews with judged clauses, one of so many others is read. Default 1, all. */
  readonly every?: number;
  /** Which were drawn together. Default `first`. */
  readonly batch?: JudgedBatch;
}

/**
 * Clauses of other reviews each: those of the first were judged before anything was tuned, those held out while things were tuned to the first, and the
 * fresh ones after that.
 */
export type JudgedBatch = 'first' | 'held-out' | 'fresh';

export async function judgedSet(
  name: JudgedSetName,
  { every = 1, batch = 'first' }: JudgedSetOptions = {},
): Promise<JudgedSet> {
  const { path, read } = SOURCES[name];
  const lines = await judgedLines(batch === 'first' ? name : `${name}-${batch}`);
  const all = await read(path);
  const reviews = all.filter(({ row }) => row % every === 0 || lines.has(row));
  const clauses = reviews.flatMap(({ text }, review) =>
    clausesOf(text).map((clause): Clause => ({ review, text: clause })),
  );
  const hashes = clauses.map(({ review, text }) => (lines.has(reviews[review]!.row) ? hashOf(text) : ''));
  const byReview = Map.groupBy(clauses.keys(), (index) => clauses[index]!.review);
  const judged = reviews.flatMap(({ row }, review) => {
    const line = lines.get(row);
    const index = line && byReview.get(review)?.find((at) => hashes[at] === line.hash);
    return index === undefined ? [] : [{ ...line!.judged, index }];
  });
  return { reviews, clauses, judged };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

interface JudgedLine {
  readonly hash: string;
  readonly judged: Omit<JudgedClause, 'index'>;
}

/** By row: one clause of a review is judged. */
async function judgedLines(name: string): Promise<Map<number, JudgedLine>> {
  const { rows } = await readTable(new URL(`judged-clauses/${name}.csv`, import.meta.url).pathname);
  return new Map(
    rows.map(([row, , hash, long, half, polarity, aspect, point]) => [
      Number(row),
      {
        hash: hash!,
        judged: {
          polarity: polarity as ClausePolarity,
          aspect: aspect!,
          point: point!,
          isLong: long === 'yes',
          half: half as JudgedClause['half'],
        },
      },
    ]),
  );
}

async function readWaimai(path: string): Promise<Review[]> {
  const { rows } = await readTable(path);
  return rows.map(([label, text], i) => reviewOf(i, label!, text!));
}

/** Lines of a label, a space and a text, in Latin-1. */
async function readMovies(path: string): Promise<Review[]> {
  const lines = readFileSync(path, 'latin1').trimEnd().split('\n');
  return lines.map((line, i) => reviewOf(i, line.slice(0, 1), line.slice(2)));
}

const reviewOf = (index: number, label: string, text: string): Review => ({
  row: index + 1,
  text: cleanText(text),
  label: label === '1' ? 1 : 0,
});
