/** Ops that treat each element by itself: arithmetic, functions, activations, comparisons. */
import { DTYPES, dtypeOfOnnx, isFloat } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { floatAttribute, intAttribute, stringAttribute, type Value } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { broadcastShapes } from '../shape.ts';
import { apply, scalar, sumOf, type Tensor } from '../tensor.ts';
import { declareOps, type Op, type TracedNode } from './registry.ts';
import {
  broadcasting,
  comparison,
  flat,
  onlyWhere,
  required,
  unary,
  unaryVjp,
  unbroadcast,
} from './rules.ts';

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/** `yes` where the condition holds, `no` elsewhere, both broadcast to x's shape. */
const choose = (condition: Tensor, yes: Tensor | number, no: Tensor | number, x: Tensor): Tensor => {
  const lift = (value: Tensor | number) => (typeof value === 'number' ? scalar(value, x.dtype) : value);
  return condition.where(lift(yes), lift(no));
};

/** 1 where x > 0, 0 elsewhere. A steep line, cut off at 0 and 1, is one pass; a comparison and a cast are two. */
const positive = (x: Tensor): Tensor =>
  x.dtype === 'float32'
    ? apply('HardSigmoid', [x], { alpha: { float: 3e38 }, beta: { float: 0 } })
    : x.greater(0).cast(x.dtype);

/**
 * dy where y > 0, 0 elsewhere. Chosen; but multiplied, which is faster, where dy is a sum of products: an infinity that went
 * into those has spread to all elements already.
 */
const wherePositive = (y: Tensor, dy: Tensor): Tensor =>
  isSumOfProducts(dy) ? dy.mul(positive(y)) : onlyWhere(y.greater(0), dy);

const SUMS_OF_PRODUCTS = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose']);
/** Their elements are elements of their inputs, or sums of them. */
const CARRIERS = new Set(['Add', 'Sum', 'Reshape', 'Transpose', 'Expand', 'Unsqueeze', 'Squeeze']);
const CARRIED = new Set(['Reshape', 'Expand', 'Unsqueeze', 'Squeeze']);

function isSumOfProducts({ source }: Value): boolean {
  if (source.kind !== 'node') return false;
  const { op, inputs } = source.node;
  if (SUMS_OF_PRODUCTS.has(op)) return true;
  // The second input of these is a shape, or axes.
  const summed = CARRIED.has(op) ? inputs.slice(0, 1) : inputs;
  return CARRIERS.has(op) && summed.every((value) => value && isSumOfProducts(value));
}

