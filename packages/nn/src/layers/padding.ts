/** Padding of sequences and images. */
import { checkChoice } from '@gradus/base';
import { apply, int64, type Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { checkPair, type Pair, pair } from './size.ts';

/** `constant`: zeros; `reflect`: mirrored, without repeating the border; `edge`: the border repeated; `wrap`: the opposite end. */
export type PaddingMode = 'constant' | 'reflect' | 'edge' | 'wrap';

const MODES: readonly PaddingMode[] = ['constant', 'reflect', 'edge', 'wrap'];

/** Steps before and after a sequence: [batch, time, channels] -> [batch, before + time + after, channels]. */
export const pad1d = (before: number, after = before, mode: PaddingMode = 'constant') => {
  checkWhole('pad1d', 'before', before, { least: 0 });
  checkWhole('pad1d', 'after', after, { least: 0 });
  checkChoice('pad1d', 'mode', mode, MODES);
  return (x: Tensor) => apply('Pad', [x, int64([0, before, 0, 0, after, 0])], { mode });
};

/** Pixels on every side of images: [batch, channels, height, width], rows above and below, columns left and right. */
export const pad2d = (around: Pair, mode: PaddingMode = 'constant') => {
  checkPair('pad2d', 'around', around, 0);
  checkChoice('pad2d', 'mode', mode, MODES);
  return (x: Tensor) => apply('Pad', [x, int64([0, 0, ...pair(around), 0, 0, ...pair(around)])], { mode });
};
