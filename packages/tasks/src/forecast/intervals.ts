/**
 * Intervals from what went wrong before (conformal prediction: Vovk et al., 2005; of forecasts Stankeviciute et al., 2021): an item's
 * errors in its rolls, by how many steps ahead, say how far off the next forecasts may be.
 *
 * An item has few rolls, and those overlap, so its errors are divided by their size at that step ahead, and what they look like then is
 * shared with the other items, the more the fewer steps of its own no other roll tells. What remains wrong is measured: intervals are
 * made as they would have been at earlier rolls (`rehearse`), and widened until they hold as often as they say. That share is the
 * coverage that reports show.
 */
import { normalQuantile, quantileSorted } from '@gradus/stats';
import { QUANTILES } from './model.ts';

/** An item's rolls. */
export interface RolledErrors {
  /** By roll, by step: actual less forecast, divided by the item's size at the roll's origin; NaN where the actual is not known. */
  readonly errors: readonly Float64Array[];
  /** By roll: values known then. */
  readonly origins: readonly number[];
  /** Steps that a roll tells. */
  readonly steps: number;
  /** The item's size now. */
  readonly scale: number;
  /** The mean absolute error of the seasonal naive forecast one step ahead before the first roll, divided by the size as errors are. */
  readonly roughness: number;
  /** Its intervals are made of counts, not of errors: what it shows counts only where there are too few other items. Default: no. */
  readonly isCounted?: boolean;
  /** Earlier choices and what came of them, the latest first. Without enough of them: each roll beside those that tell other steps. */
  readonly rehearsals?: readonly Rehearsal[];
}

/** A roll as it would have been told at its time: by what rolls before it, of other steps, had chosen. */
export interface Rehearsal {
  /** By step, as `errors`. */
  readonly errors: Float64Array;
  /** Of the same candidate in the rolls before, as far as their steps were known by then. */
  readonly known: readonly Float64Array[];
  /** How many times over those tell steps that no other of them tells. */
  readonly blocks: number;
}

export interface Spread {
  /** [steps, QUANTILES]: what is added to a forecast. */
  offsets(item: number, horizon: number): Float64Array;
  /** Share of the past's actuals inside intervals that were made without them. */
  readonly coverage: { readonly '80': number; readonly '95': number };
  /** About how many actuals of items that are not counted that is measured by. */
  readonly measured: number;
}

/** Blocks of its own by which an item leaves what is shared. */
const OWN_BLOCKS = 10;
/** Shared errors that are kept. */
const MOST_SHARED = 20_000;
/** Pairs of quantiles, from the inside, and how much of the truth each must hold. */
const PAIRS = [
  { low: 2, high: 4, level: 0.5 },
  { low: 1, high: 5, level: 0.8 },
  { low: 0, high: 6, level: 0.95 },
] as const;
/** Items whose rolls measure the coverage; of more, an even sample. */
const MEASURED = 2000;
/** Fewer rehearsals say little. */
export const FEWEST_REHEARSALS = 30;

export function spreadOf(items: readonly RolledErrors[]): Spread {
  // Counts stand in where there are too few others to tell from; an item that is not known may be of either kind.
  const others = items.filter(({ isCounted }) => !isCounted);
  const isOther =
    others.reduce((sum, { rehearsals = [] }) => sum + rehearsals.length, 0) >= FEWEST_REHEARSALS;
  const judged = isOther ? items.map((item) => (item.isCounted ? NOTHING : item)) : items;
  const profile = profileOf(judged);
  const ratio = ratioOf(judged, profile);
  const blocks = items.map(({ origins, steps }) => blocksOf(origins, steps));
  const sizes = items.map((item, i) => sizeOf(item.errors, blocks[i]!, ratio * item.roughness, profile));
  const own = (i: number) =>
    i < 0 || isExact(items[i]!) ? new Float64Array(0) : standardised(items[i]!.errors, sizes[i]!, profile);
  const shared = sample(items, (i) => own(judged[i] === NOTHING ? -1 : i));
  const measured = coverageOf(judged, profile, ratio, shared);
  return {
    measured: others.reduce((sum, { errors, steps }) => sum + Math.min(errors.length, 3) * steps, 0),
    coverage: { '80': measured[1]!.coverage, '95': measured[2]!.coverage },
    offsets: (item, horizon) => {
      const at = blended(own(item), blocks[item]!, shared);
      const offsets = new Float64Array(horizon * QUANTILES.length);
      for (let k = 0; k < horizon; k++) {
        const unit = sizes[item]! * stepSize(profile, k) * items[item]!.scale;
        offsets.set(
          widened(
            at,
            measured.map(({ widen }) => widen(k)),
          ).map((z) => z * unit),
          k * QUANTILES.length,
        );
      }
      return offsets;
    },
  };
}

