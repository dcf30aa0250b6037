/**
 * Reasons for one answer to a text. Of a model without networks they are exact, by term; of any model, by leaving out one token
 * after another and asking again.
 */
import { characterTokens } from '@gradus/data';
import { linearReasons, occlusionReasons, type Reason } from '../shared/reasons.ts';
import { termMatrix } from './features.ts';
import type { TextModel } from './model.ts';

/** Tokens of a text that are left out one by one; of a longer text the first. */
const MOST_TOKENS = 120;

/**
 * What each term of a text adds to the calibrated logit of a class, by the linear model.
 *
 * @returns the terms, and the rest of the logit: the bias and, of two classes, the shift of calibration
 * @throws RangeError where the model has networks, whose share has no such parts
 */
export function linearTextReasons(
  { features, linear, networks, temperature, shift }: TextModel,
  text: string,
  label: number,
): { readonly reasons: Reason[]; readonly bias: number } {
  if (networks.length > 0) throw new RangeError('Reasons by term are exact of linear models alone');
  const { indices, values } = termMatrix(features, [text]);
  const outputs = linear.bias.length;
  // The one logit of two classes speaks for the second, and against the first.
  const [column, sign] = outputs === 1 ? [0, label === 1 ? 1 : -1] : [label, 1];
  return {
    reasons: linearReasons(
      Array.from(indices, (term, k) => ({
        unit: features.terms.terms[term]!,
        value: values[k]!,
        weight: (sign * linear.weights[term * outputs + column]!) / temperature,
      })),
    ),
    bias: sign * (linear.bias[column]! / temperature + (outputs === 1 ? shift : 0)),
  };
}

/** How much the log odds of the text's likeliest class fall without each token. */
export async function textReasons(
  text: string,
  classes: number,
  /** Probabilities of each class, [texts, classes]. */
  probabilitiesOf: (texts: readonly string[]) => Promise<ArrayLike<number>>,
): Promise<Reason[]> {
  const lower = text.toLowerCase();
  const spans = spansOf(lower).slice(0, MOST_TOKENS);
  let label = 0;
  return occlusionReasons(
    spans.map(([from, to]) => lower.slice(from, to)),
    async (places) => {
      const probabilities = await probabilitiesOf(
        places.map((place) => (place === undefined ? lower : without(lower, spans[place]!))),
      );
      for (let k = 1; k < classes; k++) if (probabilities[k]! > probabilities[label]!) label = k;
      return places.map((_, i) => logOdds(probabilities[i * classes + label]!));
    },
  );
}

/** Where the tokens stand. */
function spansOf(text: string): [from: number, to: number][] {
  let at = 0;
  return characterTokens(text).flatMap((token): [number, number][] => {
    const from = text.indexOf(token, at);
    if (from < 0) return [];
    at = from + token.length;
    return [[from, at]];
  });
}

const without = (text: string, [from, to]: readonly [number, number]): string =>
  text.slice(0, from) + text.slice(to);

function logOdds(probability: number): number {
  const p = Math.min(Math.max(probability, 1e-7), 1 - 1e-7);
  return Math.log(p / (1 - p));
}
