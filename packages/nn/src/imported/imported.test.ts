/** Models made in PyTorch, imported, are what they were, train as they would have, and can be written back. */
import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import {
  gradients,
  type HostTensor,
  input,
  readOnnx,
  readSafetensors,
  type Tensor,
  trainingMode,
  writeOnnx,
} from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import {
  adam,
  crossEntropy,
  imported,
  initialize,
  lora,
  type Module,
  mse,
  parametersOf,
  Trainer,
} from '../index.ts';
import { parametersAsInputs } from '../training/graphs/parameters-as-inputs.ts';

const golden = (file: string) => new Uint8Array(readFileSync(new URL(`golden/${file}`, import.meta.url)));
const numbers = ({ data }: HostTensor) => Array.from(data as Float32Array);

const SHAPES = { mlp: [6, 10], cnn: [6, 2, 8, 8], lstm: [6, 5, 4], transformer: [6, 5, 16] };
const labels: HostTensor = { dtype: 'int64', dims: [6], data: BigInt64Array.of(0n, 1n, 2n, 0n, 1n, 2n) };

function sine(dims: readonly number[]): HostTensor {
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, (_, i) => Math.sin(1.1 * (i + 1))) };
}

async function run(model: Uint8Array, x: HostTensor): Promise<number[]> {
  const graph = await compile(model);
  const { y } = await graph.run({ x });
  await graph.close();
  return numbers(y!);
}

function expectClose(got: readonly number[], expected: readonly number[], tolerance: number) {
  expect(got.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(got[i]! - value), `${got[i]} at ${i}, expected ${value}`).toBeLessThanOrEqual(
      tolerance * scale,
    );
  }
}

const lossOf =
  (model: Module) =>
  ({ x, labels: truth }: Readonly<Record<string, Tensor>>) =>
    crossEntropy(model.forward(x!), truth!);

