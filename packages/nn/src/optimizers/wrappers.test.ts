/**
 * Accumulation, averaging, clipping and schedules go together in every order as a loop in PyTorch 2.13 has them: the gradients of 4
 * batches of 4 rows summed and divided by 4, `clip_grad_norm_` once, the step, then the exponential average, divided by 1 − 0.9ⁿ.
 */
import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulated,
  adamW,
  averaged,
  constantly,
  dense,
  initialize,
  mse,
  type Optimizer,
  parametersOf,
  sequential,
  sgd,
  Trainer,
} from '../index.ts';

const sine = (dims: readonly number[], k: number): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(k * (i + 1))),
});
const rows = ({ dtype, dims, data }: HostTensor, from: number, to: number): HostTensor => {
  const width = data.length / dims[0]!;
  return {
    dtype,
    dims: [to - from, ...dims.slice(1)],
    data: (data as Float32Array).slice(from * width, to * width),
  };
};
const [X, Y] = [sine([16, 5], 1.1), sine([16, 3], 0.7)];

interface Run {
  readonly clipNorm?: number | undefined;
  readonly size?: number;
  readonly epochs?: number;
}

/** The first four weights of a linear layer that began at 0.1, after three passes over 16 rows in batches of 4. */
async function trained(
  optimizer: Optimizer,
  { clipNorm, size = 4, epochs = 3 }: Run = {},
): Promise<number[]> {
  const net = sequential(dense(3, { initializer: constantly(0.1) }));
  net.forward(input('x', [1, 5]));
  initialize(net, new Random(0));
  const phase = {
    name: 'loss',
    loss: ({ x, y }: Readonly<Record<string, Tensor>>) => mse(net.forward(x!), y!),
    parameters: parametersOf(net),
    optimizer,
    ...(clipNorm && { clipNorm }),
  };
  const trainer = new Trainer([phase], { random: new Random(0), threads: 1 });
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let at = 0; at < 16; at += size) {
      await trainer.step({ x: rows(X, at, at + size), y: rows(Y, at, at + size) });
    }
  }
  trainer.sync();
  await trainer.close();
  return [...(parametersOf(net).get('layers.0.weight')!.value!.data as Float32Array)].slice(0, 4);
}

const halving = (rate: number, halves: boolean) =>
  halves ? (step: number) => rate * 0.5 ** (step - 1) : rate;
const optimizers = {
  sgd: (halves: boolean) => sgd({ learningRate: halving(0.5, halves), momentum: 0.9 }),
  adamW: (halves: boolean) => adamW({ learningRate: halving(0.05, halves), weightDecay: 0.1 }),
};

