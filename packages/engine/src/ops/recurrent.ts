/**
 * Recurrent layers: the plain one (Elman, 1990), LSTM (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al.,
 * 2000) and GRU (Cho et al., 2014), as ONNX has them.
 *
 * Each expands to its time steps.
 */
import { GraphError } from '../errors.ts';
import { type Attributes, floatAttribute, intAttribute, stringAttribute, type Value } from '../graph.ts';
import type { ValueType } from '../op-schema.ts';
import { type Dim, isStatic, showShape } from '../shape.ts';
import { apply, applyMany, concat, scalar, type Tensor } from '../tensor.ts';
import { declareOps, type Op } from './registry.ts';
import { required } from './rules.ts';

/** A kind of cell. */
interface Cell {
  readonly gates: number;
  readonly activations: readonly string[];
  /** The recurrent weights as the steps need them, and the bias that is added to that of the inputs. */
  prepare(
    recurrence: Tensor,
    bias: Tensor | undefined,
    hidden: number,
    attributes: Attributes,
  ): Pick<Step, 'recurrence' | 'inner'> & { readonly bias: Tensor | undefined };
  /** The state after a step: [h] or [h, c].  */
  step(cell: Step): Tensor[];
}

interface Step {
  /** [features, batch], where there are biases with a row of ones below that multiplies them. */
  readonly x: Tensor;
  /** [gates × hidden, features], the biases as their last column; split like `recurrence`. */
  readonly weights: readonly Tensor[];
  readonly state: readonly Tensor[];
  /** [gates × hidden, hidden], one matrix for each separate product of the cell. */
  readonly recurrence: readonly Tensor[];
  /** `weights` and `recurrence` side by side, where each is one matrix. */
  readonly joint: Tensor | undefined;
  /** The recurrent bias that cannot be added to that of the inputs. */
  readonly inner: Tensor | undefined;
  readonly peepholes: readonly Tensor[] | undefined;
  readonly hidden: number;
  readonly attributes: Attributes;
  readonly f: readonly ((x: Tensor) => Tensor)[];
}

const asOne: Cell['prepare'] = (recurrence, bias) => ({ recurrence: [recurrence], inner: undefined, bias });

const rnn: Cell = {
  gates: 1,
  activations: ['Tanh'],
  prepare: asOne,
  step: ({ x, weights: [w], state: [h], recurrence: [r], f }) => [f[0]!(affine(h!, r!, affine(x, w!)))],
};

