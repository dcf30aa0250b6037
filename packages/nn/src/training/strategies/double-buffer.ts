/**
 * Parameters and optimizer state in two buffers that take turns: a step reads the front buffer and writes the back one. A step
 * that fails, or whose loss is not finite, leaves the front as it was.
 */
import { GraphError, type HostTensor } from '@gradus/engine';
import { parameterName, stateName } from '../graphs/names.ts';
import { type Phase, trainedGroups, untrainedShapes } from '../phase.ts';
import type { Allocate } from './arrays.ts';
import { type FlatArrays, newFlatArrays } from './flat-arrays.ts';
import type { Arrays } from './strategy.ts';

/** The trained arrays of one group of a phase's parameters. */
export interface GroupArrays {
  readonly parameters: FlatArrays;
  /** By slot of the optimizer. */
  readonly state: Readonly<Record<string, FlatArrays>>;
}

export class ParameterBuffer {
  /** By the names that a step's graph has for them. */
  readonly arrays: Arrays;
  readonly #groups = new Map<Phase, readonly GroupArrays[]>();

  constructor(phases: readonly Phase[], values: Arrays, allocate: Allocate) {
    const arrays: Record<string, HostTensor> = {};
    for (const phase of phases) {
      const groups = trainedGroups(phase).map(({ optimizer, shapes }): GroupArrays => {
        const slots = optimizer.state.map((slot) => [slot, newFlatArrays(shapes, allocate)]);
        return { parameters: newFlatArrays(shapes, allocate), state: Object.fromEntries(slots) };
      });
      this.#groups.set(phase, groups);
      const untrained = newFlatArrays(untrainedShapes(phase), allocate);
      for (const { parameters, state } of [{ parameters: untrained, state: {} }, ...groups]) {
        for (const [name, array] of Object.entries(parameters.arrays)) arrays[parameterName(name)] = array;
        for (const [slot, { arrays: ofSlot }] of Object.entries(state)) {
          for (const [name, array] of Object.entries(ofSlot)) arrays[stateName(slot, name)] = array;
        }
      }
    }
    for (const [name, { data }] of Object.entries(arrays)) {
      const value = values[name];
      if (!value) throw new GraphError(`the strategy was not given what "${name}" begins with`);
      (data as Float32Array).set(value.data as Float32Array);
    }
    this.arrays = arrays;
  }

  /** The trained arrays of a phase, by group. */
  of(phase: Phase): readonly GroupArrays[] {
    return this.#groups.get(phase)!;
  }
}

export class DoubleBuffer {
  readonly buffers: readonly [ParameterBuffer, ParameterBuffer];
  /** Which buffer has the parameters as they are now. */
  #front: 0 | 1 = 0;

  constructor(phases: readonly Phase[], values: Arrays, allocate: Allocate) {
    const buffer = () => new ParameterBuffer(phases, values, allocate);
    this.buffers = [buffer(), buffer()];
  }

  get front(): 0 | 1 {
    return this.#front;
  }

  /** Makes what the step has written the new front, if its losses are finite. */
  commit(losses: Readonly<Record<string, number>>): void {
    if (Object.values(losses).every(Number.isFinite)) this.#front = this.#front === 0 ? 1 : 0;
  }
}
