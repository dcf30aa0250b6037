/**
 * The ratings of a column as numbers on one scale.
 *
 * A cell may name its scale (4/5, 80%), the column's name may ("0-10", 满分5分), else the scale is the smallest usual one that holds
 * the ratings. Not all of them: surveys write 99 or -1 for "no answer", and people mistype. Such values stand apart from the scale
 * and are few or known codes; taken for ratings they would stretch the scale and turn what all others say.
 */

import { isNoAnswer } from '../text/no-answer.ts';
import { parseAnswer } from './answer-words.ts';
import { commonest } from './labels.ts';
import { parseRating, type Rating } from './ratings.ts';

export type Scale = readonly [low: number, high: number];

export interface RatingColumn {
  /** By cell, on `scale`, more being better; undefined where it gives no rating. */
  readonly ratings: readonly (number | undefined)[];
  readonly scale: Scale;
  /** Of how many cells a rating was read. */
  readonly read: number;
  /** Cells that hold something, "no answer" apart. */
  readonly said: number;
  /** Values that stand for "no answer", with how often. */
  readonly codes: readonly OddValue[];
  /** Values outside of the scale that are too few for more than typing errors. */
  readonly mistyped: readonly OddValue[];
  /** Cells that are neither a rating nor "no answer". */
  readonly unread: { readonly count: number; readonly examples: readonly string[] };
  /** The scales that cells name, that of all `ratings` first: [5, 10] of 4/5 and 8/10; empty where no cell names one. */
  readonly denominators: readonly number[];
  /** 1 is the best, as the column's name or its cells say; `ratings` are turned over. */
  readonly inverted: boolean;
}

export interface OddValue {
  readonly value: number;
  readonly count: number;
}

/** Smaller before larger, so that the first that holds the ratings is the narrowest. */
const SCALES: readonly Scale[] = [
  [0, 1],
  [-1, 1],
  [-2, 2],
  [-3, 3],
  [1, 5],
  [0, 5],
  [1, 6],
  [1, 7],
  [1, 10],
  [0, 10],
  [0, 100],
];
/** What survey tools write where nobody answered (SPSS, REDCap and others let users choose, and these are chosen). */
const CODES: ReadonlySet<number> = new Set([
  0, 7, 8, 9, -1, -2, -7, -8, -9, 66, 77, 88, 96, 97, 98, 99, -66, -77, -88, -97, -98, -99, 777, 888, 998,
  999, -777, -888, -999, 9998, 9999, -9999,
]);
/** Ratings needed to tell odd values from a scale, how many may be mistyped, and how many different values that may be. */
const FEWEST = 20;
const MOST_MISTYPED = 0.02;
const MOST_ODD_VALUES = 5;
/** The next number after a scale may be mistyped, or the scale is longer: it must be rarer. */
const MOST_NEXT = 0.005;
/** With a larger share than this a value is no code for "no answer"; numbers of one digit might be ratings of a longer scale. */
const MOST_CODED = 0.9;
const MOST_DIGITS = 0.3;
/** A zero at the end of a wide scale is a rating unless this part of the scale above it is empty. */
const EMPTY_PART = 0.2;

/** @param name The column's: it may name the scale, or say that 1 is the best */
export function readRatings(cells: readonly string[], name = ''): RatingColumn {
  const said = cells.map((cell) => cell.trim() !== '' && !isNoAnswer(cell));
  const parsed = cells.map((cell, i) => (said[i] ? parseRating(cell) : undefined));
  const inWords = wordsAsRatings(cells, parsed, said);
  const own = inWords ?? parsed;
  const denominators = denominatorsOf(own);
  const best = commonBest(own, denominators, name);
  const values = own.map((rating) => rating && onBest(rating, best));
  const known = values.filter((value) => value !== undefined);
  const counts = countsOf(known);
  const fit = scaleOf(counts, known.length, {
    best,
    least: own.some((r) => r?.least === 0) ? 0 : undefined,
    name,
  });
  const odd = new Set([...fit.codes, ...fit.mistyped].map(({ value }) => value));
  const inverted = saysInverted(name) || wordsRunDown(cells, parsed);
  const unread = cells.filter((_, i) => said[i] && own[i] === undefined);
  const [low, high] = fit.scale;
  const ratings = values.map((value) =>
    value === undefined || odd.has(value) ? undefined : inverted ? low + high - value : value,
  );
  return {
    ratings,
    ...fit,
    read: ratings.filter((rating) => rating !== undefined).length,
    said: said.filter(Boolean).length,
    unread: { count: unread.length, examples: commonest(unread) },
    denominators: best === undefined ? [] : [best, ...denominators.filter((other) => other !== best)],
    inverted,
  };
}

