/**
 * One step of an LSTM (Hochreiter and Schmidhuber, 1997), with a gradient rule of its own.
 *
 * A third of the time is spent outside the matrix products, so the cell does, and keeps, as little there as possible:
 *
 * - Inputs and state are multiplied by the weights in one product for the gates and one for the candidate: the runtime computes the
 *   activation of a whole product within it. A product of all inputs beforehand would be faster, but slicing it into steps takes
 *   longer than that saves; so does a product for each gate.
 * - σ′ = σ − σ² and tanh′ = 1 − tanh². So a gate's gradient is m − σ m, where m is the gradient of the product that it
 *   enters in the forward pass, times that product: dc i g, dh o tanh c, dc f c; and the candidate's is dc i − g (dc i g).
 * - The gradient of the weights at each step is a product; `gradients` merges those of many steps into a few large ones.
 */
import { GraphError } from '../errors.ts';
import { type Shape, sameShape, showShape } from '../shape.ts';
import { apply, concat, full, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

declareOps({
  /**
   * x [features, batch], h and c [hidden, batch], their weights [4 × hidden, features] and [4 × hidden, hidden] (input,
   * output, forget, candidate), and the two side by side -> h and c after the step, and what the backward pass needs: the four
   * gates and tanh c. Gradients of the weights are those of the two side by side.
   */
  LstmCell: {
    inner: true,
    infer: (inputs) => {
      const [x, h, c, w, r] = [0, 1, 2, 3, 4].map((i) => required(inputs, i).shape) as unknown as Five<Shape>;
      const joint = required(inputs, 5).shape;
      const [features, hidden, rows] = [x[0]!, c[0]!, 4 * Number(c[0])];
      const fits = sameShape(w, [rows, features]) && sameShape(r, [rows, hidden]);
      if (!sameShape(h, c) || !fits || joint[1] !== Number(features) + Number(hidden)) {
        throw new GraphError(
          `weights ${showShape(w)} and ${showShape(r)} do not belong to inputs ${showShape(x)} and states ${showShape(h)} and ${showShape(c)}`,
        );
      }
      return Array.from({ length: 7 }, () => typeOf(inputs[2]!));
    },
    expand: (inputs) => {
      const [x, h, c, , , joint] = inputs as Six<Tensor>;
      const hidden = c.shape[0] as number;
      const both = concat([x, h], 0);
      const [ofGates, ofCandidate] = joint.split([3 * hidden, hidden], 0);
      const gates = apply('Gemm', [ofGates!, both]).sigmoid();
      const [i, o, f] = gates.split([hidden, hidden, hidden], 0) as unknown as readonly [
        Tensor,
        Tensor,
        Tensor,
      ];
      const g = apply('Gemm', [ofCandidate!, both]).tanh();
      const next = f.mul(c).add(i.mul(g));
      const t = next.tanh();
      return [o.mul(t), next, i, o, f, g, t];
    },
    grad: ({ inputs, outputs }, [dOutput, later, ...others]) => {
      // Gradients of the other outputs exist only in second derivatives.
      if (others.some((gradient) => gradient !== undefined)) return undefined;
      const [x, before, c, w, r] = inputs as Six<Tensor>;
      const [h, , i, o, f, g, t] = outputs as readonly [Tensor, Tensor, ...Five<Tensor>];
      const dh = dOutput ?? full(0, h);
      const throughH = dh.mul(o.sub(t.mul(h)));
      const dc = later ? later.add(throughH) : throughH;
      const dBefore = dc.mul(f);
      const through = (sigma: Tensor, m: Tensor) => m.sub(sigma.mul(m));
      const entering = dc.mul(i.mul(g));
      const dGates = concat(
        [
          through(i, entering),
          through(o, dh.mul(h)),
          through(f, dBefore.mul(c)),
          dc.mul(i).sub(g.mul(entering)),
        ],
        0,
      );
      return [
        apply('Gemm', [w, dGates], { transA: 1 }),
        apply('Gemm', [r, dGates], { transA: 1 }),
        dBefore,
        undefined,
        undefined,
        apply('Gemm', [dGates, concat([x, before], 0)], { transB: 1 }),
      ];
    },
  },
});

type Five<T> = readonly [T, T, T, T, T];
type Six<T> = readonly [...Five<T>, T];
