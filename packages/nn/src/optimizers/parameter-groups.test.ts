/** Groups of parameters take the steps that PyTorch 2.13's `AdamW` takes with the same `param_groups`. */
import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  accumulated,
  adamW,
  averaged,
  dense,
  initialize,
  type MakeStrategy,
  mse,
  type Optimizer,
  parameterGroups,
  parametersOf,
  rmsprop,
  sequential,
  sgd,
  Trainer,
  tanh,
} from '../index.ts';
import { OneGraph } from '../training/strategies/one-graph.ts';

const sine = (dims: readonly number[], k: number): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(k * (i + 1))),
});
const batch = { x: sine([16, 5], 1.1), y: sine([16, 3], 0.7) };

interface Run {
  readonly clipNorm?: number;
  readonly strategy?: MakeStrategy;
  readonly hidden?: number;
  readonly threads?: number;
}

async function trained(optimizer: Optimizer, { clipNorm, strategy, hidden = 4, threads = 1 }: Run = {}) {
  const from = (k: number) => (_: Random, dims: readonly number[]) =>
    sine(dims, k).data as Float32Array<ArrayBuffer>;
  const net = sequential(
    dense(hidden, { initializer: from(1.3) }),
    tanh(),
    dense(3, { initializer: from(0.9) }),
  );
  net.forward(input('x', [1, 5]));
  initialize(net, new Random(0));
  const phase = {
    name: 'loss',
    loss: ({ x, y }: Readonly<Record<string, Tensor>>) => mse(net.forward(x!), y!),
    parameters: parametersOf(net),
    optimizer,
    ...(clipNorm && { clipNorm }),
  };
  const options = { random: new Random(0), threads, ...(strategy && { strategy }) };
  let trainer = new Trainer([phase], options);
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    losses.push((await trainer.step(batch)).loss!);
    // Groups resume like everything else.
    const state = JSON.parse(JSON.stringify(trainer.state()));
    await trainer.close();
    trainer = new Trainer([phase], options, state);
  }
  trainer.sync();
  const state = trainer.state();
  await trainer.close();
  const sums = [...parametersOf(net).values()].map(({ value }) =>
    (value!.data as Float32Array).reduce((a, b) => a + b, 0),
  );
  return { losses, sums, arrays: Object.keys(state.arrays) };
}

/** The second layer's weight slower and with little decay; biases without; the first layer's weight with much. */
const groups = () =>
  parameterGroups(
    [
      { where: (name) => name === 'layers.2.weight', optimizer: adamW({ learningRate: 0.02 }) },
      { where: (_, shape) => shape.length < 2, optimizer: adamW({ learningRate: 0.05, weightDecay: 0 }) },
    ],
    adamW({ learningRate: 0.05, weightDecay: 0.5 }),
  );

const oneGraph: MakeStrategy = (...all) => new OneGraph(...all);

describe('groups of parameters', () => {
  // torch.optim.AdamW([{params: [W2], lr: 0.02, weight_decay: 0.01}, {params: [b1, b2], weight_decay: 0}, {params: [W1]}], lr=0.05, weight_decay=0.5)
  const plain = {
    losses: [0.69427, 0.618786, 0.560496, 0.514195, 0.481731],
    sums: { weight: 0.818256, bias: -0.450907, weight2: 0.780969, bias2: 0.184227 },
  };
  // The same after torch.nn.utils.clip_grad_norm_(all parameters, 0.1).
  const clipped = {
    losses: [0.69427, 0.618786, 0.55977, 0.512665, 0.480099],
    sums: { weight: 0.806785, bias: -0.466271, weight2: 0.803759, bias2: 0.172625 },
  };
  it.each([
    ['data-parallel', {}, plain],
    ['data-parallel, clipped over all groups', { clipNorm: 0.1 }, clipped],
    ['as one graph', { strategy: oneGraph }, plain],
    ['as one graph, clipped over all groups', { strategy: oneGraph, clipNorm: 0.1 }, clipped],
  ])('have rates and decay of their own, %s', async (_, run, expected) => {
    const { losses, sums } = await trained(groups(), run);
    for (const [i, value] of expected.losses.entries()) expect(losses[i]).toBeCloseTo(value, 5);
    const { weight, bias, weight2, bias2 } = expected.sums;
    for (const [i, value] of [weight, bias, weight2, bias2].entries()) expect(sums[i]).toBeCloseTo(value, 4);
  });

  it('of one optimizer are that optimizer, also accumulated and averaged, on one thread or two', async () => {
    const each = (optimizer: Optimizer) =>
      parameterGroups([{ where: (_, shape) => shape.length < 2, optimizer }], optimizer);
    const wrapped = (optimizer: Optimizer) => averaged(accumulated(optimizer, 2), 0.5);
    const expected = (await trained(wrapped(sgd({ learningRate: 0.1, momentum: 0.9 })))).sums;
    expect((await trained(wrapped(each(sgd({ learningRate: 0.1, momentum: 0.9 }))))).sums).toEqual(expected);
    expect((await trained(each(wrapped(sgd({ learningRate: 0.1, momentum: 0.9 }))))).sums).toEqual(expected);
    const wide = { hidden: 4096 };
    const one = await trained(adamW(), wide);
    const two = await trained(each(adamW()), { ...wide, threads: 2 });
    for (const [i, value] of one.sums.entries()) expect(two.sums[i]).toBeCloseTo(value, 2);
  });

  it('may have optimizers that keep different state: each parameter has what its own needs', async () => {
    const { arrays } = await trained(
      parameterGroups(
        [{ where: (name) => name.startsWith('layers.2.'), optimizer: sgd({ learningRate: 0.1 }) }],
        rmsprop(),
      ),
    );
    expect(arrays.filter((name) => !name.startsWith('parameter:')).sort()).toEqual([
      'square:layers.0.bias',
      'square:layers.0.weight',
    ]);
  });

  it('are refused where they are none', () => {
    const optimizer = adamW();
    const given = (group: object) => () => parameterGroups([group as never], optimizer);
    expect(given({ params: ['a'], optimizer })).toThrow(/no option "params".*where, optimizer/);
    expect(given({ where: 'head', optimizer })).toThrow(/where: \(name, shape\)/);
    expect(given({ where: () => true, optimizer: adamW })).toThrow(/the function adamW.*adamW\(…\)/);
    expect(() => parameterGroups(optimizer as never, optimizer)).toThrow(/takes a list of groups/);
    expect(() => parameterGroups([], undefined as never)).toThrow(/optimizer of parameterGroups is missing/);
  });

  it('are refused where one takes no parameter: its name is misspelt', async () => {
    const misspelt = parameterGroups(
      [{ where: (name) => name.startsWith('haed'), optimizer: adamW() }],
      adamW(),
    );
    await expect(trained(misspelt)).rejects.toThrow(/takes none of the parameters.*"layers\.0\.weight"/);
  });
});
