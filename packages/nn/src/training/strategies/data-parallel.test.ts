/** Data-parallel training learns what one graph on one thread learns, but for the order of sums. */

import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { compile, type MeasuredChoice, type MeasuredChoices, workerPool } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import {
  adam,
  averaged,
  batchNorm,
  conv2d,
  crossEntropy,
  dense,
  dropout,
  initialize,
  lars,
  type MakeStrategy,
  type Module,
  mlp,
  mse,
  type Optimizer,
  type Phase,
  parametersOf,
  recurrentNet,
  relu,
  sequential,
  sgd,
  smallCnn,
  Trainer,
  type TrainerState,
  trainingPhases,
} from '../../index.ts';
import { allocatePrivate } from './arrays.ts';
import { shardsOf } from './batch-shards.ts';
import { DataParallel } from './data-parallel.ts';
import { OneGraph } from './one-graph.ts';

const random = new Random('data-parallel');

const floats = (dims: readonly number[], seed: number): HostTensor => {
  const numbers = new Random(seed);
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, () => numbers.normal()) };
};
const classes = (count: number, seed: number): HostTensor => {
  const numbers = new Random(seed);
  return {
    dtype: 'int64',
    dims: [count],
    data: BigInt64Array.from({ length: count }, () => BigInt(numbers.below(4))),
  };
};

interface Case {
  readonly net: () => Module;
  readonly shape: readonly number[];
  readonly optimizer?: Optimizer;
  readonly clipNorm?: number;
}

/** Enough to be worth several threads. */
const wide = () => mlp([512], 4);

function phaseOf({ net: make, shape, optimizer = adam(), clipNorm }: Case): Phase {
  const net = make();
  const loss = ({ x, labels }: Readonly<Record<string, Tensor>>) => crossEntropy(net.forward(x!), labels!);
  loss({ x: input('x', [2, ...shape]), labels: input('labels', [2], 'int64') });
  initialize(net, new Random('weights'));
  return { name: 'loss', loss, parameters: parametersOf(net), optimizer, ...(clipNorm && { clipNorm }) };
}

/** How many shards a batch of 64 is cut into. */
function shardsOfStep(one: Case, workers: number): number {
  const batch = { x: floats([64, ...one.shape], 0), labels: classes(64, 0) };
  return shardsOf(batch, [phaseOf(one)], (most) => Math.min(most, workers), allocatePrivate).shards.length;
}

async function trained(
  one: Case,
  threads: number,
  { sizes = [64, 64, 64, 64], from }: { sizes?: readonly number[]; from?: TrainerState } = {},
) {
  const phase = phaseOf(one);
  const trainer = new Trainer([phase], { random, threads }, from);
  const losses: number[] = [];
  const begun = trainer.steps;
  for (const [i, size] of sizes.entries()) {
    const batch = { x: floats([size, ...one.shape], begun + i), labels: classes(size, begun + i) };
    losses.push((await trainer.step(batch)).loss!);
  }
  const state = trainer.state();
  await trainer.close();
  return { losses, state };
}

function expectClose(a: TrainerState, b: TrainerState, tolerance: number) {
  for (const [name, { data }] of Object.entries(a.arrays)) {
    const other = b.arrays[name]!.data as Float32Array;
    const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const apart = (data as Float32Array).reduce((most, x, i) => Math.max(most, Math.abs(x - other[i]!)), 0);
    expect(apart / largest, name).toBeLessThan(tolerance);
  }
}

