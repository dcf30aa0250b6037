/** Milliseconds of one training step, in turns with PyTorch in the same run on the same machine. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { type Graph, type HostTensor, input, Random, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import type { Measurement } from './main.ts';
import { WORKLOADS } from './workloads.ts';

/** Steps a side takes before it is the other's turn, and how many turns there are. */
const STEPS = 8;
const TURNS = 6;

/** `--only KEY,KEY` measures some workloads. */
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',');

export async function* trainingSteps(): AsyncGenerator<Measurement> {
  const chosen = process.argv.includes('--only')
    ? WORKLOADS.filter(({ key }) => only!.includes(key))
    : WORKLOADS;
  const peer = await Peer.start('train_step.py');
  const ratios: number[] = [];
  try {
    for (const threads of [1, 2]) {
      yield {
        what: `matrix product of 1024 × 1024, ${threads} thread${threads > 1 ? 's' : ''}`,
        gradus: `${(await productRate(threads)).toFixed(0)} GFLOP/s`,
      };
      for (const { key, name, make } of chosen) {
        const started = performance.now();
        const graph = make();
        const compiled = await compile(graph, { threads, alone: true });
        const compileTime = performance.now() - started;
        const { feeds, into } = arrays(graph);
        const own: number[] = [];
        const theirs: number[] = [];
        const turn = async (steps: number) => {
          const times: number[] = [];
          for (let i = 0; i < steps; i++) {
            const begun = performance.now();
            await compiled.run(feeds, into);
            times.push(performance.now() - begun);
          }
          return times;
        };
        await turn(STEPS);
        await peer?.ask(`${key} ${threads} ${STEPS}`);
        for (let i = 0; i < TURNS; i++) {
          own.push(...(await turn(STEPS)));
          theirs.push(...((await peer?.ask(`${key} ${threads} ${STEPS}`)) ?? []));
        }
        await compiled.close();
        const ms = median(own);
        if (peer) ratios.push(ms / median(theirs));
        yield {
          what: `step of ${name}, ${threads} thread${threads > 1 ? 's' : ''}`,
          gradus: `${ms.toFixed(2)} ms (compiled in ${compileTime.toFixed(0)} ms)`,
          ...(peer && {
            peer: `${median(theirs).toFixed(2)} ms (PyTorch ${peer.version})`,
            ratio: ms / median(theirs),
          }),
        };
      }
    }
    if (ratios.length > 0) {
      const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
      yield { what: 'geometric mean of the training steps', gradus: '–', peer: '–', ratio: mean };
    }
  } finally {
    peer?.close();
  }
}

/** A program that answers lines with lines. */
class Peer {
  readonly version: string;
  readonly #ask: (line: string) => Promise<string>;
  readonly close: () => void;

  private constructor(version: string, ask: (line: string) => Promise<string>, close: () => void) {
    this.version = version;
    this.#ask = ask;
    this.close = close;
  }

  /** @returns undefined where the program cannot run: the peer is not installed. */
  static async start(script: string): Promise<Peer | undefined> {
    const file = new URL(`peers/${script}`, import.meta.url).pathname;
    const child = spawn(process.env.GRADUS_PYTHON ?? 'python3', [file], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value as string | undefined;
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    const hello = await next();
    if (!hello) return undefined;
    const { version } = JSON.parse(hello) as { version: string };
    return new Peer(
      version,
      async (line) => {
        child.stdin.write(`${line}\n`);
        return (await next())!;
      },
      () => child.kill(),
    );
  }

  async ask(line: string): Promise<number[]> {
    return JSON.parse(await this.#ask(line)) as number[];
  }
}

function arrays(graph: Graph<Tensor>) {
  const random = new Random(1);
  const make = (name: string, { dtype, shape }: Tensor): HostTensor => {
    const dims = shape as readonly number[];
    const length = dims.reduce((a, b) => a * b, 1);
    if (dtype === 'int64')
      return { dtype, dims, data: BigInt64Array.from({ length }, () => BigInt(random.below(10))) };
    const value = /unningVariance|scale/.test(name) ? () => 1 : () => random.normal(0, 0.05);
    // Moments begin at zero; the step's size is kept small, so that the same step can be repeated.
    const data = /^(?:mean|square|momentum):/.test(name)
      ? new Float32Array(length)
      : Float32Array.from({ length }, /^scalar:/.test(name) ? () => 1e-4 : value);
    return { dtype: 'float32', dims, data };
  };
  const all = (values: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(name, value)]));
  return { feeds: all(graph.inputs), into: all(graph.outputs) };
}

async function productRate(threads: number): Promise<number> {
  const [a, b] = [input('a', [1024, 1024]), input('b', [1024, 1024])];
  const graph: Graph<Tensor> = { name: 'product', inputs: { a, b }, outputs: { y: a.matmul(b) } };
  const compiled = await compile(graph, { threads, alone: true });
  const { feeds, into } = arrays(graph);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const started = performance.now();
    await compiled.run(feeds, into);
    times.push(performance.now() - started);
  }
  await compiled.close();
  return (2 * 1024 ** 3) / median(times) / 1e6;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
