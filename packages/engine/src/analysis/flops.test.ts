/** Counts of floating-point operations. */
import { describe, expect, it } from 'vitest';
import { apply, flopsOf, input } from '../index.ts';

describe('operations are counted', () => {
  const x = input('x', [8, 16]);

  it('two for a multiplication and its addition', () => {
    expect(flopsOf([x.matmul(input('w', [16, 4])).relu()])).toBe(2 * 8 * 16 * 4);
    expect(flopsOf([apply('Gemm', [x, input('w', [8, 4])], { transA: 1 })])).toBe(2 * 16 * 8 * 4);
    const image = input('image', [2, 3, 10, 10]);
    expect(flopsOf([apply('Conv', [image, input('k', [5, 3, 3, 3])])])).toBe(2 * 2 * 5 * 8 * 8 * 3 * 3 * 3);
  });

  it('once for what is used twice', () => {
    const y = x.matmul(input('w', [16, 16]));
    expect(flopsOf([y.add(y), y.mul(2)])).toBe(2 * 8 * 16 * 16);
  });

  it('inside ops that stand for others', () => {
    const [steps, batch, width, hidden] = [5, 8, 16, 4];
    const lstm = apply(
      'LSTM',
      [
        input('x', [steps, batch, width]),
        input('w', [1, 4 * hidden, width]),
        input('r', [1, 4 * hidden, hidden]),
      ],
      { hidden_size: hidden },
    );
    expect(flopsOf([lstm])).toBe(steps * 2 * batch * 4 * hidden * (width + hidden));
  });
});
