/**
 * Satisfied or not, as the file itself says: by its label, or by its rating. On a scale of five stars, one and two are
 * dissatisfied, four and five satisfied, and three says neither; other scales are cut at the same places.
 */
import { type Localized, UserError } from '@gradus/base';
import {
  type Label,
  type LabelColumn,
  type RatingColumn,
  readLabels,
  readRatings,
  type Scale,
} from '@gradus/data';
import type { AnyWarning } from './analysis/warning-data.ts';

const SATISFIED_FROM = 0.7;
const DISSATISFIED_TO = 0.4;

/** 1 satisfied, 0 dissatisfied, undefined for ratings in the middle. */
export function satisfactionOf(rating: number, [low, high]: Scale): 0 | 1 | undefined {
  const place = (rating - low) / (high - low);
  if (place >= SATISFIED_FROM) return 1;
  return place <= DISSATISFIED_TO ? 0 : undefined;
}

/** A column of the file. */
export interface OpinionColumn {
  readonly name: string;
  readonly cells: readonly string[];
  /** Chosen by the user. */
  readonly isNamed: boolean;
}

/** What the rows say of satisfaction, by row. */
export interface Opinions {
  readonly ratings: readonly (number | undefined)[] | undefined;
  /** Undefined where the file has neither ratings nor labels. */
  readonly labels: readonly (0 | 1 | undefined)[] | undefined;
  readonly cautions: readonly AnyWarning[];
}

type Kind = 'label' | 'rating';

interface Source {
  readonly kind: Kind;
  readonly column: string;
  readonly labels: readonly (0 | 1 | undefined)[];
  readonly scale?: Scale;
}

/**
 * Labels by the label column where it has both classes, else by the ratings.
 *
 * @throws UserError where a named column holds nothing that can be read, or all rows say the same
 */
export function opinionsOf(columns: Readonly<Partial<Record<Kind, OpinionColumn | undefined>>>): Opinions {
  const cautions: AnyWarning[] = [];
  const ratings = columns.rating && readRatings(columns.rating.cells, columns.rating.name);
  const sources = [
    columns.label && labelSource(columns.label, cautions),
    columns.rating && ratings && ratingSource(columns.rating, ratings, cautions),
  ].filter((source) => source !== undefined);
  return {
    ratings: ratings && ratings.read > 0 ? ratings.ratings : undefined,
    labels: sources.length === 0 ? undefined : twoClasses(sources),
    cautions,
  };
}

const LABEL = { satisfied: 1, dissatisfied: 0, neutral: undefined } as const;
const classOf = (label: Label | undefined): 0 | 1 | undefined => label && LABEL[label];

function labelSource(column: OpinionColumn, cautions: AnyWarning[]): Source | undefined {
  const { name, cells } = column;
  const read = readLabels(cells);
  if (read.unread < read.said) {
    unreadCaution(name, read.unread, read.examples, cautions);
    return { kind: 'label', column: name, labels: read.labels.map(classOf) };
  }
  // Stars under the name of a label.
  const ratings = readRatings(cells, name);
  const different = new Set(ratings.ratings.filter((rating) => rating !== undefined)).size;
  if (different > 2) return { ...ratingSource(column, ratings, cautions)!, kind: 'label' };
  if (read.said > 0 || column.isNamed) throw nothingRead('label', name, read);
  return undefined;
}

