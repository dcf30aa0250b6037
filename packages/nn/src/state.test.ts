/** States go into the model that they were taken of, whatever kept them meanwhile, and into no other. */
import { deserialize, serialize } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Random } from '@gradus/base';
import { type HostTensor, input } from '@gradus/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adam,
  dense,
  initialize,
  type Layer,
  layerNorm,
  loadState,
  type Module,
  mse,
  parametersOf,
  sequential,
  sgd,
  stateOf,
  Trainer,
  type TrainerState,
} from './index.ts';

const x: HostTensor = { dtype: 'float32', dims: [4, 2], data: Float32Array.of(1, 2, 3, 4, -1, 0, 0, 1) };
const y: HostTensor = { dtype: 'float32', dims: [4, 1], data: Float32Array.of(3, 7, -1, 1) };

function made(...layers: readonly Layer[]): Module {
  const net = sequential(...layers);
  net.forward(input('x', [4, 2]));
  initialize(net, new Random(0));
  return net;
}
const trainerOf = (net: Module, optimizer = adam({ learningRate: 0.01 }), from?: TrainerState) =>
  new Trainer(
    [
      {
        name: 'loss',
        loss: (batch) => mse(net.forward(batch.x!), batch.y!),
        parameters: parametersOf(net),
        optimizer,
      },
    ],
    { random: new Random(0), threads: 1 },
    from,
  );

async function stateAfter(steps: number): Promise<{ state: TrainerState; next: number }> {
  const trainer = trainerOf(made(dense(1)));
  for (let i = 0; i < steps; i++) await trainer.step({ x, y });
  const state = trainer.state();
  const next = (await trainer.step({ x, y })).loss!;
  await trainer.close();
  return { state, next };
}

const copies: Record<string, (state: TrainerState) => unknown> = {
  JSON: (state) => JSON.parse(JSON.stringify(state)),
  structuredClone,
  'v8.serialize': (state) => deserialize(serialize(state)),
  'lists of numbers': (state) =>
    JSON.parse(JSON.stringify(state, (_, value) => (value instanceof Float32Array ? [...value] : value))),
  'another realm': (state) =>
    runInNewContext('copy(Float32Array)', {
      copy: (Floats: Float32ArrayConstructor) => ({
        step: state.step,
        arrays: Object.fromEntries(
          Object.entries(state.arrays).map(([name, value]) => [
            name,
            { ...value, data: Floats.from(value.data as Float32Array) },
          ]),
        ),
      }),
    }),
};

describe('a state', () => {
  it.each(Object.entries(copies))(
    'that went through %s gives the same run, to the last bit',
    async (_, copy) => {
      const { state, next } = await stateAfter(7);
      const trainer = trainerOf(made(dense(1)), undefined, copy(state) as TrainerState);
      expect(trainer.steps).toBe(7);
      expect(trainer.state()).toEqual(state);
      expect((await trainer.step({ x, y })).loss).toBe(next);
      await trainer.close();
    },
  );

  it('of a model goes through JSON as well, for any floats', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 2 }),
        (weights) => {
          const net = made(dense(1));
          const own = stateOf(net);
          const state = {
            ...own,
            'layers.0.weight': { ...own['layers.0.weight']!, data: Float32Array.from(weights) },
          };
          loadState(net, JSON.parse(JSON.stringify(state)));
          const back = stateOf(net)['layers.0.weight']!.data as Float32Array;
          // JSON has one zero.
          expect([...back].map((value) => value + 0)).toEqual(weights.map((value) => value + 0));
        },
      ),
    );
  });
});

describe('a state is refused, naming what does not fit, where', () => {
  const refused: [string, (state: TrainerState) => unknown, () => Module, RegExp][] = [
    [
      'the model has got a layer',
      (state) => state,
      () => made(layerNorm(), dense(1)),
      /no "parameter:layers\.0\.scale".*no array "parameter:layers\.0\.weight"/,
    ],
    [
      'a layer has another size',
      (state) => state,
      () => made(dense(3)),
      /"parameter:layers\.0\.weight" is to be float32\[2, 3\], not float32\[2, 1\]/,
    ],
    [
      'an entry is lost',
      ({ step, arrays: { 'mean:layers.0.bias': _, ...arrays } }) => ({ step, arrays }),
      () => made(dense(1)),
      /the state has no "mean:layers\.0\.bias"/,
    ],
    [
      'JSON had no word for a number',
      (state) => JSON.parse(JSON.stringify(state).replace(/"0":[^,}]*/, '"0":null')),
      () => made(dense(1)),
      /does not hold the 2 numbers of float32\[2, 1\] \(JSON has no NaN/,
    ],
    [
      'it is something else',
      () => ({ steps: 3 }),
      () => made(dense(1)),
      /no state: expected what trainer\.state\(\) gave/,
    ],
    ['its step is none', ({ arrays }) => ({ step: 1.5, arrays }), () => made(dense(1)), /no state/],
  ];
  it.each(refused)('%s', async (_, change, make, message) => {
    const { state } = await stateAfter(1);
    expect(() => trainerOf(make(), undefined, change(structuredClone(state)) as TrainerState)).toThrow(
      message,
    );
  });

  it('the optimizer was another', async () => {
    const { state } = await stateAfter(1);
    expect(() => trainerOf(made(dense(1)), sgd({ learningRate: 1 }), state)).toThrow(
      /no array "mean:layers\.0\.weight", "mean:layers\.0\.bias", "square:layers\.0\.weight"/,
    );
  });

  it('a model’s values do not fit, and then none are set', () => {
    const net = made(dense(1));
    const before = stateOf(net);
    const other: Record<string, HostTensor> = {
      ...before,
      'layers.0.weight': { ...before['layers.0.weight']!, dims: [1, 2] },
      more: before['layers.0.bias']!,
    };
    other['layers.0.bias'] = { ...before['layers.0.bias']!, data: Float32Array.of(5) };
    expect(() => loadState(net, other)).toThrow(
      /no parameter "more"; "layers\.0\.weight" is to be float32\[2, 1\], not float32\[1, 2\]/,
    );
    expect(stateOf(net)).toEqual(before);
    expect(() => loadState(net, null as never)).toThrow(/object of arrays by name, not null/);
    expect(() => loadState(sequential(dense(1)), before)).toThrow(/has the model been traced/);
  });
});
