/**
 * Does the measurement see the parts, or itself? A gauge study has some operators measure some parts several times; analysis of variance
 * parts what varies into parts, operators, their interaction, and repetition (AIAG, "Measurement Systems Analysis", 4th edition). The
 * interval of the gauge's share is a generalized one: each mean square over its own χ² (Hamada and Weerahandi, 2000).
 */
import { Random } from '@gradus/base';
import { quantileSorted } from '../distributions/quantile.ts';
import type { Interval } from '../numbers.ts';

export interface GaugeStudy {
  /** Variances. */
  readonly repeatability: number;
  readonly operator: number;
  readonly interaction: number;
  readonly part: number;
  /** √(gauge variance / total variance): AIAG's "% study variation"; below 0.1 good, above 0.3 unusable. */
  readonly share: number;
  readonly interval: Interval;
  /** How many groups of parts the gauge can tell apart. */
  readonly categories: number;
}

const DRAWS = 4000;

/** @param values [parts][operators][repetitions], as many of each everywhere */
export function gaugeStudy(values: readonly (readonly (readonly number[])[])[]): GaugeStudy {
  const [p, o, r] = [values.length, values[0]!.length, values[0]![0]!.length];
  const n = p * o * r;
  const cells = values.map((part) => part.map((cell) => cell.reduce((sum, each) => sum + each, 0) / r));
  const grand = cells.flat().reduce((sum, each) => sum + each, 0) / (p * o);
  const parts = cells.map((row) => row.reduce((sum, each) => sum + each, 0) / o);
  const operators = Array.from({ length: o }, (_, j) => cells.reduce((sum, row) => sum + row[j]!, 0) / p);
  const square = (of: readonly number[], weight: number) =>
    weight * of.reduce((sum, each) => sum + (each - grand) ** 2, 0);
  const between = square(cells.flat(), r);
  const [ofParts, ofOperators] = [square(parts, o * r), square(operators, p * r)];
  const within = values.reduce(
    (sum, part, i) =>
      sum +
      part.reduce((own, cell, j) => own + cell.reduce((s, each) => s + (each - cells[i]![j]!) ** 2, 0), 0),
    0,
  );
  const freedom = [p - 1, o - 1, (p - 1) * (o - 1), n - p * o] as const;
  const means = [
    ofParts / freedom[0],
    ofOperators / freedom[1],
    (between - ofParts - ofOperators) / freedom[2],
    within / freedom[3],
  ] as const;
  const components = (part: number, operator: number, both: number, error: number) => {
    const interaction = Math.max(0, (both - error) / r);
    return {
      repeatability: error,
      operator: Math.max(0, (operator - both) / (p * r)),
      interaction,
      part: Math.max(0, (part - both) / (o * r)),
    };
  };
  const shareOf = ({ repeatability, operator, interaction, part }: ReturnType<typeof components>) => {
    const gauge = repeatability + operator + interaction;
    return gauge + part > 0 ? Math.sqrt(gauge / (gauge + part)) : Number.NaN;
  };
  const found = components(...means);
  const random = new Random('gauge');
  const draws = Float64Array.from({ length: DRAWS }, () => {
    const [a, b, c, d] = means.map((square, i) => (square * freedom[i]!) / chiSquared(freedom[i]!, random));
    return shareOf(components(a!, b!, c!, d!));
  }).sort();
  const gauge = found.repeatability + found.operator + found.interaction;
  return {
    ...found,
    share: shareOf(found),
    interval: [quantileSorted(draws, 0.025), quantileSorted(draws, 0.975)],
    categories: Math.max(1, Math.floor(Math.SQRT2 * Math.sqrt(found.part / gauge))),
  };
}

function chiSquared(freedom: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < freedom; i++) sum += random.normal() ** 2;
  return sum;
}
