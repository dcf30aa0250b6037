/** The memory that a worker pool shares. */
import { describe, expect, it } from 'vitest';
import { SharedHeap } from './shared-heap.ts';

describe('a shared heap', () => {
  it('keeps the numbers of its arrays when it grows, and begins each array at a cache line', () => {
    const heap = new SharedHeap();
    const arrays = Array.from({ length: 50 }, (_, i) => {
      const { buffer, offset } = heap.allocate(4 * (i * 1000 + 1));
      expect(offset % 64).toBe(0);
      return new Float32Array(buffer, offset, i * 1000 + 1).fill(i);
    });
    expect(arrays.every((array, i) => heap.holds(array) && array.every((value) => value === i))).toBe(true);
    expect(heap.holds(new Float32Array(4))).toBe(false);
  });

  it('allocates elsewhere what 32 bits cannot address', () => {
    const heap = new SharedHeap();
    // Nothing is written, so that the machine provides no memory.
    const parts = [0, 1, 2].map(() => heap.allocate(1.5 * 2 ** 30));
    expect(parts.map(({ buffer, offset }) => heap.holds(new Uint8Array(buffer, offset, 1)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(parts[2]!.buffer.byteLength).toBe(1.5 * 2 ** 30);
  });
});
