/**
 * Reasons: which terms or inputs carried one answer. Of a linear model they are exact: what each term adds to the logit. Of any
 * other model by occlusion: how much the answer falls when a unit is taken out (Zeiler and Fergus, 2014; for texts: Li, Monroe
 * and Jurafsky, "Understanding Neural Networks through Representation Erasure", 2016).
 */

export interface Reason {
  /** A term of a linear model, a token of a text, the name of an input. */
  readonly unit: string;
  /** Above 0 it spoke for the answer, below 0 against it. In the scale of the logit or score that was explained. */
  readonly weight: number;
}

/** What each term of a row adds to a linear model's logit. */
export function linearReasons(
  row: readonly { readonly unit: string; readonly value: number; readonly weight: number }[],
): Reason[] {
  return ranked(row.map(({ unit, value, weight }) => ({ unit, weight: value * weight })));
}

/** How much the score falls without each unit. */
export async function occlusionReasons(
  units: readonly string[],
  /** The scores of the whole (`undefined`), and without the unit at each place. */
  scoresWithout: (places: readonly (number | undefined)[]) => Promise<ArrayLike<number>>,
): Promise<Reason[]> {
  const scores = await scoresWithout([undefined, ...units.keys()]);
  return ranked(units.map((unit, place) => ({ unit, weight: scores[0]! - scores[place + 1]! })));
}

/** The strongest first, whichever way. */
const ranked = (reasons: readonly Reason[]): Reason[] =>
  reasons.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
