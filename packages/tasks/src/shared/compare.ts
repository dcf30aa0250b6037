/**
 * Is a retrained model better than the one it should replace? Both are judged by what they said of the same held-out rows, and of
 * the newest rows where enough were held back.
 *
 * The figure that decides is a mean over rows (log loss of classes, absolute or squared error of values): Student's test of the paired
 * differences says whether one is beyond chance; McNemar's exact test says it of right answers. The challenger wins if the figure is better beyond chance on the one or the other rows, and nothing is worse beyond chance on either.
 * Where they are alike the champion stays: a change has a price of its own.
 */
import { UserError } from '@gradus/base';
import type { Measured, Slice, Verdict } from '@gradus/loop';
import { mcnemar, meanInfluence, pValueOf, uncertaintyOf } from '@gradus/stats';
import { differentRows, type Outcome, verdictReason } from './compare-words.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Answers, HeldOut } from './held-out.ts';
import { ofClasses } from './probabilities.ts';
import { type SliceName, slicesOf } from './slices.ts';
import { type Standing, standingOf } from './standing.ts';
import { ROW_WORDS, type RowWords } from './words.ts';

export interface CompareOptions {
  /** What the champion, which was made before there were these rows, says of the challenger's `recent` ones. */
  readonly recent?: Answers | undefined;
  readonly nameOf?: SliceName;
  readonly words?: RowWords;
}

/** What both say of the same rows. */
interface Pair {
  readonly champion: Figures;
  readonly challenger: Figures;
}

/** @throws UserError where the two held out different rows */
export function compareHeldOut(
  champion: HeldOut,
  challenger: HeldOut,
  { recent: championRecent, nameOf, words = ROW_WORDS }: CompareOptions = {},
): Verdict {
  const held = {
    champion: figuresOf(inClassesOf(champion.answers, challenger.answers)),
    challenger: figuresOf(challenger.answers),
  };
  const isSame =
    champion.rows.join() === challenger.rows.join() && held.champion.truth === held.challenger.truth;
  if (!isSame) throw new UserError(differentRows(words));
  const heldOut = weigh(held);
  const recent =
    challenger.recent && championRecent
      ? weigh({
          champion: figuresOf(championRecent),
          challenger: figuresOf(challenger.recent.answers),
        })
      : undefined;
  const outcome = outcomeOf(recent ? [heldOut, recent] : [heldOut]);
  return {
    promote: outcome === 'better',
    reason: verdictReason(outcome, heldOut.figures, recent?.figures, words),
    ...heldOut.figures,
    ...(recent && { recent: recent.figures }),
    slices: slicesOf(challenger, nameOf).map(({ name, rows }): Slice => {
      const pair = { champion: held.champion.of(rows), challenger: held.challenger.of(rows) };
      const { metric, value, isGain } = pair.challenger.ofSlice;
      const measured = { champion: pair.champion.ofSlice.value, challenger: value };
      const test = pair.champion.hits ? hitsTest(pair) : { pValue: lossesTest(pair).pValue };
      return { name, n: rows.length, metric, isGain, measured: { ...measured, ...test } };
    }),
  };
}

/** The champion's answers by the challenger's classes, where it has all of them. */
function inClassesOf(champion: Answers, challenger: Answers): Answers {
  if (champion.kind !== 'classes' || challenger.kind !== 'classes') return champion;
  const { classes } = challenger;
  if (!champion.classes.every((name) => classes.includes(name))) return champion;
  return {
    kind: 'classes',
    classes,
    labels: champion.labels.map((label) => classes.indexOf(champion.classes[label]!)),
    probabilities: Array.from(ofClasses(champion.probabilities, champion.classes, classes)),
  };
}

interface Weighed {
  readonly figures: Pick<Verdict, 'metrics' | 'n' | 'pValue'>;
  /** How the challenger stands in each tested figure. */
  readonly standings: { readonly deciding: Standing; readonly hits: Standing };
}

function weigh(pair: Pair): Weighed {
  const { champion, challenger } = pair;
  const n = challenger.losses.length;
  const { deciding, isGain } = challenger;
  const { pValue, difference } = lossesTest(pair);
  const right = hitsTest(pair);
  const before = champion.metrics();
  const metrics = Object.fromEntries(
    Object.entries(challenger.metrics()).map(([name, value]): [string, Measured] => {
      const tested = name === deciding ? { pValue } : name === 'accuracy' ? right : {};
      return [name, { champion: before[name]!, challenger: value, ...tested }];
    }),
  );
  return {
    figures: { n, pValue, metrics },
    standings: {
      deciding: standingOf(isGain ? difference : -difference, pValue),
      hits: standingOf(challenger.ofSlice.value - champion.ofSlice.value, right.pValue ?? 1),
    },
  };
}

/** McNemar's test, of answers that are right or wrong. */
function hitsTest({ champion, challenger }: Pair): { readonly pValue?: number } {
  if (!champion.hits || !challenger.hits) return {};
  return { pValue: mcnemar(champion.hits, challenger.hits).pValue };
}

/** Student's test of the paired differences. */
function lossesTest({ champion, challenger }: Pair): {
  readonly difference: number;
  readonly pValue: number;
} {
  const { value, influence } = meanInfluence(challenger.losses.map((loss, i) => loss - champion.losses[i]!));
  return { difference: value, pValue: pValueOf(value, uncertaintyOf(influence)) };
}

function outcomeOf(parts: readonly Weighed[]): Outcome {
  const standings = parts.map(({ standings }) => standings);
  if (standings.some(({ deciding, hits }) => deciding === 'worse' || hits === 'worse')) return 'worse';
  return standings.some(({ deciding }) => deciding === 'better') ? 'better' : 'alike';
}