/** Answers in words as steps of their scale, where these are what the column holds: 1 to 5, or to 7 where it has three strengths. */
function wordsAsRatings(
  cells: readonly string[],
  parsed: readonly (Rating | undefined)[],
  said: readonly boolean[],
): (Rating | undefined)[] | undefined {
  if (parsed.filter(Boolean).length * 2 >= said.filter(Boolean).length) return undefined;
  const levels = cells.map((cell, i) => (said[i] ? parseAnswer(cell)?.level : undefined));
  const sizes = new Set(levels.flatMap((level) => (level ? [Math.abs(level)] : [])));
  if (sizes.size === 0) return undefined;
  const steps = sizes.size === 3 ? 3 : 2;
  const step = (level: number): number =>
    steps === 3 ? level : Math.sign(level) * (Math.abs(level) === 3 ? 2 : Math.abs(level) > 0 ? 1 : 0);
  return levels.map((level) =>
    level === undefined ? undefined : { value: steps + 1 + step(level), best: 2 * steps + 1 },
  );
}

/** What all ratings are converted to: the commonest scale that cells name, unless most name none; then that of the bare numbers. */
function commonBest(
  ratings: readonly (Rating | undefined)[],
  [commonest]: readonly number[],
  name: string,
): number | undefined {
  if (commonest === undefined) return undefined;
  const bare = ratings.flatMap((rating) => (rating && rating.best === undefined ? [rating.value] : []));
  if (bare.length * 2 <= ratings.filter(Boolean).length) return commonest;
  return scaleOf(countsOf(bare), bare.length, { best: undefined, least: undefined, name }).scale[1];
}

function denominatorsOf(ratings: readonly (Rating | undefined)[]): number[] {
  const counts = countsOf(ratings.flatMap((rating) => (rating?.best ? [rating.best] : [])));
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([best]) => best);
}

const onBest = ({ value, best }: Rating, common: number | undefined): number =>
  best && common && best !== common ? Number(((value * common) / best).toFixed(6)) : value;

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

type Fit = Pick<RatingColumn, 'scale' | 'codes' | 'mistyped'>;

interface Said {
  /** The best rating that cells name. */
  readonly best: number | undefined;
  readonly least: number | undefined;
  readonly name: string;
}

function scaleOf(counts: ReadonlyMap<number, number>, n: number, { best, least, name }: Said): Fit {
  const values = [...counts.keys()].sort((a, b) => a - b);
  const [low = 0, high = 0] = [values[0], values.at(-1)];
  const named = scaleInName(name) ?? (best === undefined ? undefined : ([least ?? 1, best] as const));
  for (const scale of named ? [...namedScales(named, low, least), ...SCALES] : SCALES) {
    const fit = fitOf(scale, counts, n);
    if (fit) return fit;
  }
  return { scale: [low, high], codes: [], mistyped: [] };
}

/** "Out of 5" says nothing of the least: it is 1 unless a rating lies below. */
const namedScales = ([low, high]: Scale, least: number, given: number | undefined): Scale[] =>
  low === 1 && given === undefined && least < 1 && high !== 5
    ? [
        [0, high],
        [low, high],
      ]
    : [
        [low, high],
        [0, high],
      ];

/** The column on a scale, if what lies outside of it can be told from ratings. */
function fitOf(scale: Scale, counts: ReadonlyMap<number, number>, n: number): Fit | undefined {
  const [low, high] = scale;
  const values = [...counts.keys()];
  const inside = values.filter((value) => value >= low && value <= high);
  // What may be mistyped tells nothing of the others.
  const frequent = values.filter((value) => counts.get(value)! > Math.max(1, MOST_MISTYPED * n));
  const codes: OddValue[] = [];
  const mistyped: OddValue[] = [];
  for (const value of values.toSorted((a, b) => a - b)) {
    const odd = { value, count: counts.get(value)! };
    if (inside.includes(value)) {
      if (n >= FEWEST && isCodeInside(value, scale, frequent, odd.count / n)) codes.push(odd);
    } else if (isCodeOutside(value, scale, frequent, odd.count / n)) codes.push(odd);
    else mistyped.push(odd);
  }
  if (codes.length + mistyped.length === 0) return { scale, codes, mistyped };
  // What is left must be a scale by itself, not the few small values of another one.
  const kept = inside.filter((value) => !codes.some((code) => code.value === value));
  const enough = kept.length >= 2 && n >= FEWEST;
  const sum = (odd: readonly OddValue[]): number => odd.reduce((total, { count }) => total + count, 0);
  if (!enough || sum(codes) > MOST_CODED * n) return undefined;
  if (mistyped.length > MOST_ODD_VALUES || sum(mistyped) > Math.max(1, MOST_MISTYPED * n)) return undefined;
  const next = mistyped.filter(({ value }) => value - high <= 1 && low - value <= 1);
  if (sum(next) > Math.max(1, MOST_NEXT * n)) return undefined;
  return { scale, codes, mistyped };
}

