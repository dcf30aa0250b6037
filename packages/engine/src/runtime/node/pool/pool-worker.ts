/** What a worker of the pool does, on whichever thread: it prepares its share of a step, and runs it in stages. */

import { type SharedMemory, WebAssembly } from '@gradus/base';
import type { CompiledGraph, Feeds } from '../../compiled-graph.ts';
import { open, type SessionOptions } from '../sessions.ts';

/**
 * Words of the shared memory that controls a pool: how many instructions have been issued; the opcode of the last one (the
 * number of a step, or one of those below); the binding it is for; how many times a worker has finished a stage; whether a
 * worker has failed in this step.
 */
export const [ISSUED, OPCODE, BINDING, ARRIVED, FAILED, WORDS] = [0, 1, 2, 3, 4, 5] as const;
/** Opcodes that a worker answers with a message: the text of an error, or nothing. RELEASE is for the step that BINDING names. */
export const [PREPARE, REPORT, CLOSE, RELEASE] = [-1, -2, -3, -4] as const;

/** What one worker runs in one stage, on the arrays of one binding at a time. */
export type Program = LoopProgram | { readonly bytes: Uint8Array; readonly bindings: readonly Binding[] };

export interface LoopProgram {
  readonly loop: Uint8Array<ArrayBuffer>;
  readonly memory: SharedMemory;
  /** The arguments of the loop, by binding. */
  readonly bindings: readonly (readonly number[])[];
}

/** The arrays that a graph reads and writes. */
export interface Binding {
  readonly feeds: Feeds;
  readonly into: Feeds;
}

/** One worker's share of a step. */
export interface Plan {
  /** By stage; undefined where this worker has nothing to run. */
  readonly programs: readonly (Program | undefined)[];
  readonly options: SessionOptions;
}

type Run = () => Promise<void> | void;

/** How much a counter is ahead of `before`. Counters wrap around at 32 bits. */
export const ahead = (count: number, before: number): number => (count - before) | 0;

export class PoolWorker {
  readonly #size: number;
  readonly #control: Int32Array<SharedArrayBuffer>;
  /** Waits until the counter ARRIVED has reached a value. */
  readonly #arrival: (count: number) => Promise<void> | void;
  /** By step. */
  readonly #graphs: CompiledGraph[][] = [];
  /** By step, stage and binding. */
  readonly #steps: Run[][][] = [];
  /** The value of ARRIVED at which the current stage ends. */
  #expected = 0;
  #error: Error | undefined;

  constructor(
    size: number,
    control: Int32Array<SharedArrayBuffer>,
    arrival: (count: number) => Promise<void> | void,
  ) {
    this.#size = size;
    this.#control = control;
    this.#arrival = arrival;
  }

  async prepare({ programs, options }: Plan): Promise<void> {
    const [stages, graphs]: [Run[][], CompiledGraph[]] = [[], []];
    this.#graphs.push(graphs);
    this.#steps.push(stages);
    for (const program of programs) stages.push(program ? await this.#runs(program, options, graphs) : []);
  }

  async #runs(program: Program, options: SessionOptions, graphs: CompiledGraph[]): Promise<Run[]> {
    if ('loop' in program) {
      const { loop, memory, bindings } = program;
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(loop), { host: { memory } });
      const run = exports.run as (...args: readonly number[]) => void;
      return bindings.map((args) => () => run(...args));
    }
    const graph = await open(program.bytes, options);
    graphs.push(graph);
    return program.bindings.map(({ feeds, into }) => graph.bind(feeds, into));
  }

  async run(step: number, binding: number): Promise<void> {
    const control = this.#control;
    for (const stage of this.#steps[step]!) {
      try {
        if (Atomics.load(control, FAILED) === 0) await stage[binding]?.();
      } catch (error) {
        this.#error = error as Error;
        Atomics.store(control, FAILED, 1);
      }
      Atomics.add(control, ARRIVED, 1);
      Atomics.notify(control, ARRIVED);
      this.#expected = (this.#expected + this.#size) | 0;
      await this.#arrival(this.#expected);
    }
  }

  /** @throws the error of this worker in the last step, once */
  report(): void {
    const error = this.#error;
    this.#error = undefined;
    Atomics.store(this.#control, FAILED, 0);
    if (error) throw error;
  }

  /** Frees what a step holds: it is not run again. */
  async release(step: number): Promise<void> {
    this.#steps[step] = [];
    for (const graph of this.#graphs[step]!.splice(0)) await graph.close();
  }

  async close(): Promise<void> {
    for (const step of this.#graphs.keys()) await this.release(step);
  }
}
