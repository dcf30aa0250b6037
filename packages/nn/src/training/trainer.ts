/**
 * The plain training loop, for those who write their own (GANs do):
 *
 *     const trainer = new Trainer([{ name: 'loss', loss, parameters: parametersOf(model), optimizer }], { random });
 *     for (const batch of batches) console.log(await trainer.step(batch));
 *     trainer.sync();
 *
 * A strategy (strategies/strategy.ts) executes the steps and holds the parameters meanwhile; `sync` stores them in the model.
 */

import { checkOptions, UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { rangeChecks } from '../index-ranges.ts';
import { optimizerOf } from '../optimizers/parameter-groups.ts';
import type { Parameter } from '../parameter.ts';
import { readState } from '../state.ts';
import { checkDevice, checkRandom } from './check-options.ts';
import { checkPhases } from './check-phases.ts';
import { parameterName, stateName } from './graphs/names.ts';
import { type ArrayLikeTensor, readNumbers } from './host-batch.ts';
import type { Phase } from './phase.ts';
import { strategyFor } from './strategies/choose.ts';
import { readLowering, type StepLowering } from './strategies/lowering.ts';
import type { MakeStrategy, Strategy, StrategyOptions } from './strategies/strategy.ts';
import { traceLoss } from './trace-loss.ts';

/** `alone`: default true; false where the shapes of batches differ. */
export interface TrainerOptions extends Omit<StrategyOptions, 'lowering'> {
  /** What executes the steps. Default: data-parallel on the processor, one graph elsewhere. */
  readonly strategy?: MakeStrategy;
}

/** A checkpoint of training: plain data, to save and resume from. JSON, structuredClone and v8.serialize keep it whole. */
export interface TrainerState {
  readonly step: number;
  readonly arrays: Readonly<Record<string, HostTensor>>;
  /** How steps are lowered, where that was measured: it changes last digits, so that a resumed training keeps to it. */
  readonly lowering?: StepLowering;
}

export class Trainer {
  readonly #phases: readonly Phase[];
  readonly #strategy: Strategy;
  readonly #checkRanges: ReturnType<typeof rangeChecks>;
  #step: number;
  /** What a step may not interrupt. */
  #state: 'ready' | 'stepping' | 'closed' = 'ready';

  /** @param from The `state` of an earlier trainer, to resume from. Default: the model's parameters as they are. */
  constructor(phases: readonly Phase[], options: TrainerOptions, from?: TrainerState) {
    checkPhases(phases);
    checkOptions('Trainer', options ?? {}, TRAINER);
    checkRandom('Trainer', options?.random);
    checkDevice('Trainer', options);
    const { strategy = strategyFor, steps, ...others } = options;
    this.#phases = phases;
    const state: TrainerState = from
      ? readTrainerState(from, phases)
      : { step: 0, arrays: initialState(phases) };
    this.#step = state.step;
    this.#checkRanges = rangeChecks((batch) => phases.map((phase) => traceLoss(phase, batch)));
    // What was begun without measuring goes on without.
    const lowering = from ? { lowering: state.lowering } : { steps };
    this.#strategy = strategy(phases, state.arrays, { ...others, ...lowering });
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#step;
  }

  /**
   * One step of every phase.
   *
   * @returns each phase's loss before its step
   * @throws UserError where the batch holds labels or ids that there are not, or a loss is not finite; the parameters are then
   *   those before the step
   */
  async step(batch: Readonly<Record<string, ArrayLikeTensor>>): Promise<Record<string, number>> {
    if (this.#state !== 'ready') throw busy(this.#state);
    const arrays = readNumbers(batch);
    this.#checkRanges(arrays);
    const step = this.#step + 1;
    this.#state = 'stepping';
    const losses = await this.#strategy.step(arrays, step).finally(() => {
      if (this.#state === 'stepping') this.#state = 'ready';
    });
    for (const [name, loss] of Object.entries(losses)) {
      if (!Number.isFinite(loss)) throw diverged(name, loss, step);
    }
    this.#step = step;
    return losses;
  }

  /** A copy of everything that the next step depends on. */
  state(): TrainerState {
    const { state, lowering } = this.#strategy;
    return { step: this.#step, arrays: copied(state), ...(lowering && { lowering: { ...lowering } }) };
  }

  /** The parameters as they are now, or their averages where the optimizer keeps them. Valid until the next step. */
  parameters(): Map<Parameter, HostTensor> {
    return new Map(
      this.#phases.flatMap(({ parameters, optimizer }) =>
        [...parameters].map(([name, parameter]) => {
          const own = optimizerOf(optimizer, name, parameter.shape as readonly number[]);
          const average = parameter.trainable && own.result?.(this.#step);
          const value = this.#strategy.state[average ? stateName(average.slot, name) : parameterName(name)]!;
          if (!average) return [parameter, value] as const;
          const data = (value.data as Float32Array).map((x) => x * average.scale);
          return [parameter, { ...value, data }] as const;
        }),
      ),
    );
  }

  /** Stores the parameters in their model. */
  sync(): void {
    for (const [parameter, value] of this.parameters()) {
      parameter.value = { ...value, data: (value.data as Float32Array).slice() };
    }
  }

  close(): Promise<void> {
    this.#state = 'closed';
    return this.#strategy.close();
  }
}

const TRAINER: Readonly<Record<keyof TrainerOptions, true>> = {
  random: true,
  device: true,
  threads: true,
  alone: true,
  strategy: true,
  steps: true,
};

const busy = (state: 'stepping' | 'closed'): UserError =>
  state === 'closed'
    ? new UserError({
        en: 'the trainer is closed: it takes no more steps',
        zh: '该 Trainer 已关闭，不能再执行训练步',
      })
    : new UserError({
        en: 'a step began before the one before it had ended: write await trainer.step(batch)',
        zh: '上一步尚未结束就开始了下一步：请写 await trainer.step(batch)',
      });

/** The parameters as they are, and zeros for the optimizers' state. */
function initialState(phases: readonly Phase[]): Record<string, HostTensor> {
  const arrays: Record<string, HostTensor> = {};
  for (const [name, dims] of stateShapes(phases)) {
    const size = dims.reduce((a, b) => a * b, 1);
    arrays[name] = { dtype: 'float32', dims, data: new Float32Array(size) };
  }
  for (const [name, { source }] of phases.flatMap(({ parameters }) => [...parameters])) {
    arrays[parameterName(name)] = (source as { data: HostTensor }).data;
  }
  return arrays;
}

/** The shapes of everything that the next step depends on, by name. */
function stateShapes(phases: readonly Phase[]): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { parameters, optimizer } of phases) {
    for (const [name, { shape, trainable }] of parameters) {
      const dims = shape as readonly number[];
      shapes.set(parameterName(name), dims);
      for (const slot of trainable ? optimizerOf(optimizer, name, dims).state : []) {
        shapes.set(stateName(slot, name), dims);
      }
    }
  }
  return shapes;
}

