/**
 * Ways to compute one training step that give the same but for the order of sums, and which of them is the quickest here. What is
 * quick on one processor is not on another: whether convolutions gain from blocks of channels, and whether threads share a batch or
 * an op, follows from caches, vector units and how cores exchange data. So a long training times them on its own first batch.
 *
 * They differ in the last digits, so a training keeps to one: it is in the trainer's state, for a resumed one, and in the user's cache
 * folder, for the next one on this machine (engine/runtime/node/measured-choices.ts).
 */
import { UserError } from '@gradus/base';
import type { Convolutions, MeasuredChoices } from '@gradus/engine/node';

export interface StepLowering {
  /** What threads share: the batch in shards, each op, or nothing, as there is one. */
  readonly parallel: 'shards' | 'ops' | 'none';
  readonly convolutions: Convolutions;
}

const PARALLEL: readonly StepLowering['parallel'][] = ['shards', 'ops', 'none'];
const CONVOLUTIONS: readonly Convolutions[] = ['blocks', 'plain'];

const nameOf = ({ parallel, convolutions }: StepLowering): string => `${parallel}, ${convolutions}`;

/** @returns the lowering of a state; undefined where it has none @throws UserError where it is another thing */
export function readLowering(value: unknown): StepLowering | undefined {
  if (value === undefined || value === null) return undefined;
  const { parallel, convolutions } = value as StepLowering;
  if (PARALLEL.includes(parallel) && CONVOLUTIONS.includes(convolutions)) return { parallel, convolutions };
  throw new UserError({
    en: `the state’s "lowering" is ${JSON.stringify(value)}; expected what trainer.state() gave`,
    zh: `状态中的“lowering”为 ${JSON.stringify(value)}；应为 trainer.state() 返回的内容`,
  });
}

/** A step that can be timed. */
export interface Candidate {
  readonly lowering: StepLowering;
  /** Runs it once. */
  run(): Promise<void>;
  release(): Promise<void>;
}

export interface Measuring<C extends Candidate> {
  /** What a step computes: its ops and shapes. */
  readonly key: string;
  readonly choices: MeasuredChoices;
  /** How it is lowered where nothing is measured. */
  readonly usual: StepLowering;
  readonly threads: number;
  readonly convolves: boolean;
  /** @returns undefined where the step cannot be lowered so */
  make(lowering: StepLowering): Promise<C | undefined>;
  /** Milliseconds. Default: of the machine. */
  readonly clock?: () => number;
}

/** The quickest step: the one that was kept, or, measured in turns, the usual one unless others are clearly quicker. */
export async function quickest<C extends Candidate>({
  key,
  choices,
  usual,
  threads,
  convolves,
  make,
  clock = () => performance.now(),
}: Measuring<C>): Promise<C> {
  const kept = choices.get(key)?.chosen;
  const known = named(kept);
  if (known) return (await make(known)) ?? (await make(usual))!;
  if (choices.isBusy()) {
    // Kept, so that the same training gives the same when the machine is idle.
    const settled = choices.keep(key, { chosen: nameOf(usual), milliseconds: {} });
    return (await make(named(settled?.chosen) ?? usual)) ?? (await make(usual))!;
  }
  let best = (await make(usual))!;
  const milliseconds: Record<string, number> = {};
  const challenge = async (lowering: StepLowering) => {
    if (nameOf(lowering) === nameOf(best.lowering)) return;
    const challenger = await make(lowering);
    if (!challenger) return;
    const { wins, times } = await duel(clock, best, challenger);
    for (const [i, { lowering }] of [best, challenger].entries())
      milliseconds[nameOf(lowering)] = median(times[i]!);
    await (wins ? best : challenger).release();
    if (wins) best = challenger;
  };
  if (threads > 1) for (const parallel of PARALLEL) await challenge({ ...best.lowering, parallel });
  if (convolves) for (const convolutions of CONVOLUTIONS) await challenge({ ...best.lowering, convolutions });
  if (Object.keys(milliseconds).length === 0) return best;
  const settled = choices.keep(key, { chosen: nameOf(best.lowering), milliseconds });
  if (settled?.chosen === nameOf(best.lowering)) return best;
  // Another program was first, or nothing can be kept: then the next training here would measure anew.
  const agreed = named(settled?.chosen) ?? usual;
  if (nameOf(agreed) === nameOf(best.lowering)) return best;
  await best.release();
  return (await make(agreed))!;
}

const named = (name: string | undefined): StepLowering | undefined =>
  PARALLEL.flatMap((parallel) => CONVOLUTIONS.map((convolutions) => ({ parallel, convolutions }))).find(
    (lowering) => nameOf(lowering) === name,
  );

/** A challenger has to take less than this of the other's time in every turn: what is as quick but for chance stays as it is. */
const CLEARLY = 0.95;
const TURNS = 5;
/** Milliseconds that a turn takes at least, and its runs. */
const TURN = 20;
const RUNS = { least: 2, most: 20 };

/** Both in turns until the challenger loses one. @returns milliseconds of a run, by turn */
async function duel(clock: () => number, holder: Candidate, challenger: Candidate) {
  const times: readonly [number[], number[]] = [[], []];
  let wins = true;
  for (let turn = 0; wins && turn < TURNS; turn++) {
    for (const [i, { run }] of [holder, challenger].entries()) {
      // The first run does not count: the caches hold what the other one left, and at first it takes its memory.
      for (let k = 0; k < (turn === 0 ? 2 : 1); k++) await run();
      const runs: number[] = [];
      const begun = clock();
      while (runs.length < RUNS.least || (runs.length < RUNS.most && clock() - begun < TURN)) {
        const start = clock();
        await run();
        runs.push(clock() - start);
      }
      times[i]!.push(median(runs));
    }
    wins = times[1].at(-1)! < CLEARLY * times[0].at(-1)!;
  }
  return { wins, times };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
