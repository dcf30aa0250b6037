/**
 * Hyperparameter search: settings are drawn at random (Bergstra and Bengio, 2012), all are tried for a little while, and the
 * better third goes on for three times as long (successive halving: Jamieson and Talwalkar, 2016; Li et al., 2017).
 */
import type { Random } from '@gradus/base';

/** What a setting is drawn from. */
export type Range =
  | {
      readonly from: number;
      readonly to: number;
      readonly scale?: 'linear' | 'log';
      readonly whole?: boolean;
    }
  | { readonly among: readonly unknown[] };

export type Space = Readonly<Record<string, Range>>;

export interface Trial {
  readonly id: number;
  readonly setting: Readonly<Record<string, unknown>>;
  /** How long it has been trained so far, in units of budget. */
  readonly budget: number;
  /** Lower is better. */
  readonly loss: number;
}

export interface SearchOptions {
  readonly space: Space;
  /** Settings that are drawn. Default 27. */
  readonly trials?: number;
  /** Budget of the first round, such as epochs. Default 1. */
  readonly least?: number;
  /** Of those left, one in so many goes on, for so many times as long. Default 3. */
  readonly factor?: number;
  readonly random: Random;
  /** Trials already done, from an earlier search with the same options that was stopped: they are not done again. */
  readonly done?: readonly Trial[];
  /** Told after every trial; what it is told is what `done` takes. */
  onTrial?(trial: Trial): void;
}

export interface SearchResult {
  readonly best: Trial;
  /** Every trial of every round, in the order in which they were done. */
  readonly trials: readonly Trial[];
}

/**
 * @param train Trains a setting for `budget` in all and gives its validation loss; not a number counts as worst. `random` is
 *   the same for a setting in every round.
 */
export async function search(
  train: (setting: Trial['setting'], budget: number, random: Random) => Promise<number>,
  options: SearchOptions,
): Promise<SearchResult> {
  const { space, trials: count = 27, least = 1, factor = 3, random, done = [], onTrial } = options;
  const known = new Map(done.map((trial) => [`${trial.id} ${trial.budget}`, trial]));
  const all: Trial[] = [];
  let left = Array.from({ length: count }, (_, id) => ({
    id,
    setting: drawn(space, random.fork(`setting ${id}`)),
  }));
  for (let budget = least; ; budget *= factor) {
    const round: Trial[] = [];
    for (const { id, setting } of left) {
      const before = known.get(`${id} ${budget}`);
      const loss = before?.loss ?? (await train(setting, budget, random.fork(`trial ${id}`)));
      const trial = { id, setting, budget, loss };
      round.push(trial);
      if (!before) onTrial?.(trial);
    }
    all.push(...round);
    const order = round.toSorted((a, b) => worth(a) - worth(b));
    if (left.length === 1) return { best: order[0]!, trials: all };
    left = order.slice(0, Math.max(1, Math.floor(left.length / factor)));
  }
}

const worth = ({ loss }: Trial): number => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);

function drawn(space: Space, random: Random): Record<string, unknown> {
  return Object.fromEntries(Object.entries(space).map(([name, range]) => [name, draw(range, random)]));
}

function draw(range: Range, random: Random): unknown {
  if ('among' in range) return range.among[random.below(range.among.length)];
  const { from, to, scale = 'linear', whole = false } = range;
  const value =
    scale === 'log' ? Math.exp(random.uniform(Math.log(from), Math.log(to))) : random.uniform(from, to);
  return whole ? Math.round(value) : value;
}
