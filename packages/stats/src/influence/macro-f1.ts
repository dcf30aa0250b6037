/** F1 averaged over classes. */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';

/**
 * F1 of a class is the ratio 2 · right / (actual + predicted); a row takes part in it by its actual and by its predicted class. A
 * class that is neither actual nor predicted counts as 0.
 *
 * @param actual class indices 0 … classes − 1
 */
export function macroF1Influence(
  actual: Numbers,
  predicted: Numbers,
  classes: number,
  weights?: Numbers,
): Influenced {
  const n = actual.length;
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const [right, either] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < n; i++) {
    if (actual[i] === predicted[i]) right[actual[i]!]! += weightOf(i);
    either[actual[i]!]! += weightOf(i);
    either[predicted[i]!]! += weightOf(i);
  }
  const f1 = right.map((hits, k) => (either[k] === 0 ? 0 : (2 * hits) / either[k]!));
  const influence = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b] = [actual[i]!, predicted[i]!];
    const change = a === b ? (2 - 2 * f1[a]!) / either[a]! : -(f1[a]! / either[a]! + f1[b]! / either[b]!);
    influence[i] = weightOf(i) === 0 ? 0 : (weightOf(i) * change) / classes;
  }
  return { value: f1.reduce((sum, each) => sum + each, 0) / classes, influence };
}