describe('accumulated gradients give what PyTorch gives', () => {
  const cases: [keyof typeof optimizers, number | undefined, number | undefined, boolean, number[]][] = [
    ['sgd', undefined, undefined, false, [0.187982, 0.218295, 0.206596, 0.119453]],
    ['sgd', undefined, undefined, true, [0.149983, 0.167082, 0.160088, 0.112665]],
    ['sgd', undefined, 0.9, false, [0.158692, 0.178823, 0.17076, 0.114175]],
    ['sgd', undefined, 0.9, true, [0.138935, 0.152224, 0.146688, 0.110272]],
    ['sgd', 0.05, undefined, false, [0.138748, 0.151973, 0.14646, 0.110236]],
    ['sgd', 0.05, undefined, true, [0.118239, 0.12445, 0.121813, 0.105012]],
    ['sgd', 0.05, 0.9, false, [0.123076, 0.130942, 0.12763, 0.106229]],
    ['sgd', 0.05, 0.9, true, [0.113319, 0.117851, 0.115917, 0.103701]],
    ['adamW', undefined, undefined, false, [0.175695, 0.203424, 0.207929, 0.101244]],
    ['adamW', undefined, undefined, true, [0.163923, 0.174118, 0.176073, 0.131225]],
    ['adamW', undefined, 0.9, false, [0.167614, 0.181624, 0.184049, 0.124762]],
    ['adamW', undefined, 0.9, true, [0.159046, 0.164697, 0.1658, 0.139291]],
    ['adamW', 0.05, undefined, false, [0.154015, 0.196743, 0.201082, 0.090659]],
    ['adamW', 0.05, undefined, true, [0.154542, 0.174883, 0.177996, 0.124547]],
    ['adamW', 0.05, 0.9, false, [0.156583, 0.180512, 0.18331, 0.117678]],
    ['adamW', 0.05, 0.9, true, [0.154069, 0.165656, 0.167403, 0.135237]],
  ];
  it.each(cases)(
    '%s, clipNorm %s, averages %s, halving rate %s',
    async (name, clipNorm, decay, halves, expected) => {
      const orders = [
        (own: Optimizer) => accumulated(decay ? averaged(own, decay) : own, 4),
        (own: Optimizer) => (decay ? averaged(accumulated(own, 4), decay) : accumulated(own, 4)),
        (own: Optimizer) => accumulated(accumulated(decay ? averaged(own, decay) : own, 2), 2),
        (own: Optimizer) =>
          accumulated(decay ? averaged(accumulated(own, 2), decay) : accumulated(own, 2), 2),
      ];
      for (const order of orders) {
        const got = await trained(order(optimizers[name](halves)), { clipNorm });
        for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
      }
      // As whole batches do.
      const own = optimizers[name](halves);
      const whole = await trained(decay ? averaged(own, decay) : own, { clipNorm, size: 16 });
      for (const [i, value] of expected.entries()) expect(whole[i]).toBeCloseTo(value, 5);
    },
  );
});

describe('gradients accumulated over any number of batches', () => {
  it('are those of the whole, whatever is clipped, averaged and scheduled around them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(2, 4, 8, 16),
        fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: undefined }),
        fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        async (count, clipNorm, decay, averageOutside, halves) => {
          const own = optimizers.sgd(halves);
          const average = (inside: Optimizer) => (decay === undefined ? inside : averaged(inside, decay));
          const optimizer = averageOutside
            ? average(accumulated(own, count))
            : accumulated(average(own), count);
          const parts = await trained(optimizer, { clipNorm, size: 16 / count });
          const whole = await trained(average(own), { clipNorm, size: 16 });
          for (const [i, value] of whole.entries()) expect(parts[i]).toBeCloseTo(value, 4);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('averages', () => {
  it('are the parameters before the first step, and while gradients only accumulate', async () => {
    const start = [0.1, 0.1, 0.1, 0.1].map(Math.fround);
    const own = sgd({ learningRate: 0.5 });
    expect(await trained(averaged(own), { epochs: 0 })).toEqual(start);
    expect(await trained(averaged(accumulated(own, 5)), { epochs: 1 })).toEqual(start);
  });

  it('of averages are averages of the parameters, by the outer decay', async () => {
    const own = sgd({ learningRate: 0.5 });
    expect(await trained(averaged(averaged(own, 0.5), 0.9))).toEqual(await trained(averaged(own, 0.9)));
  });
});

describe('a wrapper refuses', () => {
  const own = sgd({ learningRate: 1 });
  it.each([
    ['a decay of 1', () => averaged(own, 1), /averaged: "decay" is 1; expected a number from 0 below 1/],
    [
      'half a batch',
      () => accumulated(own, 1.5),
      /accumulated: "count" is 1.5; expected a whole number from 1/,
    ],
    ['no batch', () => accumulated(own, 0), /"count" is 0/],
    ['a name', () => averaged('adam' as never), /the optimizer of averaged is "adam".*such as adam\(…\)/],
    ['a function', () => accumulated(sgd as never, 2), /the function sgd.*such as sgd\(…\)/],
  ])('%s', (_, wrap, message) => expect(wrap).toThrow(message));
});
