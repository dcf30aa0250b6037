/** Milliseconds of one training step (forward, backward, Adam), beside PyTorch on the same machine. */
import { performance } from 'node:perf_hooks';
import { concat, type HostTensor, input, Random, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import {
  adam,
  bceWithLogits,
  conv1d,
  crossEntropy,
  dense,
  embedding,
  initialize,
  Module,
  parametersOf,
  relu,
  sequential,
  trainingStep,
} from '@gradus/nn';
import { type Measurement, peer } from './main.ts';

class TextCnn extends Module {
  readonly embedding = embedding(2700, 64);
  readonly convolutions = [2, 3, 4].map((kernel) => conv1d(96, kernel));
  readonly out = dense(1);
  forward(tokens: Tensor): Tensor {
    const x = this.embedding.forward(tokens);
    return this.out
      .forward(
        concat(
          this.convolutions.map((conv) => conv.forward(x).relu().maximum([1])),
          1,
        ),
      )
      .squeeze(1);
  }
}

const MODELS = {
  'text CNN, 64 texts of 24 tokens': {
    key: 'text-cnn',
    make: () => {
      const net = new TextCnn();
      const batch = { tokens: input('tokens', [64, 24], 'int64'), labels: input('labels', [64]) };
      const loss = (of: Readonly<Record<string, Tensor>>) =>
        bceWithLogits(net.forward(of.tokens!), of.labels!);
      return { net, batch, loss };
    },
  },
  'MLP 784-512-256-10, batch 64': {
    key: 'mlp',
    make: () => {
      const net = sequential(dense(512), relu(), dense(256), relu(), dense(10));
      const batch = { x: input('x', [64, 784]), labels: input('labels', [64], 'int64') };
      const loss = (of: Readonly<Record<string, Tensor>>) => crossEntropy(net.forward(of.x!), of.labels!);
      return { net, batch, loss };
    },
  },
} as const;

const WARM_UP = 20;
const STEPS = 100;

export async function* trainingSteps(): AsyncGenerator<Measurement> {
  for (const threads of [1, 2]) {
    for (const [name, { key, make }] of Object.entries(MODELS)) {
      const { net, batch, loss } = make() as ReturnType<
        (typeof MODELS)['MLP 784-512-256-10, batch 64']['make']
      >;
      loss(batch);
      initialize(net, new Random(0));
      const { graph } = trainingStep(loss, batch, parametersOf(net), adam());
      const compiled = await compile(graph, { threads });
      const feeds: Record<string, HostTensor> = {};
      const random = new Random(1);
      for (const [inputName, { dtype, shape }] of Object.entries(graph.inputs)) {
        const dims = shape as readonly number[];
        const size = dims.reduce((a, b) => a * b, 1);
        feeds[inputName] =
          dtype === 'int64'
            ? { dtype, dims, data: BigInt64Array.from({ length: size }, () => BigInt(random.below(10))) }
            : {
                dtype,
                dims,
                data: Float32Array.from({ length: size }, () =>
                  /^(?:mean|square)/.test(inputName) ? 0 : random.normal(0, 0.05),
                ),
              };
      }
      const into = Object.fromEntries(
        Object.entries(graph.outputs).map(([outputName, { shape }]) => {
          const dims = shape as readonly number[];
          return [
            outputName,
            { dtype: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) } as const,
          ];
        }),
      );
      const times: number[] = [];
      for (let i = 0; i < WARM_UP + STEPS; i++) {
        const started = performance.now();
        await compiled.run(feeds, into);
        if (i >= WARM_UP) times.push(performance.now() - started);
      }
      await compiled.close();
      const own = median(times);
      const other = peer<{ ms: number; version: string }>('train_step.py', key, String(threads));
      yield {
        what: `training step, ${name}, ${threads} thread${threads > 1 ? 's' : ''}`,
        gradus: `${own.toFixed(2)} ms`,
        ...(other && { peer: `${other.ms.toFixed(2)} ms (PyTorch ${other.version})`, ratio: own / other.ms }),
      };
    }
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
