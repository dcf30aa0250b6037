/** The training API as people guess it: what they write works, or they are told what to write instead. */
import { Random, UserError } from '@gradus/base';
import { apply, constant, type HostTensor, input, type Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  accumulated,
  adam,
  adamW,
  cosine,
  crossEntropy,
  crossValidate,
  dataset,
  dense,
  exponentialDecay,
  type FitOptions,
  fit,
  freeze,
  initialize,
  kFolds,
  lamb,
  lars,
  loadState,
  Module,
  mse,
  oneCycle,
  Parameter,
  type Phase,
  parametersOf,
  predict,
  rmsprop,
  search,
  sequential,
  sgd,
  stateOf,
  stepDecay,
  Trainer,
  warmUp,
} from '../index.ts';

const random = new Random(0);
const data = dataset({
  x: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  y: [[1], [1], [2], [0]],
});

/** `fit` on rows of x [2] and y [1], with something else in place of what it should be. */
async function fitted(
  change: (net: Module, options: FitOptions) => { options?: object; train?: unknown; model?: unknown },
) {
  const net = sequential(dense(1));
  const right: FitOptions = {
    loss: ({ x, y }) => mse(net.forward(x!), y!),
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 2,
    batchSize: 2,
    random,
  };
  const { options, train = data, model = net } = change(net, right);
  return fit(model as Module, train as never, { ...right, ...options } as never);
}

