/**
 * One of the two sets of arrays that take turns in training: a step reads one and writes the other. The arrays of a slot lie
 * one after another, so that it can also be had as a single one.
 */
import { type HostTensor, sizeOf } from '@gradus/engine';
import { type Phase, parameterName, stateName } from './phase.ts';

/** Where arrays get their memory. */
export type Allocate = (bytes: number) => { readonly buffer: ArrayBufferLike; readonly offset: number };

export function floats(size: number, allocate: Allocate): Float32Array {
  const { buffer, offset } = allocate(4 * size);
  return new Float32Array(buffer, offset, size);
}

/** An array for each of a phase's learned parameters: themselves, or what is kept beside them. */
export interface Slot {
  readonly arrays: Readonly<Record<string, HostTensor>>;
  /** All of them, and zeros between. */
  readonly all: Float32Array;
}

/** Arrays begin at multiples of so many elements: a line of the cache. */
export const ALIGNMENT = 16;

function slotOf(shapes: ReadonlyMap<string, readonly number[]>, allocate: Allocate): Slot {
  const room = (dims: readonly number[]) => Math.ceil(Number(sizeOf(dims)) / ALIGNMENT) * ALIGNMENT;
  const all = floats(
    [...shapes.values()].reduce((sum, dims) => sum + room(dims), 0),
    allocate,
  );
  const arrays: Record<string, HostTensor> = {};
  let from = 0;
  for (const [name, dims] of shapes) {
    arrays[name] = { dtype: 'float32', dims, data: all.subarray(from, from + Number(sizeOf(dims))) };
    from += room(dims);
  }
  return { all, arrays };
}

function shapesOf({ parameters }: Phase, trainable: boolean): Map<string, readonly number[]> {
  const chosen = [...parameters].filter(([, parameter]) => parameter.trainable === trainable);
  return new Map(chosen.map(([name, { shape }]) => [name, shape as readonly number[]]));
}

/** Shapes of what a phase learns. */
export const learnedShapes = (phase: Phase) => shapesOf(phase, true);

/** Zeros for each learned parameter. */
export const newSlot = (phase: Phase, allocate: Allocate): Slot => slotOf(learnedShapes(phase), allocate);

/** What a phase reads or writes. */
export interface Slots {
  readonly parameters: Slot;
  readonly state: Readonly<Record<string, Slot>>;
}

export class Side {
  /** By the names that a step's graph has for them. */
  readonly arrays: Readonly<Record<string, HostTensor>>;
  readonly #slots = new Map<Phase, Slots>();

  constructor(phases: readonly Phase[], values: Readonly<Record<string, HostTensor>>, allocate: Allocate) {
    const arrays: Record<string, HostTensor> = {};
    for (const phase of phases) {
      const parameters = newSlot(phase, allocate);
      const state = Object.fromEntries(phase.optimizer.state.map((slot) => [slot, newSlot(phase, allocate)]));
      this.#slots.set(phase, { parameters, state });
      const fixed = slotOf(shapesOf(phase, false), allocate);
      for (const [name, array] of Object.entries({ ...parameters.arrays, ...fixed.arrays })) {
        arrays[parameterName(name)] = array;
      }
      for (const [slot, { arrays: kept }] of Object.entries(state)) {
        for (const [name, array] of Object.entries(kept)) arrays[stateName(slot, name)] = array;
      }
    }
    for (const [name, { data }] of Object.entries(arrays)) {
      const value = values[name];
      if (value) (data as Float32Array).set(value.data as Float32Array);
    }
    this.arrays = arrays;
  }

  slots(phase: Phase): Slots {
    return this.#slots.get(phase)!;
  }
}