const NOTHING: RolledErrors = { errors: [], origins: [], steps: 0, scale: 1, roughness: Number.NaN };

/** How many times over rolls tell steps that no other of them tells: as much as an item's own errors are worth. */
const blocksOf = (origins: readonly number[], steps: number): number =>
  origins.length === 0 ? 0 : 1 + (origins.at(-1)! - origins[0]!) / steps;

/** An item that was never told wrong (it never changes) says nothing of how wrong others may be. */
const isExact = ({ errors }: RolledErrors): boolean =>
  errors.every((roll) => roll.every((error) => !(Math.abs(error) > 0)));

/** How large errors are beside the roughness of items: the median. */
function ratioOf(items: readonly RolledErrors[], profile: Float64Array): number {
  const ratios = items
    .map(({ errors, roughness }) => meanSize(errors, profile) / roughness)
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0);
  return ratios.length === 0 ? 1 : quantileSorted(Float64Array.from(ratios).sort(), 0.5);
}

/** Sizes of items and the curve are fitted in turns: items that tell few steps would else make it flat. */
const TURNS = 5;

/** How errors grow with the steps ahead: a rising curve over all items, with mean 1. */
function profileOf(items: readonly RolledErrors[]): Float64Array {
  const steps = items.reduce((most, { errors }) => Math.max(most, errors[0]?.length ?? 0), 1);
  let profile = new Float64Array(steps).fill(1);
  for (let turn = 0; turn < TURNS; turn++) {
    const sums = new Float64Array(steps);
    const counts = new Float64Array(steps);
    for (const { errors } of items) {
      const size = meanSize(errors, profile);
      if (!(size > 0)) continue;
      for (const roll of errors) {
        for (const [k, error] of roll.entries()) {
          if (Number.isNaN(error)) continue;
          sums[k]! += Math.abs(error) / size;
          counts[k]! += 1;
        }
      }
    }
    const curve = rising(
      sums.map((sum, k) => (counts[k]! > 0 ? sum / counts[k]! : 1)),
      counts,
    );
    const mean = curve.reduce((sum, value) => sum + value, 0) / steps;
    profile = curve.map((value) => (mean > 0 ? value / mean : 1));
  }
  return profile;
}

/** The nearest curve that does not fall (pool adjacent violators: Ayer et al., 1955). */
function rising(values: Float64Array, weights: Float64Array): Float64Array {
  const blocks: { mean: number; weight: number; length: number }[] = [];
  for (const [k, value] of values.entries()) {
    blocks.push({ mean: value, weight: Math.max(weights[k]!, 1e-9), length: 1 });
    while (blocks.length > 1 && blocks.at(-2)!.mean > blocks.at(-1)!.mean) {
      const b = blocks.pop()!;
      const a = blocks.pop()!;
      const weight = a.weight + b.weight;
      blocks.push({
        mean: (a.mean * a.weight + b.mean * b.weight) / weight,
        weight,
        length: a.length + b.length,
      });
    }
  }
  return Float64Array.from(blocks.flatMap(({ mean, length }) => Array<number>(length).fill(mean)));
}

/** Beyond the steps that were judged errors grow with the root of the steps, as those of a random walk do. */
const stepSize = (profile: Float64Array, k: number): number =>
  k < profile.length ? profile[k]! : profile.at(-1)! * Math.sqrt((k + 1) / profile.length);

