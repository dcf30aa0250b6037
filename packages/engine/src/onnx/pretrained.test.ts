/** Models that others trained and exported years ago mean here what they meant there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gradients, input, leavesOf, readOnnx, rebuild } from '../index.ts';
import { compile } from '../runtime/node/index.ts';
import { readNpz } from '../testing/npz.ts';

const folder = '../shared/data/weights-ultraface';
const models = `${folder}/models/onnx`;

describe.skipIf(!existsSync(folder))('face detectors of opset 9 (need ../shared/data)', () => {
  const golden = existsSync(folder) ? readNpz(`${folder}/golden_one_image.npz`) : new Map();
  it.each(existsSync(models) ? readdirSync(models) : [])('%s finds what it found', async (file) => {
    const name = file.replace(/\.onnx$/, '');
    const { graph } = readOnnx(readFileSync(`${models}/${file}`));
    const session = await compile(graph);
    const image = golden.get(name.includes('640') ? 'input_640' : 'input_320')!;
    const found = await session.run({ [session.inputs[0]!]: { dtype: 'float32', ...image } });
    await session.close();
    for (const output of ['scores', 'boxes']) {
      const expected = golden.get(`${name}/${output}`)!;
      expect(graph.outputs[output]!.shape).toEqual(expected.dims);
      expect(found[output]!.dims).toEqual(expected.dims);
      const values = found[output]!.data as Float32Array;
      const apart = expected.data.reduce(
        (most: number, value: number, i: number) => Math.max(most, Math.abs(value - values[i]!)),
        0,
      );
      expect(apart).toBeLessThan(1e-4);
    }
  });

  it('can be trained further: the gradient of a kernel is what differences say', async () => {
    const { graph } = readOnnx(readFileSync(`${models}/version-slim-320.onnx`));
    const outputs = Object.values(graph.outputs);
    const kernel = leavesOf(graph).find(
      ({ source, shape }) => source.kind === 'constant' && shape.length === 4,
    )!;
    const held = kernel.source.kind === 'constant' ? kernel.source.data : undefined;
    const weight = input('weight', kernel.shape);
    const [scores, boxes] = rebuild(outputs, { values: new Map([[kernel, weight]]) });
    const loss = scores!.square().mean().add(boxes!.square().mean());
    const inputs = { ...graph.inputs, weight };
    const [gradient] = gradients(loss, [weight]);
    const session = await compile({ name: 'loss', inputs, outputs: { loss, gradient: gradient! } });
    const image = {
      [Object.keys(graph.inputs)[0]!]: { dtype: 'float32', ...golden.get('input_320')! } as const,
    };
    const from = held!.data as Float32Array;
    const at = (data: Float32Array) =>
      session.run({ ...image, weight: { dtype: 'float32', dims: held!.dims, data } });
    const slope = (await at(from)).gradient!.data as Float32Array;
    const length = Math.hypot(...slope);
    const [step, along] = [1e-3, slope.map((value) => value / length)];
    const value = async (sign: number) =>
      (await at(from.map((w, i) => w + sign * step * along[i]!))).loss!.data[0] as number;
    // Along its own direction the gradient is its length; the kinks of many rectifiers lie on the way.
    const measured = ((await value(1)) - (await value(-1))) / (2 * step);
    expect(Math.abs(measured / length - 1)).toBeLessThan(0.02);
    await session.close();
  });
});