/** @throws UserError where the state is of other phases */
function readTrainerState(state: TrainerState, phases: readonly Phase[]): TrainerState {
  const { step, arrays } = (state ?? {}) as Partial<TrainerState>;
  if (!Number.isSafeInteger(step) || step! < 0 || typeof arrays !== 'object' || arrays === null) {
    throw new UserError({
      en: 'what training should resume from is no state: expected what trainer.state() gave, { step, arrays }',
      zh: '用于恢复训练的不是状态：应为 trainer.state() 返回的 { step, arrays }',
    });
  }
  const lowering = readLowering(state.lowering);
  return {
    step: step!,
    arrays: readState(arrays, stateShapes(phases), { en: 'array', zh: '数组' }),
    ...(lowering && { lowering }),
  };
}

const copied = (arrays: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [
      name,
      { ...value, data: (value.data as Float32Array).slice() },
    ]),
  );

function diverged(name: string, loss: number, step: number): UserError {
  const [of, zhOf] = name === 'loss' ? ['', ''] : [`${name}'s `, `${name} 的`];
  return new UserError({
    en:
      `the ${of}loss became ${loss} at step ${step}. Usual causes: a learning rate that is too ` +
      'high (try a tenth), gradients that explode (try clipNorm: 1), or inputs that are not numbers or not scaled',
    zh:
      `${zhOf}损失在第 ${step} 步变为 ${loss}。常见原因：学习率过高（可试十分之一）、` +
      '梯度爆炸（可试 clipNorm: 1），或输入不是数字、未经缩放',
  });
}
