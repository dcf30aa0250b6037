/**
 * Patterns in a control chart that chance hardly makes: the rules of Western Electric (1956), as Nelson numbered and completed them
 * ("The Shewhart Control Chart: Tests for Special Causes", 1984). A point's distance is in standard errors of its own.
 */
import type { ControlChart } from './control-chart.ts';

interface Rule {
  /** Points in a row that it looks at. */
  readonly window: number;
  /** @param z The window's distances from the centre */
  breaks(z: readonly number[]): boolean;
}

const oneSide = (z: readonly number[], beyond: number, least: number): boolean =>
  [1, -1].some((sign) => z.filter((each) => sign * each > beyond).length >= least);

/** By Nelson's number. */
export const RUN_RULES: Readonly<Record<number, Rule>> = {
  1: { window: 1, breaks: ([z]) => Math.abs(z!) > 3 },
  2: { window: 9, breaks: (z) => oneSide(z, 0, 9) },
  3: {
    window: 6,
    breaks: (z) => [1, -1].some((sign) => z.slice(1).every((each, i) => sign * (each - z[i]!) > 0)),
  },
  4: {
    window: 14,
    breaks: (z) => z.slice(2).every((each, i) => (each - z[i + 1]!) * (z[i + 1]! - z[i]!) < 0),
  },
  5: { window: 3, breaks: (z) => oneSide(z, 2, 2) },
  6: { window: 5, breaks: (z) => oneSide(z, 1, 4) },
  7: { window: 15, breaks: (z) => z.every((each) => Math.abs(each) < 1) },
  8: { window: 8, breaks: (z) => z.every((each) => Math.abs(each) > 1) },
};

export interface RuleBreak {
  readonly rule: number;
  /** The last point of the pattern. */
  readonly point: number;
}

/** @param rules Nelson's numbers; default those of Western Electric: 1, 2, 5, 6 */
export function runRuleBreaks(chart: ControlChart, rules: readonly number[] = [1, 2, 5, 6]): RuleBreak[] {
  const z = chart.points.map((point, i) => {
    const half = (chart.upper[i]! - chart.center) / 3;
    return half > 0 ? (point - chart.center) / half : 0;
  });
  return rules.flatMap((rule) => {
    const { window, breaks } = RUN_RULES[rule]!;
    return z.flatMap((_, point) =>
      point + 1 >= window && breaks(z.slice(point + 1 - window, point + 1)) ? [{ rule, point }] : [],
    );
  });
}
