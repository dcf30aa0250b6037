/**
 * How a transcript differs from what was said: the fewest substitutions, deletions and insertions that turn one into the other
 * (Levenshtein, 1966). Over their number stands that of the reference's tokens: the word error rate, or of Chinese the
 * character error rate. It may be above 1.
 */

export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Tokens of the reference. */
  readonly length: number;
}

/** What was heard as what; '' where nothing was said, or nothing heard. */
export type Confusion = readonly [said: string, heard: string];

/** @param onConfusion Gets each error, from the last token to the first */
export function wordErrors(
  reference: readonly string[],
  hypothesis: readonly string[],
  onConfusion?: (confusion: Confusion) => void,
): WordErrors {
  const [n, m] = [reference.length, hypothesis.length];
  const width = m + 1;
  const cost = new Uint16Array((n + 1) * width);
  for (let j = 0; j <= m; j++) cost[j] = j;
  for (let i = 1; i <= n; i++) {
    cost[i * width] = i;
    for (let j = 1; j <= m; j++) {
      const change = reference[i - 1] === hypothesis[j - 1] ? 0 : 1;
      cost[i * width + j] = Math.min(
        cost[(i - 1) * width + j - 1]! + change,
        cost[(i - 1) * width + j]! + 1,
        cost[i * width + j - 1]! + 1,
      );
    }
  }
  let [i, j] = [n, m];
  let [substitutions, deletions, insertions] = [0, 0, 0];
  while (i > 0 || j > 0) {
    const here = cost[i * width + j]!;
    const isSame = i > 0 && j > 0 && reference[i - 1] === hypothesis[j - 1];
    if (i > 0 && j > 0 && here === cost[(i - 1) * width + j - 1]! + (isSame ? 0 : 1)) {
      if (!isSame) {
        substitutions++;
        onConfusion?.([reference[i - 1]!, hypothesis[j - 1]!]);
      }
      i--;
      j--;
    } else if (i > 0 && here === cost[(i - 1) * width + j]! + 1) {
      deletions++;
      i--;
      onConfusion?.([reference[i]!, '']);
    } else {
      insertions++;
      j--;
      onConfusion?.(['', hypothesis[j]!]);
    }
  }
  return { substitutions, deletions, insertions, length: n };
}

export const errorCount = ({ substitutions, deletions, insertions }: WordErrors): number =>
  substitutions + deletions + insertions;