/** What is usual for items of this roughness weighs as much as so many blocks of own errors. */
const USUAL_BLOCKS = 2;

/** The size of an item's errors: its own, drawn towards what is usual. */
function sizeOf(
  errors: readonly Float64Array[],
  blocks: number,
  usual: number,
  profile: Float64Array,
): number {
  const own = meanSize(errors, profile);
  if (!(usual > 0)) return own;
  if (!(own > 0)) return usual;
  return (blocks * own + USUAL_BLOCKS * usual) / (blocks + USUAL_BLOCKS);
}

function meanSize(errors: readonly Float64Array[], profile: Float64Array): number {
  let [sum, n] = [0, 0];
  for (const roll of errors) {
    for (const [k, error] of roll.entries()) {
      if (Number.isNaN(error)) continue;
      sum += Math.abs(error) / profile[k]!;
      n += 1;
    }
  }
  return n === 0 ? 0 : sum / n;
}

function standardised(errors: readonly Float64Array[], size: number, profile: Float64Array): Float64Array {
  const all: number[] = [];
  if (!(size > 0)) return new Float64Array(0);
  for (const roll of errors)
    for (const [k, error] of roll.entries()) if (!Number.isNaN(error)) all.push(error / (size * profile[k]!));
  return Float64Array.from(all).sort();
}

function sample(items: readonly RolledErrors[], standard: (item: number) => Float64Array): Float64Array {
  const total = items.reduce((sum, _, i) => sum + standard(i).length, 0);
  const stride = Math.max(1, total / MOST_SHARED);
  const kept = new Float64Array(Math.floor(total / stride));
  let [at, seen, next] = [0, 0, 0];
  for (const i of items.keys()) {
    for (const z of standard(i)) {
      if (seen++ >= next && at < kept.length) {
        kept[at++] = z;
        next += stride;
      }
    }
  }
  return kept.subarray(0, at).sort();
}

/** A normal deviation over the mean absolute one. */
const NORMAL = Math.sqrt(Math.PI / 2);

/** Quantiles of an item's errors, drawn towards those of all; where nothing has been judged, those of a normal distribution. */
function blended(own: Float64Array, blocks: number, shared: Float64Array): Float64Array {
  const weight = blocks / (blocks + OWN_BLOCKS);
  return Float64Array.from(QUANTILES, (level) => {
    const all = shared.length > 0 ? quantileSorted(shared, level) : NORMAL * normalQuantile(level);
    return own.length > 0 ? weight * quantileSorted(own, level) + (1 - weight) * all : all;
  });
}

/** Pairs of quantiles drawn apart around the middle one, never across each other. */
function widened(at: Float64Array, widen: readonly number[]): Float64Array {
  const middle = at[3]!;
  const wide = Float64Array.from(at);
  for (const [p, { low, high }] of PAIRS.entries()) {
    const inner = p === 0 ? { low: 3, high: 3 } : PAIRS[p - 1]!;
    wide[low] = Math.min(wide[inner.low]!, middle + (at[low]! - middle) * widen[p]!);
    wide[high] = Math.max(wide[inner.high]!, middle + (at[high]! - middle) * widen[p]!);
  }
  return wide;
}

/** How far outside its quantiles an actual lies, as a factor on the pair's half width, and how many steps ahead it was. */
interface Outside {
  readonly step: number;
  readonly factor: number;
}

/**
 * Each rehearsal judged by what was known at its time. The factor that holds the level's share is what the pair is widened by, at steps far
 * ahead more than at the next ones where they were told wrong more often.
 */
