/**
 * Several graphs at the same time, each on a thread of its own, over memory that all of them share.
 *
 * A round has a few stages: in each, every member of the crew runs a graph, and the next begins when all have ended. Member
 * 0 is the thread that asks, so that a crew of two takes two cores. The others wait for a number in shared memory to change:
 * a message takes longer to arrive than a small graph to run.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import { GraphError } from '../../errors.ts';
import type { Graph } from '../../graph.ts';
import { prepared } from '../sessions.ts';
import { fused, isFusable } from './fused.ts';
import { Heap, MOST_PAGES } from './heap.ts';
import {
  ARRIVED,
  type Arrays,
  CLOSE,
  FAILED,
  GO,
  type Loop,
  Member,
  ORDER,
  type Part,
  type Plan,
  PREPARE,
  REPORT,
  since,
  VARIANT,
  WORDS,
} from './member.ts';

/** A graph and the arrays that it runs on, those of one variant at a time, all of them in memory that threads share. */
export interface Job {
  readonly graph: Graph;
  readonly variants: readonly Arrays[];
}

/** @throws GraphError where a graph cannot be computed */
export type Round = (variant: number) => Promise<void>;

/** @param threads for all members together; 0: one a core */
export const crewOf = (threads: number): Crew => new Crew(threads || availableParallelism());

/** Milliseconds for which the last of the others is waited for with open eyes. */
const PATIENCE = 0.3;

export class Crew {
  /** Where arrays are to lie. Elementwise graphs on arrays of it become loops. */
  readonly heap = new Heap();
  readonly #threads: number;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  /** For rounds that this thread does alone. */
  readonly #alone = new Member(1, new Int32Array(new SharedArrayBuffer(4 * WORDS)), () => undefined);
  /** This thread as one of several. */
  #self: Member | undefined;
  readonly #workers: Worker[] = [];
  readonly #ended: Promise<unknown>[] = [];
  readonly #rounds = { alone: 0, together: 0 };
  #lost: Error | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** How many members there can be where there is work for `most`. How many there are is settled by the first round of several. */
  members(most: number): number {
    return Math.min(this.#self ? this.#workers.length + 1 : this.#threads, most);
  }

  /**
   * Makes a round ready.
   *
   * @param stages what members 0, 1, … do in each stage; the others only wait
   * @param alone as in CompileOptions
   * @param threads of each member; default: its share of all
   */
  async prepare(stages: readonly (readonly Job[])[], { alone = false, threads = 0 } = {}): Promise<Round> {
    const bytes = new Map<Graph, Promise<Uint8Array>>();
    const part = async ({ graph, variants }: Job): Promise<Part> => {
      const loop = this.#loop(graph, variants);
      if (loop) return loop;
      if (!bytes.has(graph)) bytes.set(graph, prepared(graph));
      return { bytes: await bytes.get(graph)!, variants };
    };
    const parts = await Promise.all(stages.map((jobs) => Promise.all(jobs.map(part))));
    const members = Math.max(...stages.map(({ length }) => length));
    const share = Math.max(1, Math.floor(this.#threads / members));
    const options = { threads: threads || share, alone };
    const plan = (member: number): Plan => ({ options, parts: parts.map((jobs) => jobs[member]) });
    if (members === 1) {
      await this.#alone.prepare(plan(0));
      const round = this.#rounds.alone++;
      return async (variant) => {
        await this.#alone.take(round, variant);
        this.#alone.report();
      };
    }
    const self = this.#gathered(members);
    const answers = this.#workers.map((worker, i) => {
      worker.postMessage(plan(i + 1));
      return this.#answer(worker);
    });
    this.#order(PREPARE);
    const made = await Promise.allSettled([self.prepare(plan(0)), ...answers]);
    for (const result of made) if (result.status === 'rejected') throw result.reason;
    const round = this.#rounds.together++;
    return (variant) => this.#together(self, round, variant);
  }

  /** An elementwise graph as a loop; undefined where it is not one, or its arrays lie elsewhere. */
  #loop(graph: Graph, variants: readonly Arrays[]): Loop | undefined {
    if (!isFusable(graph)) return undefined;
    const [inputs, outputs] = [Object.keys(graph.inputs), Object.entries(graph.outputs)];
    const arrays = variants.map(({ feeds, into }) =>
      [...inputs.map((name) => feeds[name]!), ...outputs.map(([name]) => into[name]!)].map(
        ({ data }) => data as Float32Array,
      ),
    );
    if (!arrays.flat().every((array) => this.heap.holds(array))) return undefined;
    const count = outputs[0]![1].shape[0] as number;
    return {
      loop: fused(graph, MOST_PAGES),
      memory: this.heap.memory,
      variants: arrays.map((all) => [count, ...all.map(({ byteOffset }) => byteOffset)]),
    };
  }

  #gathered(size: number): Member {
    if (this.#self) return this.#self;
    for (let i = 1; i < size; i++) {
      const worker = new Worker(programBeside(import.meta.url, 'worker'), {
        workerData: { size, control: this.#control },
        execArgv: [],
      });
      const lose = (error: Error) => {
        this.#lost ??= error;
      };
      worker.on('error', lose);
      this.#ended.push(
        new Promise<void>((resolve) => {
          worker.on('exit', () => {
            lose(new Error('a thread of the crew has ended'));
            resolve();
          });
        }),
      );
      worker.unref();
      this.#workers.push(worker);
    }
    this.#self = new Member(size, this.#control, (count) => this.#arrival(count));
    return this.#self;
  }

  async #together(self: Member, round: number, variant: number): Promise<void> {
    Atomics.store(this.#control, VARIANT, variant);
    Atomics.store(this.#control, FAILED, 0);
    // While the others are waited for, nothing else may be left that keeps the process alive.
    for (const worker of this.#workers) worker.ref();
    this.#order(round);
    await self.take(round, variant);
    for (const worker of this.#workers) worker.unref();
    if (Atomics.load(this.#control, FAILED) === 0) return;
    const answers = this.#workers.map((worker) => this.#answer(worker));
    this.#order(REPORT);
    const told = await Promise.allSettled([...answers, (async () => self.report())()]);
    for (const result of told) if (result.status === 'rejected') throw result.reason;
  }

  #order(order: number): void {
    Atomics.store(this.#control, ORDER, order);
    Atomics.add(this.#control, GO, 1);
    Atomics.notify(this.#control, GO);
  }

  /** @throws GraphError of what the worker answers, where it is an error */
  async #answer(worker: Worker): Promise<void> {
    worker.ref();
    const [error] = (await once(worker, 'message').catch((failure: Error) => {
      throw neverStarted(failure) ?? failure;
    })) as [string | undefined];
    worker.unref();
    if (error !== undefined) throw new GraphError(error);
  }

  /** Until so many have arrived. @throws Error where one never will */
  async #arrival(count: number): Promise<void> {
    const patience = performance.now() + PATIENCE;
    for (;;) {
      const arrived = Atomics.load(this.#control, ARRIVED);
      if (since(arrived, count) >= 0) return;
      if (this.#lost) throw this.#lost;
      if (performance.now() > patience) await Atomics.waitAsync(this.#control, ARRIVED, arrived, 1000).value;
    }
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.ref();
    this.#order(CLOSE);
    await Promise.all([this.#alone.close(), this.#self?.close(), ...this.#ended]);
  }
}
