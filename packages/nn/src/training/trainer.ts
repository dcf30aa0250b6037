/**
 * The plain training loop, for those who write their own (GANs do):
 *
 *     const trainer = new Trainer([{ name: 'loss', loss, parameters: parametersOf(model), optimizer }], { random });
 *     for (const batch of batches) console.log(await trainer.step(batch));
 *     trainer.sync();
 *
 * A strategy (strategies/strategy.ts) executes the steps and holds the parameters meanwhile; `sync` stores them in the model.
 */

import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { rangeChecks } from '../index-ranges.ts';
import type { Parameter } from '../parameter.ts';
import { parameterName, stateName } from './graphs/names.ts';
import type { Phase } from './phase.ts';
import { strategyFor } from './strategies/choose.ts';
import type { MakeStrategy, Strategy, StrategyOptions } from './strategies/strategy.ts';

/** `alone`: default true; false where the shapes of batches differ. */
export interface TrainerOptions extends StrategyOptions {
  /** What executes the steps. Default: data-parallel on the processor, one graph elsewhere. */
  readonly strategy?: MakeStrategy;
}

/** A checkpoint of training: plain data, to save and resume from. */
export interface TrainerState {
  readonly step: number;
  readonly arrays: Readonly<Record<string, HostTensor>>;
}

export class Trainer {
  readonly #phases: readonly Phase[];
  readonly #strategy: Strategy;
  readonly #checkRanges: ReturnType<typeof rangeChecks>;
  #step: number;

  /** @param from The `state` of an earlier trainer, to resume from. Default: the model's parameters as they are. */
  constructor(
    phases: readonly Phase[],
    { strategy = strategyFor, ...options }: TrainerOptions,
    from?: TrainerState,
  ) {
    this.#phases = phases;
    this.#step = from?.step ?? 0;
    this.#checkRanges = rangeChecks((batch) => phases.map(({ loss }) => loss(batch)));
    this.#strategy = strategy(phases, from?.arrays ?? initialState(phases), options);
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
  async step(batch: Readonly<Record<string, HostTensor>>): Promise<Record<string, number>> {
    this.#checkRanges(batch);
    const step = this.#step + 1;
    const losses = await this.#strategy.step(batch, step);
    for (const [name, loss] of Object.entries(losses)) {
      if (!Number.isFinite(loss)) throw diverged(name, loss, step);
    }
    this.#step = step;
    return losses;
  }

  /** A copy of everything that the next step depends on. */
  state(): TrainerState {
    return { step: this.#step, arrays: copied(this.#strategy.state) };
  }

  /** The parameters as they are now, or their averages where the optimizer keeps them. Valid until the next step. */
  parameters(): Map<Parameter, HostTensor> {
    return new Map(
      this.#phases.flatMap(({ parameters, optimizer }) =>
        [...parameters].map(([name, parameter]) => {
          const average = parameter.trainable && optimizer.result?.(this.#step);
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
    return this.#strategy.close();
  }
}

/** The parameters as they are, and zeros for the optimizers' state. */
function initialState(phases: readonly Phase[]): Record<string, HostTensor> {
  const arrays: Record<string, HostTensor> = {};
  for (const { parameters, optimizer } of phases) {
    for (const [name, { source, trainable }] of parameters) {
      const value = (source as { data: HostTensor }).data;
      arrays[parameterName(name)] = value;
      for (const slot of trainable ? optimizer.state : []) {
        arrays[stateName(slot, name)] = { ...value, data: new Float32Array(value.data.length) };
      }
    }
  }
  return arrays;
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
