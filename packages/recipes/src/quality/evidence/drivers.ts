/**
 * What drives satisfaction and loyalty, and what to do about it: how strong each driver is (a share of R², over all orders of entering)
 * and how well it does. Strong and weak first: importance and performance (Martilla and James, 1977).
 */
import type { Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import { cronbachAlpha, keyDrivers, MOST_DRIVERS } from '@gradus/stats';
import type { EvidenceTable, Ranked } from './evidence.ts';
import { blocksOf, type Ratings } from './ratings.ts';

interface Construct {
  readonly name: string;
  readonly items: readonly string[];
  readonly values: Float64Array;
  readonly alpha: number;
  /** From 0 to 100 on its scale. */
  readonly performance: number;
}

/** The measure that strengths of drivers are kept under in the summary. */
const DRIVER_SHARE = 'driver_share';

export interface Drivers {
  readonly section: Section;
  /** The strongest first. */
  readonly ranked: readonly Ranked[];
}

const FEWEST_ROWS = 30;
const FEWEST_DRIVERS = 2;

export function driverSection(
  { rows }: EvidenceTable,
  ratings: ReadonlyMap<string, Ratings>,
  { recommend, satisfaction }: { readonly recommend?: string; readonly satisfaction?: string },
): Drivers | undefined {
  const outcome = recommend ?? satisfaction;
  if (outcome === undefined || !ratings.has(outcome)) return undefined;
  const blocks = blocksOf([...ratings.keys()]);
  const constructs = [...blocks].flatMap(([name, items]) => constructOf(name, items, ratings) ?? []);
  const target = constructs.find(({ items }) => items.includes(outcome))!;
  // What is another outcome is no driver.
  const others = constructs.filter(
    (one) =>
      one !== target &&
      !(recommend !== undefined && satisfaction !== undefined && one.items.includes(satisfaction)),
  );
  const whole = [...rows.keys()].filter((row) =>
    [target, ...others].every(({ values }) => !Number.isNaN(values[row]!)),
  );
  if (whole.length < FEWEST_ROWS || others.length < FEWEST_DRIVERS) return undefined;
  const wholeOf = ({ values }: Construct) => Float64Array.from(whole, (row) => values[row]!);
  const drivers = others
    .map((one) => ({ one, correlation: Math.abs(correlationOf(wholeOf(one), wholeOf(target))) }))
    .sort((a, b) => b.correlation - a.correlation)
    .slice(0, MOST_DRIVERS)
    .map(({ one }) => one);
  const found = keyDrivers(wholeOf(target), drivers.map(wholeOf));
  const ranked = drivers.map((one, k) => ({ one, ...found.drivers[k]! })).sort((a, b) => b.share - a.share);
  const mean = ranked.reduce((sum, { one }) => sum + one.performance, 0) / ranked.length;
  const middle = found.r2 / ranked.length;
  const adviceOf = (share: number, performance: number) =>
    share >= middle
      ? performance < mean
        ? ADVICE.improve
        : ADVICE.keep
      : performance < mean
        ? ADVICE.later
        : ADVICE.enough;
  const of = titleOf(target.name, { recommend, satisfaction });
  const section: Section = {
    id: 'drivers',
    title: { en: `What drives ${of.en}`, zh: `${of.zh}的驱动因素` },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'driver', zh: '驱动因素' } },
          { label: { en: 'share of what is explained', zh: '解释份额' }, align: 'right' },
          { label: { en: '95% interval', zh: '95% 区间' }, align: 'right' },
          { label: { en: 'is the first', zh: '居首的概率' }, align: 'right' },
          { label: { en: 'performance, 0–100', zh: '表现（0–100）' }, align: 'right' },
          { label: { en: 'alpha', zh: 'α 系数' }, align: 'right' },
          { label: { en: 'advice', zh: '建议' } },
        ],
        rows: ranked.map(({ one, share, interval, first }) => [
          titleOf(one.name, {}, one.items.length),
          `${((100 * share) / found.r2).toFixed(0)}%`,
          `${((100 * interval[0]) / found.r2).toFixed(0)} – ${((100 * interval[1]) / found.r2).toFixed(0)}`,
          `${(100 * first).toFixed(0)}%`,
          one.performance.toFixed(0),
          Number.isNaN(one.alpha) ? '–' : one.alpha.toFixed(2),
          adviceOf(share, one.performance),
        ]),
      },
      {
        kind: 'text',
        text: {
          en: `Together they explain ${(100 * found.r2).toFixed(0)}% of ${of.en} (${whole.length} whole answers). Shares say what goes together, not what causes what. Items of one name with numbers behind are taken as one; alpha below 0.7 says that they measure different things.`,
          zh: `这些因素共解释${of.zh}的 ${(100 * found.r2).toFixed(0)}%（${whole.length} 份完整回答）。份额说明相关而非因果。同名带序号的题目合为一项；α 低于 0.7 说明它们测量的不是同一事物。`,
        },
      },
    ],
  };
  return {
    section,
    ranked: ranked.map(({ one, share, interval: [low, high] }) => ({
      measure: DRIVER_SHARE,
      title: { en: `share of the R² of ${of.en}`, zh: `在${of.zh}的 R² 中的份额` },
      unit: 'number',
      version: one.name,
      estimate: { value: share, low, high, n: whole.length, pieces: whole.length },
    })),
  };
}

