/**
 * Step 7: is a retrained model better than the one it should replace? Both are asked about the same held-out reviews.
 *
 * The challenger wins if it is right at least as often and its probabilities are better (log loss), which a handful
 * of corrections can show; it loses a tie. How likely the difference in right answers is by chance alone is told
 * beside (McNemar's exact test).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/engine';
import type { Verdict } from '@gradus/loop';
import { accuracy, logLoss, macroF1, mcnemar } from '@gradus/nn';
import { z } from 'zod';
import type { HeldOut } from './evaluate.ts';

export const HELD_OUT_FILE = 'held-out.json';

const HeldOutFile = z.object({
  rows: z.array(z.number()),
  labels: z.array(z.number()),
  probabilities: z.array(z.number()),
});

export async function compare(champion: string, challenger: string): Promise<Verdict> {
  const [old, fresh] = [readHeldOut(champion), readHeldOut(challenger)];
  if (old.rows.join() !== fresh.rows.join() || old.labels.join() !== fresh.labels.join()) {
    throw new UserError(
      'The two runs held out different reviews, so they cannot be compared. Retrain from the same file with the same seed.',
    );
  }
  const { labels } = old;
  const n = labels.length;
  const [a, b] = [scoresOf(old), scoresOf(fresh)];
  const { pValue } = mcnemar(correct(old), correct(fresh));
  const promote = b.accuracy >= a.accuracy && b.logLoss < a.logLoss;
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const figures = `${percent(a.accuracy)} → ${percent(b.accuracy)}`;
  const [lossBefore, lossAfter] = [a.logLoss.toFixed(4), b.logLoss.toFixed(4)];
  return {
    promote,
    reason: promote
      ? {
          en: `The new model takes over: on the same ${n} held-out reviews it is right ${figures}, log loss ${lossBefore} → ${lossAfter} (p = ${pValue.toFixed(3)}).`,
          zh: `新模型接替旧模型：在同样的 ${n} 条留出评价上，准确率 ${figures}，对数损失 ${lossBefore} → ${lossAfter}（p = ${pValue.toFixed(3)}）。`,
        }
      : {
          en: `The old model stays: on the same ${n} held-out reviews the new one is no better (right ${figures}, log loss ${lossBefore} → ${lossAfter}, p = ${pValue.toFixed(3)}).`,
          zh: `保留旧模型：在同样的 ${n} 条留出评价上，新模型没有更好（准确率 ${figures}，对数损失 ${lossBefore} → ${lossAfter}，p = ${pValue.toFixed(3)}）。`,
        },
    metrics: {
      accuracy: { champion: a.accuracy, challenger: b.accuracy },
      macroF1: { champion: a.macroF1, challenger: b.macroF1 },
      logLoss: { champion: a.logLoss, challenger: b.logLoss },
    },
    n,
    pValue,
  };
}

function readHeldOut(directory: string): HeldOut {
  try {
    return HeldOutFile.parse(JSON.parse(readFileSync(join(directory, HELD_OUT_FILE), 'utf8')));
  } catch {
    throw new UserError(
      `${directory} has no held-out reviews to compare on: the run learnt no sentiment, because its file says of no review whether it is satisfied.`,
    );
  }
}

function scoresOf({ labels, probabilities }: HeldOut) {
  return {
    accuracy: accuracy(labels, decide(probabilities)),
    macroF1: macroF1(labels, decide(probabilities)),
    logLoss: logLoss(labels, probabilities),
  };
}

const decide = (probabilities: readonly number[]): number[] => probabilities.map((p) => (p >= 0.5 ? 1 : 0));

function correct({ labels, probabilities }: HeldOut): number[] {
  return decide(probabilities).map((decision, i) => (decision === labels[i] ? 1 : 0));
}
