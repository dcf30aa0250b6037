/**
 * Labels that are likely wrong, by confident learning (Northcutt, Jiang and Chuang, 2021): a row belongs to the class whose
 * probability, by a model that did not see the row, is at least what rows of that class have on average; where that is another
 * class than its label says, the label deserves a second look. People's time is dear: it must be likelier than not, and much
 * likelier than the label.
 */
export interface Suspicious {
  /** Among the labelled rows. */
  readonly at: number;
  /** The class that it seems to be. */
  readonly seems: number;
  /** Of that class, and of the label's. */
  readonly probability: number;
  readonly given: number;
}

const LIKELY = 0.5;
const MUCH_LIKELIER = 4;

/** @param probabilities Of labelled rows, by models that did not see them. [rows, classes] @returns the worst first */
export function suspiciousLabels(probabilities: Float64Array, labels: Int32Array): Suspicious[] {
  const classes = probabilities.length / labels.length;
  const usual = averages(probabilities, labels, classes);
  const found: Suspicious[] = [];
  for (const [at, label] of labels.entries()) {
    const of = probabilities.subarray(at * classes, (at + 1) * classes);
    let seems = -1;
    for (let k = 0; k < classes; k++) {
      if (of[k]! >= usual[k]! && (seems < 0 || of[k]! > of[seems]!)) seems = k;
    }
    if (seems < 0 || seems === label) continue;
    if (of[seems]! >= LIKELY && of[seems]! >= MUCH_LIKELIER * of[label]!)
      found.push({ at, seems, probability: of[seems]!, given: of[label]! });
  }
  return found.sort((a, b) => b.probability - b.given - (a.probability - a.given) || a.at - b.at);
}

/** The mean probability of each class over the rows that have it as their label; infinite for a class without rows. */
function averages(probabilities: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const [at, label] of labels.entries()) {
    sums[label]! += probabilities[at * classes + label]!;
    counts[label]! += 1;
  }
  return sums.map((sum, k) => (counts[k] === 0 ? Number.POSITIVE_INFINITY : sum / counts[k]!));
}
