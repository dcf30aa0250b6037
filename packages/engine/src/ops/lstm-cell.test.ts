/** The LSTM cell and its gradient rule against its expansion. */
import { describe, expect, it } from 'vitest';
import { applyMany, concat, gradients, input, type Tensor, topologicalOrder } from '../index.ts';
import { writtenOut } from '../transforms/write-out.ts';

const [batch, features, hidden] = [4, 8, 16];
const w = input('w', [4 * hidden, features]);
const r = input('r', [4 * hidden, hidden]);
const state = [input('h', [hidden, batch]), input('c', [hidden, batch])];
const joint = concat([w, r], 1);
const step = (x: Tensor, [h, c]: readonly Tensor[]) => applyMany('LstmCell', [x, h!, c!, w, r, joint]);

describe('a step of an LSTM', () => {
  it('is two matrix products in the forward pass, of gates and candidate', () => {
    const [h] = step(input('x', [features, batch]), state);
    const written = writtenOut({ name: 'step', inputs: {}, outputs: { h: h! } });
    expect(topologicalOrder([written.outputs.h!]).filter(({ op }) => op === 'Gemm')).toHaveLength(2);
  });

  it('adds no product to those that make the gradients of the weights', () => {
    const steps = 12;
    let [h, c] = state;
    for (let t = 0; t < steps; t++) [h, c] = step(input(`x${t}`, [features, batch]), [h!, c!]);
    const products = topologicalOrder(gradients(h!.sum(), [w, r])).filter(({ op }) => op === 'Gemm');
    // One for all weights, and between two steps one for the state.
    expect(products).toHaveLength(1 + steps - 1);
  });

  it('refuses weights of another size', () => {
    expect(() => step(input('x', [features + 1, batch]), state)).toThrow(
      'weights [64, 8] and [64, 16] do not belong to inputs [9, 4] and states [16, 4] and [16, 4]',
    );
  });
});
