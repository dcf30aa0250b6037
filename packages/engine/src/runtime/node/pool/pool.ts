/**
 * A worker pool that runs several graphs at the same time, each on a thread of its own, over memory that all threads share.
 *
 * A step has a few stages. In each stage every worker runs one graph, and the next stage begins when all have finished (a
 * barrier, as in Valiant's "A Bridging Model for Parallel Computation", 1990). Worker 0 is the calling thread, so that a pool of
 * two takes two cores. The others wait for a counter in shared memory to change: a message takes longer to arrive than a small
 * graph to run.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import { GraphError } from '../../../errors.ts';
import type { Graph } from '../../../graph.ts';
import type { CompileOptions } from '../../compiled-graph.ts';
import { type MeasuredChoices, measuredChoices } from '../measured-choices.ts';
import { prepared } from '../sessions.ts';
import { compileLoop, isLoop } from './elementwise-loop.ts';
import {
  ARRIVED,
  ahead,
  BINDING,
  type Binding,
  CLOSE,
  FAILED,
  ISSUED,
  type LoopProgram,
  OPCODE,
  type Plan,
  PoolWorker,
  PREPARE,
  type Program,
  RELEASE,
  REPORT,
  WORDS,
} from './pool-worker.ts';
import { SharedHeap } from './shared-heap.ts';

/** A graph and the arrays that it runs on, those of one binding at a time, all of them in shared memory. */
export interface PoolTask {
  readonly graph: Graph;
  readonly bindings: readonly Binding[];
}

export interface PoolStep {
  /** Runs all stages on the arrays of one binding. @throws GraphError where a graph cannot be computed */
  run(binding: number): Promise<void>;
  /** Frees its graphs: it is not run again. */
  release(): Promise<void>;
}

/** @param threads of all workers together; 0: one a core */
export const workerPool = (threads: number): WorkerPool => new WorkerPool(threads || availableParallelism());

/** Milliseconds for which the calling thread spins before it waits for the last worker asynchronously. */
const SPIN = 0.3;

const newControl = () => new Int32Array(new SharedArrayBuffer(4 * WORDS));

export class WorkerPool {
  /** Where arrays are allocated. Elementwise graphs on its arrays are compiled to loops. */
  readonly heap = new SharedHeap();
  /** Of all workers together. */
  readonly threads: number;
  readonly #control = newControl();
  /** Runs steps of one worker. */
  readonly #single = new PoolWorker(1, newControl(), () => undefined);
  /** Worker 0 of steps of several: the calling thread. */
  #self: PoolWorker | undefined;
  readonly #workers: Worker[] = [];
  readonly #exits: Promise<unknown>[] = [];
  readonly #steps = { single: 0, parallel: 0 };
  #lost: Error | undefined;

  constructor(threads: number) {
    this.threads = threads;
  }

  /** Where it is kept what was quickest here; undefined where nothing is to be. */
  get choices(): MeasuredChoices | undefined {
    return measuredChoices();
  }

  /** How many workers there are for work that `most` can share. The first step of several workers settles their number. */
  workers(most: number): number {
    return Math.min(this.#self ? this.#workers.length + 1 : this.threads, most);
  }

  /**
   * Makes a step ready to run.
   *
   * @param stages the tasks of workers 0, 1, … in each stage; the other workers wait
   * @param alone as in CompileOptions
   * @param threads of each worker; default: its share of all
   * @param convolutions as in CompileOptions
   */
  async prepare(
    stages: readonly (readonly PoolTask[])[],
    {
      alone = false,
      threads = 0,
      convolutions,
    }: Pick<CompileOptions, 'alone' | 'threads' | 'convolutions'> = {},
  ): Promise<PoolStep> {
    const size = Math.max(...stages.map(({ length }) => length));
    const share = Math.max(1, Math.floor(this.threads / size));
    const options = { threads: threads || share, alone };
    const bytes = new Map<Graph, Promise<Uint8Array>>();
    const programOf = async ({ graph, bindings }: PoolTask): Promise<Program> => {
      const loop = this.#loop(graph, bindings);
      if (loop) return loop;
      if (!bytes.has(graph)) bytes.set(graph, prepared(graph, { ...options, convolutions }));
      return { bytes: await bytes.get(graph)!, bindings };
    };
    const programs = await Promise.all(stages.map((tasks) => Promise.all(tasks.map(programOf))));
    const planOf = (worker: number): Plan => ({ options, programs: programs.map((stage) => stage[worker]) });
    if (size === 1) {
      // Counted also where a graph cannot be compiled: the worker counts it too.
      const step = this.#steps.single++;
      await this.#single.prepare(planOf(0));
      return {
        run: async (binding) => {
          await this.#single.run(step, binding);
          this.#single.report();
        },
        release: () => this.#single.release(step),
      };
    }
    const self = this.#started(size);
    const step = this.#steps.parallel++;
    const answers = this.#workers.map((worker, i) => {
      worker.postMessage(planOf(i + 1));
      return this.#answer(worker);
    });
    this.#issue(PREPARE);
    const results = await Promise.allSettled([self.prepare(planOf(0)), ...answers]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return {
      run: (binding) => this.#run(self, step, binding),
      release: () => this.#release(self, step),
    };
  }

