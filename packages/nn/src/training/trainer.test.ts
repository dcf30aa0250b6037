/** The plain loop: several losses in turn, clipping, averaging, accumulation, and what a lost cause looks like. */

import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  accumulated,
  adam,
  averaged,
  batchNorm,
  initialize,
  Module,
  mlp,
  mse,
  Parameter,
  type Phase,
  parametersOf,
  sgd,
  Trainer,
} from '../index.ts';

const vector = (...data: number[]): HostTensor => ({
  dtype: 'float32',
  dims: [data.length],
  data: Float32Array.from(data),
});

class Weight extends Module {
  readonly value: Parameter;
  constructor(start: number) {
    super();
    this.value = new Parameter([1], () => Float32Array.of(start));
  }
  forward(x: Tensor): Tensor {
    return x.mul(this.value);
  }
}

function weight(start: number): Weight {
  const module = new Weight(start);
  initialize(module, new Random(0));
  return module;
}

const random = new Random(0);
const weightOf = (module: Weight) => module.value.value!.data[0] as number;

async function trained(phase: Omit<Phase, 'name' | 'parameters'>, module: Weight, batches: HostTensor[]) {
  const trainer = new Trainer([{ name: 'loss', parameters: parametersOf(module), ...phase }], { random });
  for (const x of batches) await trainer.step({ x });
  trainer.sync();
  await trainer.close();
  return weightOf(module);
}

describe('a trainer', () => {
  it('runs the phases in turn, and no gradient flows from one through the other', async () => {
    const [player, judge] = [weight(2), weight(3)];
    const trainer = new Trainer(
      [
        {
          name: 'judge',
          // (p j − x)², in j only: j ← 3 − 0.1 · 2 (6 − 1) 2 = 1
          loss: ({ x }) => judge.forward(player.value).sub(x!).square().sum(),
          parameters: parametersOf(judge, 'judge'),
          optimizer: sgd({ learningRate: 0.1 }),
        },
        {
          name: 'player',
          // p j with the new j, in p only: p ← 2 − 0.1 · 1
          loss: () => judge.forward(player.value).sum(),
          parameters: parametersOf(player, 'player'),
          optimizer: sgd({ learningRate: 0.1 }),
        },
      ],
      { random },
    );
    const losses = await trainer.step({ x: vector(1) });
    expect(losses.judge).toBeCloseTo(25);
    expect(losses.player).toBeCloseTo(2);
    trainer.sync();
    expect(weightOf(judge)).toBeCloseTo(1);
    expect(weightOf(player)).toBeCloseTo(1.9);
    await trainer.close();
  });

  it('normalizes by the batch also where another phase trains the normalization', async () => {
    const [norm, player] = [batchNorm(), weight(1)];
    const judged = (x: Tensor) => norm.forward(player.forward(x)).square().mean();
    judged(input('x', [4, 1]));
    initialize(norm, random);
    const phase = (name: string, module: Module, loss: Phase['loss']): Phase => ({
      name,
      loss,
      parameters: parametersOf(module, name),
      optimizer: sgd({ learningRate: 0 }),
    });
    const trainer = new Trainer(
      [
        phase('judge', norm, () => norm.forward(player.value.reshape([1, 1])).sum()),
        phase('player', player, ({ x }) => judged(x!)),
      ],
      { random },
    );
    const losses = await trainer.step({ x: { ...vector(11, 12, 13, 14), dims: [4, 1] } });
    // Its running statistics, 0 and 1, would leave the mean square at 157.
    expect(losses.player).toBeCloseTo(1, 3);
    await trainer.close();
  });

  it('keeps its memory over ten thousand steps', async () => {
    const net = mlp([16], 4);
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => net.forward(x!).square().mean();
    loss({ x: input('x', [8, 8]) });
    initialize(net, random);
    const phase = { name: 'loss', loss, parameters: parametersOf(net), optimizer: adam() };
    const trainer = new Trainer([phase], { random, threads: 1 });
    const x: HostTensor = { dtype: 'float32', dims: [8, 8], data: new Float32Array(64).fill(0.5) };
    const steps = async (count: number) => {
      for (let i = 0; i < count; i++) await trainer.step({ x });
      return process.memoryUsage().rss / 2 ** 20;
    };
    const early = await steps(2000);
    const late = await steps(8000);
    expect(late - early, 'MiB more than after 2,000 steps').toBeLessThan(32);
    await trainer.close();
  }, 60_000);

  it('clips gradients to a norm', async () => {
    const module = weight(5);
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => module.forward(x!).sum();
    const phase = { loss, optimizer: sgd({ learningRate: 1 }), clipNorm: 2 };
    expect(await trained(phase, module, [vector(10)])).toBeCloseTo(3, 4);
    expect(await trained(phase, module, [vector(1)])).toBeCloseTo(2, 4);
  });

  it('adds up the gradients of several batches as if they were one', async () => {
    const [a, b] = [weight(1), weight(1)];
    const loss =
      (module: Weight) =>
      ({ x }: Readonly<Record<string, Tensor>>) =>
        mse(module.forward(x!), x!.mul(0));
    const whole = await trained({ loss: loss(a), optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }) }, a, [
      vector(1, 2, 3, 4),
      vector(2, 2, 1, 1),
    ]);
    const parts = await trained(
      { loss: loss(b), optimizer: accumulated(sgd({ learningRate: 0.1, momentum: 0.5 }), 2) },
      b,
      [vector(1, 2), vector(3, 4), vector(2, 2), vector(1, 1)],
    );
    expect(parts).toBeCloseTo(whole, 6);
  });

  it('gives the average of the parameters on their way', async () => {
    const module = weight(4);
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => module.forward(x!).sum();
    // 4 → 3 → 2 → 1: the average of 3, 2, 1 with weights ¼, ½, 1 over 1¾.
    const average = await trained({ loss, optimizer: averaged(sgd({ learningRate: 1 }), 0.5) }, module, [
      vector(1),
      vector(1),
      vector(1),
    ]);
    expect(average).toBeCloseTo((3 / 4 + 2 / 2 + 1) / 1.75, 5);
  });

  it('says what to try when the loss is not finite', async () => {
    const module = weight(1);
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => module.forward(x!).sum();
    await expect(
      trained({ loss, optimizer: sgd({ learningRate: 1 }) }, module, [vector(Number.NaN)]),
    ).rejects.toThrow(/loss became NaN at step 1.*learning rate/);
    expect(weightOf(module)).toBe(1);
  });
});
