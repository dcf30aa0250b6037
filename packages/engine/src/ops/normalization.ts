/** Normalization: over a batch, a layer, groups of channels, a norm. */
import { GraphError } from '../errors.ts';
import { type Attributes, floatAttribute, intAttribute } from '../graph.ts';
import { isStatic, normalizeAxes, type Shape, showShape, sizeOf } from '../shape.ts';
import { applyMany, countAlong, full, sumOf, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { likeFirst, required, typeOf, unbroadcast } from './rules.ts';

declareOps({
  /**
   * Ioffe and Szegedy, 2015. In inference by fixed statistics, one affine map a channel. With `training_mode` by those of
   * the batch; the second and third outputs are then the next running statistics.
   */
  BatchNormalization: {
    infer: (inputs, attributes) => {
      const x = typeOf(required(inputs, 0));
      const [mean, variance] = [typeOf(required(inputs, 3)), typeOf(required(inputs, 4))];
      return intAttribute(attributes, 'training_mode', 0) === 1 ? [x, mean, variance] : [x];
    },
    grad: ({ inputs, outputs, attributes }, [dOutput, dRunningMean, dRunningVariance]) => {
      const [x, scale] = [inputs[0]!, inputs[1]!];
      const dy = dOutput ?? full(0, outputs[0]!);
      const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
      const perChannel = (t: Tensor) => t.reshape([-1, ...axes.slice(1).map(() => 1)]);
      const epsilon = floatAttribute(attributes, 'epsilon', 1e-5);
      const training = intAttribute(attributes, 'training_mode', 0) === 1;
      if (!training) {
        const deviation = inputs[4]!.add(epsilon).sqrt();
        const slope = scale.div(deviation);
        const dBias = dy.sum(axes);
        const dCentred = dy.mul(x.sub(perChannel(inputs[3]!))).sum(axes);
        const dVariance = dCentred.mul(slope).div(inputs[4]!.add(epsilon)).mul(-0.5);
        const dScale = dCentred.div(deviation);
        return [dy.mul(perChannel(slope)), dScale, dBias, dBias.mul(slope).neg(), dVariance];
      }
      // Without momentum the running statistics are those of the batch.
      const momentum = floatAttribute(attributes, 'momentum', 0.9);
      const known = momentum === 0;
      const mean = known ? outputs[1]! : x.mean(axes);
      const variance = known ? outputs[2]! : x.sub(x.mean(axes, true)).square().mean(axes);
      const [dx, dScale, dBias] = applyMany('BatchNormalizationGradient', [dy, x, scale, mean, variance], {
        epsilon: { float: epsilon },
      });
      // This very rule uses the batch's statistics, so a gradient's gradient comes by way of them too.
      const count = countAlong(x, axes);
      const terms = [
        dx!,
        ...(dRunningMean ? [perChannel(dRunningMean.mul(1 - momentum).div(count))] : []),
        ...(dRunningVariance
          ? [x.sub(perChannel(mean)).mul(perChannel(dRunningVariance.mul(2 * (1 - momentum)).div(count)))]
          : []),
      ];
      return [sumOf(terms), dScale, dBias, dRunningMean?.mul(momentum), dRunningVariance?.mul(momentum)];
    },
  },

  /**
   * The gradients of BatchNormalization in training, by x, scale and bias, from dy, x, scale and the batch's mean and
   * variance. An op of its own, so that a device can compute them in a layout of its own.
   */
  BatchNormalizationGradient: {
    inner: true,
    infer: (inputs) => {
      const [x, scale] = [typeOf(required(inputs, 1)), typeOf(required(inputs, 2))];
      return [x, scale, scale];
    },
    expand: ([dy, x, scale, mean, variance], attributes) => {
      const axes = x!.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
      const perChannel = (t: Tensor) => t.reshape([-1, ...axes.slice(1).map(() => 1)]);
      const shifted = variance!.add(floatAttribute(attributes, 'epsilon', 1e-5));
      const deviation = shifted.sqrt();
      const centred = x!.sub(perChannel(mean!));
      const slope = scale!.div(deviation);
      const dBias = dy!.sum(axes);
      const dCentred = dy!.mul(centred).sum(axes);
      const count = countAlong(x!, axes);
      const along = dCentred.div(shifted).mul(slope).div(count);
      const dx = dy!
        .sub(perChannel(dBias.div(count)))
        .mul(perChannel(slope))
        .sub(centred.mul(perChannel(along)));
      return [dx, dCentred.div(deviation), dBias];
    },
  },

  /** Ba, Kiros and Hinton, 2016: over the axes from `axis` on. */
  LayerNormalization: {
    requiredOutputs: 1,
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const axes = trailingAxes(shape, attributes);
      const statistics = shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
      return [
        { dtype, shape },
        { dtype: 'float32', shape: statistics },
        { dtype: 'float32', shape: statistics },
      ];
    },
    grad: (
      { inputs: [x, scale, bias], outputs: [y, mean, inverse], attributes },
      [dOutput, dMean, dInverse],
    ) => {
      const dy = dOutput ?? full(0, y!);
      const axes = trailingAxes(x!.shape, attributes);
      const count = countAlong(x!, axes);
      const normal = x!.sub(mean!).mul(inverse!);
      const g = dy.mul(scale!);
      const terms = [
        g
          .sub(g.mean(axes, true))
          .sub(normal.mul(g.mul(normal).mean(axes, true)))
          .mul(inverse!),
        // This very rule uses the statistics, so a gradient's gradient comes by way of them too.
        ...(dMean ? [dMean.div(count)] : []),
        ...(dInverse ? [normal.mul(dInverse.mul(inverse!.square()).div(count)).neg()] : []),
      ];
      const dScale = unbroadcast(dy.mul(normal), scale!);
      return [sumOf(terms), dScale, ...(bias ? [unbroadcast(dy, bias)] : [])];
    },
  },

  /** Zhang and Sennrich, 2019: by the root of the mean square over the axes from `axis` on. */
  RMSNormalization: {
    since: 23,
    infer: likeFirst,
    expand: ([x, scale], attributes) => {
      const axes = trailingAxes(x!.shape, attributes);
      const square = x!
        .square()
        .mean(axes, true)
        .add(floatAttribute(attributes, 'epsilon', 1e-5));
      return [x!.div(square.sqrt()).mul(scale!)];
    },
  },

  /** Ulyanov, Vedaldi and Lempitsky, 2016: each channel of each sample over space. */
  InstanceNormalization: {
    infer: likeFirst,
    expand: ([x, scale, bias], attributes) => {
      const spatial = x!.shape.slice(2).map((_, i) => i + 2);
      const perChannel = (t: Tensor) => t.reshape([-1, ...spatial.map(() => 1)]);
      return [standardized(x!, spatial, attributes).mul(perChannel(scale!)).add(perChannel(bias!))];
    },
  },

  /** Wu and He, 2018: groups of channels of each sample over space. */
  GroupNormalization: {
    infer: likeFirst,
    expand: ([x, scale, bias], attributes) => {
      const groups = intAttribute(attributes, 'num_groups');
      const [batch, channels, ...spatial] = x!.shape;
      if (typeof channels !== 'number' || channels % groups !== 0) {
        throw new GraphError(`${channels} channels do not split into ${groups} groups`);
      }
      const grouped = x!.reshape([batch!, groups, sizeOf([channels / groups, ...spatial])]);
      const perChannel = (t: Tensor) => t.reshape([-1, ...spatial.map(() => 1)]);
      return [
        standardized(grouped, [2], attributes)
          .reshape(x!.shape)
          .mul(perChannel(scale!))
          .add(perChannel(bias!)),
      ];
    },
  },

  MeanVarianceNormalization: {
    infer: likeFirst,
    expand: ([x], attributes) => {
      const axes = (attributes.axes as readonly number[] | undefined) ?? [0, 2, 3];
      const centred = x!.sub(x!.mean(axes, true));
      return [centred.div(centred.square().mean(axes, true).sqrt().add(1e-9))];
    },
  },

  LpNormalization: {
    infer: likeFirst,
    expand: ([x], attributes) => {
      const axis = intAttribute(attributes, 'axis', -1);
      const p = intAttribute(attributes, 'p', 2);
      const norm = p === 1 ? x!.abs().sum([axis], true) : x!.square().sum([axis], true).sqrt();
      return [x!.div(norm)];
    },
  },

  /** Local response normalization over neighbouring channels (Krizhevsky, Sutskever and Hinton, 2012). */
  LRN: {
    infer: likeFirst,
    expand: ([x], attributes) => {
      const size = intAttribute(attributes, 'size');
      const [batch, channels, ...spatial] = x!.shape;
      if (!isStatic(spatial) || typeof channels !== 'number') {
        throw new GraphError(`sizes must be known to differentiate LRN, not ${showShape(x!.shape)}`);
      }
      const before = Math.floor((size - 1) / 2);
      const squares = x!.square().pad(
        x!.shape.map((_, i) => (i === 1 ? before : 0)),
        x!.shape.map((_, i) => (i === 1 ? size - 1 - before : 0)),
      );
      const windows = Array.from({ length: size }, (_, k) => squares.slice([k], [k + channels], [1]));
      const sum = windows.reduce((a, b) => a.add(b)).reshape([batch!, channels, ...spatial]);
      const [alpha, beta, bias] = [
        floatAttribute(attributes, 'alpha', 1e-4),
        floatAttribute(attributes, 'beta', 0.75),
        floatAttribute(attributes, 'bias', 1),
      ];
      return [
        x!.div(
          sum
            .mul(alpha / size)
            .add(bias)
            .pow(beta),
        ),
      ];
    },
  },
});

function trailingAxes(shape: Shape, attributes: Attributes): number[] {
  const [first] = normalizeAxes([intAttribute(attributes, 'axis', -1)], shape.length);
  return shape.flatMap((_, i) => (i >= first! ? [i] : []));
}

/** (x − mean) / deviation over `axes`. */
function standardized(x: Tensor, axes: readonly number[], attributes: Attributes): Tensor {
  const centred = x.sub(x.mean(axes, true));
  const variance = centred.square().mean(axes, true);
  return centred.div(variance.add(floatAttribute(attributes, 'epsilon', 1e-5)).sqrt());
}
