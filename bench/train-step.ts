/**
 * Milliseconds of one training step, in turns with peers in the same run on the same machine: PyTorch, and, from the folder
 * that GRADUS_PEERS names, tfjs and jax-js.
 */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { Random } from '@gradus/base';
import { flopsOf, type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { Trainer, trainingPhases } from '@gradus/nn';
import type { Measurement } from './measurement.ts';
import { WORKLOADS } from './workloads.ts';

/**
 * `--cpu` takes processor time on one thread for time, and the least of all steps for their median: for a machine whose
 * cores others use too.
 */
const byCpu = process.argv.includes('--cpu');
const clock = byCpu ? () => processorTime() : () => performance.now();
const typical = (times: readonly number[]) => (byCpu ? Math.min(...times) : median(times));

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Steps a side takes before it is the other's turn, and how many turns there are. */
const STEPS = 10;
const TURNS = 6;
/** Steps at the start of a turn that do not count: the caches still hold what the other side left. */
const WARM_UP = 2;
/** Steps of a training that is long: how its steps are lowered is measured, or was before. */
const LONG = 1e6;
const steady = (times: readonly number[]) => (times.length > WARM_UP ? times.slice(WARM_UP) : times);

/** The programs, what runs them, and their steps in a turn: tfjs takes seconds for one. */
const PYTHON = process.env.GRADUS_PYTHON ?? 'python3';
const PEERS = [
  { command: PYTHON, script: 'train_step.py', steps: STEPS, countsThreads: true },
  { command: PYTHON, script: 'train_step.py', argument: 'compile', steps: STEPS, countsThreads: true },
  { command: process.execPath, script: 'train_step_jax.mjs', steps: STEPS },
  { command: process.execPath, script: 'train_step_tfjs.mjs', steps: 1 },
] satisfies PeerProgram[];

interface PeerProgram {
  readonly command: string;
  readonly script: string;
  readonly argument?: string;
  readonly steps: number;
  /** Those that do not are met once. */
  readonly countsThreads?: boolean;
}

/** `--only KEY,KEY` measures some workloads. */
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',');

export async function* trainingSteps(): AsyncGenerator<Measurement> {
  const chosen = process.argv.includes('--only')
    ? WORKLOADS.filter(({ key }) => only!.includes(key))
    : WORKLOADS;
  const peers = (await Promise.all(PEERS.map((peer) => Peer.start(peer)))).filter(
    (peer) => peer !== undefined,
  );
  const ratios = new Map<Peer, number[]>();
  try {
    for (const threads of byCpu ? [1] : [1, 2]) {
      const onThreads = `${threads} thread${threads > 1 ? 's' : ''}`;
      const fastest = await productRate(threads);
      yield { what: `matrix product of 1024 × 1024, ${onThreads}`, gradus: `${fastest.toFixed(0)} GFLOP/s` };
      for (const { key, name, make } of chosen) {
        const started = performance.now();
        const { phases, batch } = make();
        const trainer = new Trainer(phases, { threads, random: new Random(0), steps: LONG });
        const values = arrays(batch);
        await trainer.step(values);
        const compileTime = performance.now() - started;
        const own: number[] = [];
        const turn = async (steps: number) => {
          const times: number[] = [];
          for (let i = 0; i < steps; i++) {
            const begun = clock();
            await trainer.step(values);
            times.push(clock() - begun);
          }
          return times;
        };
        await turn(STEPS);
        const met: { peer: Peer; times: number[] }[] = [];
        for (const peer of peers) {
          if (threads > 1 && !peer.countsThreads) continue;
          if (await peer.steps(key, threads)) met.push({ peer, times: [] });
        }
        for (let i = 0; i < TURNS; i++) {
          own.push(...steady(await turn(STEPS)));
          for (const { peer, times } of met) times.push(...steady((await peer.steps(key, threads))!));
        }
        const { lowering } = trainer.state();
        await trainer.close();
        const ms = typical(own);
        const rate = flopsOf(Object.values(trainingPhases(phases, batch).graph.outputs)) / ms / 1e6;
        const share = Math.round((100 * rate) / fastest);
        const gradus = `${ms.toFixed(2)} ms, ${rate.toFixed(0)} GFLOP/s (${share} %), compiled in ${compileTime.toFixed(0)} ms${lowering ? ` (${Object.values(lowering).join(', ')})` : ''}`;
        const what = `step of ${name}, ${onThreads}`;
        if (met.length === 0) yield { what, gradus };
        for (const { peer, times } of met) {
          const ratio = ms / typical(times);
          if (peer.countsThreads) ratios.set(peer, [...(ratios.get(peer) ?? []), ratio]);
          yield { what, gradus, peer: `${typical(times).toFixed(2)} ms (${peer.version})`, ratio };
        }
      }
    }
    for (const [{ version }, each] of ratios) {
      yield {
        what: 'geometric mean of the training steps',
        gradus: '–',
        peer: version,
        ratio: Math.exp(each.reduce((sum, ratio) => sum + Math.log(ratio), 0) / each.length),
      };
    }
  } finally {
    for (const peer of peers) peer.close();
  }
}

