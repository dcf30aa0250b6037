/** A strategy of one's own takes its place between the gradient graph and the update graph. */
import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import {
  adam,
  gradientGraph,
  initialize,
  type MakeStrategy,
  mlp,
  mse,
  type Phase,
  parametersOf,
  type Strategy,
  stepNames,
  Trainer,
  type TrainerState,
  updateGraph,
} from '../../index.ts';

type Arrays = Readonly<Record<string, HostTensor>>;
const { gradientName, nextName, scalarName, shardGradientName } = stepNames;

const EXAMPLES = 8;
const floats = (dims: readonly number[], seed: number): HostTensor => {
  const random = new Random(seed);
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, () => random.normal()) };
};
const halfOf = ({ dtype, dims, data }: HostTensor, machine: number): HostTensor => ({
  dtype,
  dims: [dims[0]! / 2, ...dims.slice(1)],
  data: (data as Float32Array).subarray((machine * data.length) / 2, ((machine + 1) * data.length) / 2),
});

/** Two "machines", each with half of the batch. Between gradient and update their gradients are summed here, as MPI would. */
class TwoMachines implements Strategy {
  state: Arrays;
  readonly #phase: Phase;
  readonly #gradient: CompiledGraph;
  readonly #update: CompiledGraph;

  constructor(phase: Phase, state: Arrays, gradient: CompiledGraph, update: CompiledGraph) {
    this.#phase = phase;
    this.state = state;
    this.#gradient = gradient;
    this.#update = update;
  }

  async step(batch: Arrays, n: number): Promise<Record<string, number>> {
    const results: Record<string, HostTensor>[] = [];
    for (const machine of [0, 1]) {
      const half = Object.entries(batch).map(([name, value]) => [name, halfOf(value, machine)]);
      results.push(await this.#gradient.run({ ...this.state, ...Object.fromEntries(half) }));
    }
    const sum = (name: string): HostTensor => {
      const [a, b] = results.map((result) => result[name]!);
      const other = b!.data as Float32Array;
      return { ...a!, data: (a!.data as Float32Array).map((x, i) => x + other[i]!) };
    };
    const gradients = [...this.#phase.parameters.keys()].map((name) => [
      shardGradientName(0, name),
      sum(gradientName(name)),
    ]);
    const scalars = Object.entries(this.#phase.optimizer.scalars(n)).map(([name, value]) => [
      scalarName('loss', name),
      { dtype: 'float32', dims: [], data: Float32Array.of(value) },
    ]);
    const next = await this.#update.run({
      ...this.state,
      ...Object.fromEntries(gradients),
      ...Object.fromEntries(scalars),
    });
    this.state = Object.fromEntries(Object.keys(this.state).map((name) => [name, next[nextName(name)]!]));
    return { loss: sum('loss').data[0] as number };
  }

  async close(): Promise<void> {
    await Promise.all([this.#gradient.close(), this.#update.close()]);
  }
}

async function trained(strategy?: (phase: Phase) => Promise<MakeStrategy>) {
  const net = mlp([16], 2);
  const loss = ({ x, y }: Readonly<Record<string, Tensor>>) => mse(net.forward(x!), y!);
  loss({ x: input('x', [EXAMPLES, 4]), y: input('y', [EXAMPLES, 2]) });
  initialize(net, new Random('weights'));
  const phase: Phase = { name: 'loss', loss, parameters: parametersOf(net), optimizer: adam() };
  const trainer = new Trainer([phase], {
    random: new Random(0),
    ...(strategy && { strategy: await strategy(phase) }),
  });
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    losses.push(
      (await trainer.step({ x: floats([EXAMPLES, 4], i), y: floats([EXAMPLES, 2], 100 + i) })).loss!,
    );
  }
  const state: TrainerState = trainer.state();
  await trainer.close();
  return { losses, state };
}

describe('a strategy of one’s own', () => {
  it('sums gradients of two machines between gradient and update, and trains as one machine does', async () => {
    const expected = await trained();
    const { losses, state } = await trained(async (phase) => {
      const half = { x: input('x', [EXAMPLES / 2, 4]), y: input('y', [EXAMPLES / 2, 2]) };
      const shapes = new Map(
        [...phase.parameters].map(([name, { shape }]) => [name, shape as readonly number[]]),
      );
      const gradient = await compile(gradientGraph(phase, phase.parameters, half, 1 / 2).graph);
      const update = await compile(updateGraph(phase, shapes));
      return ([own], begin) => new TwoMachines(own!, begin, gradient, update);
    });
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(expected.losses[i]!, 5);
    for (const [name, { data }] of Object.entries(expected.state.arrays)) {
      const others = state.arrays[name]!.data as Float32Array;
      for (const [i, x] of (data as Float32Array).entries()) expect(others[i], name).toBeCloseTo(x, 5);
    }
  });
});
