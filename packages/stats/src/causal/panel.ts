/** What a question of cause and effect is asked of: units (cities, shops, items) watched at the same times. */
import { UserError } from '@gradus/base';

export interface Panel {
  readonly units: readonly string[];
  /** By unit, then time; no gaps. */
  readonly values: readonly Float64Array[];
}

/** @throws UserError where units are not watched at the same times, or a value is missing */
export function requirePanel({ units, values }: Panel, start: number): void {
  const times = values[0]?.length ?? 0;
  units.forEach((unit, i) => {
    if (values[i]?.length !== times) {
      throw new UserError({
        en: `"${unit}" has ${values[i]?.length ?? 0} times and "${units[0]}" ${times}; expected the same times in all. Fill what is missing, or leave the unit out.`,
        zh: `“${unit}”有 ${values[i]?.length ?? 0} 个时间点，而“${units[0]}”有 ${times} 个；各单位的时间点应相同。请补齐缺失值，或去掉该单位。`,
      });
    }
    const missing = values[i]!.findIndex((value) => !Number.isFinite(value));
    if (missing >= 0) {
      throw new UserError({
        en: `"${unit}" has no number at time ${missing + 1}. Fill it, or leave the unit out.`,
        zh: `“${unit}”在第 ${missing + 1} 个时间点没有数值。请补齐，或去掉该单位。`,
      });
    }
  });
  if (!(start >= 2 && start < times)) {
    throw new UserError({
      en: `There are ${Math.max(0, start)} times before the start and ${Math.max(0, times - start)} from it on; expected at least two before and one after. Give a longer history, or another start.`,
      zh: `开始之前有 ${Math.max(0, start)} 个时间点，开始之后有 ${Math.max(0, times - start)} 个；之前至少需要两个，之后至少一个。请提供更长的历史，或改变开始时间。`,
    });
  }
}

export const meanOf = (values: ArrayLike<number>, from = 0, to = values.length): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
};
