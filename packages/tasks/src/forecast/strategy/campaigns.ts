/**
 * A file of campaigns (--lift): which items, cities or shops, from when, until when. Each is answered by what would have been without it, or
 * refused with the reason.
 */
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { frequencyOf, type Grid, gridKey, stepOf, timesIn } from '../grid.ts';
import { endOf, type ItemHistory, type SalesHistory } from '../history.ts';
import { type CampaignLift, campaignLift } from './campaign-lift.ts';
import type { Refusal } from './refusal.ts';

export interface CampaignAnswer extends CampaignLift {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly treated: readonly string[];
}

export interface Campaigns {
  readonly lifts: readonly CampaignAnswer[];
  readonly refused: readonly Refusal[];
}

const COLUMNS = {
  start: /^(start|from|begin|date|开始|起始|日期)/i,
  end: /^(end|until|to|last|结束|截止)/i,
  unit: /^(item|city|location|shop|store|unit|region|sku|商品|城市|门店|地区)/i,
  name: /^(name|campaign|event|活动|名称)/i,
};
const MOST_CAMPAIGNS = 20;
/** Units compared with: more cost time and tell little. */
const MOST_UNITS = 200;

/** @throws UserError where the file has no column of starts */
export async function campaigns(path: string, file: string, history: SalesHistory): Promise<Campaigns> {
  const table = await readTable(path, { maxRows: 10_000 });
  const at = (pattern: RegExp) => table.columns.findIndex((name) => pattern.test(name.trim()));
  const [start, end, unit, name] = [COLUMNS.start, COLUMNS.end, COLUMNS.unit, COLUMNS.name].map(at) as [
    number,
    number,
    number,
    number,
  ];
  if (start < 0) {
    throw new UserError({
      en: `${file} has the columns ${table.columns.join(', ')}; expected "start" (and "end", "item" and "name" where there are any).`,
      zh: `${file} 的列为 ${table.columns.join('、')}；应有“开始”列（以及可选的“结束”“商品”“名称”列）。`,
    });
  }
  const cells = (column: number) => table.rows.map((row) => (column < 0 ? '' : (row[column] ?? '').trim()));
  const [starts, ends, units, names] = [cells(start), cells(end), cells(unit), cells(name)];
  const [grid] = history.grids as [Grid];
  const times = { from: timesIn(grid, starts), to: end < 0 ? [] : timesIn(grid, ends) };
  const groups = Map.groupBy(table.rows.keys(), (row) =>
    JSON.stringify([names[row], starts[row], ends[row]]),
  );
  const lifts: CampaignAnswer[] = [];
  const refused: Refusal[] = [];
  for (const rows of [...groups.values()].slice(0, MOST_CAMPAIGNS)) {
    const first = rows[0]!;
    const called = names[first] || starts[first]!;
    const [from, to] = [times.from[first], times.to[first]];
    const refuse = (reason: Localized) => refused.push({ of: called, reason });
    if (from === undefined) {
      refuse({ en: `"${starts[first]}" is no date`, zh: `“${starts[first]}”不是日期` });
      continue;
    }
    try {
      const found = answer(history, rows.map((row) => units[row]!).filter(Boolean), from, to, file);
      lifts.push({ name: called, from: starts[first]!, to: ends[first] || '', ...found });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refuse(error.localized);
    }
  }
  return { lifts, refused };
}

function answer(
  { items, grids }: SalesHistory,
  named: readonly string[],
  from: number,
  to: number | undefined,
  file: string,
): CampaignLift & { readonly treated: readonly string[] } {
  const isTreated = (item: ItemHistory) =>
    named.length === 0 ||
    named.some((name) => name === item.item || Object.values(item.levels).includes(name));
  const treated = items.filter(isTreated);
  if (treated.length === 0) {
    throw new UserError({
      en: `no item of the sales is named ${named.slice(0, 5).join(', ')}. Name items in ${file} as the sales file does`,
      zh: `销售数据中没有名为 ${named.slice(0, 5).join('、')} 的对象。请让 ${file} 中的名称与销售文件一致`,
    });
  }
  const grid = grids[treated[0]!.grid]!;
  const start = stepOf(grid, from);
  const same = treated.filter((item) => gridKey(grids[item.grid]!) === gridKey(grid));
  const last = Math.min(
    ...same.map(endOf),
    to === undefined ? Number.POSITIVE_INFINITY : stepOf(grid, to) + 1,
  );
  const begin = Math.max(...same.map(({ first }) => first));
  const window = (item: ItemHistory) => item.values.slice(begin - item.first, last - item.first);
  const isWhole = (item: ItemHistory) =>
    gridKey(grids[item.grid]!) === gridKey(grid) &&
    item.first <= begin &&
    endOf(item) >= last &&
    !window(item).some(Number.isNaN);
  const whole = items.filter(isWhole);
  const mine = whole.filter(isTreated);
  const others = whole.filter((item) => !isTreated(item)).slice(0, MOST_UNITS);
  if (mine.length === 0 || last <= start) {
    throw new UserError({
      en: 'the sales do not reach into it, or have holes in the steps around it',
      zh: '销售数据没有覆盖该活动期，或前后存在缺失',
    });
  }
  const units = [...mine, ...others];
  const found = campaignLift(
    { units: units.map(({ item }) => item), values: units.map(window) },
    mine.map((_, i) => i),
    start - begin,
    { season: frequencyOf(grid).seasons[0]! },
  );
  return { ...found, treated: mine.map(({ item }) => item) };
}
