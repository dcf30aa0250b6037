/** A growing list of numbers in one typed array. */
export class Numbers {
  data: Int32Array;
  length = 0;

  constructor(capacity = 64) {
    this.data = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.#grow(this.length + 1);
    this.data[this.length++] = value;
  }

  push2(a: number, b: number): void {
    if (this.length + 2 > this.data.length) this.#grow(this.length + 2);
    this.data[this.length++] = a;
    this.data[this.length++] = b;
  }

  push3(a: number, b: number, c: number): void {
    if (this.length + 3 > this.data.length) this.#grow(this.length + 3);
    this.data[this.length++] = a;
    this.data[this.length++] = b;
    this.data[this.length++] = c;
  }

  /** Room for so many more numbers, which are to be written into `data`; where they begin. */
  extend(by: number): number {
    const at = this.length;
    if (at + by > this.data.length) this.#grow(at + by);
    this.length += by;
    return at;
  }

  /** All numbers of another list. */
  pushAll(others: Int32Array): void {
    if (this.length + others.length > this.data.length) this.#grow(this.length + others.length);
    this.data.set(others, this.length);
    this.length += others.length;
  }

  /** What was pushed; no longer valid once more is. */
  get values(): Int32Array {
    return this.data.subarray(0, this.length);
  }

  #grow(least: number): void {
    const grown = new Int32Array(Math.max(least, this.data.length * 2));
    grown.set(this.data);
    this.data = grown;
  }
}
