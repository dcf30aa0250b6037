/** What `fit` leaves behind when something goes wrong: the best parameters found, and a sentence that says what it was. */
import { deserialize, serialize } from 'node:v8';
import { Random } from '@gradus/base';
import { type HostTensor, input } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  adam,
  averaged,
  crossEntropy,
  type Dataset,
  dense,
  dropout,
  type FitOptions,
  fit,
  initialize,
  mse,
  relu,
  sequential,
  sgd,
  stateOf,
} from '../index.ts';

const floats = (rows: Int32Array, width: number, value: (row: number, i: number) => number): HostTensor => ({
  dtype: 'float32',
  dims: [rows.length, width],
  data: Float32Array.from({ length: rows.length * width }, (_, i) =>
    value(rows[Math.floor(i / width)]!, i % width),
  ),
});
const points = (rows: Int32Array) => floats(rows, 2, (row, i) => Math.sin(2 * row + i));

/** Points on a line, with one number each. */
const line = (size: number, y = (row: number) => Math.cos(row)): Dataset => ({
  size,
  batch: (rows) => ({ x: points(rows), y: floats(rows, 1, y) }),
});
/** Points with a class each. */
const classes = (size: number, label: (row: number) => number): Dataset => ({
  size,
  batch: (rows) => ({
    x: points(rows),
    y: { dtype: 'int64', dims: [rows.length], data: BigInt64Array.from(rows, (row) => BigInt(label(row))) },
  }),
});

function linear() {
  const net = sequential(dense(1));
  net.forward(input('x', [1, 2]));
  initialize(net, new Random(0).fork('parameters'));
  return net;
}
const weightOf = (net: ReturnType<typeof linear>) =>
  (stateOf(net)['layers.0.weight']!.data as Float32Array)[0]!;
const options = (net: ReturnType<typeof linear>, more: Partial<FitOptions> = {}): FitOptions => ({
  loss: ({ x, y }) => mse(net.forward(x!), y!),
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 30,
  batchSize: 16,
  random: new Random(0),
  ...more,
});

