/**
 * Hyperparameter search: settings are drawn at random (Bergstra and Bengio, 2012), all are trained for a small budget, and the
 * best third goes on with three times the budget (successive halving: Jamieson and Talwalkar, 2016; Li et al., 2017).
 */
import { checkChoice, checkOptions, type Random, UserError } from '@gradus/base';
import { checkNumber, checkWhole } from '../check-number.ts';
import { checkRandom } from './check-options.ts';

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
  checkSearch(options);
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
      const loss: unknown = before?.loss ?? (await train(setting, budget, random.fork(`trial ${id}`)));
      if (typeof loss !== 'number') {
        throw new UserError({
          en: `search: trial ${id} gave ${String(loss)}; "train" is to return the validation loss, a number`,
          zh: `search：第 ${id} 次试验返回 ${String(loss)}；“train”应返回验证损失，即一个数`,
        });
      }
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

/** @throws UserError naming the option or the range that makes no sense */
function checkSearch(options: SearchOptions): void {
  const known = {
    space: true,
    trials: true,
    least: true,
    factor: true,
    random: true,
    done: true,
    onTrial: true,
  };
  checkOptions('search', options ?? {}, known);
  const { space, trials = 27, least = 1, factor = 3, random } = options ?? {};
  checkWhole('search', 'trials', trials, { least: 1 });
  checkNumber('search', 'least', least, { above: 0 });
  checkNumber('search', 'factor', factor, { above: 1 });
  checkRandom('search', random);
  if (typeof space !== 'object' || space === null) {
    throw new UserError({
      en: 'search: "space" says what is tried, such as { rate: { from: 1e-4, to: 1e-1, scale: "log" }, units: { among: [16, 64] } }',
      zh: 'search 的“space”说明要尝试的取值，例如 { rate: { from: 1e-4, to: 1e-1, scale: "log" }, units: { among: [16, 64] } }',
    });
  }
  for (const [name, range] of Object.entries(space)) checkRange(name, range);
}

function checkRange(name: string, range: Range): void {
  const where = `search.space.${name}`;
  const known = { from: true, to: true, scale: true, whole: true, among: true };
  checkOptions(where, range, known);
  const {
    among,
    from,
    to,
    scale = 'linear',
  } = range as { among?: unknown; from: number; to: number; scale?: 'linear' | 'log' };
  if (among !== undefined) {
    if (Array.isArray(among) && among.length > 0) return;
    throw new UserError({
      en: `${where}: "among" is to be a list of what can be chosen, with one entry at least`,
      zh: `${where} 的“among”应为候选值列表，至少一项`,
    });
  }
  checkChoice(where, 'scale', scale, ['linear', 'log']);
  checkNumber(where, 'from', from, scale === 'log' ? { above: 0 } : {});
  checkNumber(where, 'to', to, { least: from });
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
