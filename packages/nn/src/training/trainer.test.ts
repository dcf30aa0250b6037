/** The plain loop: several losses in turn, clipping, averaging, accumulation, and what a lost cause looks like. */
import { type HostTensor, Random, type Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  accumulated,
  averaged,
  initialize,
  Module,
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
  it('takes the phases in turn, and no gradient flows from one through the other', async () => {
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

  it('cuts gradients to a norm', async () => {
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

  it('says what to try when the loss is not a number any more', async () => {
    const module = weight(1);
    const loss = ({ x }: Readonly<Record<string, Tensor>>) => module.forward(x!).sum();
    await expect(
      trained({ loss, optimizer: sgd({ learningRate: 1 }) }, module, [vector(Number.NaN)]),
    ).rejects.toThrow(/loss became NaN at step 1.*learning rate/);
    expect(weightOf(module)).toBe(1);
  });
});
