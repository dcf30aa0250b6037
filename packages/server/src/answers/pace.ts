/**
 * How long a request will take: its size times the time that a model has taken for requests of this kind. What a request asks for
 * beside its data (reasons for each answer, say) makes another kind of it.
 */

/** Milliseconds a unit of size, until a model has shown its own. */
const FIRST = 0.01;
/** A new time's weight against all before. */
const NEWEST = 0.3;
/** Of smaller requests the time says nothing of their size. */
const SMALLEST = 500;
const MOST_KINDS = 100;

export class Pace {
  readonly #kinds = new Map<string, number>();

  /** @returns milliseconds */
  estimate(kind: string, size: number): number {
    return size * (this.#kinds.get(kind) ?? FIRST);
  }

  /** @param ms How long it took, or has taken so far */
  learn(kind: string, size: number, ms: number): void {
    if (size < SMALLEST) return;
    const before = this.#kinds.get(kind) ?? FIRST;
    if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, before + NEWEST * (ms / size - before));
  }
}

/** What a request asks for: the names of its fields, and those of their values that are no data. */
export function kindOf(request: unknown): string {
  if (typeof request !== 'object' || request === null) return '';
  return Object.entries(request)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'boolean' ? `${name}=${value}` : name))
    .sort()
    .join();
}

/** About as many characters as the value has in JSON. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) {
    let size = 2;
    for (const item of value) size += sizeOf(item) + 1;
    return size;
  }
  let size = 2;
  for (const [name, item] of Object.entries(value)) size += name.length + sizeOf(item) + 4;
  return size;
}
