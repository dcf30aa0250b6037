/**
 * Recurrent layers: the plain one (Elman, 1990), LSTM (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al.,
 * 2000) and GRU (Cho et al., 2014), as ONNX has them.
 *
 * Each expands to its steps, written out one after the other. What does not depend on the step before, the product of
 * the inputs with their weights, is done for all steps at once.
 */
import { GraphError } from '../errors.ts';
import { type Attributes, floatAttribute, intAttribute, stringAttribute, type Value } from '../graph.ts';
import { type Dim, showShape } from '../shape.ts';
import { apply, applyMany, concat, full, int64, type Tensor } from '../tensor.ts';
import { declareOps, type Op, type ValueType } from './registry.ts';
import { required } from './rules.ts';

/** What a kind of cell is made of. */
interface Cell {
  readonly gates: number;
  readonly activations: readonly string[];
  /** The state after a step: [h] or [h, c]. `x` holds the inputs' share of all gates with both biases, [batch, gates × hidden]. */
  step(cell: Step): Tensor[];
}

interface Step {
  /** Inputs times weights plus the input bias, [batch, gates × hidden]. */
  readonly x: Tensor;
  readonly state: readonly Tensor[];
  /** [gates × hidden, hidden] */
  readonly recurrence: Tensor;
  /** [gates × hidden] */
  readonly recurrentBias: Tensor | undefined;
  readonly peepholes: readonly Tensor[] | undefined;
  readonly hidden: number;
  readonly attributes: Attributes;
  readonly f: readonly ((x: Tensor) => Tensor)[];
}

const rnn: Cell = {
  gates: 1,
  activations: ['Tanh'],
  step: ({ x, state: [h], recurrence, recurrentBias, f }) => [
    f[0]!(affine(h!, recurrence, plus(x, recurrentBias))),
  ],
};

const lstm: Cell = {
  gates: 4,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  step: ({ x, state: [h, c], recurrence, recurrentBias, peepholes, hidden, attributes, f }) => {
    const gates = affine(h!, recurrence, plus(x, recurrentBias));
    let [i, o, forget, candidate] = parts(gates, 4, hidden);
    if (peepholes) {
      i = i!.add(peepholes[0]!.mul(c!));
      forget = forget!.add(peepholes[2]!.mul(c!));
    }
    const input = f[0]!(i!);
    const kept = intAttribute(attributes, 'input_forget', 0) === 1 ? input.neg().add(1) : f[0]!(forget!);
    const cell = kept.mul(c!).add(input.mul(f[1]!(candidate!)));
    if (peepholes) o = o!.add(peepholes[1]!.mul(cell));
    return [f[0]!(o!).mul(f[2]!(cell)), cell];
  },
};

const gru: Cell = {
  gates: 3,
  activations: ['Sigmoid', 'Tanh'],
  step: ({ x, state: [h], recurrence, recurrentBias, hidden, attributes, f }) => {
    const [xz, xr, xh] = parts(x, 3, hidden);
    const weights = applyMany('Split', [recurrence, int64([2 * hidden, hidden])], { axis: 0 });
    const biases =
      recurrentBias && applyMany('Split', [recurrentBias, int64([2 * hidden, hidden])], { axis: 0 });
    const gates = concat([xz!, xr!], 1);
    const [z, r] = parts(f[0]!(affine(h!, weights[0]!, plus(gates, biases?.[0]))), 2, hidden);
    const candidate =
      intAttribute(attributes, 'linear_before_reset', 0) === 1
        ? xh!.add(r!.mul(affine(h!, weights[1]!, biases?.[1])))
        : affine(r!.mul(h!), weights[1]!, plus(xh!, biases?.[1]));
    // (1 − z) h̃ + z h
    const next = f[1]!(candidate);
    return [next.add(z!.mul(h!.sub(next)))];
  },
};

const recurrent = (cell: Cell, states: number): Op => ({
  requiredOutputs: 0,
  infer: (inputs, attributes) => types(inputs, attributes, states),
  expand: (inputs, attributes) => unrolled(cell, states, inputs, attributes),
});

declareOps({ RNN: recurrent(rnn, 1), LSTM: recurrent(lstm, 2), GRU: recurrent(gru, 1) });

function directionsOf(attributes: Attributes): readonly ('forward' | 'reverse')[] {
  const direction = stringAttribute(attributes, 'direction', 'forward');
  if (direction === 'bidirectional') return ['forward', 'reverse'];
  if (direction === 'forward' || direction === 'reverse') return [direction];
  throw new GraphError(`direction "${direction}"; expected forward, reverse or bidirectional`);
}

