/**
 * What an LSTM does at one step after its matrix product (Hochreiter and Schmidhuber, 1997), with a gradient rule of its
 * own.
 *
 * Differentiated op by op a step takes thirty small passes, and over many steps it is their number that costs, not what
 * they compute. Two identities leave twenty:
 *
 * - tanh z = 2 σ(2z) − 1. Where the candidate's weights come doubled, all four gates are one sigmoid.
 * - σ′ = σ − σ². So what follows a gate changes with it by m − σ m, where m is the product it enters on the way forward:
 *   i g, h = o tanh c, f c, and 2 i σ for the candidate.
 */
import { GraphError } from '../errors.ts';
import { showShape } from '../shape.ts';
import { concat, full, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

/** What the weights and biases of each gate are to be multiplied by before LstmCell. */
export const CELL_SCALES = [1, 1, 1, 2] as const;

declareOps({
  /**
   * gates [4 × hidden, batch] (input, output, forget, and twice the candidate), c [hidden, batch] -> h and c after the
   * step, and what the way back needs: σ(gates), the products m, tanh c, and of σ(gates) those of output and forget.
   */
  LstmCell: {
    inner: true,
    infer: (inputs) => {
      const [gates, c] = [typeOf(required(inputs, 0)), typeOf(required(inputs, 1))];
      if (gates.shape[0] !== 4 * Number(c.shape[0]) || gates.shape[1] !== c.shape[1]) {
        throw new GraphError(
          `gates ${showShape(gates.shape)} do not belong to a state ${showShape(c.shape)}`,
        );
      }
      return [c, c, gates, gates, c, c, c];
    },
    expand: ([gates, c]) => {
      const sigma = gates!.sigmoid();
      const hidden = c!.shape[0] as number;
      const [i, o, f, s] = sigma.split([hidden, hidden, hidden, hidden], 0) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const half = i.mul(s);
      const doubled = half.add(half);
      const entering = doubled.sub(i);
      const kept = f.mul(c!);
      const next = kept.add(entering);
      const t = next.tanh();
      const h = o.mul(t);
      return [h, next, sigma, concat([entering, h, kept, doubled], 0), t, o, f];
    },
    grad: ({ outputs }, [given, later, ...others]) => {
      // Only a gradient's gradient comes by way of the others.
      if (others.some((gradient) => gradient !== undefined)) return undefined;
      const [h, , sigma, products, t, o, f] = outputs as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const dh = given ?? full(0, h);
      const throughH = dh.mul(o.sub(t.mul(h)));
      const dc = later ? later.add(throughH) : throughH;
      const slopes = products.sub(sigma.mul(products));
      return [concat([dc, dh, dc, dc], 0).mul(slopes), dc.mul(f)];
    },
  },
});
