/**
 * Which kind of texts a file holds. Reviews judge, and say several things each. Questions and requests ("what alarms are set", "播放一首歌")
 * are of one subject and judge nothing: what they are about is no need of the lexicon's, and what stands beside it is its
 * circumstances. Told by how the texts are made (question marks, clauses) and by how many judge anything, never by what they are about.
 */
import { languageOf, splitClauses } from '@gradus/data';
import type { Review } from '../review.ts';
import { type ReadingLanguage, readAll } from './need-model.ts';

/** Plain data. */
export interface FileKind {
  /** What is asked and ordered rather than judged: themes are clusters of it. */
  readonly asks: boolean;
  /** Whether a text is one thing said, and is not taken apart. */
  readonly isWhole: boolean;
}

/** From this share of texts that end with a question mark, a file is one of questions. */
const ASKING = 0.5;
/**
 * Below this share of texts that judge anything, a file is of no reviews. In files of questions and orders 0.05 – 0.28 of the texts do (six files, two
 * languages), in reviews of films and goods 0.59 – 0.98, in sentences of plots and reviews 0.49.
 */
const JUDGING = 0.4;
/** From this share of rated texts, a file is of reviews. */
const RATED = 0.5;
/** From this share of texts of one clause, texts are one thing said: 0.66 – 0.98 in those files, 0.10 – 0.32 in reviews. */
const ONE_CLAUSE = 0.5;
/** Fewer texts that judge little may be anything. */
const FEWEST = 100;
/** Texts that are looked at: enough for a share within a twentieth. */
const LOOKED_AT = 1000;

export function kindOfFile(reviews: readonly Review[]): FileKind {
  const every = Math.max(1, reviews.length / LOOKED_AT);
  const texts = Array.from(
    { length: Math.min(reviews.length, LOOKED_AT) },
    (_, i) => reviews[Math.floor(i * every)]!.text,
  );
  const isOfOneClause = share(texts, (text) => splitClauses(text).length <= 1) >= ONE_CLAUSE;
  // Whoever rates judges, in whatever words.
  const isRated = share(reviews, ({ label, rating }) => label !== undefined || rating !== undefined) >= RATED;
  const asksEach =
    share(
      reviews.map(({ text }) => text),
      (text) => /[?？]\s*$/u.test(text),
    ) >= ASKING ||
    (isOfOneClause && judgesLittle(texts));
  const asks = asksEach && !isRated;
  return { asks, isWhole: asks && isOfOneClause };
}

function judgesLittle(texts: readonly string[]): boolean {
  if (texts.length < FEWEST) return false;
  const readings = readAll(texts, (i) => readingLanguage(texts[i]!), 'all').filter(
    (reading) => reading !== null,
  );
  return share(readings, ({ statements }) => statements.length > 0) < JUDGING;
}

/** 1 where there are none. */
const share = <T>(values: readonly T[], holds: (value: T) => boolean): number =>
  values.length === 0 ? 1 : values.filter(holds).length / values.length;

/** Null where the lexicon of needs has no words of the text's language. */
export function readingLanguage(text: string): ReadingLanguage | null {
  const language = languageOf(text);
  return language === 'en' || language === 'zh' ? language : null;
}
