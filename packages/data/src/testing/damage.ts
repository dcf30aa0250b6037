/** Damage done to files, for tests of readers: cut short, bits turned, bytes written over, parts lost, doubled or mixed in. */
import fc from 'fast-check';

export type Damage = (bytes: Uint8Array) => Uint8Array;

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const place = (share: number, bytes: Uint8Array): number => Math.floor(share * bytes.length);

const ONE: fc.Arbitrary<Damage> = fc.oneof(
  at.map((end) => (bytes: Uint8Array) => bytes.subarray(0, place(end, bytes))),
  fc.tuple(at, fc.nat(7)).map(([share, bit]) => (bytes: Uint8Array) => {
    const i = place(share, bytes);
    return bytes.length === 0 ? bytes : bytes.with(i, bytes[i]! ^ (1 << bit));
  }),
  fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([share, put]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    changed.set(put.subarray(0, bytes.length - place(share, bytes)), place(share, bytes));
    return changed;
  }),
  // Numbers that say how long things are become enormous, or less than nothing.
  fc.tuple(at, fc.constantFrom(0, 0x7f, 0x80, 0xff)).map(([share, byte]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    changed.fill(byte, place(share, bytes), place(share, bytes) + 4);
    return changed;
  }),
  fc.tuple(at, at).map(([a, b]) => (bytes: Uint8Array) => {
    const [from, to] = [place(Math.min(a, b), bytes), place(Math.max(a, b), bytes)];
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
  }),
  fc.tuple(at, at, at).map(([a, b, c]) => (bytes: Uint8Array) => {
    const [from, to] = [place(Math.min(a, b), bytes), place(Math.max(a, b), bytes)];
    const into = place(c, bytes);
    return Uint8Array.from([
      ...bytes.subarray(0, into),
      ...bytes.subarray(from, to),
      ...bytes.subarray(into),
    ]);
  }),
);

/** One to four of them, one after the other. */
export const damage: fc.Arbitrary<Damage> = fc
  .array(ONE, { minLength: 1, maxLength: 4 })
  // A copy, and no Buffer: its slices would be the same bytes.
  .map((all) => (bytes) => all.reduce<Uint8Array>((left, one) => one(left), Uint8Array.from(bytes)));
