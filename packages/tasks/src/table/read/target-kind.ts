/** Whether whole numbers are classes or quantities, and which of two classes is the one that is asked for. */

/** More different numbers than this are quantities. */
const MOST_CODES = 10;
/** Fewer are classes. */
const FEWEST_STEPS = 4;
/** Where the name says that numbers are codes, so many at most. */
const MOST_NAMED_CODES = 100;
/** Classes that were made equally large are no scale: the largest is less than this many times the smallest. */
const FLAT = 1.5;

const CLASS_NAMES = /class|type|label|species|category|categories|diagnosis|类别|类型|标签|种类|分类/gi;
const NUMBER_NAMES =
  /quality|score|ratings?|(?<![a-z])ages?(?![a-z])|counts?(?![a-z])|price|number of|amount|quantity|质量|得分|评分|分数|年龄|次数|数量|价格|金额/gi;

export type NumbersAs = 'classes' | 'numbers';

export interface NumbersDecision {
  readonly as: NumbersAs;
  readonly why: 'named' | 'many' | 'fractions' | 'few' | 'scale' | 'codes';
}

/** @param counts How often each number comes */
export function decideNumbers(name: string, counts: ReadonlyMap<number, number>): NumbersDecision {
  const values = [...counts.keys()].sort((a, b) => a - b);
  if (values.length <= 2) return { as: 'classes', why: 'few' };
  if (values.some((value) => !Number.isInteger(value))) return { as: 'numbers', why: 'fractions' };
  const hint = hintOf(name);
  if (hint === 'numbers' || (hint === 'classes' && values.length <= MOST_NAMED_CODES))
    return { as: hint, why: 'named' };
  if (values.length > MOST_CODES) return { as: 'numbers', why: 'many' };
  if (values.length < FEWEST_STEPS) return { as: 'classes', why: 'few' };
  const isContiguous = values.at(-1)! - values[0]! === values.length - 1;
  return isContiguous && isHill(values.map((value) => counts.get(value)!))
    ? { as: 'numbers', why: 'scale' }
    : { as: 'classes', why: 'codes' };
}

/** Of several words the last decides: a "type score" is a score. */
function hintOf(name: string): NumbersAs | undefined {
  const last = (pattern: RegExp): number => [...name.matchAll(pattern)].at(-1)?.index ?? -1;
  const [classes, numbers] = [last(CLASS_NAMES), last(NUMBER_NAMES)];
  if (classes < 0 && numbers < 0) return undefined;
  return classes > numbers ? 'classes' : 'numbers';
}

/** Rises to one peak and falls, but for chance (two standard deviations of a difference of counts). */
function isHill(counts: readonly number[]): boolean {
  if (Math.max(...counts) < FLAT * Math.min(...counts)) return false;
  const peak = counts.indexOf(Math.max(...counts));
  return counts.every((count, i) => {
    if (i === 0) return true;
    const before = counts[i - 1]!;
    const chance = 2 * Math.sqrt(count + before);
    return i <= peak ? count >= before - chance : count <= before + chance;
  });
}

/** Of two classes that stand for no and yes, the one for yes second. */
const PAIRS: readonly (readonly [no: string, yes: string])[] = [
  ['0', '1'],
  ['-1', '1'],
  ['no', 'yes'],
  ['n', 'y'],
  ['false', 'true'],
  ['f', 't'],
  ['negative', 'positive'],
  ['neg', 'pos'],
  ['否', '是'],
  ['无', '有'],
  ['没有', '有'],
  ['假', '真'],
  ['阴性', '阳性'],
];

/** 0_no, 1: yes */
const CODE_BEFORE = /^\d+\s*[_.:=)-]\s*(?=\p{L})/u;

/**
 * Classes in the order that they have: of two, the one that means yes second, else the rarer one; of more, by number or by alphabet.
 *
 * @param counts Of each class, its rows
 */
export function orderClasses(counts: ReadonlyMap<string, number>): {
  readonly classes: readonly string[];
  readonly second?: 'yes' | 'rarer';
} {
  const labels = [...counts.keys()].sort(byNumberOrName);
  if (labels.length !== 2) return { classes: labels };
  const [a, b] = labels as [string, string];
  const plain = [a, b].map((label) => label.toLowerCase().replace(CODE_BEFORE, ''));
  for (const [no, yes] of PAIRS) {
    if (plain[0] === no && plain[1] === yes) return { classes: [a, b], second: 'yes' };
    if (plain[0] === yes && plain[1] === no) return { classes: [b, a], second: 'yes' };
  }
  return { classes: counts.get(a)! < counts.get(b)! ? [b, a] : [a, b], second: 'rarer' };
}

function byNumberOrName(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y;
  return a < b ? -1 : Number(a > b);
}
