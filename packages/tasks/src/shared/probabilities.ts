/**
 * Probabilities of classes in one array, as all tasks and held-out.json have them: of class 1 [n] where there are two classes,
 * of each class [n, classes] where there are more.
 */
import type { Numbers } from '@gradus/stats';

/** Values a row has. */
export const widthOf = (classes: number): number => (classes === 2 ? 1 : classes);

/** Each row's likeliest class. */
export function decide(probabilities: Numbers, classes = 2): Int32Array {
  const width = widthOf(classes);
  return Int32Array.from({ length: probabilities.length / width }, (_, row) => {
    if (classes === 2) return probabilities[row]! >= 0.5 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[row * width + k]! > probabilities[row * width + best]!) best = k;
    }
    return best;
  });
}

/** The probability of one class in one row. */
export function probabilityOf(probabilities: Numbers, row: number, label: number, classes: number): number {
  if (classes > 2) return probabilities[row * classes + label]!;
  return label === 1 ? probabilities[row]! : 1 - probabilities[row]!;
}

/** The probability of each row's likeliest class. */
export function confidences(probabilities: Numbers, classes = 2): Float64Array {
  const width = widthOf(classes);
  return Float64Array.from(decide(probabilities, classes), (decision, row) => {
    const p = probabilities[row * width + (classes === 2 ? 0 : decision)]!;
    return classes === 2 && decision === 0 ? 1 - p : p;
  });
}

/** 1 where the likeliest class is the actual one, else 0. */
export function hits(labels: Numbers, probabilities: Numbers, classes = 2): Uint8Array {
  return Uint8Array.from(decide(probabilities, classes), (decision, row) =>
    decision === labels[row] ? 1 : 0,
  );
}

/**
 * The same probabilities by the places of other classes: a file that grew may have its classes in another order, or one more.
 *
 * @param from The classes that they are of @param to Those that are wanted; one that is none of `from` has probability 0
 */
export function ofClasses(
  probabilities: Numbers,
  from: readonly string[],
  to: readonly string[],
): Float64Array {
  const rows = probabilities.length / widthOf(from.length);
  const places = to.map((name) => from.indexOf(name));
  const at = (row: number, place: number): number => {
    if (place < 0) return 0;
    if (from.length > 2) return probabilities[row * from.length + place]!;
    return place === 1 ? probabilities[row]! : 1 - probabilities[row]!;
  };
  const wanted = to.length === 2 ? places.slice(1) : places;
  return Float64Array.from({ length: rows * wanted.length }, (_, i) =>
    at(Math.floor(i / wanted.length), wanted[i % wanted.length]!),
  );
}

/** The values of some rows. */
export function pickRows(values: Numbers, rows: ArrayLike<number>, width = 1): Float64Array {
  const picked = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < width; k++) picked[i * width + k] = values[rows[i]! * width + k]!;
  }
  return picked;
}
