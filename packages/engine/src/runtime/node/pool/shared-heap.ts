/**
 * Memory that all threads share. The runtime's graphs and the compiled loops (elementwise-loop.ts) read and write it in place.
 */
import { MOST_WASM_PAGES, type SharedMemory, WASM_PAGE, WebAssembly } from '@gradus/base';

/** Arrays begin at multiples of a cache line, in bytes. */
const ALIGNMENT = 64;

export class SharedHeap {
  readonly memory: SharedMemory = new WebAssembly.Memory({
    initial: 1,
    maximum: MOST_WASM_PAGES,
    shared: true,
  });
  readonly #buffers = new WeakSet<object>();
  #end = 0;

  /** Zeros. An array that does not fit into the addressable memory gets a buffer of its own, for which `holds` is false. */
  allocate(bytes: number): { readonly buffer: SharedArrayBuffer; readonly offset: number } {
    const offset = this.#end;
    const end = offset + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(end / WASM_PAGE) - this.memory.buffer.byteLength / WASM_PAGE;
    if (missing > 0 && !this.#grow(missing)) return { buffer: new SharedArrayBuffer(bytes), offset: 0 };
    this.#end = end;
    // The buffer is another object whenever the memory has grown.
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return { buffer, offset };
  }

  holds(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  #grow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}
