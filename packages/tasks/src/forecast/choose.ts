/**
 * Which candidate forecasts an item: the methods that know it alone, the model of all items, a network that somebody brings, or the mean of
 * the first and one of the others, by how each would have told its past. A dozen rolls of one item are a weak witness, so what an item shows is drawn towards what all items show.
 *
 * Whatever is chosen is said to beat the seasonal naive forecast only where it errs less by more than the standard error of the difference.
 * The difference, too, is drawn towards that of all items, by how surely it is known (empirical Bayes: Efron and Morris, 1975). Where
 * it then is no gain at all, the forecast is the naive one; where it is a gain that chance may have made, the forecast is the better guess,
 * and naive is said to be as good.
 */

export const CANDIDATES = ['own', 'global', 'both', 'network', 'own and network'] as const;
export type Candidate = (typeof CANDIDATES)[number];

/** An item's mean absolute errors, by roll. */
export interface RollErrors {
  readonly naive: readonly number[];
  readonly own: readonly number[];
  /** Absent where there is no model of all items. */
  readonly global?: readonly number[];
  readonly both?: readonly number[];
  /** Absent where nobody brings one. */
  readonly network?: readonly number[];
  readonly 'own and network'?: readonly number[];
}

export interface Choice {
  readonly candidate: Candidate | 'naive';
  readonly beatsNaive: boolean;
}

/** So many rolls weigh as much as what all items show. */
const SHARED_ROLLS = 10;
/** Fewer items show nothing together. */
const FEWEST_ITEMS = 5;
/** Rolls that overlap agree with each other: of an item alone so many must tell steps of their own. */
const FEWEST_WITNESSES = 2;

/**
 * @param apart by item, how much of what a roll tells its neighbours do not: rolls that overlap are fewer witnesses. Default: all
 * @returns by item; where there are no rolls, naive
 */
export function choose(items: readonly RollErrors[], apart?: readonly number[]): Choice[] {
  const candidates = chosenCandidates(items);
  const gains = items.map((errors, i) =>
    gainOf(errors.naive, errors[candidates[i]!] ?? errors.own, apart?.[i] ?? 1),
  );
  const known = gains.filter(({ mean, error }) => Number.isFinite(mean) && Number.isFinite(error));
  const centre = meanOf(known.map(({ mean }) => mean));
  const noise = meanOf(known.map(({ error }) => error ** 2));
  const centreError = errorOfCentre(gains, apart);
  const between = Math.max(0, meanOf(known.map(({ mean }) => (mean - centre) ** 2)) - noise);
  return items.map(({ naive }, i): Choice => {
    const { mean, error } = gains[i]!;
    if (!Number.isFinite(mean)) return { candidate: 'naive', beatsNaive: false };
    const isShared = known.length >= FEWEST_ITEMS;
    const witnesses = 1 + (naive.length - 1) * (apart?.[i] ?? 1);
    const drawn = isShared
      ? drawnTo(
          mean,
          Number.isFinite(error) ? error : Math.sqrt(noise),
          { mean: centre, error: centreError },
          between,
        )
      : { mean, error };
    return {
      candidate: drawn.mean > 0 ? candidates[i]! : 'naive',
      // What an item shows itself is not to be the opposite.
      beatsNaive: mean > 0 && drawn.mean > drawn.error && (isShared || witnesses >= FEWEST_WITNESSES),
    };
  });
}

function chosenCandidates(items: readonly RollErrors[]): Candidate[] {
  const relative = items.map((errors) => {
    const sizes = CANDIDATES.map((name) => (errors[name] ? meanOf(errors[name]) : Number.NaN));
    const size = meanOf(sizes.filter(Number.isFinite));
    return sizes.map((own) => (size > 0 ? own / size : own === 0 ? 1 : Number.NaN));
  });
  const shared = CANDIDATES.map((_, c) => meanOf(relative.map((own) => own[c]!).filter(Number.isFinite)));
  return items.map(({ naive }, i) => {
    const scores = CANDIDATES.map((_, c) => {
      const own = relative[i]![c]!;
      if (!Number.isFinite(own)) return Number.POSITIVE_INFINITY;
      return (naive.length * own + SHARED_ROLLS * shared[c]!) / (naive.length + SHARED_ROLLS);
    });
    const best = scores.indexOf(Math.min(...scores));
    return Number.isFinite(scores[best]!) ? CANDIDATES[best]! : 'own';
  });
}

interface Gain {
  readonly mean: number;
  readonly error: number;
  /** By roll. */
  readonly gains: readonly number[];
}

/**
 * The standard error of what all items show together. Items of a file live through the same days, so that a hundred of them are no hundred
 * witnesses: the mean gain of each roll, counted from the latest, is one.
 */
function errorOfCentre(items: readonly Gain[], apart: readonly number[] | undefined): number {
  const rolls = items.reduce((most, { gains }) => Math.max(most, gains.length), 0);
  const byRoll = Array.from({ length: rolls }, (_, back) =>
    items.flatMap(({ gains }) => gains.at(-1 - back) ?? []),
  );
  const most = byRoll[0]?.length ?? 0;
  const means = byRoll.filter((gains) => gains.length >= most / 2).map(meanOf);
  if (means.length < 2) return 0;
  const centre = meanOf(means);
  const variance = means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / (means.length - 1);
  return Math.sqrt(variance / (1 + (means.length - 1) * (apart ? meanOf(apart) : 1)));
}

/** By which share the error is below the naive one's, and the standard error of that over the rolls. */
function gainOf(naive: readonly number[], chosen: readonly number[], apart: number): Gain {
  const size = meanOf(naive);
  const gains = naive.map((error, r) => (size > 0 ? (error - chosen[r]!) / size : 0)).filter(Number.isFinite);
  const mean = meanOf(gains);
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return {
    mean,
    gains,
    error: gains.length > 1 ? Math.sqrt(variance / (1 + (gains.length - 1) * apart)) : Number.NaN,
  };
}

function drawnTo(
  mean: number,
  error: number,
  centre: { readonly mean: number; readonly error: number },
  between: number,
): { mean: number; error: number } {
  if (between === 0) return centre;
  if (error === 0) return { mean, error };
  const weight = between / (between + error ** 2);
  return {
    mean: weight * mean + (1 - weight) * centre.mean,
    error: Math.hypot(Math.sqrt(weight) * error, (1 - weight) * centre.error),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
