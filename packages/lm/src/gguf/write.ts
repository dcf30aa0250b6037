/** Writes a GGUF file: header first, then tensors one after another, none but the one at hand in memory. */
import { writingTo } from '../weights/write-safetensors.ts';
import { blockTypeCalled } from './blocks.ts';
import { type Bits, quantized, TYPE_OF_BITS } from './quantize.ts';

/** A value of the metadata, with the type that the file has it in. */
export type GgufField =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] };

export interface GgufEntry {
  readonly name: string;
  readonly dims: readonly number[];
  readonly bits: Bits;
  /** One part after the other, each of whole rows. */
  parts(): Iterable<Float32Array>;
}

const ALIGNMENT = 32;

export function writeGguf(
  path: string,
  fields: ReadonlyMap<string, GgufField>,
  entries: readonly GgufEntry[],
): void {
  const header = new Bytes();
  header.uint32(0x46554747);
  header.uint32(3);
  header.uint64(entries.length);
  header.uint64(fields.size);
  for (const [name, field] of fields) {
    header.text(name);
    header.field(field);
  }
  let offset = 0;
  for (const { name, dims, bits } of entries) {
    const { code, block, bytes } = blockTypeCalled(TYPE_OF_BITS[bits]);
    header.text(name);
    header.uint32(dims.length);
    for (const size of [...dims].reverse()) header.uint64(size);
    header.uint32(code);
    header.uint64(offset);
    offset = aligned(offset + (dims.reduce((a, b) => a * b, 1) / block) * bytes);
  }
  writingTo(path, (write) => {
    const fill = (length: number) => write(new Uint8Array(aligned(length) - length));
    const head = header.all();
    write(head);
    fill(head.length);
    for (const { parts, bits } of entries) {
      let length = 0;
      for (const part of parts()) {
        const data = quantized(part, bits);
        write(data);
        length += data.length;
      }
      fill(length);
    }
  });
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

class Bytes {
  readonly #parts: Buffer[] = [];

  all(): Buffer {
    return Buffer.concat(this.#parts);
  }
  uint32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value >>> 0);
    this.#parts.push(part);
  }
  uint64(value: number): void {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    this.#parts.push(part);
  }
  float32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeFloatLE(value);
    this.#parts.push(part);
  }
  text(value: string): void {
    const part = Buffer.from(value);
    this.uint64(part.length);
    this.#parts.push(part);
  }
  field(field: GgufField): void {
    const list = <T>(type: number, values: readonly T[], put: (value: T) => void) => {
      this.uint32(9);
      this.uint32(type);
      this.uint64(values.length);
      values.forEach(put);
    };
    if ('texts' in field) list(8, field.texts, (value) => this.text(value));
    else if ('floats' in field) list(6, field.floats, (value) => this.float32(value));
    else if ('ints' in field) list(5, field.ints, (value) => this.uint32(value));
    else this.#single(field);
  }

  #single(field: Exclude<GgufField, { texts: unknown } | { floats: unknown } | { ints: unknown }>): void {
    if ('uint32' in field) {
      this.uint32(4);
      this.uint32(field.uint32);
    } else if ('float32' in field) {
      this.uint32(6);
      this.float32(field.float32);
    } else if ('bool' in field) {
      this.uint32(7);
      this.#parts.push(Buffer.from([field.bool ? 1 : 0]));
    } else {
      this.uint32(8);
      this.text(field.text);
    }
  }
}