function types(inputs: readonly (Value | null)[], attributes: Attributes, states: number): ValueType[] {
  const [x, r] = [required(inputs, 0), required(inputs, 2)];
  const batchFirst = intAttribute(attributes, 'layout', 0) === 1;
  const [time, batch] = batchFirst ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
  const hidden: Dim = r.shape[2]!;
  const directions = directionsOf(attributes).length;
  const all = batchFirst ? [batch, time, directions, hidden] : [time, directions, batch, hidden];
  const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [
    { dtype: x.dtype, shape: all },
    ...Array.from({ length: states }, () => ({ dtype: x.dtype, shape: last })),
  ];
}

function unrolled(
  cell: Cell,
  states: number,
  inputs: readonly (Tensor | null | undefined)[],
  attributes: Attributes,
): Tensor[] {
  const [given, w, r, b, lengths, ...initial] = inputs;
  const batchFirst = intAttribute(attributes, 'layout', 0) === 1;
  const x = batchFirst ? given!.transpose([1, 0, 2]) : given!;
  const [time, batch, width] = x.shape;
  const hidden = r!.shape[2];
  if (typeof time !== 'number' || typeof hidden !== 'number' || typeof batch !== 'number') {
    throw new GraphError(`time and batch must be known to write out the steps of ${showShape(x.shape)}`);
  }
  const rows = cell.gates * hidden;
  const peepholes = states === 2 ? initial[2] : undefined;
  const runs = directionsOf(attributes).map((direction, d) => {
    const of = (t: Tensor) => t.slice([d], [d + 1], [0]).squeeze(0);
    const [inputBias, recurrentBias] = b ? applyMany('Split', [of(b), int64([rows, rows])], { axis: 0 }) : [];
    const product = x.reshape([time * batch, width!]).matmul(of(w!).T);
    const projected = inputBias ? product.add(inputBias) : product;
    const steps = split(projected, time, batch);
    let state = Array.from({ length: states }, (_, k) => {
      const start = initial[k];
      if (start) return of(batchFirst ? start.transpose([1, 0, 2]) : start);
      return full(0, steps[0]!.slice([0], [hidden], [1]));
    });
    const outputs: Tensor[] = [];
    for (let k = 0; k < time; k++) {
      const t = direction === 'forward' ? k : time - 1 - k;
      const next = cell.step({
        x: steps[t]!,
        state,
        recurrence: of(r!),
        recurrentBias,
        peepholes: peepholes ? parts(of(peepholes).unsqueeze(0), 3, hidden) : undefined,
        hidden,
        attributes,
        f: activations(cell, attributes, d),
      });
      // A sequence that has ended (or, backwards, not begun) keeps its state and gives zeros.
      const running = lengths?.greater(t).unsqueeze(1);
      state = running ? next.map((value, i) => running.where(value, state[i]!)) : next;
      outputs[t] = running ? next[0]!.mul(running.cast(x.dtype)) : next[0]!;
    }
    return {
      all: concat(
        outputs.map((h) => h.unsqueeze(0)),
        0,
      ),
      last: state,
    };
  });
  const all = concat(
    runs.map((run) => run.all.unsqueeze(1)),
    1,
  );
  const last = Array.from({ length: states }, (_, k) =>
    concat(
      runs.map((run) => run.last[k]!.unsqueeze(0)),
      0,
    ),
  );
  return batchFirst
    ? [all.transpose([2, 0, 1, 3]), ...last.map((t) => t.transpose([1, 0, 2]))]
    : [all, ...last];
}

const split = (x: Tensor, count: number, size: number): readonly Tensor[] =>
  count === 1 ? [x] : applyMany('Split', [x, int64(Array.from({ length: count }, () => size))], { axis: 0 });

const parts = (x: Tensor, count: number, size: number): Tensor[] => [
  ...applyMany('Split', [x, int64(Array.from({ length: count }, () => size))], { axis: 1 }),
];

/** h Wᵀ + c */
const affine = (h: Tensor, w: Tensor, c: Tensor | undefined): Tensor =>
  apply('Gemm', c ? [h, w, c] : [h, w], { transB: 1 });

const plus = (x: Tensor, bias: Tensor | undefined): Tensor => (bias ? x.add(bias) : x);

function activations(cell: Cell, attributes: Attributes, direction: number): ((x: Tensor) => Tensor)[] {
  const count = cell.activations.length;
  const named = attributes.activations as readonly string[] | undefined;
  const names = named?.slice(direction * count, (direction + 1) * count) ?? cell.activations;
  const clip = attributes.clip === undefined ? undefined : floatAttribute(attributes, 'clip');
  return names.map((name) => {
    if (!SUPPORTED.has(name)) {
      throw new GraphError(`activation "${name}"; expected one of ${[...SUPPORTED].join(', ')}`);
    }
    return (x) => apply(name, [clip === undefined ? x : x.clip(-clip, clip)]);
  });
}

const SUPPORTED = new Set(['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'Softplus']);
