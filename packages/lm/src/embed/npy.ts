/**
 * Arrays as NumPy keeps them: a line of text that says type and shape, then the numbers.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { renameSync, rmSync } from 'node:fs';
import { writingTo } from '../weights/write-safetensors.ts';

/** Writes float32 [rows, columns]; complete or not at all. */
export function writeNpy(path: string, data: Float32Array, shape: readonly number[]): void {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padding = 64 - ((10 + text.length + 1) % 64);
  const head = Buffer.from(`\u0093NUMPY\u0001\u0000..${text}${' '.repeat(padding % 64)}\n`, 'latin1');
  head.writeUInt16LE(head.length - 10, 8);
  const unfinished = `${path}.unfinished`;
  try {
    writingTo(unfinished, (write) => {
      write(head);
      write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