/** A column by what it asks, where that is known, and by its own name. */
function titleOf(
  name: string,
  {
    recommend,
    satisfaction,
  }: { readonly recommend?: string | undefined; readonly satisfaction?: string | undefined },
  items = 1,
): Localized {
  const count: Localized =
    items > 1 ? { en: ` (${items} items)`, zh: `（${items} 题）` } : { en: '', zh: '' };
  const known =
    name === recommend
      ? { en: 'recommendation', zh: '推荐意愿' }
      : name === satisfaction
        ? { en: 'satisfaction', zh: '满意度' }
        : isSus(name)
          ? { en: 'usability', zh: '可用性' }
          : undefined;
  return known
    ? { en: `${known.en} (“${name}”)${count.en}`, zh: `${known.zh}（“${name}”）${count.zh}` }
    : { en: `“${name}”${count.en}`, zh: `“${name}”${count.zh}` };
}

const isSus = (name: string): boolean => /^sus(?:q|[_ -])?$/i.test(name);

const ADVICE = {
  improve: { en: 'improve: strong and weak', zh: '优先改进：重要而表现弱' },
  keep: { en: 'keep: strong and good', zh: '保持：重要且表现好' },
  later: { en: 'later', zh: '以后再说' },
  enough: { en: 'enough', zh: '已足够' },
} as const;

/** Items of different scales are no construct. */
function constructOf(
  name: string,
  items: readonly string[],
  ratings: ReadonlyMap<string, Ratings>,
): Construct | undefined {
  const read = items.map((item) => ratings.get(item)!);
  const widest = read.reduce((a, b) => (b.scale.to > a.scale.to ? b : a)).scale;
  if (read.some(({ scale }) => scale.to < widest.to / 1.5)) return undefined;
  const { from, to } = widest;
  // Every other item of the SUS is worded against the product.
  const towards = read.map(({ values }, k) =>
    isAgainst(name, items, k) ? values.map((value) => from + to - value) : values,
  );
  const weights = itemWeights(towards);
  const values = towards[0]!.map((_, row) =>
    towards.reduce((sum, one, k) => sum + weights[k]! * one[row]!, 0),
  );
  const whole = [...values.keys()].filter((row) => !Number.isNaN(values[row]!));
  if (whole.length === 0) return undefined;
  const mean = whole.reduce((sum, row) => sum + values[row]!, 0) / whole.length;
  return {
    name,
    items,
    values,
    alpha: cronbachAlpha(towards.map((one) => Float64Array.from(whole, (row) => one[row]!))),
    performance: (100 * (mean - from)) / (to - from),
  };
}

const isAgainst = (name: string, items: readonly string[], place: number): boolean =>
  isSus(name) && items.length === 10 && Number(/(\d+)$/.exec(items[place]!)?.[1]) % 2 === 0;

/**
 * Items that go with the others of their name say more of what they share than one that goes its own way: each is weighed by its
 * correlation with the rest, as partial least squares weighs them (Wold's mode A, one step from equal weights).
 */
function itemWeights(items: readonly Float64Array[]): number[] {
  const equal = items.map(() => 1 / items.length);
  if (items.length < 3) return equal;
  const whole = [...items[0]!.keys()].filter((row) => items.every((item) => !Number.isNaN(item[row]!)));
  const of = (item: Float64Array) => Float64Array.from(whole, (row) => item[row]!);
  const own = items.map(of);
  const raw = own.map((item, k) => {
    const rest = item.map((_, row) => own.reduce((sum, other, j) => (j === k ? sum : sum + other[row]!), 0));
    return Math.max(0, correlationOf(item, rest));
  });
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? raw.map((weight) => weight / total) : equal;
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  const mean = (of: Float64Array) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
