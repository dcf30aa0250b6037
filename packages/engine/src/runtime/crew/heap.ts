/**
 * Memory that all threads share, and that both the runtime's graphs and loops of WebAssembly (fused.ts) work on where it lies.
 */
import { type SharedMemory, WebAssembly } from './web-assembly.ts';

const PAGE = 65536;
/** What 32 bits can address. */
export const MOST_PAGES = 65536;
/** Arrays begin at multiples of so many bytes: a line of the cache. */
const ALIGNMENT = 64;

export class Heap {
  readonly memory: SharedMemory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  readonly #buffers = new WeakSet<object>();
  #end = 0;

  /** Zeros. What finds no room in the addressable memory gets one of its own, where `holds` is false. */
  allocate(bytes: number): { readonly buffer: SharedArrayBuffer; readonly offset: number } {
    const offset = this.#end;
    const end = offset + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0 && !this.#grow(missing)) return { buffer: new SharedArrayBuffer(bytes), offset: 0 };
    this.#end = end;
    // It is another object whenever the memory has grown.
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
