/**
 * The geometry that convolution and pooling share: a window of `kernel` cells, `dilations` apart, moves over the
 * padded spatial axes (all after batch and channels) in steps of `strides`.
 */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute } from '../graph.ts';
import { type Dim, fresh, plus, type Shape, showShape } from '../shape.ts';

export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after each spatial axis. @throws GraphError where it depends on sizes that are not known. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Places of the window along each spatial axis. */
  readonly places: readonly Dim[];
}

/** @param shape [batch, channels, ..spatial] */
export function windowsOf(attributes: Attributes, shape: Shape, kernel: readonly number[]): Windows {
  const spatial = shape.slice(2);
  if (spatial.length !== kernel.length || kernel.length === 0) {
    throw new GraphError(
      `a kernel of ${showShape(kernel)} needs an input [batch, channels, ..${kernel.length} sizes], not ${showShape(shape)}`,
    );
  }
  const ones = kernel.map(() => 1);
  const strides = listOf(attributes, 'strides', ones);
  const dilations = listOf(attributes, 'dilations', ones);
  const extent = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const padding = pads(attributes, spatial, extent, strides);
  const padded = () => {
    if (padding) return padding;
    throw new GraphError(`the padding of strides [${strides}] over ${showShape(spatial)} needs known sizes`);
  };
  const places = spatial.map((size, i): Dim => {
    // Padding that depends on sizes known only when the graph runs: as many places as strides fit, rounded up.
    if (!padding)
      return typeof size === 'number' ? Math.ceil(size / strides[i]!) : strides[i] === 1 ? size : fresh();
    const [before, after] = padding;
    const room = plus(size, before[i]! + after[i]! - extent[i]!);
    if (typeof room === 'string') {
      if (strides[i] === 1) return plus(room, 1);
      return intAttribute(attributes, 'ceil_mode', 0) === 0 ? `(${room})/${strides[i]}+1` : fresh();
    }
    if (room < 0) {
      throw new GraphError(
        `a window of ${extent[i]} does not fit into ${size} padded by ${before[i]} and ${after[i]}`,
      );
    }
    if (intAttribute(attributes, 'ceil_mode', 0) === 0) return Math.floor(room / strides[i]!) + 1;
    // A window that begins in the padding after the input covers nothing and is left out.
    const count = Math.ceil(room / strides[i]!) + 1;
    return (count - 1) * strides[i]! >= (size as number) + before[i]! ? count - 1 : count;
  });
  return {
    kernel,
    strides,
    dilations,
    places,
    get before() {
      return padded()[0];
    },
    get after() {
      return padded()[1];
    },
  };
}

/** As attributes, with padding spelled out. */
export function windowAttributes({ kernel, strides, dilations, before, after }: Windows): Attributes {
  return { kernel_shape: kernel, strides, dilations, pads: [...before, ...after] };
}

/** A list attribute of one positive whole number a spatial axis. */
export function listOf(attributes: Attributes, name: string, fallback: readonly number[]): readonly number[] {
  const list = intsAttribute(attributes, name, fallback);
  if (list.length === fallback.length && list.every((value) => value > 0)) return list;
  throw new GraphError(`expected ${fallback.length} positive numbers as "${name}", got [${list}]`);
}

function pads(
  attributes: Attributes,
  spatial: Shape,
  extent: readonly number[],
  strides: readonly number[],
): [before: readonly number[], after: readonly number[]] | undefined {
  const none = extent.map(() => 0);
  const mode = stringAttribute(attributes, 'auto_pad', 'NOTSET');
  if (mode === 'VALID') return [none, none];
  if (mode === 'NOTSET' || mode === '') {
    const pads = intsAttribute(attributes, 'pads', [...none, ...none]);
    if (pads.length !== 2 * extent.length || pads.some((value) => value < 0)) {
      throw new GraphError(`expected ${2 * extent.length} pads of at least 0, got [${pads}]`);
    }
    return [pads.slice(0, extent.length), pads.slice(extent.length)];
  }
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER') {
    throw new GraphError(`"auto_pad" is "${mode}"; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  }
  if (spatial.some((length, i) => typeof length === 'string' && strides[i] !== 1)) return undefined;
  const total = extent.map((size, i) => {
    const length = spatial[i]!;
    if (typeof length === 'string') return size - 1;
    return Math.max(0, (Math.ceil(length / strides[i]!) - 1) * strides[i]! + size - length);
  });
  const small = total.map((count) => Math.floor(count / 2));
  const large = total.map((count) => Math.ceil(count / 2));
  return mode === 'SAME_UPPER' ? [small, large] : [large, small];
}