describe('data-parallel training on several threads', () => {
  const cases: Readonly<Record<string, Case>> = {
    'a plain net': { net: wide, shape: [256] },
    'a convolutional net': { net: () => smallCnn(4), shape: [1, 28, 28] },
    'a recurrent net': { net: () => recurrentNet('lstm', 64, 4), shape: [12, 16] },
    'with momentum': { net: wide, shape: [256], optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) },
    'with averages of the parameters': {
      net: wide,
      shape: [256],
      optimizer: averaged(sgd({ learningRate: 0.1 })),
    },
    'with gradients clipped to a norm': { net: wide, shape: [256], clipNorm: 0.1 },
    'with layer-wise rates': { net: wide, shape: [256], optimizer: lars({ learningRate: 1 }) },
  };
  it.each(Object.entries(cases))('%s learns the same', async (_, one) => {
    const alone = await trained(one, 1);
    for (const threads of [2, 3]) {
      const together = await trained(one, threads);
      for (const [i, loss] of together.losses.entries()) expect(loss).toBeCloseTo(alone.losses[i]!, 4);
      expectClose(together.state, alone.state, 2e-3);
    }
  });

  it('takes batches of any size', async () => {
    const one = { net: wide, shape: [256] };
    const sizes = [64, 50, 9, 64, 1];
    const [alone, together] = [await trained(one, 1, { sizes }), await trained(one, 2, { sizes })];
    expectClose(together.state, alone.state, 2e-3);
  });

  it('masks of dropout do not depend on the number of threads, nor on where shards begin', async () => {
    const nets: Readonly<Record<string, Case>> = {
      'after a dense layer': {
        net: () => sequential(dense(512), relu(), dropout(0.5), dense(512), relu(), dropout(0.2), dense(4)),
        shape: [256],
      },
      'within time, before the mean over it': {
        net: () =>
          sequential(dense(64), dropout(0.5), dense(64), relu(), (x) => x.mean([1]), dropout(0.1), dense(4)),
        shape: [16, 32],
      },
      'with time before the batch': {
        net: () =>
          sequential(
            dense(64),
            (x) => x.transpose([1, 0, 2]),
            dropout(0.5),
            (x) => x.reshape([-1, 64]),
            dropout(0.3),
            (x) => x.reshape([16, -1, 64]).mean([0]),
            dense(4),
          ),
        shape: [16, 128],
      },
      'of images': {
        net: () => sequential(conv2d(16, 3), relu(), dropout(0.4), (x) => x.mean([2, 3]), dense(4)),
        shape: [3, 16, 16],
      },
    };
    const sizes = [64, 50, 33, 64];
    for (const [name, net] of Object.entries(nets)) {
      // Plain descent: what Adam divides by is small where dropout leaves little, and makes last digits large.
      const one: Case = { ...net, optimizer: sgd({ learningRate: 0.05 }) };
      expect(shardsOfStep(one, 3), name).toBe(3);
      const alone = await trained(one, 1, { sizes });
      for (const threads of [2, 3]) {
        const together = await trained(one, threads, { sizes });
        for (const [i, loss] of together.losses.entries()) {
          expect(loss, `${name}, ${threads} threads`).toBeCloseTo(alone.losses[i]!, 5);
        }
        expectClose(together.state, alone.state, 1e-4);
      }
    }
  }, 60_000);

  it('a batch is not sharded where each shard would draw its own numbers', async () => {
    // Dropout of a weight: one mask for all examples.
    const weight = () => {
      const layer = dense(512);
      layer.forward(input('x', [1, 256]));
      const dropped = (x: Tensor) => x.matmul(dropout(0.5)(layer.weight!));
      return Object.assign(sequential(dropped, relu(), dense(4)), { layer });
    };
    const one: Case = { net: weight, shape: [256], optimizer: sgd({ learningRate: 0.05 }) };
    expect(shardsOfStep(one, 3)).toBe(1);
    const [alone, together] = [await trained(one, 1), await trained(one, 3)];
    for (const [i, loss] of together.losses.entries()) expect(loss).toBeCloseTo(alone.losses[i]!, 5);
  });

  it('two runs are the same to the last bit, and so is one that was resumed', async () => {
    const one: Case = {
      net: () => sequential(dense(512), relu(), dropout(0.5), dense(4)),
      shape: [256],
    };
    const whole = await trained(one, 2);
    expect(await trained(one, 2)).toEqual(whole);
    const begun = await trained(one, 2, { sizes: [64, 64] });
    const resumed = await trained(one, 2, { sizes: [64, 64], from: begun.state });
    expect(resumed.state).toEqual(whole.state);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
  });

  it('names the step that failed, and keeps the parameters as they were', async () => {
    const net = wide();
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => net.forward(x!).square().mean();
    loss({ x: input('x', [2, 256]) });
    initialize(net, random);
    const phase = { name: 'loss', loss, parameters: parametersOf(net), optimizer: adam() };
    const trainer = new Trainer([phase], { random, threads: 2 });
    await trainer.step({ x: floats([64, 256], 1) });
    const before = trainer.state();
    const x = floats([64, 256], 2);
    (x.data as Float32Array)[5] = Number.NaN;
    await expect(trainer.step({ x })).rejects.toThrow('loss became NaN at step 2');
    expect(trainer.state()).toEqual(before);
    await trainer.close();
  });
});

