import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WASM_PAGE, WebAssembly, wasm, wasmModule } from './web-assembly.ts';

const { get, set, tee, i32, loop } = wasm;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
const compiled = (bytes: Uint8Array<ArrayBuffer>) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports;

describe('modules of WebAssembly', () => {
  it('have several functions, with constants and offsets of any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.integer({ min: 0, max: WASM_PAGE / 4 - 1 }),
        (value, word) => {
          const constant = { parameters: [], result: 'i32', locals: [], code: i32.const(value) } as const;
          const load = {
            parameters: ['i32'],
            result: 'i32',
            locals: [],
            code: [...get(0), ...i32.load(4 * word)],
          } as const;
          const module = compiled(
            wasmModule([
              { name: 'constant', ...constant },
              { name: 'load', ...load },
            ]),
          ) as { constant(): number; load(at: number): number };
          new Int32Array(memory.buffer)[word] = value;
          expect(module.constant()).toBe(value);
          expect(module.load(0)).toBe(value);
        },
      ),
    );
  });

  it('run loops until nothing is left', () => {
    const sum = {
      name: 'sum',
      parameters: ['i32'],
      result: 'i32',
      locals: ['i32'],
      code: [
        ...loop([
          ...get(1),
          ...get(0),
          ...i32.add,
          ...set(1),
          ...get(0),
          ...i32.const(-1),
          ...i32.add,
          ...tee(0),
        ]),
        ...get(1),
      ],
    } as const;
    const module = compiled(wasmModule([sum])) as { sum(n: number): number };
    expect(module.sum(100)).toBe(5050);
  });
});