/** A program that answers lines with lines. */
class Peer {
  readonly version: string;
  readonly countsThreads: boolean;
  readonly #ask: (line: string) => Promise<string | undefined>;
  readonly #steps: number;
  readonly close: () => void;

  private constructor(
    version: string,
    { steps, countsThreads = false }: PeerProgram,
    ask: (line: string) => Promise<string | undefined>,
    close: () => void,
  ) {
    this.version = version;
    this.countsThreads = countsThreads;
    this.#steps = steps;
    this.#ask = ask;
    this.close = close;
  }

  /** @returns undefined where the program cannot run: the peer is not installed. */
  static async start(program: PeerProgram): Promise<Peer | undefined> {
    const { script, command, argument } = program;
    const file = new URL(`peers/${script}`, import.meta.url).pathname;
    const child = spawn(command, argument ? [file, argument] : [file], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value as string | undefined;
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    const hello = await next();
    if (!hello) return undefined;
    const { version } = JSON.parse(hello) as { version: string };
    return new Peer(
      version,
      program,
      async (line) => {
        // Between its turns a peer is stopped: the threads of some wait for work by turning round and round.
        child.kill('SIGCONT');
        child.stdin.write(`${line}\n`);
        const answer = await next();
        child.kill('SIGSTOP');
        return answer;
      },
      () => child.kill('SIGKILL'),
    );
  }

  /** Milliseconds of a turn's steps; null where the program has no such workload. @throws Error where it has ended */
  async steps(key: string, threads: number): Promise<number[] | null> {
    const answer = await this.#ask(`${key} ${threads} ${this.#steps} ${byCpu ? 'cpu' : 'wall'}`);
    if (answer === undefined) throw new Error(`${this.version} ended while it was to take steps of "${key}"`);
    return JSON.parse(answer) as number[] | null;
  }
}

function arrays(placeholders: Readonly<Record<string, Tensor>>): Record<string, HostTensor> {
  const random = new Random(1);
  const values = (name: string, { dtype, shape }: Tensor): HostTensor => {
    const dims = shape as readonly number[];
    const length = dims.reduce((a, b) => a * b, 1);
    if (dtype === 'int64')
      return { dtype, dims, data: BigInt64Array.from({ length }, () => BigInt(random.below(10))) };
    // Labels that are numbers are those of two classes.
    const draw = () => (name === 'labels' ? random.below(2) : random.normal(0, 0.05));
    return { dtype: 'float32', dims, data: Float32Array.from({ length }, draw) };
  };
  return Object.fromEntries(Object.entries(placeholders).map(([name, value]) => [name, values(name, value)]));
}

async function productRate(threads: number): Promise<number> {
  const [a, b] = [input('a', [1024, 1024]), input('b', [1024, 1024])];
  const graph: Graph<Tensor> = { name: 'product', inputs: { a, b }, outputs: { y: a.matmul(b) } };
  const compiled = await compile(graph, { threads, alone: true });
  const [feeds, into] = [arrays(graph.inputs), arrays(graph.outputs)];
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const started = clock();
    await compiled.run(feeds, into);
    times.push(clock() - started);
  }
  await compiled.close();
  return (2 * 1024 ** 3) / typical(times) / 1e6;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
