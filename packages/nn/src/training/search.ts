/**
 * Hyperparameter search: settings are drawn at random (Bergstra and Bengio, 2012), all are trained for a small budget, and the
 * best third goes on with three times the budget (successive halving: Jamieson and Talwalkar, 2016; Li et al., 2017).
 */
import type { Random } from '@gradus/base';

/** The range that a setting is drawn from. */
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
  /** How long it has been trained so far, such as in epochs. */
  readonly budget: number;
  /** Lower is better. */
  readonly loss: number;
}

export interface SearchOptions {
  readonly space: Space;
  /** Number of settings. Default 27. */
  readonly trials?: number;
  /** Budget of the first rung, such as epochs. Default 1. */
  readonly least?: number;
  /** One in so many settings reaches the next rung, whose budget is so many times larger. Default 3. */
  readonly factor?: number;
  readonly random: Random;
  /** Trials of an earlier search with the same options that was stopped: they are not repeated. */
  readonly done?: readonly Trial[];
  /** Called after every trial; its argument is what `done` takes. */
  onTrial?(trial: Trial): void;
}

export interface SearchResult {
  readonly best: Trial;
  /** The trials of all rungs, in order. */
  readonly trials: readonly Trial[];
}

/**
 * @param train Trains a setting until its total budget is `budget` and returns its validation loss; NaN counts as worst. `random` is
 *   the same for a setting in every rung.
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
    const rung: Trial[] = [];
    for (const { id, setting } of left) {
      const before = known.get(`${id} ${budget}`);
      const loss = before?.loss ?? (await train(setting, budget, random.fork(`trial ${id}`)));
      const trial = { id, setting, budget, loss };
      rung.push(trial);
      if (!before) onTrial?.(trial);
    }
    all.push(...rung);
    const order = rung.toSorted((a, b) => worth(a) - worth(b));
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