/** A code beyond the scale with a gap between: 9 of 1 to 5 where nobody gives 6, 7 or 8. Zero below 1 is "not rated". */
function isCodeOutside(value: number, [low, high]: Scale, values: readonly number[], share: number): boolean {
  if (!CODES.has(value) || share > (value > 0 && value < 10 ? MOST_DIGITS : MOST_CODED)) return false;
  // 0 to 10 is as usual as 1 to 10; below shorter scales a zero is what exports write for "not rated".
  if (value === 0) return low === 1 && high < 10 && !values.some((other) => other > 0 && other < 1);
  // −1 below 0 to 1 is the other end of a scale.
  if (value < low) return value !== -high;
  // Between the scale and the code nothing but other codes, and no neighbour: 6 to 9 beside 1 to 5 are a longer scale.
  const between = values.filter((other) => other > high && other < value);
  return value - high > 1 && between.every((other) => CODES.has(other) && other - high > 1);
}

/** A code inside a wide scale: 99 where all others are tens or fives, or a zero far below everything else. */
function isCodeInside(value: number, [low, high]: Scale, values: readonly number[], share: number): boolean {
  if (high < 10 || share > MOST_CODED) return false;
  const others = values.filter((other) => other !== value);
  if (value === 0 && low === 0) {
    const above = others.filter((other) => other > 0 && other <= high).sort((a, b) => a - b);
    const steps = above.slice(1).map((other, i) => other - above[i]!);
    // 0, 25, 50, 75, 100 is a scale of five steps.
    return steps.length > 1 && above[0]! > EMPTY_PART * high && above[0]! > 2 * Math.min(...steps);
  }
  if (high !== 100 || !CODES.has(value) || value < 66) return false;
  const apart = others.filter((other) => !CODES.has(other) || other < 66);
  return apart.length >= 3 && apart.every((other) => other % 5 === 0);
}

/** "How likely (0-10)?", "rating, 1 to 7", "out of 5", 满分5分, 十分制. */
function scaleInName(name: string): Scale | undefined {
  const text = name.normalize('NFKC').toLowerCase();
  const range = /(?<![\d.])(-?\d{1,2})\s*(?:-|–|—|~|to|bis|à|a|至|到)\s*(\d{1,3})(?![\d.%-])/u.exec(text);
  if (range) {
    const [low, high] = [Number(range[1]), Number(range[2])].sort((a, b) => a - b) as [number, number];
    if (low <= 1 && high - low >= 3 && high <= 100) return [low, high];
  }
  const best =
    /(?:out of|\/|满分|总分)\s*(\d{1,3})(?!\d)/u.exec(text)?.[1] ??
    /(\d{1,3})\s*(?:分|星)制/u.exec(text)?.[1];
  if (best && Number(best) >= 2 && Number(best) <= 100) return [Number(best) > 10 ? 0 : 1, Number(best)];
  return { 五: [1, 5] as const, 十: [1, 10] as const, 百: [0, 100] as const }[
    /([五十百])(?:分|星)制/u.exec(text)?.[1] ?? ''
  ];
}

/** Names that say that 1 is the best: "1 = very good", Schulnote, 1=非常满意. */
function saysInverted(name: string): boolean {
  const text = name.normalize('NFKC').toLowerCase();
  if (/schulnote|school mark/u.test(text)) return true;
  const first = /(?<!\d)[01]\s*(?:=|:|-|–|is|means|为|是|代表|表示)\s*(?:the\s+)?([\p{L}\s]+)/u
    .exec(text)?.[1]
    ?.trim();
  if (!first) return false;
  if (/^(?:best|highest|sehr gut|top|most satisfied|最好|最满意|最高)/u.test(first)) return true;
  // The longest beginning that is an answer: "very satisfied to".
  const words = first.split(/\s+/u);
  for (let k = Math.min(words.length, 4); k > 0; k--) {
    const level = parseAnswer(words.slice(0, k).join(' '))?.level;
    if (level !== undefined) return level > 0;
  }
  return false;
}

/** Cells that hold a number and its meaning, the better the lower: "1 - Very satisfied", "5 - Very dissatisfied". */
function wordsRunDown(cells: readonly string[], parsed: readonly (Rating | undefined)[]): boolean {
  const pairs = new Map<number, number>();
  for (const [i, cell] of cells.entries()) {
    const value = parsed[i]?.value;
    if (value === undefined || pairs.has(value) || !/\p{L}/u.test(cell)) continue;
    const level = parseAnswer(cell)?.level;
    if (level !== undefined) pairs.set(value, level);
  }
  const ordered = [...pairs].sort(([a], [b]) => a - b).map(([, level]) => level);
  return ordered.length > 1 && ordered[0]! > 0 && ordered.at(-1)! < 0;
}
