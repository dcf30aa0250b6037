/**
 * One step of an LSTM (Hochreiter and Schmidhuber, 1997), with a gradient rule of its own.
 *
 * A third of the time goes into what is beside the matrix products, so there is little of it, and little is kept:
 *
 * - The product of the weights with inputs and state is one. Were that of all inputs made at once, beforehand, to cut it
 *   into steps and to fetch each step's share would take longer than the larger product saves.
 * - σ′ = σ − σ² and tanh′ = 1 − tanh². So what follows a gate changes with it by m − σ m, where m is the product it
 *   enters on the way forward: i g, o tanh c, f c; and with the candidate by i − g (i g).
 * - What the weights get from each step is a product, of which `gradients` makes few large ones.
 */
import { GraphError } from '../errors.ts';
import { type Shape, sameShape, showShape } from '../shape.ts';
import { apply, concat, full, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

declareOps({
  /**
   * x [features, batch], h and c [hidden, batch], their weights [4 × hidden, features] and [4 × hidden, hidden] (input,
   * output, forget, candidate) -> h and c after the step, and what the way back needs: the four gates and tanh c.
   */
  LstmCell: {
    inner: true,
    infer: (inputs) => {
      const [x, h, c, w, r] = [0, 1, 2, 3, 4].map((i) => required(inputs, i).shape) as unknown as Five<Shape>;
      const [features, hidden, rows] = [x[0]!, c[0]!, 4 * Number(c[0])];
      if (!sameShape(h, c) || !sameShape(w, [rows, features]) || !sameShape(r, [rows, hidden])) {
        throw new GraphError(
          `weights ${showShape(w)} and ${showShape(r)} do not belong to inputs ${showShape(x)} and states ${showShape(h)} and ${showShape(c)}`,
        );
      }
      return Array.from({ length: 7 }, () => typeOf(inputs[2]!));
    },
    expand: (inputs) => {
      const [x, h, c, w, r] = inputs as Five<Tensor>;
      const hidden = c.shape[0] as number;
      const gates = apply('Gemm', [concat([w, r], 1), concat([x, h], 0)]);
      const [zi, zo, zf, zg] = gates.split([hidden, hidden, hidden, hidden], 0);
      const [i, o, f, g] = [zi!.sigmoid(), zo!.sigmoid(), zf!.sigmoid(), zg!.tanh()];
      const next = f.mul(c).add(i.mul(g));
      const t = next.tanh();
      return [o.mul(t), next, i, o, f, g, t];
    },
    grad: ({ inputs, outputs }, [given, later, ...others]) => {
      // Only a gradient's gradient comes by way of the others.
      if (others.some((gradient) => gradient !== undefined)) return undefined;
      const [x, before, c, w, r] = inputs as Five<Tensor>;
      const [h, , i, o, f, g, t] = outputs as readonly [Tensor, Tensor, ...Five<Tensor>];
      const dh = given ?? full(0, h);
      const throughH = dh.mul(o.sub(t.mul(h)));
      const dc = later ? later.add(throughH) : throughH;
      const [entering, kept] = [i.mul(g), f.mul(c)];
      const slope = (sigma: Tensor, m: Tensor) => m.sub(sigma.mul(m));
      const dGates = concat(
        [
          dc.mul(slope(i, entering)),
          dh.mul(slope(o, h)),
          dc.mul(slope(f, kept)),
          dc.mul(i.sub(g.mul(entering))),
        ],
        0,
      );
      return [
        apply('Gemm', [w, dGates], { transA: 1 }),
        apply('Gemm', [r, dGates], { transA: 1 }),
        dc.mul(f),
        apply('Gemm', [dGates, x], { transB: 1 }),
        apply('Gemm', [dGates, before], { transB: 1 }),
      ];
    },
  },
});

type Five<T> = readonly [T, T, T, T, T];
