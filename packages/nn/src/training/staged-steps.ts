/**
 * Steps in two halves on the processor: gradients, then the optimizer's update, in which an element of all parameters goes
 * its way by itself, so that it is one loop over them (or a few at the same time).
 *
 * Where the loss is the mean of what it is for each example, the gradients of parts of the batch are worked out at the same
 * time, each on a thread of its own (data-parallel training). Threads inside each op instead have to pass every array from
 * core to core, which takes longer than most of what is computed between.
 */

import type { Random } from '@gradus/base';
import {
  flopsOf,
  GraphError,
  type HostTensor,
  isMeanOverExamples,
  sameByElement,
  type TracedLoss,
} from '@gradus/engine';
import type { PoolTask, WorkerPool } from '@gradus/engine/runtime';
import type { Parameter } from '../parameter.ts';
import { placeholders, shapesOf } from './graphs-by-shape.ts';
import type { NoisePool } from './noise.ts';
import { ALIGNMENT, floats, learnedShapes, newSlot, type Side, type Slot } from './parameter-arrays.ts';
import {
  gradientName,
  NOISE_POOL,
  NOISE_START,
  nextName,
  type Phase,
  parameterName,
  scalarName,
  stateName,
} from './phase.ts';
import { type GradientHalf, gradientHalf, tracedLoss, updateHalf } from './step-halves.ts';

/** Examples of a part: products with fewer rows take longer for each of them. */
const SMALLEST_PART = 8;
/** Operations of a loss, and of it and its gradients, from which on more threads than one are worth waking. */
const [WORTHWHILE, WORTHWHILE_BOTH_WAYS] = [1e7, 3e7];

type Arrays = Readonly<Record<string, HostTensor>>;

/** A step for batches of one shape. It reads side `from` and writes the other. @returns the losses */
export type StagedStep = (batch: Arrays, step: number, from: 0 | 1) => Promise<Record<string, number>>;

/** Examples `first` to `end` of a batch, and where they are put for the graph that takes them. */
interface Part {
  readonly first: number;
  readonly end: number;
  readonly arrays: Arrays;
}

/** The gradients of one part. */
interface Share {
  readonly half: GradientHalf;
  readonly loss: HostTensor;
  readonly noise: Noise | undefined;
}

type Noise = Readonly<Record<typeof NOISE_POOL | typeof NOISE_START, HostTensor>>;

export interface StagedOptions {
  readonly random: Random;
  readonly noise: NoisePool;
  readonly alone?: boolean;
}

export class StagedSteps {
  readonly #phases: readonly Phase[];
  /** Of all phases. */
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #sides: readonly [Side, Side];
  readonly #pool: WorkerPool;
  readonly #options: StagedOptions;
  readonly #made = new Map<string, Promise<StagedStep>>();
  /** Of each phase, by part. */
  readonly #gradients = new Map<Phase, Slot[]>();
  readonly #scalars: Arrays;

  constructor(
    phases: readonly Phase[],
    sides: readonly [Side, Side],
    pool: WorkerPool,
    options: StagedOptions,
  ) {
    this.#phases = phases;
    this.#parameters = new Map(phases.flatMap(({ parameters }) => [...parameters]));
    this.#sides = sides;
    this.#pool = pool;
    this.#options = options;
    const names = phases.flatMap(({ name, optimizer }) =>
      Object.keys(optimizer.scalars(1)).map((key) => scalarName(name, key)),
    );
    this.#scalars = Object.fromEntries(names.map((name) => [name, this.#single()]));
  }

  for(batch: Arrays): Promise<StagedStep> {
    const shapes = shapesOf(batch);
    let found = this.#made.get(shapes);
    if (!found) {
      found = this.#make(batch, this.#made.size === 0);
      this.#made.set(shapes, found);
    }
    return found;
  }