function coverageOf(
  items: readonly RolledErrors[],
  profile: Float64Array,
  ratio: number,
  shared: Float64Array,
): { widen: (step: number) => number; coverage: number }[] {
  // By pair, and by half of the rolls: the one half's coverage is that of factors from the other.
  const factors: readonly [Outside[], Outside[]][] = PAIRS.map(() => [[], []]);
  const isRehearsed =
    items.reduce((sum, { rehearsals = [] }) => sum + rehearsals.length, 0) >= FEWEST_REHEARSALS;
  // Rehearsals are of a sample already.
  const stride = isRehearsed ? 1 : Math.max(1, Math.ceil(items.length / MEASURED));
  for (let i = 0; i < items.length; i += stride) {
    const { rehearsals = [], roughness } = items[i]!;
    if (isExact(items[i]!)) continue;
    const acts = isRehearsed ? rehearsals : besides(items[i]!);
    for (const [r, { errors, known, blocks }] of acts.entries()) {
      const size = sizeOf(known, blocks, ratio * roughness, profile);
      if (!(size > 0)) continue;
      const at = blended(standardised(known, size, profile), blocks, shared);
      for (const [k, error] of errors.entries()) {
        if (Number.isNaN(error)) continue;
        const z = error / (size * profile[k]!) - at[3]!;
        for (const [p, { low, high }] of PAIRS.entries()) {
          const half = z < 0 ? at[3]! - at[low]! : at[high]! - at[3]!;
          factors[p]![(i + r) % 2]!.push({
            step: k,
            factor: half > 0 ? Math.abs(z) / half : z === 0 ? 0 : Number.POSITIVE_INFINITY,
          });
        }
      }
    }
  }
  return PAIRS.map(({ level }, p) => {
    const [even, odd] = factors[p]!;
    const held = inside(even, curveOf(odd, level)) + inside(odd, curveOf(even, level));
    return { widen: curveOf([...even, ...odd], level), coverage: held / (even.length + odd.length) };
  });
}

/** Each roll beside those that tell other steps: one that tells the same would know what it is asked. */
const besides = ({ errors, origins, steps }: RolledErrors): Rehearsal[] =>
  errors.map((own, r) => {
    const apart = [...origins.keys()].filter((other) => Math.abs(origins[other]! - origins[r]!) >= steps);
    return {
      errors: own,
      known: apart.map((o) => errors[o]!),
      blocks: blocksOf(
        apart.map((o) => origins[o]!),
        steps,
      ),
    };
  });

const inside = (all: readonly Outside[], curve: (step: number) => number): number =>
  all.reduce((sum, { step, factor }) => sum + (factor <= curve(step) ? 1 : 0), 0);

/** Parts of the horizon that have factors of their own, and actuals that each must have. */
const PARTS = 3;
const FEWEST_IN_PART = 200;

/** By step, a line through the factors of the parts of the horizon, which do not fall. */
function curveOf(all: readonly Outside[], level: number): (step: number) => number {
  const steps = all.reduce((most, { step }) => Math.max(most, step + 1), 1);
  const count = Math.max(1, Math.min(PARTS, steps, Math.floor(all.length / FEWEST_IN_PART)));
  const parts = Array.from({ length: count }, (): Outside[] => []);
  for (const one of all) parts[Math.floor((one.step * count) / steps)]!.push(one);
  const factors = rising(
    Float64Array.from(parts, (part) =>
      factorOf(
        part.map(({ factor }) => factor),
        level,
      ),
    ),
    Float64Array.from(parts, ({ length }) => length),
  );
  return (step) => {
    // Between the middles of the parts.
    const at = Math.max(0, Math.min(count - 1, ((step + 0.5) * count) / steps - 0.5));
    const low = Math.floor(at);
    const next = factors[Math.min(low + 1, count - 1)]!;
    return factors[low]! + (next - factors[low]!) * (at - low);
  };
}

/** Split-conformal: the level's place among one more than there are. A few strange rolls shall not make intervals useless. */
function factorOf(factors: readonly number[], level: number): number {
  if (factors.length === 0) return 1;
  const sorted = Float64Array.from(factors).sort();
  const exact = sorted[Math.min(sorted.length, Math.ceil(level * (sorted.length + 1))) - 1]!;
  return Number.isFinite(exact) ? Math.max(LEAST, Math.min(MOST, exact)) : MOST;
}
const [LEAST, MOST] = [0.5, 3];