function ratingSource(column: OpinionColumn, read: RatingColumn, cautions: AnyWarning[]): Source | undefined {
  const { name, cells, isNamed } = column;
  const { scale, codes, mistyped, unread, denominators, inverted, ratings } = read;
  if (read.read === 0) {
    if (isNamed) throw nothingRead('rating', name, { said: read.said, examples: unread.examples });
    return undefined;
  }
  if (inverted) cautions.push({ id: 'ratings-inverted', data: { column: name, scale } });
  if (codes.length > 0) cautions.push({ id: 'ratings-coded', data: { column: name, scale, values: codes } });
  if (mistyped.length > 0)
    cautions.push({ id: 'ratings-mistyped', data: { column: name, scale, values: mistyped } });
  if (denominators.length > 1)
    cautions.push({ id: 'ratings-of-several-scales', data: { column: name, denominators } });
  unreadCaution(name, unread.count, unread.examples, cautions);
  // Words say on which side they stand, however many steps their scale has.
  const words = readLabels(cells);
  const labels =
    words.coding === null && words.unread < 0.1 * words.said
      ? words.labels.map(classOf)
      : ratings.map((rating) => (rating === undefined ? undefined : satisfactionOf(rating, scale)));
  return { kind: 'rating', column: name, labels, scale };
}

function unreadCaution(
  column: string,
  count: number,
  examples: readonly string[],
  cautions: AnyWarning[],
): void {
  if (count > 0) cautions.push({ id: 'cells-unread', data: { column, count, examples } });
}

const EXPECTED: Readonly<Record<Kind, Localized>> = {
  rating: {
    en: 'Expected numbers, stars ("4/5", "★★★★☆", "4 stars") or answers such as "very satisfied"',
    zh: '应为数字、星级（如“4/5”“★★★★☆”“四星”）或“非常满意”之类的回答',
  },
  label: {
    en: 'Expected words such as "satisfied" and "dissatisfied" or "positive" and "negative", or 1 for satisfied and 0 for dissatisfied',
    zh: '应为“满意”与“不满意”、“好评”与“差评”之类的词，或以 1 表示满意、0 表示不满意',
  },
};

function nothingRead(
  kind: Kind,
  name: string,
  { said, examples }: Pick<LabelColumn, 'said' | 'examples'>,
): UserError {
  const values = examples.map((value) => value.slice(0, 40));
  const holds =
    said === 0
      ? { en: 'it is empty', zh: '该列为空' }
      : {
          en: `it holds ${values.map((value) => `"${value}"`).join(', ')}`,
          zh: `该列的内容是${values.map((value) => `“${value}”`).join('、')}`,
        };
  return new UserError({
    en: `"${name}" says of no row whether it is satisfied: ${holds.en}. ${EXPECTED[kind].en}. Name another column with --${kind}, or leave it out with --${kind} none.`,
    zh: `“${name}”列没有一行标明满意或不满意：${holds.zh}。${EXPECTED[kind].zh}。请用 --${kind} 指定另一列，或用 --${kind} none 忽略该列。`,
  });
}

/** @throws UserError where no column tells two classes apart */
function twoClasses(sources: readonly Source[]): Source['labels'] {
  const two = sources.find(({ labels }) => classesOf(labels).size === 2);
  if (two) return two.labels;
  const { kind, column, labels, scale } = sources[0]!;
  const found = classesOf(labels);
  const of = scale
    ? { en: ` (on a scale of ${scale[0]} to ${scale[1]})`, zh: `（量程 ${scale[0]} 到 ${scale[1]}）` }
    : { en: '', zh: '' };
  throw new UserError(
    found.size === 1
      ? {
          en: `No row of "${column}" is ${found.has(1) ? 'dissatisfied' : 'satisfied'}${of.en}: with one class there is nothing to tell apart. Add rows of the other class, or leave the column out with --${kind} none to get themes alone.`,
          zh: `“${column}”列没有一行是${found.has(1) ? '不满意' : '满意'}的${of.zh}：只有一类，无从区分。请补充另一类的数据，或用 --${kind} none 忽略该列，仅得到主题。`,
        }
      : {
          en: `No row of "${column}" says satisfied or dissatisfied${of.en}. Name another column with --${kind}, or leave it out with --${kind} none.`,
          zh: `“${column}”列没有一行标明满意或不满意${of.zh}。请用 --${kind} 指定另一列，或用 --${kind} none 忽略该列。`,
        },
  );
}

const classesOf = (labels: Source['labels']): Set<0 | 1> =>
  new Set(labels.filter((label) => label !== undefined));