describe.each(Object.entries(SHAPES))('%s from PyTorch', (name, dims) => {
  const x = sine(dims);
  const { tensors } = readSafetensors(golden(`${name}.safetensors`));
  const read = () => imported(readOnnx(golden(`${name}.onnx`)).graph);

  it('gives the same outputs', async () => {
    expectClose(await run(writeOnnx(read().graph()), x), numbers(tensors.y!), 1e-5);
  });

  it('has the same gradients', async () => {
    const model = read();
    const placeholders = { x: input('x', dims), labels: input('labels', [6], 'int64') };
    const { outputs } = trainingMode([lossOf(model)(placeholders)], {
      noise: (shape) => input('none', shape),
    });
    const fed = parametersAsInputs(outputs, parametersOf(model));
    const wanted = Object.entries(model.weights).filter(([, { trainable }]) => trainable);
    const slopes = gradients(
      fed.outputs[0]!,
      wanted.map(([, { name: full }]) => fed.inputs[`parameter:${full}`]!),
    );
    const graph = await compile({
      name: 'gradients',
      inputs: { ...placeholders, ...fed.inputs },
      outputs: Object.fromEntries(wanted.map(([key], i) => [key, slopes[i]!])),
    });
    const values = [...parametersOf(model).values()].map((p) => [`parameter:${p.name}`, p.value!] as const);
    const results = await graph.run({ x, labels, ...Object.fromEntries(values) });
    await graph.close();
    const largest = Math.max(
      ...Object.entries(tensors).flatMap(([key, value]) =>
        key.startsWith('gradient.') ? numbers(value).map(Math.abs) : [],
      ),
    );
    let compared = 0;
    for (const [key, value] of Object.entries(tensors)) {
      const mine = results[key.replace('gradient.', '')];
      if (!key.startsWith('gradient.') || !mine) continue;
      compared++;
      // The exporter may lay a matrix down the other way round.
      const [got, expected] = [numbers(mine), numbers(value)];
      const turned = mine.dims.join() !== value.dims.join();
      const order = turned ? got.map((_, i) => turn(i, value.dims)) : got.map((_, i) => i);
      for (const [i, at] of order.entries()) {
        const allowed = 1e-4 * Math.max(Math.abs(expected[i]!), 1e-2 * largest);
        expect(Math.abs(got[at]! - expected[i]!), `${key}[${i}]`).toBeLessThanOrEqual(allowed);
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('follows the same losses through fifty steps of training, to the same model', async () => {
    const model = read();
    const phase = {
      name: 'loss',
      loss: lossOf(model),
      parameters: parametersOf(model),
      optimizer: adam({ learningRate: 0.01 }),
    };
    const trainer = new Trainer([phase], { random: new Random(0) });
    for (const expected of numbers(tensors.losses!)) {
      const { loss } = await trainer.step({ x, labels });
      expect(Math.abs(loss! - expected)).toBeLessThan(1e-3 * Math.max(expected, 0.1));
    }
    trainer.sync();
    await trainer.close();
    expectClose(await run(writeOnnx(model.graph()), x), numbers(tensors.trained!), 1e-2);
  });
});

const turn = (i: number, [rows, columns]: readonly number[]) =>
  (i % columns!) * rows! + Math.floor(i / columns!);

describe('an imported model', () => {
  it('trains only the chosen weights', async () => {
    const { graph } = readOnnx(golden('mlp.onnx'));
    const model = imported(graph, { trains: (name) => name.startsWith('4.') });
    expect(Object.keys(model.weights).sort()).toEqual(['4.bias', '4.weight']);
    expect(() => imported(graph, { trains: () => false })).toThrow(
      /no weight is to train; the model has 0\.weight/,
    );
  });

  it('is tuned by low-rank adapters, which disappear into it', async () => {
    const { graph } = readOnnx(golden('transformer.onnx'));
    const x = sine([6, 5, 16]);
    const model = lora(graph, { rank: 2, alpha: 4 });
    initialize(model, new Random(0));
    const before = await run(writeOnnx(graph), x);
    const phase = {
      name: 'loss',
      loss: lossOf(model),
      parameters: parametersOf(model),
      optimizer: adam({ learningRate: 0.05 }),
    };
    const trainer = new Trainer([phase], { random: new Random(0) });
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) losses.push((await trainer.step({ x, labels })).loss!);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.2);
    trainer.sync();
    await trainer.close();
    const placeholder = input('x', [6, 5, 16]);
    const beside = writeOnnx({
      name: 'g',
      inputs: { x: placeholder },
      outputs: { y: model.forward(placeholder) },
    });
    const merged = writeOnnx(model.graph());
    expectClose(await run(merged, x), await run(beside, x), 1e-4);
    expect(merged.length).toBeLessThan(writeOnnx(graph).length * 1.01);
    expect(await run(writeOnnx(graph), x)).toEqual(before);
  });
});

function apart(a: HostTensor, b: HostTensor): number {
  const [of, from] = [numbers(a), numbers(b)];
  return of.reduce((sum, value, i) => sum + (value - from[i]!) ** 2, 0);
}

const detectors = '../shared/data/weights-ultraface/models/onnx';

describe.skipIf(!existsSync(detectors))('a pretrained face detector (needs ../shared/data)', () => {
  it.each(['version-RFB-320.onnx', 'version-slim-320.onnx'])(
    '%s is tuned to photos in the dark, and written back',
    async (file) => {
      const { graph } = readOnnx(readFileSync(`${detectors}/${file}`));
      const [name] = Object.keys(graph.inputs);
      const dims = [1, 3, 240, 320];
      // Smooth blots of light, dark as at night: what the detector says of the bright ones is what it shall say of these.
      const bright = Float32Array.from(
        { length: 3 * 240 * 320 },
        (_, i) => Math.sin((i % 320) / 17) * Math.cos(Math.floor(i / 320) / 23),
      );
      const feed = (data: Float32Array) => ({ [name!]: { dtype: 'float32', dims, data } as const });
      const original = await compile(graph);
      const wanted = await original.run(feed(bright));
      const dark = { dtype: 'float32', dims, data: bright.map((v) => 0.3 * v - 0.6) } as const;
      const untuned = await original.run(feed(dark.data));
      await original.close();
      // One photo says nothing of the statistics of all: those stay.
      const model = imported(graph, { trains: (name) => !/running_(mean|var)/.test(name) });
      const loss = ({ image, scores, boxes }: Readonly<Record<string, Tensor>>) => {
        const found = model.outputs({ [name!]: image! });
        return mse(found.scores!, scores!).add(mse(found.boxes!, boxes!));
      };
      const batch = { image: dark, scores: wanted.scores!, boxes: wanted.boxes! };
      const phase = {
        name: 'loss',
        loss,
        parameters: parametersOf(model),
        optimizer: adam({ learningRate: 3e-5 }),
      };
      const trainer = new Trainer([phase], { random: new Random(0) });
      const losses: number[] = [];
      for (let i = 0; i < 15; i++) losses.push((await trainer.step(batch)).loss!);
      expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
      trainer.sync();
      await trainer.close();
      const tuned = readOnnx(writeOnnx(model.graph()));
      expect(Object.keys(tuned.graph.outputs)).toEqual(Object.keys(graph.outputs));
      const again = await compile(writeOnnx(tuned.graph));
      const found = await again.run(feed(dark.data));
      await again.close();
      expect(apart(found.boxes!, wanted.boxes!)).toBeLessThan(0.8 * apart(untuned.boxes!, wanted.boxes!));
    },
  );
});
