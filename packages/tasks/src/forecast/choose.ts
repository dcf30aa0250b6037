/**
 * Which candidate forecasts an item: the methods that know it alone, the trees or the network of all items, a network that somebody brings, or
 * the mean of the first and others, by how each would have told its past. A dozen rolls of one item are a weak witness, so what an item shows is drawn towards what all items show.
 *
 * Where that is no gain over the seasonal naive forecast, it is the naive one; where it is a gain that chance may have made, the forecast is
 * the better guess, and naive is said to be as good (./beats-naive.ts).
 */
import { gainOf } from '@gradus/classical';
import { centreOf, drawnTo, meanOf } from './gains.ts';

/** What tells an item's steps: the methods that know it alone, the trees and the network of all items, a network that somebody brings. */
export type Source = 'own' | 'trees' | 'n-hits' | 'brought';

/** What each candidate is the mean of. */
export const SOURCES = {
  own: ['own'],
  trees: ['trees'],
  'own and trees': ['own', 'trees'],
  'n-hits': ['n-hits'],
  'own and n-hits': ['own', 'n-hits'],
  'own, trees and n-hits': ['own', 'trees', 'n-hits'],
  brought: ['brought'],
  'own and brought': ['own', 'brought'],
} as const satisfies Readonly<Record<string, readonly Source[]>>;
export type Candidate = keyof typeof SOURCES;
const CANDIDATES = Object.keys(SOURCES) as Candidate[];

/** An item's mean absolute errors, by roll; of candidates that are there. */
export interface RollErrors extends Readonly<Partial<Record<Candidate, readonly number[]>>> {
  readonly naive: readonly number[];
  readonly own: readonly number[];
}

/** Mean errors of an item's candidates over some of its rolls; of candidates that are there. */
export interface MeanErrors {
  readonly rolls: number;
  readonly means: Readonly<Partial<Record<Candidate, number>>>;
}

/** What tells an item's steps to come. */
export type Choice = Candidate | 'naive';

/** So many rolls that tell steps of their own weigh as much as what all items show. */
const SHARED_ROLLS = 10;

/** @param apart as of `gainOf`, by item. Default: 1 @returns by item; where there are no rolls, naive */
export function choose(items: readonly RollErrors[], apart?: readonly number[]): Choice[] {
  const candidates = bestCandidates(items.map(meanErrors), apart);
  const gains = items.map((errors, i) =>
    gainOf(errors.naive, errors[candidates[i]!] ?? errors.own, { apart: apart?.[i] ?? 1 }),
  );
  const shared = centreOf(gains);
  return gains.map((gain, i) => (drawnTo(gain, shared).mean > 0 ? candidates[i]! : 'naive'));
}

/**
 * @param apart as of `gainOf`, by item. Default: 1
 * @returns by item what errs least, its own rolls weighed against those of all items; where there are no rolls, its own methods
 */
export function bestCandidates(items: readonly MeanErrors[], apart?: readonly number[]): Candidate[] {
  const relative = items.map(({ means }) => {
    const sizes = CANDIDATES.map((name) => means[name] ?? Number.NaN);
    const size = meanOf(sizes.filter(Number.isFinite));
    return sizes.map((own) => (size > 0 ? own / size : own === 0 ? 1 : Number.NaN));
  });
  const shared = CANDIDATES.map((_, c) => meanOf(relative.map((own) => own[c]!).filter(Number.isFinite)));
  return items.map(({ rolls }, i) => {
    const witnesses = 1 + (rolls - 1) * (apart?.[i] ?? 1);
    const scores = CANDIDATES.map((_, c) => {
      const own = relative[i]![c]!;
      if (!Number.isFinite(own)) return Number.POSITIVE_INFINITY;
      return (witnesses * own + SHARED_ROLLS * shared[c]!) / (witnesses + SHARED_ROLLS);
    });
    const best = scores.indexOf(Math.min(...scores));
    return Number.isFinite(scores[best]!) ? CANDIDATES[best]! : 'own';
  });
}

const meanErrors = (errors: RollErrors): MeanErrors => ({
  rolls: errors.naive.length,
  means: Object.fromEntries(
    CANDIDATES.flatMap((name) => (errors[name] ? [[name, meanOf(errors[name])]] : [])),
  ),
});