declareOps({
  Add: broadcasting((_, dy) => [dy, dy]),
  Sub: broadcasting((_, dy) => [dy, dy.neg()]),
  Mul: broadcasting(({ inputs: [a, b] }, dy) => [dy.mul(b!), dy.mul(a!)]),
  Div: broadcasting(({ inputs: [, b], outputs: [y] }, dy) => {
    const da = dy.div(b!);
    return [da, da.mul(y!).neg()];
  }),
  // Where the base is not positive, d/dexponent = y ln(base) has no real value; it is taken as 0, as PyTorch does at 0.
  Pow: power(({ inputs: [a, b], outputs: [y] }, dy) => {
    const slope = dy.mul(b!).mul(a!.pow(b!.sub(1)));
    // x⁰ is 1 everywhere, also at 0, where 0 · x⁻¹ is no number.
    const varies = constantNumbers(b!)?.every((exponent) => exponent !== 0) ?? false;
    const logA = a!.max(Number.MIN_VALUE).log();
    return [
      varies ? slope : choose(b!.equal(0), 0, slope, a!),
      onlyWhere(a!.greater(0), dy.mul(y!).mul(logA)),
    ];
  }),
  Max: broadcasting(({ inputs, outputs: [y] }, dy) => sharedAmongTies(inputs, y!, dy)),
  Min: broadcasting(({ inputs, outputs: [y] }, dy) => sharedAmongTies(inputs, y!, dy)),
  Sum: broadcasting(({ inputs }, dy) => inputs.map(() => dy)),
  Mean: broadcasting(({ inputs }, dy) => inputs.map(() => dy.div(inputs.length))),
  // a − b × whole: how often b fits into a changes in jumps only.
  Mod: broadcasting(({ inputs: [a, b], outputs: [y] }, dy) => [dy, dy.mul(y!.sub(a!)).div(b!)]),
  PRelu: broadcasting(({ inputs: [x, slope] }, dy) => [
    choose(x!.greater(0), dy, dy.mul(slope!), x!),
    choose(x!.greater(0), 0, dy.mul(x!), x!),
  ]),

  Identity: unaryVjp((dy) => dy),
  Neg: unaryVjp((dy) => dy.neg()),
  Abs: unary((x) => x.sign()),
  Exp: unary((_, y) => y),
  Log: unaryVjp((dy, x) => dy.div(x)),
  Sqrt: unaryVjp((dy, _, y) => dy.div(y.mul(2))),
  Reciprocal: unary((_, y) => y.mul(y).neg()),
  Sin: unary((x) => x.cos()),
  Cos: unary((x) => x.sin().neg()),
  Tan: unary((_, y) => y.mul(y).add(1)),
  Asin: unary((x) => x.mul(x).neg().add(1).sqrt().reciprocal()),
  Acos: unary((x) => x.mul(x).neg().add(1).sqrt().reciprocal().neg()),
  Atan: unary((x) => x.mul(x).add(1).reciprocal()),
  Sinh: unary((x) => x.exp().add(x.neg().exp()).div(2)),
  Cosh: unary((x) => x.exp().sub(x.neg().exp()).div(2)),
  Asinh: unary((x) => x.mul(x).add(1).sqrt().reciprocal()),
  Acosh: unary((x) => x.mul(x).sub(1).sqrt().reciprocal()),
  Atanh: unary((x) => x.mul(x).neg().add(1).reciprocal()),
  Erf: unary((x) =>
    x
      .mul(x)
      .neg()
      .exp()
      .mul(2 / Math.sqrt(Math.PI)),
  ),
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,

  Sigmoid: unary((_, y) => y.sub(y.mul(y))),
  Tanh: unaryVjp((dy, _, y) => dy.sub(dy.mul(y).mul(y))),
  Softplus: unary((x) => x.sigmoid()),
  Softsign: unary((x) => x.abs().add(1).square().reciprocal()),
  Relu: unaryVjp((dy, _, y) => wherePositive(y, dy)),
  LeakyRelu: unary((x, y, attributes) => {
    const alpha = floatAttribute(attributes, 'alpha', 0.01);
    if (alpha > 1) return choose(x.greater(0), 1, alpha, x);
    // y has x's sign, and then x need not be kept.
    return positive(alpha > 0 ? y : x).clip(alpha, 1);
  }),
  ThresholdedRelu: unaryVjp((dy, x, _, attributes) =>
    onlyWhere(x.greater(floatAttribute(attributes, 'alpha', 1)), dy),
  ),
  Elu: unary((x, y, attributes) => choose(x.greater(0), 1, y.add(floatAttribute(attributes, 'alpha', 1)), x)),
  Celu: unary((x, _, attributes) =>
    choose(
      x.greater(0),
      1,
      x
        .min(0)
        .div(floatAttribute(attributes, 'alpha', 1))
        .exp(),
      x,
    ),
  ),
  Selu: unary((x, y, attributes) => {
    const gamma = floatAttribute(attributes, 'gamma', SELU.gamma);
    return choose(x.greater(0), gamma, y.add(gamma * floatAttribute(attributes, 'alpha', SELU.alpha)), x);
  }),
  HardSigmoid: unaryVjp((dy, _, y, attributes) =>
    onlyWhere(y.mul(y.neg().add(1)).greater(0), dy.mul(floatAttribute(attributes, 'alpha', 0.2))),
  ),
  HardSwish: unaryVjp((dy, x) =>
    onlyWhere(x.greater(-3), dy.mul(choose(x.less(3), x.div(3).add(0.5), 1, x))),
  ),
  Mish: unary((x) => {
    const t = x.softplus().tanh();
    return t.add(x.mul(x.sigmoid()).mul(t.mul(t).neg().add(1)));
  }),
  Swish: {
    ...unary((x, _, attributes) => {
      const alpha = floatAttribute(attributes, 'alpha', 1);
      const gate = x.mul(alpha).sigmoid();
      return gate.add(x.mul(alpha).mul(gate).mul(gate.neg().add(1)));
    }),
    since: 24,
  },
  Shrink: unaryVjp((dy, x, _, attributes) =>
    onlyWhere(x.abs().greater(floatAttribute(attributes, 'lambd', 0.5)), dy),
  ),
  Gelu: unary((x, y, attributes) => {
    if (stringAttribute(attributes, 'approximate', 'none') === 'none') {
      const density = x
        .mul(x)
        .mul(-0.5)
        .exp()
        .mul(1 / Math.sqrt(2 * Math.PI));
      return x.mul(Math.SQRT1_2).erf().add(1).mul(0.5).add(x.mul(density));
    }
    // y = x σ(z), so y′ = σ + x σ (1 − σ) z′ = σ + y z′ − σ y z′; and z = x a gives z′ = 3 a − 2 z′(0).
    const { a, sigma } = geluGate(x);
    const slope = y.mul(a.mul(3).sub(4 * GELU_SLOPE));
    return slope.sub(slope.mul(sigma)).add(sigma);
  }),

  Clip: {
    elementwise: true,
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [x], outputs: [y] }, [dy]) => [onlyWhere(x!.equal(y!), dy!)],
  },
  Where: {
    elementwise: true,
    infer: ([condition, yes, no]) => {
      if (!condition || !yes || !no) throw new GraphError('expected three inputs');
      if (condition.dtype !== 'bool')
        throw new GraphError(`expected a bool condition, got ${condition.dtype}`);
      if (yes.dtype !== no.dtype)
        throw new GraphError(`branches of ${yes.dtype} and ${no.dtype} do not go together`);
      return [{ dtype: yes.dtype, shape: broadcastShapes(condition.shape, yes.shape, no.shape) }];
    },
    grad: ({ inputs: [condition, yes, no] }, [dy]) => {
      const nothing = scalar(0, dy!.dtype);
      return [
        undefined,
        unbroadcast(onlyWhere(condition!, dy!), yes!),
        unbroadcast(condition!.where(nothing, dy!), no!),
      ];
    },
  },
  Cast: {
    elementwise: true,
    infer: (inputs, attributes) => {
      const dtype = dtypeOfOnnx(intAttribute(attributes, 'to'));
      if (!dtype) {
        throw new GraphError(
          `cannot cast to ONNX element type ${intAttribute(attributes, 'to')}, which Gradus does not hold`,
        );
      }
      return [{ dtype, shape: required(inputs, 0).shape }];
    },
    grad: ({ inputs: [x] }, [dy]) => [x!.dtype.startsWith('float') ? dy!.cast(x!.dtype) : undefined],
  },

  CastLike: {
    infer: (inputs) => [{ dtype: required(inputs, 1).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [x] }, [dy]) => [isFloat(x!.dtype) ? dy!.cast(x!.dtype) : undefined],
  },
  /** The same bits read as another type of the same width. */
  BitCast: {
    since: 26,
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const dtype = dtypeOfOnnx(intAttribute(attributes, 'to'));
      if (!dtype || DTYPES[dtype].bytes !== DTYPES[x.dtype].bytes) {
        throw new GraphError(
          `cannot read the bits of ${x.dtype} as ONNX type ${intAttribute(attributes, 'to')}`,
        );
      }
      return [{ dtype, shape: x.shape }];
    },
  },

  Equal: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  And: comparison,
  Or: comparison,
  Xor: comparison,
  Not: flat,
  IsNaN: { infer: (inputs) => [{ dtype: 'bool', shape: required(inputs, 0).shape }] },
  IsInf: { infer: (inputs) => [{ dtype: 'bool', shape: required(inputs, 0).shape }] },
  BitwiseAnd: broadcasting(),
  BitwiseOr: broadcasting(),
  BitwiseXor: broadcasting(),
  BitwiseNot: flat,
  BitShift: broadcasting(),
});

