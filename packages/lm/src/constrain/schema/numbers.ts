/**
 * Numbers of a range, digit by digit. Values have 15 digits at most: different decimals of so many digits are different floating-point
 * numbers, so that a limit holds for what is read back as well (IEEE 754, binary64).
 */
import { UserError } from '@gradus/base';
import {
  choice,
  EMPTY,
  type Expression,
  NOTHING,
  oneOfTexts,
  optional,
  type Rule,
  repeat,
  rule,
  sequence,
  symbols,
  text,
} from '../expression.ts';
import { Language, whole } from '../language.ts';

export interface Limit {
  readonly value: number;
  /** Whether the value itself is out. */
  readonly open: boolean;
}

export interface NumberRange {
  readonly integer: boolean;
  readonly low?: Limit | undefined;
  readonly high?: Limit | undefined;
  readonly multiples: readonly number[];
}

const MOST_DIGITS = 15;
const MOST_LISTED = 10_000;
const MOST_REMAINDERS = 200;
const LARGEST = 10n ** BigInt(MOST_DIGITS) - 1n;

const DIGIT = symbols([48, 57]);
const digits = (min: number, max: number) => repeat(DIGIT, min, max);
const ZERO = text('0');
const ANY_INTEGER = choice(ZERO, sequence(symbols([49, 57]), digits(0, MOST_DIGITS - 1)));
const ANY_NUMBER = sequence(
  optional(text('-')),
  ANY_INTEGER,
  optional(sequence(text('.'), digits(1, MOST_DIGITS))),
  optional(sequence(symbols([69, 69, 101, 101]), optional(symbols([43, 43, 45, 45])), digits(1, 2))),
);

/** @throws UserError where the numbers are too many to list and too irregular for an automaton */
export function numberExpression(range: NumberRange, place: string): Expression {
  const steps = range.multiples.filter((step) => !(range.integer && isWhole(1 / step)));
  const fractions = steps.filter((step) => !isWhole(step));
  const decimals = fractions.map((step) => decimalsOf(step, place));
  const integer = range.integer || steps.some(isWhole);
  if (!integer) {
    if (!range.low && !range.high && decimals.length === 0) return ANY_NUMBER;
    return decimalsBetween(range, Math.min(MOST_DIGITS, ...decimals));
  }
  const [low, high] = [wholeLimit(range.low, 1n), wholeLimit(range.high, -1n)];
  const step = steps.filter(isWhole).reduce((all, next) => leastCommonMultiple(all, BigInt(next)), 1n);
  if (step === 1n) return decimalsBetween({ ...range, low: limit(low), high: limit(high) }, 0);
  const [first, last] = [ceilDivide(low, step), floorDivide(high, step)];
  if (first > last) return NOTHING;
  if (last - first < BigInt(MOST_LISTED)) {
    const list = Array.from({ length: Number(last - first) + 1 }, (_, i) => `${(first + BigInt(i)) * step}`);
    return oneOfTexts(list.map((value) => [...Buffer.from(value)]));
  }
  if (step > BigInt(MOST_REMAINDERS)) {
    throw new UserError({
      en: `${place}: multiples of ${step} in so wide a range cannot be told apart; narrow it to ${MOST_LISTED} of them (minimum, maximum)`,
      zh: `${place}：范围内 ${step} 的倍数过多；请用 minimum 与 maximum 将其限制在 ${MOST_LISTED} 个以内`,
    });
  }
  const all = decimalsBetween({ ...range, low: limit(low), high: limit(high) }, 0);
  return new Language([whole(all), whole(multiplesOf(Number(step)))], place).expression(symbols);
}

const isWhole = (value: number): boolean => Number.isInteger(value);
const limit = (value: bigint): Limit => ({ value: Number(value), open: false });

function wholeLimit(given: Limit | undefined, inward: bigint): bigint {
  const most = inward > 0n ? -LARGEST : LARGEST;
  if (!given || Math.abs(given.value) > Number(LARGEST)) {
    if (given && given.value * Number(inward) > 0) return inward * (LARGEST + 1n);
    return most;
  }
  const rounded = inward > 0n ? Math.ceil(given.value) : Math.floor(given.value);
  return BigInt(rounded) + (given.open && rounded === given.value ? inward : 0n);
}

/** Of 0.01: 2. @throws UserError where a step is no power of ten */
function decimalsOf(step: number, place: string): number {
  const decimals = Math.round(-Math.log10(step));
  if (decimals > 0 && decimals <= MOST_DIGITS && Number(`1e-${decimals}`) === step) return decimals;
  throw new UserError({
    en: `${place}: multiplesOf ${step} is not supported; whole numbers and 0.1, 0.01, … are`,
    zh: `${place}：不支持 multipleOf ${step}；支持整数以及 0.1、0.01 等`,
  });
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));
const ceilDivide = (a: bigint, b: bigint): bigint => -floorDivide(-a, b);

