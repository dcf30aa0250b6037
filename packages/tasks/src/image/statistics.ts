/**
 * What is seen of a photograph where nobody brings a trained network: strokes and colours, as a graph with fixed weights. Nothing is
 * learnt, so nothing of rows to come can leak, and a few dozen photographs are enough.
 *
 * - strokes: a bank of Gabor filters in eight directions at four sizes; the strength of each, divided by that of all strokes there, and
 *   pooled over a grid of four by four. One layer of a scattering network (Bruna and Mallat, "Invariant Scattering Convolution Networks",
 *   2013), near to histograms of oriented gradients (Dalal and Triggs, 2005)
 * - colours: brightness and two colour differences, their means and spreads on the same grid, and a histogram of each
 */
import { apply, concat, constant, type Tensor } from '@gradus/engine';

/** Height and width that photographs are brought to. */
export const STATISTICS_SIZE = 64;
const DIRECTIONS = 8;
/** Each half as large as the one before. */
const SIZES = 3;
const KERNEL = 7;
const GRID = 4;
const BINS = 12;
/** Pixels a wave. */
const WAVE = 4;
/** Strokes weaker than this are noise. */
const FAINT = 0.02;
/** Red, green and blue to brightness and two differences (ITU-R BT.601). */
const COLOURS = [
  [0.299, 0.587, 0.114],
  [-0.169, -0.331, 0.5],
  [0.5, -0.419, -0.081],
];

/** @param pixels float32 [batch, 3, 64, 64], 0 to 1 @returns [batch, features] */
export function statisticsFeatures(pixels: Tensor): Tensor {
  const colours = convolved(pixels, Float32Array.from(COLOURS.flat()), [3, 3, 1, 1]);
  const brightness = colours.slice([0], [1], [1]);
  const parts: Tensor[] = [];
  let level = brightness;
  for (let size = 0; size < SIZES; size++) {
    const waves = convolved(level, gaborBank(), [2 * DIRECTIONS, 1, KERNEL, KERNEL], KERNEL >> 1);
    const [even, odd] = waves.split([DIRECTIONS, DIRECTIONS], 1) as [Tensor, Tensor];
    const strength = even.square().add(odd.square()).add(1e-8).sqrt();
    const all = strength.square().sum([1], true).sqrt();
    parts.push(pooled(strength.div(all.add(FAINT))).flatten(), pooled(all).sqrt().flatten());
    level = pool(level, 2);
  }
  const means = pooled(colours);
  const spreads = pooled(colours.square()).sub(means.square()).max(0).add(1e-6).sqrt();
  parts.push(means.flatten(), spreads.flatten());
  for (const [k, [low, high]] of RANGES.entries()) {
    const step = (high - low) / (BINS - 1);
    const centres = Float32Array.from({ length: BINS }, (_, i) => low + i * step);
    const bins = constant({ dtype: 'float32', dims: [1, BINS, 1, 1], data: centres });
    const near = colours
      .slice([k], [k + 1], [1])
      .sub(bins)
      .abs()
      .div(step)
      .neg()
      .add(1)
      .relu();
    parts.push(near.mean([2, 3]).add(1e-6).sqrt());
  }
  return concat(parts, 1);
}

/** @param pixels float32 [batch, 3, 64, 64], 0 to 1 @returns strokes and colours where they are, [batch, channels, 16, 16] */
export function statisticsMaps(pixels: Tensor): Tensor {
  const colours = convolved(pixels, Float32Array.from(COLOURS.flat()), [3, 3, 1, 1]);
  const maps: Tensor[] = [];
  let level = colours.slice([0], [1], [1]);
  for (let size = 0; size < SIZES; size++) {
    const waves = convolved(level, gaborBank(), [2 * DIRECTIONS, 1, KERNEL, KERNEL], KERNEL >> 1);
    const [even, odd] = waves.split([DIRECTIONS, DIRECTIONS], 1) as [Tensor, Tensor];
    const strength = even.square().add(odd.square()).add(1e-8).sqrt();
    const by = STATISTICS_SIZE / MAP / 2 ** size;
    maps.push(by === 1 ? strength : pool(strength, by));
    level = pool(level, 2);
  }
  return concat([...maps, pool(colours, STATISTICS_SIZE / MAP)], 1);
}

const MAP = 16;

/** Brightness, and the two differences. */
const RANGES: readonly (readonly [low: number, high: number])[] = [
  [0, 1],
  [-0.3, 0.3],
  [-0.3, 0.3],
];

const convolved = (x: Tensor, weights: Float32Array, dims: readonly number[], padding = 0): Tensor =>
  apply('Conv', [x, constant({ dtype: 'float32', dims, data: weights })], {
    kernel_shape: dims.slice(2),
    pads: [padding, padding, padding, padding],
  });

const pool = (x: Tensor, by: number): Tensor =>
  apply('AveragePool', [x], { kernel_shape: [by, by], strides: [by, by] });

/** Means over a grid. */
const pooled = (x: Tensor): Tensor => pool(x, (x.shape[2] as number) / GRID);

/** Waves under a bell, the even ones and then the odd ones, of each direction; each without a mean, and of length 1. */
function gaborBank(): Float32Array {
  const middle = KERNEL >> 1;
  const filters: number[][] = [];
  for (const phase of [0, Math.PI / 2]) {
    for (let k = 0; k < DIRECTIONS; k++) {
      const angle = (Math.PI * k) / DIRECTIONS;
      const filter: number[] = [];
      for (let y = -middle; y <= middle; y++) {
        for (let x = -middle; x <= middle; x++) {
          const along = x * Math.cos(angle) + y * Math.sin(angle);
          const bell = Math.exp(-(x * x + y * y) / (2 * (middle / 2) ** 2));
          filter.push(bell * Math.cos((2 * Math.PI * along) / WAVE - phase));
        }
      }
      filters.push(normalized(filter));
    }
  }
  return Float32Array.from(filters.flat());
}

function normalized(filter: readonly number[]): number[] {
  const mean = filter.reduce((sum, value) => sum + value, 0) / filter.length;
  const length = Math.sqrt(filter.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return filter.map((value) => (value - mean) / length);
}
