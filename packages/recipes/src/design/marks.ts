/** What people kept and dropped of what was made: it trains a ranker, by which the next round is chosen. */
import type { Random } from '@gradus/base';
import { unharmed } from '@gradus/data';
import {
  type Answers,
  fitRanker,
  isTelling,
  keptProbabilities,
  type Looks,
  type Ranker,
} from '@gradus/tasks';
import { z } from 'zod';
import type { DesignKind } from './kinds/kind.ts';

/** A line of `gradus feedback`'s file: designs.csv with its column `mark` filled in. */
export const Mark = z.strictObject({ design: z.string().min(1), mark: z.enum(['keep', 'drop']) });
export type Mark = z.infer<typeof Mark>;

/** As they were before they stood in a table. */
const marksOf = (marks: readonly unknown[]): Mark[] =>
  z
    .array(Mark)
    .parse(marks)
    .map(({ design, mark }) => ({ design: unharmed(design).replaceAll('\r\n', '\n'), mark }));

/** An item by what rankers look at. */
export function looksOf(item: string, kind: DesignKind, rules: unknown): Looks {
  const properties = Object.entries(kind.properties(item, rules));
  const numbers = properties.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { patterns: kind.patterns(item, rules), numbers: Object.fromEntries(numbers) };
}

/** Of marks of items that this kind can read; the newest mark of an item counts. */
export function rankerOf(
  corrections: readonly unknown[],
  kind: DesignKind,
  rules: unknown,
  random: Random,
): Ranker | null {
  const marks = new Map(marksOf(corrections).map(({ design, mark }) => [design, mark === 'keep'] as const));
  const looks: Looks[] = [];
  const kept: boolean[] = [];
  for (const [design, isKept] of marks) {
    try {
      looks.push(looksOf(design, kind, rules));
      kept.push(isKept);
    } catch {
      // Of a round whose designs were written otherwise: nothing can be learnt from it.
    }
  }
  return fitRanker(looks, kept, random) ?? null;
}

/** What a ranker says of marks that it has not seen; without one each is as likely kept as dropped. */
export function markAnswers(
  marks: readonly unknown[],
  ranker: Ranker | null,
  kind: DesignKind,
  rules: unknown,
): Answers {
  const read = marksOf(marks);
  const isUsed = ranker !== null && isTelling(ranker);
  const probabilities = isUsed
    ? keptProbabilities(
        ranker,
        read.map(({ design }) => looksOf(design, kind, rules)),
      )
    : read.map(() => 0.5);
  return {
    kind: 'classes',
    classes: ['drop', 'keep'],
    labels: read.map(({ mark }) => Number(mark === 'keep')),
    probabilities,
  };
}