describe('fit refuses, and says what to write:', () => {
  const wrong: [string, Parameters<typeof fitted>[0], RegExp][] = [
    [
      'batch_size',
      () => ({ options: { batch_size: 3 } }),
      /fit has no option "batch_size".*Did you mean "batchSize"/,
    ],
    ['validationData', () => ({ options: { validationData: data } }), /Did you mean "validation"/],
    ['a misspelt patience', () => ({ options: { patiance: 3 } }), /Did you mean "patience"/],
    [
      'a loss by name',
      () => ({ options: { loss: 'mse' } }),
      /a function of a batch, such as loss: \(\{ x, y \}\)/,
    ],
    [
      'a loss function itself',
      () => ({ options: { loss: mse } }),
      /the loss takes "sub"|the loss takes|loss is a function of the batch/,
    ],
    ['an optimizer by name', () => ({ options: { optimizer: 'adam' } }), /"adam".*such as adam\(…\)/],
    [
      'an optimizer that is not called',
      () => ({ options: { optimizer: adam } }),
      /function adam.*such as adam\(…\)/,
    ],
    ['no optimizer', () => ({ options: { optimizer: undefined } }), /optimizer of fit is missing/],
    [
      'no epochs',
      () => ({ options: { epochs: Number.NaN } }),
      /"epochs" is NaN; expected a whole number from 0/,
    ],
    ['epochs as text', () => ({ options: { epochs: '5' } }), /"epochs" is "5"/],
    [
      'no rows a batch',
      () => ({ options: { batchSize: 0 } }),
      /"batchSize" is 0; expected a whole number from 1/,
    ],
    ['fewer than no rows a batch', () => ({ options: { batchSize: -4 } }), /"batchSize" is -4/],
    ['half a row', () => ({ options: { batchSize: 2.5 } }), /"batchSize" is 2.5/],
    ['no batch size', () => ({ options: { batchSize: undefined } }), /"batchSize" is undefined/],
    ['a seed for random', () => ({ options: { random: 42 } }), /random: new Random\(42\)/],
    ['patience without validation', () => ({ options: { patience: 3 } }), /there is no "validation"/],
    [
      'patience of 0',
      () => ({ options: { patience: 0, validation: data } }),
      /"patience" is 0; expected a whole number from 1/,
    ],
    [
      'a fraction for validation',
      () => ({ options: { validation: 0.2 } }),
      /validation is no data set: write dataset\(/,
    ],
    [
      'validation without rows',
      () => ({ options: { validation: { ...data, size: 0 } } }),
      /validation has no rows/,
    ],
    ['data without rows', () => ({ train: { ...data, size: 0 } }), /the training data has no rows/],
    [
      'arrays for data',
      () => ({ train: { x: [[1, 2]], y: [1] } }),
      /training data is no data set: write dataset\(/,
    ],
    ['no data', () => ({ train: null }), /training data is no data set/],
    ['a negative norm', () => ({ options: { clipNorm: -1 } }), /"clipNorm" is -1; expected a number above 0/],
    ['another device', () => ({ options: { device: 'gpu' } }), /"device" cannot be "gpu".*webgpu/],
    ['threads in parts', () => ({ options: { threads: 1.5 } }), /"threads" is 1.5/],
    [
      'half a checkpoint',
      () => ({ options: { checkpoint: { load: () => null } } }),
      /"checkpoint" is to have two functions/,
    ],
    ['a function for a model', (net) => ({ model: (x: Tensor) => net.forward(x) }), /is no module/],
    [
      'a name that the batch has not',
      (net) => ({
        options: { loss: ({ features, y }: Record<string, Tensor>) => mse(net.forward(features!), y!) },
      }),
      /the loss takes "features" from the batch, which has "x", "y"/,
    ],
    [
      'a loss for each row',
      (net) => ({
        options: { loss: ({ x, y }: Record<string, Tensor>) => net.forward(x!).sub(y!).square() },
      }),
      /float32\[1, 1\]|not one number: end it in \.mean\(\)/,
    ],
    [
      'a loss that returns nothing',
      () => ({ options: { loss: () => undefined } }),
      /returned undefined; it must return a tensor/,
    ],
    [
      'an async loss',
      (net) => ({ options: { loss: async ({ x }: Record<string, Tensor>) => net.forward(x!).mean() } }),
      /returned a promise.*not be async/,
    ],
    [
      'classes for a loss',
      (net) => ({ options: { loss: ({ x }: Record<string, Tensor>) => net.forward(x!).argmax(1).sum() } }),
      /loss of phase "loss" is int64/,
    ],
    [
      'a loss by way of argmax',
      (net) => ({
        options: {
          loss: ({ x, y }: Record<string, Tensor>) =>
            net.forward(x!).argmax(1, true).cast('float32').sub(y!).square().mean(),
        },
      }),
      /no gradient flows from the loss to any parameter of phase "loss" \("layers\.0\.weight", "layers\.0\.bias"\).*ArgMax/,
    ],
    [
      'a model that the loss does not use',
      (_, { loss }) => {
        const other = sequential(dense(1));
        other.forward(input('x', [1, 2]));
        return { model: other, options: { loss } };
      },
      /uses 2 parameters \(\[2, 1\], \[1\]\) that are not among its parameters/,
    ],
    [
      'a quantized weight',
      () => {
        const scale = new Parameter([], () => Float32Array.of(1));
        const weights: HostTensor = { dtype: 'int8', dims: [2, 1], data: Int8Array.of(1, 2) };
        const model = Object.assign(
          sequential((x) => x.matmul(apply('DequantizeLinear', [constant(weights), scale]))),
          { scale },
        );
        return { model, options: { loss: ({ x, y }: Record<string, Tensor>) => mse(model.forward(x!), y!) } };
      },
      /no gradient flows.*\("scale"\).*the scales of a quantized model/,
    ],
    [
      'a model called as a function',
      (net) => ({
        options: {
          loss: ({ x, y }: Record<string, Tensor>) => mse((net as never as (x: Tensor) => Tensor)(x!), y!),
        },
      }),
      /cannot be traced: net is not a function.*called by forward/,
    ],
    [
      'more batches to accumulate than there are',
      () => ({ options: { optimizer: accumulated(sgd({ learningRate: 1 }), 5) } }),
      /in 4 batches it takes no step/,
    ],
    [
      'a frozen model',
      (net) => {
        freeze(net);
        return {};
      },
      /nothing to train: all of its 2 parameters are frozen/,
    ],
  ];
  it.each(wrong)('%s', async (_, change, message) => {
    const run = fitted(change);
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(UserError);
  });
});

describe('layers', () => {
  const trainedOn = async (net: Module) => {
    await fit(net, data, {
      loss: ({ x, y }) => mse(net.forward(x!), y!),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      batchSize: 4,
      random,
    });
    return Object.keys(stateOf(net));
  };

  it('in Maps, Sets, arrays and objects are found by key and place', async () => {
    class Net extends Module {
      readonly towers = new Map<string | number, Module>([
        ['left', dense(2, { bias: false })],
        [7, dense(2, { bias: false })],
      ]);
      readonly set = new Set([dense(2, { bias: false })]);
      readonly bare = Object.assign(Object.create(null), { head: [dense(1, { bias: false })] }) as {
        head: Module[];
      };
      forward(x: Tensor): Tensor {
        const layers = [...this.towers.values(), ...this.set, ...this.bare.head];
        return layers.reduce((value, layer) => layer.forward(value), x);
      }
    }
    const net = new Net();
    const names = ['towers.left.weight', 'towers.7.weight', 'set.0.weight', 'bare.head.0.weight'];
    expect(await trainedOn(net)).toEqual(names);
    const again = new Net();
    again.forward(input('x', [1, 2]));
    loadState(again, stateOf(net));
    expect(stateOf(again)).toEqual(stateOf(net));
  });

  it('in #private fields, closures and other objects are not found, and that is said', async () => {
    class Private extends Module {
      readonly head = dense(1);
      readonly #hidden = dense(3);
      forward(x: Tensor): Tensor {
        return this.head.forward(this.#hidden.forward(x));
      }
    }
    class Block {
      readonly layer = dense(3);
    }
    class Holder extends Module {
      readonly head = dense(1);
      readonly block = new Block();
      forward(x: Tensor): Tensor {
        return this.head.forward(this.block.layer.forward(x));
      }
    }
    const closed = dense(3);
    const closure = sequential((x) => closed.forward(x), dense(1));
    for (const net of [new Private(), new Holder(), closure]) {
      await expect(trainedOn(net)).rejects.toThrow(
        /uses 2 parameters \(\[2, 3\], \[3\]\) that are not among its parameters.*#private/,
      );
    }
    class Nothing extends Module {
      readonly #only = dense(1);
      forward(x: Tensor): Tensor {
        return this.#only.forward(x);
      }
    }
    await expect(trainedOn(new Nothing())).rejects.toThrow(/has no parameters\..*#private/);
  });

  it('under one name are refused', () => {
    class Net extends Module {
      readonly layers = new Map<unknown, Module>([
        ['1', dense(1)],
        [1, dense(1)],
      ]);
      forward(x: Tensor): Tensor {
        return [...this.layers.values()].reduce((sum, layer) => sum.add(layer.forward(x)), x.mul(0));
      }
    }
    expect(() => parametersOf(new Net())).toThrow(
      /two parameters of the model would be called "layers\.1\.bias"/,
    );
  });
});

describe('a batch may have', () => {
  const net = sequential(dense(2));
  const step = async (batch: object) => {
    net.forward(input('x', [2, 2]));
    initialize(net, random);
    const trainer = new Trainer(
      [
        {
          name: 'loss',
          loss: ({ x, y }) => crossEntropy(net.forward(x!), y!),
          parameters: parametersOf(net),
          optimizer: sgd({ learningRate: 0 }),
        },
      ],
      { random, threads: 1 },
    );
    try {
      return (await trainer.step(batch as never)).loss;
    } finally {
      await trainer.close();
    }
  };
  const x: HostTensor = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const y: HostTensor = { dtype: 'int64', dims: [2], data: BigInt64Array.of(0n, 1n) };

  it.each([
    [
      'lists in lists',
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        y,
      },
    ],
    ['typed arrays in lists', { x: [Float32Array.of(1, 2), Float32Array.of(3, 4)], y }],
    ['bigints', { x, y: [0n, 1n] }],
    ['a typed array', { x, y: BigInt64Array.of(0n, 1n) }],
    ['labels as int32', { x, y: Int32Array.of(0, 1) }],
    ['a list for data', { x: { ...x, data: [1, 2, 3, 4] }, y: { ...y, data: [0, 1] } }],
    ['no dtype beside a typed array', { x: { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, y }],
  ])('%s', async (_, batch) => expect(await step(batch)).toBe(await step({ x, y })));

  it.each([
    ['a string', { x: 'data.csv', y }, /"x" is "data\.csv", which is no array/],
    ['nothing', { x: undefined, y }, /"x" is undefined, which is no array/],
    ['lists of two lengths', { x: [[1, 2], [3]], y }, /lists of "x" differ in length: x\[1\] has 1/],
    [
      'numbers and texts',
      {
        x: [
          [1, '2'],
          [3, 4],
        ],
        y,
      },
      /"x" is a list of number and string/,
    ],
    ['a traced tensor', { x: input('x', [2, 2]), y }, /"x" is a traced tensor, which has no numbers/],
    [
      'another dtype than its array',
      { x: { ...x, data: new Float64Array(4) }, y },
      /"x" is float32 and its data a Float64Array.*Float32Array\.from/,
    ],
    [
      'sizes that do not fit',
      { x: { ...x, dims: [2, 3] }, y },
      /"x" has dims \[2, 3\], which is 6 elements, and data of 4/,
    ],
    ['sizes that are none', { x: { ...x, dims: 4 }, y }, /"x" has the dims 4/],
    ['a misspelt dtype', { x: { ...x, dtype: 'float' }, y }, /dtype "float"\. Did you mean "float\d\d"/],
    ['clamped bytes', { x: Uint8ClampedArray.of(1, 2), y }, /Uint8ClampedArray, which no dtype is held as/],
    ['nothing at all', {}, /the batch is empty/],
    ['a promise', Promise.resolve({ x, y }), /not a promise: await it/],
    ['another name', { features: x, y }, /the loss takes "x" from the batch, which has "features", "y"/],
  ])('no %s: it says so', async (_, batch, message) => {
    await expect(step(batch)).rejects.toThrow(message);
    await expect(step(batch)).rejects.toBeInstanceOf(UserError);
  });

  it('texts beside its numbers, such as names of rows', async () => {
    expect(await step({ x, y, id: ['a', 'b'] })).toBe(await step({ x, y }));
    await expect(step({ x, y: ['a', 'b'] })).rejects.toThrow(
      /the loss takes "y" from the batch, which has "x"/,
    );
  });

  it('optional arrays, which a loss asks for in vain', async () => {
    const optional = sequential(dense(1));
    const { epochs } = await fit(optional, data, {
      loss: (batch) => mse(optional.forward(batch.x!), batch.y!, batch.weights),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      batchSize: 4,
      random,
    });
    expect(epochs).toHaveLength(1);
  });
});

describe('a trainer refuses', () => {
  const net = sequential(dense(1));
  net.forward(input('x', [1, 2]));
  initialize(net, random);
  const phase: Phase = {
    name: 'loss',
    loss: ({ x }) => net.forward(x!).mean(),
    parameters: parametersOf(net),
    optimizer: sgd({ learningRate: 0.1 }),
  };
  const other = sequential(dense(1));
  other.forward(input('x', [1, 2]));
  initialize(other, random);
  const wrong: [string, () => unknown, RegExp][] = [
    ['a phase that is no list', () => new Trainer(phase as never, { random }), /takes a list of phases/],
    ['no phase', () => new Trainer([], { random }), /takes a list of phases/],
    [
      'a model for parameters',
      () => new Trainer([{ ...phase, parameters: net as never }], { random }),
      /write parameters: parametersOf\(model\)/,
    ],
    [
      'a state for parameters',
      () => new Trainer([{ ...phase, parameters: stateOf(net) as never }], { random }),
      /write parameters: parametersOf\(model\)/,
    ],
    [
      'a model that was not traced',
      () => new Trainer([{ ...phase, parameters: parametersOf(sequential()) }], { random }),
      /has no parameters\..*trace the model once/,
    ],
    [
      'learningRate in a phase',
      () => new Trainer([{ ...phase, lr: 1 } as never], { random }),
      /Trainer has no option "lr"/,
    ],
    [
      'no name',
      () => new Trainer([{ ...phase, name: undefined as never }], { random }),
      /a phase needs a name/,
    ],
    ['a seed', () => new Trainer([phase], { random: 3 as never }), /new Random\(3\)/],
    [
      'a misspelt option',
      () => new Trainer([phase], { random, thread: 2 } as never),
      /Did you mean "threads"/,
    ],
    [
      'one name for two phases',
      () => new Trainer([phase, { ...phase, parameters: parametersOf(other, 'b') }], { random }),
      /two phases are called "loss"/,
    ],
    [
      'one name for two parameters',
      () => new Trainer([phase, { ...phase, name: 'b', parameters: parametersOf(other) }], { random }),
      /different parameters called "layers\.0\.weight".*by a prefix/,
    ],
    [
      'one parameter in two phases',
      () => new Trainer([phase, { ...phase, name: 'b' }], { random }),
      /is trained by phase "loss" too/,
    ],
  ];
  it.each(wrong)('%s', (_, make, message) => {
    parametersOf(net);
    expect(make).toThrow(message);
    expect(make).toThrow(UserError);
  });

  it('parameters without values, and values of another shape', () => {
    const fresh = sequential(dense(1));
    fresh.forward(input('x', [1, 2]));
    const parameters = parametersOf(fresh);
    expect(() => new Trainer([{ ...phase, parameters }], { random })).toThrow(
      /"layers\.0\.weight" has no values yet: call initialize\(model, random\)/,
    );
    expect(() => {
      parameters.get('layers.0.bias')!.value = { dtype: 'float32', dims: [2], data: new Float32Array(2) };
    }).toThrow(/"layers\.0\.bias" is float32\[1\], not float32\[2\]/);
  });

  it('a step while the one before is under way, and one after its end', async () => {
    const trainer = new Trainer([phase], { random, threads: 1 });
    const x = [[1, 2]];
    const first = trainer.step({ x });
    await expect(trainer.step({ x })).rejects.toThrow(/write await trainer\.step\(batch\)/);
    await first;
    await trainer.step({ x });
    await trainer.close();
    await expect(trainer.step({ x })).rejects.toThrow(/is closed/);
  });
});

describe('an optimizer or schedule refuses', () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ['lr', () => sgd({ lr: 0.1 } as never), /sgd has no option "lr"\. Did you mean "learningRate"/],
    [
      'a bare rate',
      () => adam(0.001 as never),
      /adam takes its options as one object, \{ learningRate: … \}, not 0.001/,
    ],
    ['a bare rate', () => adamW(0.001 as never), /adamW takes its options as one object/],
    ['betas', () => adam({ betas: [0.9, 0.99] } as never), /Did you mean "beta1"/],
    ['weight_decay', () => adamW({ weight_decay: 0.1 } as never), /Did you mean "weightDecay"/],
    ['eps', () => lamb({ eps: 1e-8 } as never), /Did you mean "epsilon"/],
    ['no rate', () => sgd({} as never), /sgd: "learningRate" is undefined; expected a number from 0/],
    ['no options', () => lars(undefined as never), /lars: "learningRate" is undefined/],
    ['NaN', () => adam({ learningRate: Number.NaN }), /adam: "learningRate" is NaN/],
    ['less than nothing', () => rmsprop({ learningRate: -1 }), /rmsprop: "learningRate" is -1/],
    ['a beta of 1', () => adam({ beta1: 1 }), /"beta1" is 1; expected a number from 0 below 1/],
    ['growth for decay', () => adamW({ weightDecay: -0.1 }), /adamW: "weightDecay" is -0.1/],
    ['Nesterov without momentum', () => sgd({ learningRate: 1, nesterov: true }), /"momentum" is 0; set it/],
    ['no steps', () => cosine(0.1, 0), /cosine: "steps" is 0; expected a number above 0/],
    ['NaN steps', () => oneCycle(0.1, Number.NaN), /oneCycle: "steps" is NaN/],
    ['pctStart', () => oneCycle(0.1, 10, { pctStart: 0.1 } as never), /oneCycle has no option "pctStart"/],
    ['no interval', () => stepDecay(0.1, 0), /stepDecay: "every" is 0/],
    ['a rate below nothing', () => exponentialDecay(-0.1, 0.9), /exponentialDecay: "rate" is -0.1/],
    ['no schedule after it', () => warmUp(10, undefined as never), /warmUp: "learningRate" is undefined/],
  ];
  it.each(wrong)('%s', (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(UserError);
  });

  it('a rate that a schedule gives later on', async () => {
    const late = (step: number) => (step < 3 ? 0.1 : Number.NaN);
    await expect(fitted(() => ({ options: { optimizer: sgd({ learningRate: late }) } }))).rejects.toThrow(
      /the learning rate of step 3 is NaN; a schedule gives a number from 0 for every step/,
    );
    expect(warmUp(2, 0.5)(1)).toBe(0.25);
  });
});

describe('cross-validation, search and prediction refuse', () => {
  const x = input('x', ['batch', 2]);
  const graph = { name: 'g', inputs: { x }, outputs: { y: x.sum([1]) } };
  const wrong: [string, () => Promise<unknown>, RegExp][] = [
    [
      'n_splits',
      () => crossValidate(10, async () => 1, { n_splits: 5, random } as never),
      /has no option "n_splits"/,
    ],
    [
      'a data set for rows',
      () => crossValidate(data as never, async () => 1, { random }),
      /"rows" is .*expected a whole number/,
    ],
    [
      'one fold',
      () => crossValidate(10, async () => 1, { folds: 1, random }),
      /"folds" is 1; expected a whole number from 2/,
    ],
    [
      'classes of other rows',
      () => crossValidate(10, async () => 1, { classes: [1, 2], random }),
      /"classes" has 2 entries for 10 rows/,
    ],
    ['no random', async () => kFolds(10, {} as never), /kFolds: "random" is where all chance comes from/],
    [
      'a score that is none',
      () => crossValidate(10, async () => undefined as never, { random }),
      /score of fold 1 is undefined/,
    ],
    [
      'a search that never ends',
      () => search(async () => 1, { space: {}, factor: 1, random }),
      /"factor" is 1; expected a number above 1/,
    ],
    [
      'min and max',
      () => search(async () => 1, { space: { rate: { min: 0, max: 1 } as never }, random }),
      /search\.space\.rate has no option "min"/,
    ],
    [
      'logarithms of 0',
      () => search(async () => 1, { space: { rate: { from: 0, to: 1, scale: 'log' } }, random }),
      /"from" is 0; expected a number above 0/,
    ],
    [
      'a range backwards',
      () => search(async () => 1, { space: { rate: { from: 2, to: 1 } }, random }),
      /"to" is 1; expected a number from 2/,
    ],
    [
      'nothing to choose from',
      () => search(async () => 1, { space: { kind: { among: [] } }, random }),
      /"among" is to be a list/,
    ],
    [
      'n_trials',
      () => search(async () => 1, { space: {}, n_trials: 3, random } as never),
      /has no option "n_trials".*Did you mean "trials"/,
    ],
    [
      'a loss that is none',
      () => search(async () => undefined as never, { space: {}, random }),
      /trial 0 gave undefined/,
    ],
    ['a module', () => predict(sequential(dense(1)) as never, data), /Trace a module first/],
    ['no rows a batch', () => predict(graph, data, { batchSize: 0 }), /"batchSize" is 0/],
    [
      'inputs that the data lack',
      () => predict(graph, dataset({ features: [[1, 2]] })),
      /the model has the inputs "x", and the data "features": "x" is missing/,
    ],
    [
      'outputs without rows',
      () => predict({ ...graph, outputs: { mean: x.mean() } }, data),
      /output "mean" is float32\[\] for 4 rows/,
    ],
  ];
  it.each(wrong)('%s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
    await expect(run()).rejects.toBeInstanceOf(UserError);
  });

  it('no classes: they are numbers', async () => {
    const classes = await predict({ ...graph, outputs: { best: x.argmax(1), any: x.greater(0.5) } }, data);
    expect(Array.from(classes.best!)).toEqual([1, 0, 0, 0]);
    expect(Array.from(classes.any!)).toEqual([0, 1, 1, 0, 1, 1, 0, 0]);
  });
});