const lstm: Cell = {
  gates: 4,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  prepare: asOne,
  step: ({ x, weights: [w], state: [h, c], recurrence: [r], joint, peepholes, hidden, attributes, f }) => {
    if (isUsual(attributes, peepholes)) return applyMany('LstmCell', [x, h!, c!, w!, r!, joint!]).slice(0, 2);
    let [i, o, forget, candidate] = chunks(affine(h!, r!, affine(x, w!)), 4, hidden);
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
  prepare: (recurrence, bias, hidden, attributes) => {
    const [gates, candidate] = recurrence.split([2 * hidden, hidden], 0);
    const weights = { recurrence: [gates!, candidate!] };
    if (!bias || intAttribute(attributes, 'linear_before_reset', 0) === 0)
      return { ...weights, inner: undefined, bias };
    // The candidate's bias is reset together with what it is added to.
    const [outer, inner] = bias.split([2 * hidden, hidden], 0);
    return { ...weights, inner: inner!, bias: outer!.pad([0, 0], [hidden, 0]) };
  },
  step: ({ x, weights, state: [h], recurrence: [ofGates, ofCandidate], inner, hidden, attributes, f }) => {
    const [xGates, xCandidate] = weights.map((w) => affine(x, w));
    const [z, r] = chunks(f[0]!(affine(h!, ofGates!, xGates)), 2, hidden);
    const candidate =
      intAttribute(attributes, 'linear_before_reset', 0) === 1
        ? xCandidate!.add(r!.mul(affine(h!, ofCandidate!, inner)))
        : affine(r!.mul(h!), ofCandidate!, xCandidate);
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

/** The expansion, with time and batch last, [gates × hidden, batch]: the weights, the larger factor, then never move. */
function unrolled(
  cell: Cell,
  states: number,
  inputs: readonly (Tensor | null | undefined)[],
  attributes: Attributes,
): Tensor[] {
  const [sequence, w, r, b, lengths, ...initial] = inputs;
  const batchFirst = intAttribute(attributes, 'layout', 0) === 1;
  const x = batchFirst ? sequence!.transpose([1, 0, 2]) : sequence!;
  const sizes = [...x.shape.slice(0, 2), w!.shape[2]!, r!.shape[2]!];
  if (!isStatic(sizes)) {
    throw new GraphError(`time and batch must be known to write out the steps of ${showShape(x.shape)}`);
  }
  const [time, batch, width, hidden] = sizes as [number, number, number, number];
  const rows = cell.gates * hidden;
  const peepholes = states === 2 ? initial[2] : undefined;
  const columns = x.transpose([0, 2, 1]);
  const height = b ? width + 1 : width;
  const inputsAndOnes = b ? concat([columns, scalar(1, x.dtype).expand([time, 1, batch])], 1) : columns;
  const steps = chunks(inputsAndOnes.reshape([time * height, batch]), time, height);
  const runs = directionsOf(attributes).map((direction, d) => {
    const of = (t: Tensor) => (t.shape[0] === 1 ? t : t.slice([d], [d + 1], [0])).squeeze(0);
    const weighed = peepholes ? chunks(of(peepholes).unsqueeze(1), 3, hidden) : undefined;
    // Computed once for all steps.
    const biases = b ? of(b).unsqueeze(1).split([rows, rows], 0) : [];
    const prepared = cell.prepare(of(r!), biases[1], hidden, attributes);
    const bias = biases[0] && plus(biases[0], prepared.bias);
    const weights = (bias ? concat([of(w!), bias], 1) : of(w!)).split(
      prepared.recurrence.map(({ shape }) => shape[0] as number),
      0,
    );
    const joint = weights.length === 1 ? concat([weights[0]!, prepared.recurrence[0]!], 1) : undefined;
    const f = activations(cell, attributes, d);
    let state = Array.from({ length: states }, (_, k) => {
      const start = initial[k];
      if (start) return of(batchFirst ? start.transpose([1, 0, 2]) : start).T;
      return scalar(0, x.dtype).expand([hidden, batch]);
    });
    const outputs: Tensor[] = [];
    for (let k = 0; k < time; k++) {
      const t = direction === 'forward' ? k : time - 1 - k;
      const next = cell.step({
        x: steps[t]!,
        weights,
        joint,
        state,
        ...prepared,
        peepholes: weighed,
        hidden,
        attributes,
        f,
      });
      // A sequence that has ended (or, backwards, not begun) keeps its state and outputs zeros.
      const running = lengths?.greater(t).unsqueeze(0);
      state = running ? next.map((value, i) => running.where(value, state[i]!)) : next;
      outputs[t] = running ? next[0]!.mul(running.cast(x.dtype)) : next[0]!;
    }
    const all = concat(
      outputs.map((h) => h.unsqueeze(0)),
      0,
    );
    return { all: all.transpose([0, 2, 1]), last: state.map((value) => value.T) };
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

const chunks = (x: Tensor, count: number, size: number): readonly Tensor[] =>
  x.split(
    Array.from({ length: count }, () => size),
    0,
  );

/** Whether an LSTM has the usual activations and no peepholes. */
const isUsual = (attributes: Attributes, peepholes: readonly Tensor[] | undefined): boolean =>
  !peepholes &&
  attributes.activations === undefined &&
  attributes.clip === undefined &&
  intAttribute(attributes, 'input_forget', 0) === 0;

/** W h + c */
const affine = (h: Tensor, w: Tensor, c?: Tensor): Tensor => apply('Gemm', c ? [w, h, c] : [w, h]);

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
