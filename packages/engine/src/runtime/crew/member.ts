/** What a member of a crew does, in whichever thread. */
import type { CompiledGraph, Feeds } from '../compiled-graph.ts';
import { open, type SessionOptions } from '../sessions.ts';
import { type SharedMemory, WebAssembly } from './web-assembly.ts';

/**
 * Words of the shared memory that a crew is led by: how many orders there have been, the last of them (a round, or one of
 * those below), the variant it is about, how many times a member has ended a stage, whether one has failed in this round.
 */
export const [GO, ORDER, VARIANT, ARRIVED, FAILED, WORDS] = [0, 1, 2, 3, 4, 5] as const;
/** Orders that are answered with a message: an error's text, or nothing. */
export const [PREPARE, REPORT, CLOSE] = [-1, -2, -3] as const;

/** What one member runs in one stage, on the arrays of one variant at a time. */
export type Part = Loop | { readonly bytes: Uint8Array; readonly variants: readonly Arrays[] };

export interface Loop {
  readonly loop: Uint8Array<ArrayBuffer>;
  readonly memory: SharedMemory;
  /** What it is called with. */
  readonly variants: readonly (readonly number[])[];
}

export interface Arrays {
  readonly feeds: Feeds;
  readonly into: Feeds;
}

export interface Plan {
  /** By stage; undefined where this member has none. */
  readonly parts: readonly (Part | undefined)[];
  readonly options: SessionOptions;
}

type Run = () => Promise<void> | void;

/** How many have arrived since another count, which may be more than there are numbers for. */
export const since = (count: number, before: number): number => (count - before) | 0;

export class Member {
  readonly #size: number;
  readonly #control: Int32Array<SharedArrayBuffer>;
  /** Waits until so many have arrived. */
  readonly #arrival: (count: number) => Promise<void> | void;
  readonly #graphs: CompiledGraph[] = [];
  /** By round, stage and variant. */
  readonly #rounds: Run[][][] = [];
  /** How many arrive until the stage that is run ends. */
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

  async prepare({ parts, options }: Plan): Promise<void> {
    const stages = [];
    for (const part of parts) stages.push(part ? await this.#runs(part, options) : []);
    this.#rounds.push(stages);
  }

  async #runs(part: Part, options: SessionOptions): Promise<Run[]> {
    if ('loop' in part) {
      const { loop, memory, variants } = part;
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(loop), { host: { memory } });
      const run = exports.run as (...places: readonly number[]) => void;
      return variants.map((places) => () => run(...places));
    }
    const graph = await open(part.bytes, options);
    this.#graphs.push(graph);
    return part.variants.map(({ feeds, into }) => graph.bind(feeds, into));
  }

  async take(round: number, variant: number): Promise<void> {
    const control = this.#control;
    for (const stage of this.#rounds[round]!) {
      try {
        if (Atomics.load(control, FAILED) === 0) await stage[variant]?.();
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

  /** @throws the error that a round has ended with here, once */
  report(): void {
    const error = this.#error;
    this.#error = undefined;
    Atomics.store(this.#control, FAILED, 0);
    if (error) throw error;
  }

  async close(): Promise<void> {
    for (const graph of this.#graphs) await graph.close();
  }
}
