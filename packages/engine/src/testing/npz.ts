/** NumPy archives, which golden arrays come in. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** The float32 arrays of a NumPy archive (.npz: a zip file of .npy files), by name. */
export function readNpz(path: string): Map<string, { dims: number[]; data: Float32Array }> {
  const bytes = readFileSync(path);
  const arrays = new Map<string, { dims: number[]; data: Float32Array }>();
  // The directory at the end of a zip file: its place, and then an entry a file.
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((k) => bytes.readUInt16LE(at + k)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameSize).replace(/\.npy$/, '');
    at += 46 + nameSize + extraSize + commentSize;
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const stored = bytes.subarray(start, start + packed);
    const npy = method === 0 ? stored : inflateRawSync(stored);
    const head = 10 + npy.readUInt16LE(8);
    const header = npy.toString('latin1', 10, head);
    if (!header.includes("'descr': '<f4', 'fortran_order': False")) throw new Error(`${name}: ${header}`);
    const dims = /\(([\d, ]*)\)/
      .exec(header)![1]!
      .split(',')
      .filter((text) => text.trim())
      .map(Number);
    arrays.set(name, {
      dims,
      data: new Float32Array(npy.buffer.slice(npy.byteOffset + head, npy.byteOffset + npy.length)),
    });
  }
  return arrays;
}
