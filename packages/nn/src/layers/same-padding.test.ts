/** Padding `same` has one meaning everywhere: as many places as strides fit, rounded up, whatever is known of the sizes. */
import { constant, gradients, type HostTensor, input, type Shape, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  initialize,
  type Layer,
  Module,
  maxPool2d,
  Random,
} from '../index.ts';

const host = (...dims: number[]): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.1 * (i + 1))),
});

/** What a layer gives, traced for inputs of this shape. */
async function run(layer: Layer, x: HostTensor, shape: Shape = x.dims): Promise<HostTensor> {
  const traced = input('x', shape);
  const forward = () => (layer instanceof Module ? layer.forward(traced) : layer(traced));
  forward();
  if (layer instanceof Module) initialize(layer, new Random(1));
  const graph = await compile(
    { name: 'layer', inputs: { x: traced }, outputs: { y: forward() } },
    { threads: 1 },
  );
  const { y } = await graph.run({ x });
  await graph.close();
  return y!;
}

const close = (a: HostTensor, b: HostTensor) => {
  expect(a.dims).toEqual(b.dims);
  for (const [i, value] of Array.from(b.data as Float32Array).entries())
    expect(a.data[i]).toBeCloseTo(value, 4);
};

const small = fc.integer({ min: 1, max: 4 });
const geometry = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  kernel: small,
  stride: small,
  dilation: small,
});

describe('same', () => {
  it('gives ⌈size / stride⌉ places; one dimension as two; transposed, size × stride', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ size, kernel, stride, dilation }) => {
        const places = Math.ceil(size / stride);
        const options = { padding: 'same', stride, dilation } as const;
        const flat = await run(conv1d(3, kernel, options), host(2, size, 2));
        expect(flat.dims).toEqual([2, places, 3]);
        expect((await run(conv2d(3, kernel, options), host(2, 2, size, size))).dims).toEqual([
          2,
          3,
          places,
          places,
        ]);
        expect(
          (await run(convTranspose1d(3, kernel, { padding: 'same', stride }), host(2, size, 2))).dims,
        ).toEqual([2, size * stride, 3]);
        const turned = await run(convTranspose2d(3, kernel, options), host(2, 2, size, size));
        expect(turned.dims).toEqual([2, 3, size * stride, size * stride]);
        for (const pool of [maxPool2d, averagePool2d])
          expect((await run(pool(kernel, { padding: 'same', stride }), host(2, 2, size, size))).dims).toEqual(
            [2, 2, places, places],
          );
      }),
      { numRuns: 15 },
    );
  });

  it('transposed is the gradient of the convolution', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ size, kernel, stride, dilation }) => {
        const options = { padding: 'same', stride, dilation, bias: false } as const;
        const layer = convTranspose2d(3, kernel, options);
        const y = host(2, 2, size, size);
        const turned = await run(layer, y);
        // The convolution of [3 channels] to [2], with the same kernel.
        const back = conv2d(2, kernel, options);
        const x = input('x', [2, 3, size * stride, size * stride]);
        back.forward(x);
        back.weight!.value = layer.weight!.value!;
        const [dx] = gradients(back.forward(x).mul(constant(y)).sum(), [x]);
        const graph = await compile({ name: 'back', inputs: { x }, outputs: { dx: dx! } }, { threads: 1 });
        const feed = host(2, 3, size * stride, size * stride);
        close(turned, (await graph.run({ x: feed })).dx!);
        await graph.close();
      }),
      { numRuns: 15 },
    );
  });

  it('means the same where sizes are known only when the graph runs', async () => {
    const images = host(2, 2, 6, 7);
    const named = ['batch', 2, 'height', 'width'];
    for (const options of [{ stride: 2 }, { dilation: 2 }, {}]) {
      const layer = conv2d(3, 3, { padding: 'same', ...options });
      close(await run(layer, images, named), await run(layer, images));
    }
    const sequence = host(2, 8, 2);
    for (const options of [{ stride: 2 }, { dilation: 2 }, {}]) {
      const layer = conv1d(3, 3, options);
      close(await run(layer, sequence, ['batch', 'time', 2]), await run(layer, sequence));
    }
    const pool = maxPool2d(2, { padding: 'same' });
    close(await run(pool, images, named), await run(pool, images));
    expect(() => conv1d(3, 3, { stride: 2, dilation: 2 }).forward(input('x', ['batch', 'time', 2]))).toThrow(
      'padding "same" with a stride and a dilation depends on sizes, and [time] are not known',
    );
  });
});

describe('options of convolutions and pooling', () => {
  const refused: readonly [() => unknown, string][] = [
    [() => conv2d(3, 3, { paddng: 1 } as object), 'conv2d has no option "paddng". Did you mean "padding"?'],
    [() => conv2d(3, 3, { strides: 2 } as object), 'Did you mean "stride"?'],
    [() => conv2d(3, 3, { use_bias: false } as object), 'Did you mean "bias"?'],
    [() => conv2d(3, 3, { padding: 'SAME' as 'same' }), '"padding" cannot be "SAME". Did you mean "same"?'],
    [() => conv2d(3, 3, 2 as never), 'takes its options as one object, { stride: … }, not 2'],
    [() => conv2d(3, 3, { stride: 0 }), 'conv2d: "stride" is 0; expected a whole number from 1'],
    [() => conv2d(3.5, 3), 'conv2d: "filters" is 3.5'],
    [() => conv2d(3, [3, 3, 3] as never), 'conv2d: "kernel" is [3,3,3]'],
    [
      () => conv1d(3, 3, { padding: 'full' as 'same' }),
      '"padding" cannot be "full". It can be "valid", "same", "causal"',
    ],
    [() => convTranspose1d(3, 3, { output_padding: 1 } as object), 'Did you mean "outputPadding"?'],
    [() => convTranspose2d(3, 3, { padding: 'valid' as 'same' }), '"padding" cannot be "valid"'],
    [
      () => maxPool2d(2, { strides: 1 } as object),
      'maxPool2d has no option "strides". Did you mean "stride"?',
    ],
    [() => averagePool2d('2' as never), 'averagePool2d: "size" is "2"'],
  ];
  it.each(refused)('are refused where there are no such: %#', (make, message) => {
    expect(make).toThrow(message);
  });

  it('padding of conv2d is that of every side, conv1d pads by name', () => {
    const x: Tensor = input('x', [1, 2, 5, 5]);
    expect(conv2d(3, 3, { padding: [1, 0] }).forward(x).shape).toEqual([1, 3, 5, 3]);
  });
});