/** Whole numbers by their remainder, digit after digit. */
function multiplesOf(step: number): Expression {
  const rules = Array.from({ length: step }, (_, remainder) => rule('multipleOf', remainder === 0));
  for (const [remainder, own] of rules.entries()) {
    const next = Array.from({ length: 10 }, (_, digit) =>
      sequence(symbols([48 + digit, 48 + digit]), rules[(remainder * 10 + digit) % step]!),
    );
    own.body = choice(...(remainder === 0 ? [EMPTY] : []), ...next);
  }
  return sequence(optional(symbols([45, 45])), DIGIT_AHEAD(rules));
}

const DIGIT_AHEAD = (rules: readonly Rule[]): Expression =>
  choice(
    ...Array.from({ length: 10 }, (_, digit) =>
      sequence(symbols([48 + digit, 48 + digit]), rules[digit % rules.length]!),
    ),
  );

/** Decimals of a range, with so many digits after the point at most. */
function decimalsBetween({ low, high }: Pick<NumberRange, 'low' | 'high'>, decimals: number): Expression {
  const [a, b] = [decimalOf(low), decimalOf(high)];
  const negative = low === undefined || low.value < 0;
  const positive = high === undefined || high.value >= 0;
  const zero: Decimal = { units: 0n, scale: 0, open: false };
  return choice(
    positive ? magnitudes(low && low.value >= 0 ? a! : zero, b, decimals) : NOTHING,
    negative
      ? sequence(
          text('-'),
          magnitudes(high && high.value <= 0 ? negated(b!) : zero, a && negated(a), decimals),
        )
      : NOTHING,
  );
}

/** units / 10^scale */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
  readonly open: boolean;
}

const negated = (decimal: Decimal): Decimal => ({ ...decimal, units: -decimal.units });

function decimalOf(given: Limit | undefined): Decimal | undefined {
  if (!given) return undefined;
  const [mantissa = '', exponent = '0'] = given.value.toExponential().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale >= 0
    ? { units, scale, open: given.open }
    : { units: units * 10n ** BigInt(-scale), scale: 0, open: given.open };
}

/** Numbers without a sign from `low` to `high`: for each count of digits before the point, as digits between two of the same length. */
function magnitudes(low: Decimal, high: Decimal | undefined, decimals: number): Expression {
  const options: Expression[] = [];
  for (let before = 1; before <= MOST_DIGITS; before++) {
    const after = Math.min(decimals, MOST_DIGITS - before);
    const unit = 10n ** BigInt(after);
    const least = before === 1 ? 0n : 10n ** BigInt(before - 1) * unit;
    const most = 10n ** BigInt(before) * unit - 1n;
    const first = scaled(low, after, 'up');
    const last = high === undefined ? most : scaled(high, after, 'down');
    const [from, to] = [first > least ? first : least, last < most ? last : most];
    if (from > to) continue;
    const width = before + after;
    const written = (value: bigint) => value.toString().padStart(width, '0');
    options.push(digitsBetween(written(from), written(to), before));
  }
  return choice(...options);
}

/** Whole multiples of 10^−scale, rounded into the range. */
function scaled({ units, scale: own, open }: Decimal, scale: number, towards: 'up' | 'down'): bigint {
  const raised = units * 10n ** BigInt(Math.max(0, scale - own));
  const divisor = 10n ** BigInt(Math.max(0, own - scale));
  const rounded = towards === 'up' ? ceilDivide(raised, divisor) : floorDivide(raised, divisor);
  const exact = rounded * divisor === raised;
  return open && exact ? rounded + (towards === 'up' ? 1n : -1n) : rounded;
}

/** Digits between two texts of one length, with a point after the first `before`; zeros at the end may be left out. */
function digitsBetween(low: string, high: string, before: number): Expression {
  const known = new Map<string, Expression>();
  return from(0, true, true);

  function from(at: number, lowest: boolean, highest: boolean): Expression {
    const key = `${at}${lowest}${highest}`;
    const made = known.get(key) ?? make(at, lowest, highest);
    known.set(key, made);
    return made;
  }

  function make(at: number, lowest: boolean, highest: boolean): Expression {
    const mayEnd = at >= before && (!lowest || /^0*$/.test(low.slice(at)));
    const next = at < low.length ? digit(at, lowest, highest) : NOTHING;
    return choice(mayEnd ? EMPTY : NOTHING, at === before ? sequence(text('.'), next) : next);
  }

  function digit(at: number, lowest: boolean, highest: boolean): Expression {
    const [first, last] = [lowest ? Number(low[at]) : 0, highest ? Number(high[at]) : 9];
    const one = (value: number) => symbols([48 + value, 48 + value]);
    if (first === last) return sequence(one(first), from(at + 1, lowest, highest));
    const inner = [first + (lowest ? 1 : 0), last - (highest ? 1 : 0)] as const;
    return choice(
      lowest ? sequence(one(first), from(at + 1, true, false)) : NOTHING,
      highest ? sequence(one(last), from(at + 1, false, true)) : NOTHING,
      inner[0] <= inner[1]
        ? sequence(symbols([48 + inner[0], 48 + inner[1]]), from(at + 1, false, false))
        : NOTHING,
    );
  }
}