describe('several phases in turn', () => {
  it('have the same masks as one graph of all phases', async () => {
    const train = async (strategy?: MakeStrategy) => {
      const nets = [1, 2].map(() => sequential(dense(16), relu(), dropout(0.5), dense(1)));
      const phases = nets.map((net, i): Phase => {
        net.forward(input('x', [8, 4]));
        initialize(net, new Random(i));
        return {
          name: `net ${i}`,
          loss: ({ x }) => net.forward(x!).sub(1).square().mean(),
          parameters: parametersOf(net, `net${i}`),
          optimizer: sgd({ learningRate: 0.1 }),
        };
      });
      const trainer = new Trainer(phases, { random, threads: 2, ...(strategy && { strategy }) });
      const losses: Record<string, number>[] = [];
      for (let i = 0; i < 3; i++) losses.push(await trainer.step({ x: floats([8, 4], i) }));
      await trainer.close();
      return losses.flatMap((loss) => Object.values(loss));
    };
    const expected = await train((...all) => new OneGraph(...all));
    for (const [i, loss] of (await train()).entries()) expect(loss).toBeCloseTo(expected[i]!, 5);
  });

  it('change parameters and running statistics as one graph of all phases does', async () => {
    // The judge's batch normalization sees both losses, so its running statistics change twice a step.
    const [maker, judge] = [
      sequential(dense(16), batchNorm(), relu(), dense(8)),
      sequential(dense(16), batchNorm(), relu(), dense(1)),
    ];
    const score = (x: Tensor) => judge.forward(x);
    const zeros = (x: Tensor) => x.mul(0);
    const phase = (name: string, net: Module, optimizer: Optimizer, loss: Phase['loss']): Phase => ({
      name,
      loss,
      parameters: parametersOf(net, name),
      optimizer,
    });
    score(maker.forward(input('noise', [8, 4])));
    initialize(maker, new Random(1));
    initialize(judge, new Random(2));
    const phases = [
      phase('judge', judge, adam(), ({ noise, real }) =>
        mse(score(real!), zeros(score(real!)).add(1)).add(
          mse(score(maker.forward(noise!)), zeros(score(real!))),
        ),
      ),
      phase('maker', maker, sgd({ learningRate: 0.1, momentum: 0.5 }), ({ noise, real }) =>
        mse(score(maker.forward(noise!)), zeros(score(real!)).add(1)),
      ),
    ];
    const trainer = new Trainer(phases, { random, threads: 2 });
    let expected = trainer.state().arrays;
    const placeholders = { noise: input('noise', [8, 4]), real: input('real', [8, 8]) };
    const graph = await compile(trainingPhases(phases, placeholders).graph, { threads: 1 });
    for (let step = 1; step <= 4; step++) {
      const batch = { noise: floats([8, 4], step), real: floats([8, 8], 100 + step) };
      const scalars = phases.flatMap(({ name, optimizer }) =>
        Object.entries(optimizer.scalars(step)).map(([key, value]) => [
          `scalar:${name}:${key}`,
          { dtype: 'float32', dims: [], data: Float32Array.of(value) } as HostTensor,
        ]),
      );
      const results = await graph.run({ ...batch, ...expected, ...Object.fromEntries(scalars) });
      expected = Object.fromEntries(Object.keys(expected).map((name) => [name, results[`next:${name}`]!]));
      const losses = await trainer.step(batch);
      for (const [name, loss] of Object.entries(losses)) {
        expect(loss).toBeCloseTo(results[name]!.data[0] as number, 4);
      }
    }
    expectClose(trainer.state(), { step: 4, arrays: expected }, 1e-4);
    await Promise.all([trainer.close(), graph.close()]);
  });
});

describe('a lowering that was measured', () => {
  /** Five steps with many expected, then one by a trainer that resumes; what a cache folder would keep is `choices`. */
  async function longTraining(choices: MeasuredChoices, threads: number) {
    const one: Case = { net: () => smallCnn(4), shape: [1, 28, 28] };
    const trainer = (from?: TrainerState) => {
      const pool = workerPool(threads);
      Object.defineProperty(pool, 'choices', { value: choices });
      const strategy: MakeStrategy = (phases, state, options) =>
        new DataParallel(phases, state, pool, options);
      return new Trainer([phaseOf(one)], { random, threads, strategy, steps: 1e9 }, from);
    };
    const batch = (n: number) => ({ x: floats([32, ...one.shape], n), labels: classes(32, n) });
    const first = trainer();
    for (let n = 0; n < 5; n++) await first.step(batch(n));
    const state = structuredClone(first.state());
    const next = await first.step(batch(5));
    const after = first.state();
    await first.close();
    const second = trainer(state);
    expect(await second.step(batch(5))).toEqual(next);
    expect(second.state()).toEqual(after);
    await second.close();
    return after;
  }

  it.each([1, 2])(
    'on %i threads, whichever it is, is kept and goes on where training resumes',
    async (threads) => {
      let kept: MeasuredChoice | undefined;
      const choices: MeasuredChoices = {
        isBusy: () => false,
        get: () => kept,
        keep: (_, choice) => (kept ??= choice),
      };
      const { lowering } = await longTraining(choices, threads);
      expect(kept!.chosen).toBe(`${lowering!.parallel}, ${lowering!.convolutions}`);
      expect(Object.keys(kept!.milliseconds).length).toBeGreaterThan(1);
      // What has been kept is not measured again.
      const before = kept;
      expect((await longTraining(choices, threads)).lowering).toEqual(lowering);
      expect(kept).toBe(before);
    },
  );

  it('gives the same as others but for the order of sums', async () => {
    const usual = await trained({ net: () => smallCnn(4), shape: [1, 28, 28] }, 2, {
      sizes: [32, 32, 32, 32, 32, 32],
    });
    for (const parallel of ['shards', 'ops', 'none']) {
      for (const convolutions of ['blocks', 'plain']) {
        const chosen = `${parallel}, ${convolutions}`;
        const choices: MeasuredChoices = {
          isBusy: () => false,
          get: () => ({ chosen, milliseconds: {} }),
          keep: () => undefined,
        };
        const state = await longTraining(choices, 2);
        expect(state.lowering).toEqual({ parallel, convolutions });
        expectClose(state, usual.state, 1e-2);
      }
    }
  });
});
