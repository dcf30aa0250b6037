/**
 * Themes that were judged by hand: whether a name says a topic, and which clauses, drawn by chance, are on it. judged-themes/GUIDELINE.md says how. The texts are
 * not here: clauses are named by their row and hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cleanText, readTable } from '@gradus/data';
import type { Review } from '../review.ts';
import type { AnalysedFile } from './analyse-file.ts';
import { hasFileToJudge, reviewsToJudge } from './judged-actions.ts';

const DATA = new URL('../../../../../../shared/data/', import.meta.url).pathname;
const [BANKING, FAQ] = [`${DATA}banking77/test.csv`, `${DATA}product-faq/faq.jsonl`];

/** Reviews in Chinese, in English, in both; questions in English, in Chinese. */
export const THEME_FILES = ['waimai', 'movies', 'sample', 'banking77', 'product-faq'] as const;
export type ThemeFile = (typeof THEME_FILES)[number];

export const hasThemeFile = (file: ThemeFile): boolean =>
  file === 'banking77'
    ? existsSync(BANKING)
    : file === 'product-faq'
      ? existsSync(FAQ)
      : hasFileToJudge(file);

export async function reviewsOfThemeFile(file: ThemeFile): Promise<readonly Review[]> {
  if (file === 'banking77') {
    const { columns, rows } = await readTable(BANKING);
    const at = columns.indexOf('text');
    return rows.map((row, i) => ({ row: i + 1, text: cleanText(row[at]!) }));
  }
  if (file === 'product-faq')
    return readFileSync(FAQ, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { lang: string; question: string; is_question: boolean })
      .flatMap(({ lang, question, is_question: asks }, i) =>
        asks && lang === 'zh' ? [{ row: i + 1, text: cleanText(question) }] : [],
      );
  return reviewsToJudge(file);
}

export interface ThemeFigures {
  readonly themes: number;
  /** Named as one topic, and of its clauses at least 0.8 are on it. */
  readonly good: number;
  /** Of the clauses in judged themes: those in themes that are not good. */
  readonly inBad: number;
  /** Of all clauses: those in no theme. */
  readonly withoutTheme: number;
  /** Of the clauses judged: on their theme's topic. */
  readonly precision: number;
}

const GOOD = 0.8;

export async function themeFigures(
  file: ThemeFile,
  { reviews, clauses, found }: AnalysedFile,
): Promise<ThemeFigures> {
  const { rows } = await readTable(new URL('judged-themes/judged.csv', import.meta.url).pathname);
  const verdicts = new Map(
    rows.map(([of, theme, row, hash, verdict]) => [`${of} ${theme} ${row} ${hash}`, verdict === 'yes']),
  );
  const members = Map.groupBy(clauses.keys(), (clause) => found.themeOf[clause]!);
  const judged = found.model.clusters.flatMap(({ name }, theme) => {
    const isTopic = verdicts.get(`${file} ${name}  `);
    if (isTopic === undefined) return [];
    const own = members.get(theme) ?? [];
    const fits = own.flatMap((clause) => {
      const { review, text } = clauses[clause]!;
      return verdicts.get(`${file} ${name} ${reviews[review]!.row} ${hashOf(text)}`) ?? [];
    });
    const fitting = fits.filter(Boolean).length;
    return [
      { size: own.length, judged: fits.length, fitting, isGood: isTopic && fitting >= GOOD * fits.length },
    ];
  });
  const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0);
  const good = judged.filter(({ isGood }) => isGood);
  return {
    themes: judged.length,
    good: good.length,
    inBad: 1 - sum(good.map(({ size }) => size)) / sum(judged.map(({ size }) => size)),
    withoutTheme: (members.get(-1)?.length ?? 0) / clauses.length,
    precision: sum(judged.map(({ fitting }) => fitting)) / sum(judged.map(({ judged }) => judged)),
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