describe('a validation loss that is no number', () => {
  const fitted = async (validation: Dataset) => {
    const net = sequential(dense(8), relu(), dense(3));
    return fit(
      net,
      classes(32, (row) => row % 3),
      {
        loss: ({ x, y }) => crossEntropy(net.forward(x!), y!, { ignored: -100 }),
        optimizer: adam({ learningRate: 0.05 }),
        epochs: 6,
        batchSize: 8,
        validation,
        patience: 3,
        random: new Random(0),
      },
    );
  };

  it('after the first epoch is an error that names its rows', async () => {
    const sound = classes(16, (row) => row % 3);
    const spoilt: Dataset = {
      ...sound,
      batch: (rows) => ({
        ...sound.batch(rows),
        x: floats(rows, 2, (row) => (row === 11 ? Number.NaN : row)),
      }),
    };
    const message = /validation loss after epoch 1 is NaN, first for a batch of 8 among rows 8 to 15/;
    await expect(fitted(spoilt)).rejects.toThrow(message);
  });

  it('is that of rows whose labels are all ignored; beside others they do not count', async () => {
    await expect(fitted(classes(16, () => -100))).rejects.toThrow(/is NaN.*every label is ignored/);
    const half = await fitted(classes(16, (row) => (row < 8 ? row % 3 : -100)));
    const all = await fitted(classes(8, (row) => row % 3));
    expect(half).toEqual(all);
  });

  it('cannot come of no rows: they are refused', async () => {
    await expect(fitted(classes(0, () => 0))).rejects.toThrow(/validation has no rows/);
  });

  it('is worse than every number later on, and so is infinity at any time', async () => {
    let epoch = 0;
    // Targets that overflow in float32 where the square is taken, in epochs 1 and 4; not a number in epoch 5.
    const spoilt = [Number.NaN, 1e30, 0, 0, 1e30, Number.NaN];
    const validation: Dataset = {
      size: 4,
      batch: (rows) => ({ x: points(rows), y: floats(rows, 1, (row) => spoilt[epoch]! + Math.cos(row)) }),
    };
    const net = linear();
    const result = await fit(net, line(16), {
      ...options(net, { epochs: 5, validation, patience: 9 }),
      onStep: () => {
        epoch++;
      },
    });
    expect(result.epochs.map(({ validationLoss }) => Number.isFinite(validationLoss))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(result.best).toBe(3);
  });

  it('throughout, as infinity, leaves the last parameters, and patience does not end training', async () => {
    const net = linear();
    const { best, epochs } = await fit(
      net,
      line(16),
      options(net, { epochs: 6, validation: line(4, () => 1e30), patience: 2 }),
    );
    const plain = linear();
    await fit(plain, line(16), options(plain, { epochs: 6 }));
    expect([best, epochs.length]).toEqual([6, 6]);
    expect(stateOf(net)).toEqual(stateOf(plain));
  });
});

describe('training that ends early', () => {
  it('where it is said to be over, measures the epoch that it stands in, and keeps the best parameters', async () => {
    const net = linear();
    let steps = 0;
    const { epochs, best } = await fit(
      net,
      line(64),
      options(net, { validation: line(8), isOver: () => ++steps === 6 }),
    );
    // Four batches an epoch: the second one ends after two.
    expect(steps).toBe(6);
    expect(epochs.map(({ validationLoss }) => validationLoss !== undefined)).toEqual([true, true]);
    expect(best).toBe(2);
  });

  const diverging = sgd({ learningRate: (step) => (step < 15 ? 0.1 : 1e20) });

  it('by divergence, leaves the best parameters found', async () => {
    const net = linear();
    const losses: number[] = [];
    const run = fit(
      net,
      line(16),
      options(net, {
        optimizer: diverging,
        validation: line(16),
        onEpoch: (epoch) => losses.push(epoch.validationLoss!),
      }),
    );
    await expect(run).rejects.toThrow(/loss became Infinity at step 16/);
    const best = linear();
    await fit(best, line(16), options(best, { epochs: 14 }));
    expect(losses.indexOf(Math.min(...losses))).toBe(13);
    expect(stateOf(net)).toEqual(stateOf(best));
  });

  it('by divergence without validation, leaves the parameters before the step that failed', async () => {
    const net = linear();
    await expect(fit(net, line(16), options(net, { optimizer: diverging }))).rejects.toThrow(/at step 16/);
    const last = linear();
    await fit(last, line(16), options(last, { optimizer: diverging, epochs: 15 }));
    expect(weightOf(net)).toBe(weightOf(last));
  });

  it('by a signal, or an error of the data, leaves the best parameters too', async () => {
    for (const [name, more] of [
      ['stopped', (stop: AbortController) => ({ signal: stop.signal })],
      ['broken', () => ({})],
    ] as const) {
      // The signal is heard before the next step, after the epoch has been measured.
      const epochs = name === 'stopped' ? 6 : 5;
      const net = linear();
      const stop = new AbortController();
      const run = fit(
        net,
        line(16),
        options(net, {
          validation: line(16),
          ...more(stop),
          onStep: (step) => {
            if (step < 6) return;
            if (name === 'broken') throw new Error('broken');
            stop.abort(new Error('stopped'));
          },
        }),
      );
      await expect(run).rejects.toThrow(name);
      const best = linear();
      await fit(best, line(16), options(best, { epochs }));
      expect(weightOf(net), name).toBe(weightOf(best));
    }
  });
});

describe('a checkpoint gives the same run after', () => {
  const copies: Record<string, (state: unknown) => unknown> = {
    JSON: (state) => JSON.parse(JSON.stringify(state)),
    structuredClone,
    'v8.serialize': (state) => deserialize(serialize(state)),
  };
  const make = () => sequential(dense(8), relu(), dropout(0.3), dense(1));
  const run = (net: ReturnType<typeof make>, more: Partial<FitOptions>) =>
    fit(net, line(48), {
      loss: ({ x, y }) => mse(net.forward(x!), y!),
      optimizer: averaged(adam({ learningRate: 0.02 }), 0.9),
      epochs: 6,
      batchSize: 16,
      random: new Random(1),
      ...more,
    });
  for (const [name, copy] of Object.entries(copies)) {
    it.each([
      ['with validation', { validation: line(8) }],
      ['without', {}],
    ])(`${name}, %s; save and load may take their time`, async (_, more) => {
      const whole = make();
      const unbroken = await run(whole, more);
      let kept: unknown;
      const checkpoint = {
        save: async (state: unknown) => {
          kept = copy(state);
        },
        load: async () => kept,
      };
      const cut = run(make(), {
        ...more,
        checkpoint,
        onStep: (step) => {
          if (step === 10) throw new Error('killed');
        },
      });
      await expect(cut).rejects.toThrow('killed');
      const again = make();
      expect(await run(again, { ...more, checkpoint })).toEqual(unbroken);
      expect(stateOf(again)).toEqual(stateOf(whole));
    });
  }

  it('is refused where it is something else, or of another model', async () => {
    const load = (state: unknown) =>
      run(make(), { checkpoint: { save: () => undefined, load: () => state } });
    await expect(load('state.json')).rejects.toThrow(/checkpoint\.load\(\) gave something else/);
    await expect(load({ epochs: 3 })).rejects.toThrow(/checkpoint\.load\(\) gave something else/);
    let kept: unknown;
    const other = sequential(dense(4), relu(), dense(1));
    await fit(other, line(16), {
      ...options(other as never, { epochs: 1 }),
      checkpoint: { save: (state) => (kept = state), load: () => null },
    });
    await expect(load(kept)).rejects.toThrow(/the state has no .*"average:layers\.0\.weight".*\(14\)/);
  });
});
