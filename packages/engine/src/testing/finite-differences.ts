/**
 * The independent witness for gradient rules: central differences, (f(x + h) − f(x − h)) / 2h, on the runtime itself.
 */

import { Random } from '@gradus/base';
import { expect } from 'vitest';
import type { HostTensor } from '../host.ts';
import { compile } from '../runtime/node/index.ts';
import { constant, input, type Tensor } from '../tensor.ts';
import { gradients } from '../transforms/grad.ts';

export interface Check {
  /** Shapes of the inputs that gradients are checked for. */
  readonly shapes: readonly (readonly number[])[];
  /** The range inputs are drawn from: one where the function is smooth. */
  readonly range?: readonly [number, number];
  /** Ops that ONNX Runtime has only for float32 are checked less finely. */
  readonly dtype?: 'float32' | 'float64';
  /** Draws inputs that differ from each other by more than a step of the differences, for functions that compare them. */
  readonly apart?: boolean;
}

/** Asserts that ∂/∂inputs of Σ weights · f(inputs), with random weights, is what finite differences say. */
export async function expectGradient(f: (...inputs: Tensor[]) => Tensor, check: Check): Promise<void> {
  const { shapes, range = [-1.5, 1.5], dtype = 'float64', apart = false } = check;
  const random = new Random(shapes.join(';'));
  const draw = (dims: readonly number[], [low, high]: readonly [number, number]): HostTensor => {
    const size = dims.reduce((a, b) => a * b, 1);
    const numbers = apart
      ? Array.from(random.permutation(size), (rank) => low + ((high - low) * (rank + 0.5)) / size)
      : Array.from({ length: size }, () => random.uniform(low, high));
    return {
      dtype,
      dims,
      data: dtype === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers),
    };
  };
  const inputs = shapes.map((dims, i) => input(`x${i}`, dims, dtype));
  const feeds = Object.fromEntries(shapes.map((dims, i) => [`x${i}`, draw(dims, range)]));
  const y = f(...inputs);
  const weights = constant(draw(y.shape as readonly number[], [-1, 1]));
  const loss = y.mul(weights).sum();
  const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
  const derivatives = Object.fromEntries(gradients(loss, inputs).map((dx, i) => [`d${i}`, dx]));
  const forward = await compile({ name: 'forward', inputs: named, outputs: { loss } }, { threads: 1 });
  const backward = await compile({ name: 'backward', inputs: named, outputs: derivatives }, { threads: 1 });
  const [step, tolerance] = dtype === 'float64' ? [1e-5, 1e-6] : [1e-2, 2e-2];
  try {
    const got = await backward.run(feeds);
    for (const [i, dims] of shapes.entries()) {
      const x = feeds[`x${i}`]!.data as Float64Array;
      const dx = got[`d${i}`]!;
      expect(dx.dims, `shape of the gradient of input ${i}`).toEqual(dims);
      for (let k = 0; k < x.length; k++) {
        const at = async (value: number) => {
          const kept = x[k]!;
          x[k] = value;
          const result = (await forward.run(feeds)).loss!.data[0] as number;
          x[k] = kept;
          return result;
        };
        const numeric = ((await at(x[k]! + step)) - (await at(x[k]! - step))) / (2 * step);
        const analytic = dx.data[k] as number;
        const allowed = tolerance * Math.max(1, Math.abs(numeric));
        expect(
          Math.abs(analytic - numeric),
          `∂/∂x${i}[${k}]: ${analytic}, by differences ${numeric}`,
        ).toBeLessThan(allowed);
      }
    }
  } finally {
    await Promise.all([forward.close(), backward.close()]);
  }
}