  async #make(batch: Arrays, first: boolean): Promise<StagedStep> {
    const parts = this.#parts(batch);
    const shares = this.#phases.map((phase) => this.#shares(phase, parts));
    const graphs = shares.flat().map(({ half }) => Object.values(half.graph.outputs));
    const operations = graphs.reduce((sum, outputs) => sum + flopsOf(outputs), 0);
    const round = await this.#pool.prepare(this.#stages(parts, shares), {
      alone: (this.#options.alone ?? true) && first,
      ...(operations < WORTHWHILE_BOTH_WAYS && { threads: 1 }),
    });
    return async (given, step, from) => {
      for (const part of parts) fill(part, given);
      this.#set(step, shares.flat());
      await round(from);
      const sum = (of: readonly Share[]) =>
        of.reduce((total, { loss }) => total + (loss.data[0] as number), 0);
      return Object.fromEntries(this.#phases.map(({ name }, i) => [name, sum(shares[i]!)]));
    };
  }

  /** Gradients and update of each phase in turn. */
  #stages(parts: readonly Part[], shares: readonly (readonly Share[])[]): PoolTask[][] {
    // Where each parameter is at this point of a step, by the side that the step reads.
    const places = this.#sides.map(({ arrays }) => ({ ...arrays }));
    return this.#phases.flatMap((phase, i) => {
      const changed = shares[i]![0]!.half.changed.map(parameterName);
      // What a later phase changes again is not written where that one reads it.
      const later = new Set(shares.slice(i + 1).flatMap(([share]) => share!.half.changed.map(parameterName)));
      const next = this.#sides.map((_, from) => {
        const { arrays } = this.#sides[1 - from]!;
        return Object.fromEntries(
          changed.map((name) => [name, later.has(name) ? this.#likewise(arrays[name]!) : arrays[name]!]),
        );
      });
      const gradients = shares[i]!.map(({ half, loss, noise }, k): PoolTask => {
        const slopes = renamed(this.#slot(phase, k).arrays, gradientName);
        return {
          graph: half.graph,
          bindings: places.map((place, from) => ({
            feeds: { ...place, ...parts[k]!.arrays, ...noise },
            into: { loss, ...slopes, ...renamed(next[from]!, nextName) },
          })),
        };
      });
      for (const [from, place] of places.entries()) {
        for (const name of [...learnedShapes(phase).keys()].map(parameterName)) {
          place[name] = this.#sides[1 - from]!.arrays[name]!;
        }
        Object.assign(place, next[from]);
      }
      return [gradients, this.#updates(phase, parts.length)];
    });
  }

  /** Says which step it is, and what chance gives it. */
  #set(step: number, shares: readonly Share[]): void {
    const chance = this.#options.random.fork(`noise ${step}`);
    for (const { half, noise } of shares) {
      if (!noise) continue;
      const last = noise[NOISE_POOL].data.length - half.noise;
      (noise[NOISE_START].data as BigInt64Array)[0] = BigInt(chance.below(last + 1));
    }
    for (const { name, optimizer } of this.#phases) {
      for (const [key, value] of Object.entries(optimizer.scalars(step))) {
        (this.#scalars[scalarName(name, key)]!.data as Float32Array)[0] = value;
      }
    }
  }

  /** One part where the batch is better, or only, worked on as a whole. */
  #parts(batch: Arrays): Part[] {
    const examples = Object.values(batch)[0]?.dims[0] ?? 0;
    const most = this.#pool.workers(Math.floor(examples / SMALLEST_PART));
    const count = most > 1 && this.#fallsApart(batch, Math.ceil(examples / most)) ? most : 1;
    if (count === 1) {
      const arrays = mapped(batch, (value) => this.#likewise(value));
      return [{ first: 0, end: examples, arrays }];
    }
    return Array.from({ length: count }, (_, k) => {
      const [first, end] = [Math.floor((examples * k) / count), Math.floor((examples * (k + 1)) / count)];
      return { first, end, arrays: mapped(cut(batch, first, end), (value) => this.#likewise(value)) };
    });
  }

  /** Whether gradients of parts of the batch add up to the batch's, and are worth it. */
  #fallsApart(batch: Arrays, size: number): boolean {
    const [examples] = Object.values(batch)[0]!.dims;
    if (this.#phases.length > 1 || Object.values(batch).some(({ dims }) => dims[0] !== examples))
      return false;
    const traced = (values: Arrays): TracedLoss => tracedLoss(this.#phases[0]!, placeholders(values));
    const whole = traced(batch);
    if (flopsOf([whole.loss]) < WORTHWHILE) return false;
    try {
      return isMeanOverExamples(whole, traced(cut(batch, 0, size)));
    } catch (error) {
      // A loss that was written for batches of one size.
      if (error instanceof GraphError) return false;
      throw error;
    }
  }

  /** The graphs of gradients, one for each size of part, and what is each part's own. */
  #shares(phase: Phase, parts: readonly Part[]): Share[] {
    const examples = parts.at(-1)!.end;
    const bySize = new Map<number, GradientHalf>();
    return parts.map(({ first, end, arrays }) => {
      const size = end - first;
      const share = parts.length > 1 ? size / examples : 1;
      const half = bySize.get(size) ?? gradientHalf(phase, this.#parameters, placeholders(arrays), share);
      bySize.set(size, half);
      return { half, loss: this.#single(), noise: half.noise > 0 ? this.#noise(half.noise) : undefined };
    });
  }

  /** One thread does it all where elements of a parameter have to do with one another; else each does a piece of all. */
  #updates(phase: Phase, parts: number): PoolTask[] {
    const shapes = learnedShapes(phase);
    const { name, optimizer } = phase;
    const outputsOf = (shape: readonly number[]) =>
      Object.values(updateHalf({ name, optimizer }, new Map([['piece', shape]]), parts).outputs);
    const like = outputsOf([ALIGNMENT]);
    const byElement =
      phase.clipNorm === undefined &&
      [...shapes.values()].every((shape) => sameByElement(outputsOf(shape), like));
    if (!byElement) return [this.#update(phase, parts, shapes, ({ arrays }) => arrays)];
    const lines = this.#slot(phase, 0).all.length / ALIGNMENT;
    return Array.from({ length: parts }, (_, k) => {
      const [from, to] = [k, k + 1].map((i) => Math.floor((lines * i) / parts) * ALIGNMENT) as [
        number,
        number,
      ];
      const dims = [to - from];
      return this.#update(phase, parts, new Map([['piece', dims]]), ({ all }) => ({
        piece: { dtype: 'float32', dims, data: all.subarray(from, to) },
      }));
    });
  }

  #update(
    phase: Phase,
    parts: number,
    shapes: ReadonlyMap<string, readonly number[]>,
    pieces: (slot: Slot) => Arrays,
  ): PoolTask {
    const slopes = Array.from({ length: parts }, (_, k) =>
      renamed(pieces(this.#slot(phase, k)), (name) => gradientName(`${k}:${name}`)),
    );
    const sides = this.#sides.map((side): Arrays => {
      const { parameters, state } = side.slots(phase);
      const kept = Object.entries(state).map(([slot, arrays]) =>
        renamed(pieces(arrays), (name) => stateName(slot, name)),
      );
      return Object.assign({}, renamed(pieces(parameters), parameterName), ...kept);
    });
    return {
      graph: updateHalf(phase, shapes, parts),
      bindings: sides.map((side, from) => ({
        feeds: Object.assign({}, this.#scalars, side, ...slopes),
        into: renamed(sides[1 - from]!, nextName),
      })),
    };
  }

  #slot(phase: Phase, part: number): Slot {
    const slots = this.#gradients.get(phase) ?? [];
    this.#gradients.set(phase, slots);
    slots[part] ??= newSlot(phase, this.#allocate);
    return slots[part];
  }

  #noise(taken: number): Noise {
    const { buffer, offset } = this.#allocate(8);
    const start = new BigInt64Array(buffer, offset, 1);
    return {
      [NOISE_POOL]: this.#options.noise.for(taken),
      [NOISE_START]: { dtype: 'int64', dims: [1], data: start },
    };
  }

  readonly #allocate = (bytes: number) => this.#pool.heap.allocate(bytes);

  #single(): HostTensor {
    return { dtype: 'float32', dims: [], data: floats(1, this.#allocate) };
  }

  /** An array of the same kind and size. */
  #likewise({ dtype, dims, data }: HostTensor): HostTensor {
    const like = data as Float32Array;
    const { buffer, offset } = this.#allocate(like.byteLength);
    const Kind = like.constructor as Float32ArrayConstructor;
    return { dtype, dims, data: new Kind(buffer, offset, like.length) };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#made.values());
    await this.#pool.close();
  }
}

/** Copies a part's examples to where its graph takes them from. */
function fill({ first, end, arrays }: Part, batch: Arrays): void {
  for (const [name, { data }] of Object.entries(arrays)) {
    const all = batch[name]!.data as Float32Array;
    const width = data.length / (end - first);
    (data as Float32Array).set(
      first > 0 || data.length < all.length ? all.subarray(first * width, end * width) : all,
    );
  }
}

/** Examples `from` to `to` of a batch. */
const cut = (batch: Arrays, from: number, to: number): Arrays =>
  mapped(batch, ({ dtype, dims, data }) => {
    const width = data.length / dims[0]!;
    const part = (data as Float32Array).subarray(from * width, to * width);
    return { dtype, dims: [to - from, ...dims.slice(1)], data: part };
  });

const mapped = (values: Arrays, change: (value: HostTensor) => HostTensor): Arrays =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

const renamed = (values: Arrays, name: (key: string) => string): Arrays =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [name(key), value]));
