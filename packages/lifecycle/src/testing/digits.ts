/** A small real recipe for tests and benchmarks of the server: a network of the MNIST example's size, with random weights. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Graph, input, type Tensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { type FoundRun, type Recipe, runLoop, type StepOutputs, type Summary, table } from '@gradus/loop';
import { initialize, mlp } from '@gradus/nn';
import { z } from 'zod';

const Options = z.object({ name: z.string().default('') });
type Options = z.infer<typeof Options>;

interface Outputs extends StepOutputs {
  deploy: Summary;
}

const Request = z.strictObject({ images: z.array(z.array(z.number()).length(784)).min(1).max(1000) });

export const digits: Recipe<Options, Outputs> = {
  name: 'digits',
  title: { en: 'Digits', zh: '数字' },
  about: { en: 'A network of random weights for digits.', zh: '随机权重的数字网络。' },
  version: 1,
  takes: { data: table({}, { en: 'any table', zh: '任意表' }) },
  fits: () => ({ score: 0, reasons: [], columns: {} }),
  summary: z.looseObject({ metrics: z.record(z.string(), z.number()) }),
  options: Options,
  findings: () => [],
  steps: {
    prepare: () => null,
    process: () => null,
    build: () => null,
    train: () => null,
    evaluate: () => null,
    deploy: ({ run }) => {
      const net = mlp([512, 256], 10);
      const x = input('x', ['batch', 784]);
      net.forward(x);
      initialize(net, run.random);
      const graph: Graph<Tensor> = {
        name: 'digits',
        inputs: { x },
        outputs: { probabilities: net.forward(x).softmax() },
      };
      writeFileSync(join(run.directory, 'model.onnx'), writeOnnx(graph));
      writeFileSync(join(run.directory, 'report.html'), '<!doctype html><title>Digits</title>');
      return { metrics: { accuracy: 0.1 } };
    },
  },
  service: {
    request: Request,
    answer: z.object({ digits: z.array(z.int().min(0).max(9)) }),
    correction: z.strictObject({ row: z.int(), digit: z.int().min(0).max(9) }),
    example: { images: [new Array<number>(784).fill(0)] },
    columns: { digits: { en: 'the digit', zh: '数字' } },
    open: async (directory) => {
      const model = await compile(readFileSync(join(directory, 'model.onnx')), { threads: 1 });
      return {
        answer: async (request) => {
          const { images } = request as z.infer<typeof Request>;
          const x = {
            dtype: 'float32',
            dims: [images.length, 784],
            data: Float32Array.from(images.flat()),
          } as const;
          const { probabilities } = await model.run({ x });
          const rows = images.map((_, i) =>
            Array.from(probabilities!.data.slice(10 * i, 10 * i + 10) as Float32Array),
          );
          return { digits: rows.map((row) => row.indexOf(Math.max(...row))) };
        },
        close: () => model.close(),
      };
    },
  },
  compare: async () => ({
    promote: true,
    reason: { en: 'it is newer', zh: '更新' },
    metrics: {},
    n: 1,
    pValue: 1,
  }),
};

/** Makes a run; runs of different seeds have different weights. */
export async function digitsRun(runs: string, seed = 0): Promise<FoundRun> {
  const file = join(runs, '..', 'digits.csv');
  writeFileSync(file, 'row\n1\n');
  return runLoop(digits, { sources: { data: file }, options: { name: '' }, seed, runs });
}
