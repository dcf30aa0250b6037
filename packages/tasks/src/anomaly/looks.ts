/**
 * What is looked at in a photograph of a piece: maps of an encoder, each as its mean, its spread and its maximum over the photograph.
 * Light is evened first, since pieces are photographed brighter and darker.
 */
import { concat, type Tensor } from '@gradus/engine';
import { encoderMaps, type ImageEncoder } from '../image/encoder.ts';

export interface Looks {
  /** [batch, Σ widths]: of each map its means, spreads and maxima. */
  readonly features: Tensor;
  /** The numbers of each part of the features: means, spreads, maxima, map by map. */
  readonly widths: readonly number[];
  /** [batch, Σ deepWidths]: means, spreads and maxima of the widest maps: what known defects are told by as a whole. */
  readonly deep: Tensor;
  readonly deepWidths: readonly number[];
  /** The narrowest map, for where: [batch, channels, height, width]. */
  readonly map: Tensor;
  /** The same with a finer one: what networks of known defects see. */
  readonly local: Tensor;
}

/** Spreads of brightness that black and white are away from the mean. */
const RANGE = 2.5;

/** @param pixels uint8 [batch, 3, height, width] */
export function looksOf(encoder: ImageEncoder, pixels: Tensor): Looks {
  const real = pixels.cast('float32');
  const mean = real.mean([1, 2, 3], true);
  const spread = real.sub(mean).square().mean([1, 2, 3], true).sqrt().add(0.5);
  const even = real.sub(mean).div(spread.mul(RANGE)).clip(-1, 1).add(1).mul(127.5);
  const { maps, fine, deep = [] } = encoderMaps(encoder, even);
  const parts = maps.flatMap((map) => {
    const means = map.mean([2, 3], true);
    return [means.flatten(), map.sub(means).square().mean([2, 3]).add(1e-12).sqrt(), map.maximum([2, 3])];
  });
  const whole = (deep.length > 0 ? deep : maps).map((map) => {
    const means = map.mean([2, 3], true);
    const spreads = map.sub(means).square().mean([2, 3]).add(1e-12).sqrt();
    return concat([means.flatten(), spreads, map.maximum([2, 3])], 1);
  });
  return {
    deep: concat(whole, 1),
    deepWidths: whole.map(({ shape }) => shape[1] as number),
    features: concat(parts, 1),
    widths: parts.map(({ shape }) => shape[1] as number),
    map: maps[0]!,
    local: fine ? concat([maps[0]!, fine], 1) : maps[0]!,
  };
}