  /** An elementwise graph as a loop; undefined where it is not one, or its arrays are not on the heap. */
  #loop(graph: Graph, bindings: readonly Binding[]): LoopProgram | undefined {
    if (!isLoop(graph)) return undefined;
    const [inputs, outputs] = [Object.keys(graph.inputs), Object.entries(graph.outputs)];
    const arrays = bindings.map(({ feeds, into }) =>
      [...inputs.map((name) => feeds[name]!), ...outputs.map(([name]) => into[name]!)].map(
        ({ data }) => data as Float32Array,
      ),
    );
    if (!arrays.flat().every((array) => this.heap.holds(array))) return undefined;
    const count = outputs[0]![1].shape[0] as number;
    return {
      loop: compileLoop(graph),
      memory: this.heap.memory,
      bindings: arrays.map((all) => [count, ...all.map(({ byteOffset }) => byteOffset)]),
    };
  }

  /** Starts the worker threads where they are not running yet. */
  #started(size: number): PoolWorker {
    if (this.#self) return this.#self;
    for (let i = 1; i < size; i++) {
      const worker = new Worker(programBeside(import.meta.url, 'thread'), {
        workerData: { size, control: this.#control },
        execArgv: [],
      });
      const lose = (error: Error) => {
        this.#lost ??= error;
      };
      worker.on('error', lose);
      this.#exits.push(
        new Promise<void>((resolve) => {
          worker.on('exit', () => {
            lose(new Error('a thread of the worker pool has ended'));
            resolve();
          });
        }),
      );
      worker.unref();
      this.#workers.push(worker);
    }
    this.#self = new PoolWorker(size, this.#control, (count) => this.#arrival(count));
    return this.#self;
  }

  async #run(self: PoolWorker, step: number, binding: number): Promise<void> {
    Atomics.store(this.#control, BINDING, binding);
    Atomics.store(this.#control, FAILED, 0);
    // While the pool waits for its threads, they may be all that keeps the process alive.
    for (const worker of this.#workers) worker.ref();
    this.#issue(step);
    await self.run(step, binding);
    for (const worker of this.#workers) worker.unref();
    if (Atomics.load(this.#control, FAILED) === 0) return;
    const answers = this.#workers.map((worker) => this.#answer(worker));
    this.#issue(REPORT);
    const reports = await Promise.allSettled([...answers, (async () => self.report())()]);
    for (const report of reports) if (report.status === 'rejected') throw report.reason;
  }

  async #release(self: PoolWorker, step: number): Promise<void> {
    Atomics.store(this.#control, BINDING, step);
    const answers = this.#workers.map((worker) => this.#answer(worker));
    this.#issue(RELEASE);
    await Promise.all([self.release(step), ...answers]);
  }

  #issue(opcode: number): void {
    Atomics.store(this.#control, OPCODE, opcode);
    Atomics.add(this.#control, ISSUED, 1);
    Atomics.notify(this.#control, ISSUED);
  }

  /** @throws GraphError with what the worker answers, where that is an error */
  async #answer(worker: Worker): Promise<void> {
    worker.ref();
    const [error] = (await once(worker, 'message').catch((failure: Error) => {
      throw neverStarted(failure) ?? failure;
    })) as [string | undefined];
    worker.unref();
    if (error !== undefined) throw new GraphError(error);
  }

  /** Waits until the counter ARRIVED has reached `count`. @throws Error where a thread has ended */
  async #arrival(count: number): Promise<void> {
    const end = performance.now() + SPIN;
    for (;;) {
      const arrived = Atomics.load(this.#control, ARRIVED);
      if (ahead(arrived, count) >= 0) return;
      if (this.#lost) throw this.#lost;
      if (performance.now() > end) await Atomics.waitAsync(this.#control, ARRIVED, arrived, 1000).value;
    }
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.ref();
    this.#issue(CLOSE);
    await Promise.all([this.#single.close(), this.#self?.close(), ...this.#exits]);
  }
}
