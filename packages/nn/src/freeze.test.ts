/** What is frozen stays as it is, as in PyTorch 2.13: `requires_grad_(False)`, and batch normalization in `eval()`. */
import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  batchNorm,
  dense,
  freeze,
  freezeStatistics,
  initialize,
  type MakeStrategy,
  Module,
  mse,
  parametersOf,
  sgd,
  stateOf,
  Trainer,
  unfreeze,
} from './index.ts';
import { OneGraph } from './training/strategies/one-graph.ts';

const sine = (dims: readonly number[], k: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(k * (i + 1)));
const tensor = (dims: readonly number[], k: number): HostTensor => ({
  dtype: 'float32',
  dims,
  data: sine(dims, k),
});
const batch = { x: tensor([16, 5], 1.1), y: tensor([16, 3], 0.7) };

class Net extends Module {
  readonly backbone = dense(4, { initializer: (_, dims) => sine(dims, 1.3) });
  readonly norm = batchNorm();
  readonly head = dense(3, { initializer: (_, dims) => sine(dims, 0.9) });
  forward(x: Tensor): Tensor {
    return this.head.forward(this.norm.forward(this.backbone.forward(x)));
  }
}

function made(prepare: (net: Net) => void): Net {
  const net = new Net();
  prepare(net);
  net.forward(input('x', [1, 5]));
  initialize(net, new Random(0));
  const { scale, bias, runningMean, runningVariance } = net.norm;
  const starts = [
    [scale!, (i: number) => 1 + 0.5 * Math.sin(0.8 * i)],
    [bias!, (i: number) => 0.2 * Math.sin(0.6 * i)],
    [runningMean!, (i: number) => 0.3 * Math.sin(0.5 * i)],
    [runningVariance!, (i: number) => 1 + 0.5 * Math.sin(0.4 * i)],
  ] as const;
  for (const [parameter, start] of starts) {
    parameter.value = { dtype: 'float32', dims: [4], data: Float32Array.from([1, 2, 3, 4], start) };
  }
  return net;
}

async function trained(net: Net, strategy?: MakeStrategy) {
  const phase = {
    name: 'loss',
    loss: ({ x, y }: Readonly<Record<string, Tensor>>) => mse(net.forward(x!), y!),
    parameters: parametersOf(net),
    optimizer: sgd({ learningRate: 0.1 }),
  };
  const trainer = new Trainer([phase], { random: new Random(0), threads: 1, ...(strategy && { strategy }) });
  const losses: number[] = [];
  for (let i = 0; i < 4; i++) losses.push((await trainer.step(batch)).loss!);
  trainer.sync();
  await trainer.close();
  const state = stateOf(net);
  const sum = (name: string) => (state[name]!.data as Float32Array).reduce((a, b) => a + b, 0);
  return {
    losses,
    mean: [...(state['norm.runningMean']!.data as Float32Array)],
    scale: [...(state['norm.scale']!.data as Float32Array)],
    backbone: sum('backbone.weight'),
    head: sum('head.weight'),
  };
}

/** What PyTorch gives for training, for `norm.eval()`, and where all before the head is frozen too. */
const training = {
  losses: [0.892117, 0.739555, 0.65881, 0.609274],
  mean: [0.091901, 0.163868, 0.19782, 0.181553],
  scale: [1.338347, 1.445453, 1.291374, 0.9702],
  backbone: 0.690541,
  head: 0.957545,
};
const statistics = {
  losses: [1.523251, 0.777317, 0.627423, 0.565305],
  mean: [0.143828, 0.252441, 0.299248, 0.272789],
  scale: [1.249654, 1.422708, 1.342318, 0.930583],
  backbone: 0.727903,
  head: 1.065165,
};
const everything = {
  losses: [1.523251, 0.949053, 0.706278, 0.598146],
  mean: [0.143828, 0.252441, 0.299248, 0.272789],
  scale: [1.358678, 1.499787, 1.337732, 0.970813],
  backbone: 0.613507,
  head: 1.302537,
};
const freezeBackbone = (net: Net) => {
  freeze(net.backbone);
  freeze(net.norm);
};

describe('fine-tuning gives what PyTorch gives where', () => {
  const cases: [string, (net: Net) => void, typeof training][] = [
    ['nothing is frozen', () => undefined, training],
    ['the running statistics are frozen', (net) => freezeStatistics(net), statistics],
    ['all before the head is frozen', freezeBackbone, everything],
    [
      'everything was frozen, and the head is not any more',
      (net) => {
        freeze(net);
        unfreeze(net.head);
      },
      everything,
    ],
  ];
  const strategies: [string, MakeStrategy | undefined][] = [
    ['data-parallel', undefined],
    ['as one graph', (...all) => new OneGraph(...all)],
  ];
  for (const [what, prepare, expected] of cases) {
    for (const [how, strategy] of strategies) {
      it(`${what}, ${how}`, async () => {
        // Before the layers have made their parameters, or after: it is the same.
        const late = made(() => undefined);
        prepare(late);
        for (const net of [made(prepare), late]) {
          const got = await trained(net, strategy);
          for (const key of ['losses', 'mean', 'scale'] as const) {
            for (const [i, value] of expected[key].entries()) expect(got[key][i], key).toBeCloseTo(value, 4);
          }
          expect(got.backbone).toBeCloseTo(expected.backbone, 4);
          expect(got.head).toBeCloseTo(expected.head, 4);
        }
      });
    }
  }
});

describe('what is frozen', () => {
  it('trains again once it is not', async () => {
    const net = made(freezeBackbone);
    unfreeze(net);
    expect((await trained(net)).head).toBeCloseTo(training.head, 4);
  });

  it('may be a single parameter, to the last bit', async () => {
    const net = made((net) => freeze(net.head.bias!));
    const before = stateOf(net)['head.bias'];
    await trained(net);
    expect(stateOf(net)['head.bias']).toEqual(before);
  });

  it('is a module or a parameter', () => {
    expect(() => freeze('backbone' as never)).toThrow(/such as model\.backbone/);
  });
});