const GELU_SLOPE = Math.sqrt(2 / Math.PI);

/** GELU's tanh form as x σ(x a): a = 2 √(2/π) (1 + 0.044715 x²). */
function geluGate(x: Tensor): { a: Tensor; sigma: Tensor } {
  const a = x
    .mul(x)
    .mul(2 * GELU_SLOPE * 0.044715)
    .add(2 * GELU_SLOPE);
  return { a, sigma: x.mul(a).sigmoid() };
}

/** A power has the type of its base; the exponent may have another. */
function power(vjp: (node: TracedNode, dy: Tensor) => readonly Tensor[]): Op {
  const { grad } = broadcasting(vjp);
  return {
    elementwise: true,
    infer: (inputs) => {
      const [base, exponent] = [required(inputs, 0), required(inputs, 1)];
      return [{ dtype: base.dtype, shape: broadcastShapes(base.shape, exponent.shape) }];
    },
    grad: (node, dy) => {
      const [base, exponent] = node.inputs as readonly [Tensor, Tensor];
      const [dBase, dExponent] = grad!({ ...node, inputs: [base, exponent.cast(base.dtype)] }, dy)!;
      return [dBase, isFloat(exponent.dtype) ? dExponent!.cast(exponent.dtype) : undefined];
    },
  };
}

/** The gradient of a maximum goes to the inputs that reach it, divided equally where several do. */
function sharedAmongTies(inputs: readonly Tensor[], y: Tensor, dy: Tensor): Tensor[] {
  const reached = inputs.map((x) => x.equal(y));
  const each = dy.div(sumOf(reached.map((mask) => mask.cast(y.dtype))));
  return reached.map((mask) => onlyWhere(mask, each));
}
