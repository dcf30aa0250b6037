/**
 * Memory for bodies: each has its limit, and all that are under way have one together, or a hundred connections that each send
 * almost all of a large body would fill the memory. What has arrived counts, not what is announced. Small bodies come through
 * whatever the large ones do: they cost little more than their connections.
 */
import { LARGEST_BODY } from './sizes.ts';

/** Bytes of each body that nobody counts. */
const SMALL = 64 * 2 ** 10;
/** Bytes of all bodies together, beyond those. */
const MOST = 256 * 2 ** 20;

export class BodyMemory {
  readonly #most: number;
  #held = 0;

  constructor(most = MOST) {
    if (most < LARGEST_BODY) throw new Error('a single body must have room');
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** For one body. */
  open(): BodyShare {
    let size = 0;
    let counted = 0;
    return {
      take: (bytes) => {
        size += bytes;
        const more = Math.max(0, size - SMALL) - counted;
        if (this.#held + more > this.#most) return false;
        counted += more;
        this.#held += more;
        return true;
      },
      close: () => {
        this.#held -= counted;
        counted = 0;
      },
    };
  }
}

export interface BodyShare {
  /** @returns whether there is room for so many bytes more */
  take(bytes: number): boolean;
  close(): void;
}
