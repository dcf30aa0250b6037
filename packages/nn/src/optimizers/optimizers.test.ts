/** Every optimizer takes the steps that PyTorch's (or its paper's formulas in PyTorch) take. */
import { constant, type HostTensor, input, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import {
  adamW,
  cosine,
  lamb,
  lars,
  type Optimizer,
  oneCycle,
  rmsprop,
  sgd,
  stepDecay,
  warmUp,
} from '../index.ts';

const sine = (k: number): HostTensor => ({
  dtype: 'float32',
  dims: [2, 3],
  data: Float32Array.from({ length: 6 }, (_, i) => Math.sin(k * (i + 1))),
});

/** Four steps on Σ p·c + ½ p², from sines. */
async function trained(optimizer: Optimizer): Promise<number[]> {
  const placeholder = (name: string, shape: readonly number[]) => input(name, shape);
  const parameter = placeholder('parameter', [2, 3]);
  const state = Object.fromEntries(optimizer.state.map((slot) => [slot, placeholder(slot, [2, 3])]));
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1)).map((name) => [name, placeholder(`scalar ${name}`, [])]),
  );
  const gradient = parameter.add(constant(sine(0.7)));
  const next = optimizer.update(parameter, gradient, state, scalars);
  const inputs: Record<string, Tensor> = { parameter, ...state };
  for (const [name, value] of Object.entries(scalars)) inputs[`scalar ${name}`] = value;
  const outputs = { parameter_: next.parameter, ...renamed(next.state) };
  const graph = await compile({ name: 'step', inputs, outputs });
  let feeds: Record<string, HostTensor> = { parameter: sine(1.1) };
  for (const slot of optimizer.state) feeds[slot] = { ...sine(0), data: new Float32Array(6) };
  for (let step = 1; step <= 4; step++) {
    for (const [name, value] of Object.entries(optimizer.scalars(step))) {
      feeds[`scalar ${name}`] = { dtype: 'float32', dims: [], data: Float32Array.of(value) };
    }
    const results = await graph.run(feeds);
    feeds = Object.fromEntries(Object.entries(results).map(([name, value]) => [name.slice(0, -1), value]));
  }
  await graph.close();
  return Array.from(feeds.parameter!.data as Float32Array);
}

const renamed = (state: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`${name}_`, value]));

describe('an optimizer', () => {
  const cases: Record<string, [Optimizer, number[]]> = {
    // torch.optim.RMSprop(lr=0.05)
    rmsprop: [
      rmsprop({ learningRate: 0.05 }),
      [-0.216869, -0.349385, -0.856798, -0.335862, 0.237129, 0.87151],
    ],
    // torch.optim.RMSprop(lr=0.05, momentum=0.9, weight_decay=0.1)
    'rmsprop with momentum and decay': [
      rmsprop({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
      [-1.582525, -1.83105, -1.297562, 0.240354, 1.246231, 1.02323],
    ],
    // torch.optim.AdamW(lr=0.05, weight_decay=0.1)
    adamW: [
      adamW({ learningRate: 0.05, weightDecay: 0.1 }),
      [0.6755, 0.594345, -0.351958, -0.735844, -0.49379, 0.502288],
    ],
    // torch.optim.SGD(lr=0.05, momentum=0.9, nesterov=True)
    nesterov: [
      sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
      [0.083806, -0.134848, -0.528713, -0.627356, -0.150074, 0.606035],
    ],
    // The paper's algorithm 1, written out in PyTorch: lr 50, weight decay 0.1.
    lars: [
      lars({ learningRate: 50, weightDecay: 0.1 }),
      [0.491253, 0.346932, -0.327543, -0.776367, -0.428109, 0.441749],
    ],
    // The paper's algorithm 2, written out in PyTorch: lr 0.05, weight decay 0.1.
    lamb: [
      lamb({ learningRate: 0.05, weightDecay: 0.1 }),
      [0.75228, 0.670594, -0.283044, -0.812286, -0.56908, 0.434743],
    ],
  };
  for (const [name, [optimizer, expected]] of Object.entries(cases)) {
    it(`${name} steps as it should`, async () => {
      const got = await trained(optimizer);
      for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 4);
    });
  }
});

describe('a schedule', () => {
  it('goes as its formula says', () => {
    const steps = Array.from({ length: 10 }, (_, i) => i + 1);
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=0.1, total_steps=10)
    const expected = [
      0.004, 0.052, 0.1, 0.0950485, 0.0811746, 0.0611262, 0.0388742, 0.0188258, 0.0049519, 4e-7,
    ];
    for (const [i, rate] of steps.map(oneCycle(0.1, 10)).entries()) expect(rate).toBeCloseTo(expected[i]!, 6);
    expect([1, 2, 3, 4, 5].map(stepDecay(1, 2, 0.5))).toEqual([1, 1, 0.5, 0.5, 0.25]);
    expect(cosine(1, 10)(6)).toBeCloseTo(0.5);
    expect(cosine(1, 10, 0.1)(11)).toBeCloseTo(0.1);
    expect([1, 2, 3, 4, 5].map(warmUp(4, () => 1))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });
});
