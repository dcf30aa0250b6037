/**
 * Recurrent layers over [batch, time, features]. `lengths` masks sequences that are shorter
 * than the longest of the batch: their state stays as it is at their end, and their outputs after that are 0.
 */
import { checkChoice, checkOptions } from '@gradus/base';
import { applyMany, type Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { type Initializer, uniform, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface RecurrentOptions {
  /** Reads the sequence in both directions and concatenates the outputs. Default false. */
  readonly bidirectional?: boolean;
  /** `all` (default): [batch, time, units]; `last`: the state at the end, [batch, units]. */
  readonly output?: 'all' | 'last';
  readonly initializer?: Initializer;
}

const OPTIONS = { bidirectional: false, output: 'all', initializer: true };

const GATES = { RNN: 1, LSTM: 4, GRU: 3 } as const;

/** The plain recurrent layer with tanh (Elman, 1990). */
export const rnn = (units: number, options: RecurrentOptions = {}) => new Recurrent('RNN', units, options);

/** Long short-term memory (Hochreiter and Schmidhuber, 1997). */
export const lstm = (units: number, options: RecurrentOptions = {}) => new Recurrent('LSTM', units, options);

/** Gated recurrent units (Cho et al., 2014), the reset gate after the product, as in PyTorch and cuDNN. */
export const gru = (units: number, options: RecurrentOptions = {}) => new Recurrent('GRU', units, options);

export class Recurrent extends Module {
  /** [directions, gates × units, features] */
  weight: Parameter | undefined;
  /** [directions, gates × units, units] */
  readonly recurrence: Parameter;
  /** Of inputs, then of states: [directions, 2 × gates × units]. */
  readonly bias: Parameter;
  readonly op: keyof typeof GATES;
  readonly units: number;
  readonly #options: RecurrentOptions;
  readonly #initializer: Initializer;

  constructor(op: keyof typeof GATES, units: number, options: RecurrentOptions) {
    super();
    const name = op.toLowerCase();
    checkOptions(name, options, OPTIONS);
    checkWhole(name, 'units', units, { least: 1 });
    if (options.output !== undefined) checkChoice(name, 'output', options.output, ['all', 'last']);
    this.op = op;
    this.units = units;
    this.#options = options;
    this.#initializer = options.initializer ?? uniform(1 / Math.sqrt(units));
    const directions = options.bidirectional ? 2 : 1;
    this.recurrence = new Parameter([directions, GATES[op] * units, units], this.#initializer);
    this.bias = new Parameter([directions, 2 * GATES[op] * units], zeros);
  }

  /** @param lengths int32 [batch]; left out: all sequences are as long as the batch. */
  forward(x: Tensor, lengths?: Tensor): Tensor {
    const { bidirectional = false, output = 'all' } = this.#options;
    const directions = bidirectional ? 2 : 1;
    this.weight ??= new Parameter([directions, GATES[this.op] * this.units, sizeAt(x, 2)], this.#initializer);
    const [all, last] = applyMany(
      this.op,
      [x.transpose([1, 0, 2]), this.weight, this.recurrence, this.bias, lengths ?? null],
      {
        hidden_size: this.units,
        direction: bidirectional ? 'bidirectional' : 'forward',
        ...(this.op === 'GRU' ? { linear_before_reset: 1 } : {}),
      },
    );
    const width = directions * this.units;
    if (output === 'last') return last!.transpose([1, 0, 2]).reshape([x.shape[0]!, width]);
    // [time, directions, batch, units]
    return all!.transpose([2, 0, 1, 3]).reshape([x.shape[0]!, x.shape[1]!, width]);
  }
}
