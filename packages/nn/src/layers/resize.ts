/** Sequences and images at other sizes. */
import { checkChoice } from '@gradus/base';
import type { ResizeOptions, Tensor } from '@gradus/engine';
import { type Pair, pair, sizeAt } from './size.ts';

type Mode = 'nearest' | 'linear' | 'cubic';

const NEAREST = { mode: 'nearest', coordinates: 'asymmetric', nearest: 'floor' } as const;
function by(where: string, mode: Mode): ResizeOptions {
  checkChoice(where, 'mode', mode, ['nearest', 'linear', 'cubic']);
  return mode === 'nearest' ? NEAREST : { mode };
}

/** Images at a given height and width: [batch, channels, ..] -> [batch, channels, height, width]. */
export const resize2d =
  (size: Pair, mode: Mode = 'linear') =>
  (x: Tensor) =>
    x.resize(pair(size), by('resize2d', mode));

/** Each pixel repeated, or interpolated, `factor` times along both axes. */
export const upsample2d =
  (factor: number, mode: Mode = 'nearest') =>
  (x: Tensor) =>
    x.resize([sizeAt(x, 2) * factor, sizeAt(x, 3) * factor], by('upsample2d', mode));

/** Each step repeated, or interpolated, `factor` times: [batch, time, channels] -> [batch, factor × time, channels]. */
export const upsample1d =
  (factor: number, mode: 'nearest' | 'linear' = 'nearest') =>
  (x: Tensor) =>
    x
      .transpose([0, 2, 1])
      .resize([sizeAt(x, 1) * factor], by('upsample1d', mode))
      .transpose([0, 2, 1]);
