/** Writes weights to a .safetensors file one after another: none but the one at hand is in memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { halfBits } from '@gradus/engine';
import { written } from '../written.ts';

export interface WeightEntry {
  readonly name: string;
  readonly dims: readonly number[];
  read(): Float32Array;
}

export type FloatType = 'F32' | 'F16' | 'BF16';

const BYTES: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** @throws UserError where the file system does not take it, such as a full disk */
export function writeSafetensorsFile(
  path: string,
  entries: readonly WeightEntry[],
  type: FloatType,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): void {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, dims } of entries) {
    const size = dims.reduce((a, b) => a * b, 1) * BYTES[type];
    header[name] = { dtype: type, shape: dims, data_offsets: [end, end + size] };
    end += size;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writingTo(path, (write) => {
    write(length);
    write(padded);
    for (const { read } of entries) write(encoded(read(), type));
  });
}

/** Opens a file for `action`, which writes to it. @throws UserError where the file system does not take it */
export function writingTo(path: string, action: (write: (bytes: Uint8Array) => void) => void): void {
  written(path, () => {
    const file = openSync(path, 'w');
    try {
      action((bytes) => {
        for (let done = 0; done < bytes.length; )
          done += writeSync(file, bytes, done, Math.min(bytes.length - done, 2 ** 30));
      });
    } finally {
      closeSync(file);
    }
  });
}

/** The bytes of numbers in a type of fewer bits, each rounded to the nearest. */
export function encoded(values: Float32Array, type: FloatType): Uint8Array {
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bits = new Uint16Array(values.length);
  if (type === 'F16') for (let i = 0; i < values.length; i++) bits[i] = halfBits(values[i]!);
  else {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      // Ties go to the even one; what is no number stays none.
      bits[i] = Number.isNaN(values[i]) ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
    }
  }
  return new Uint8Array(bits.buffer);
}
