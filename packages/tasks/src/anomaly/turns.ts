/** A photograph turned over: not at all, left is right (bit 0), up is down (bit 1), both. A defect may lie anywhere. */
import { concat, constant, type Tensor } from '@gradus/engine';

export const MOST_TURNS = 4;

/** @param pixels [3, height, width] */
export function turnedOver(
  pixels: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  turn: number,
): Uint8Array {
  const rows = pixels.length / width;
  const into = new Uint8Array(pixels.length);
  for (let row = 0; row < rows; row++) {
    const y = row % height;
    const from = (turn & 2 ? row - y + height - 1 - y : row) * width;
    const own = into.subarray(row * width, (row + 1) * width);
    own.set(pixels.subarray(from, from + width));
    if (turn & 1) own.reverse();
  }
  return into;
}

/** @param pixels [batch, 3, height, width] @returns [turns × batch, 3, height, width], turn by turn */
export function turnedTensors(pixels: Tensor, turns: number): Tensor {
  if (turns === 1) return pixels;
  const [, , height, width] = pixels.shape as [string, number, number, number];
  const backwards = (size: number) =>
    constant({
      dtype: 'int64',
      dims: [size],
      data: BigInt64Array.from({ length: size }, (_, i) => BigInt(size - 1 - i)),
    });
  const [rows, columns] = [backwards(height), backwards(width)];
  return concat(
    Array.from({ length: turns }, (_, turn) => {
      const upright = turn & 2 ? pixels.gather(rows, 2) : pixels;
      return turn & 1 ? upright.gather(columns, 3) : upright;
    }),
    0,
  );
}

/** Of values turn by turn those of photographs as they are. @param value [turns × batch, …] @returns [batch, …] */
export function unturned(value: Tensor, turns: number): Tensor {
  if (turns === 1) return value;
  const [, ...rest] = value.shape as [string, ...number[]];
  return value.reshape(turns, 'batch', ...rest).gather(0);
}
