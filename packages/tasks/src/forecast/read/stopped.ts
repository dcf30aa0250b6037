/** Items that are no longer sold: nothing for longer than ever before. A forecast of them would be a forecast of a memory. */
import type { Localized } from '@gradus/base';
import { frequencyOf, type Grid, stepText } from '../grid.ts';
import type { ItemHistory } from '../history.ts';

/** A silence must be so many times the longest before, and so many steps. */
const LONGER = 2;
const FEWEST = 4;

export function stoppedItem(
  { values, first }: Pick<ItemHistory, 'values' | 'first'>,
  grid: Grid,
): Localized | undefined {
  let last = -1;
  let longest = 0;
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(values[t]!) || values[t]! === 0) continue;
    if (last >= 0) longest = Math.max(longest, t - last - 1);
    last = t;
  }
  const silent = values.length - 1 - last;
  const season = frequencyOf(grid).seasons[0]!;
  if (silent < Math.max(FEWEST, season, LONGER * longest)) return undefined;
  return {
    en: `it stopped selling: nothing since ${stepText(grid, first + last)}`,
    zh: `已停止销售：自 ${stepText(grid, first + last)} 起没有销售`,
  };
}
