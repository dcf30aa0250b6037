/**
 * How many requests there were in an interval, how many failed, how long they took. Times are counted in a histogram whose
 * bins widen by a tenth, so that a quantile is known to 5 % however many there are.
 */

const LEAST_MS = 0.05;
const GROWTH = 1.1;
const BINS = 160;

import type { Tally } from '../window.ts';
export class TrafficTally {
  #began = Date.now();
  #requests = 0;
  #errors = 0;
  #shed = 0;
  #bins = new Uint32Array(BINS);

  add(status: number, ms: number): void {
    if (status === 429 || status === 503) {
      this.#shed += 1;
      return;
    }
    this.#requests += 1;
    if (status >= 500) this.#errors += 1;
    const bin = Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(GROWTH));
    this.#bins[Math.min(bin, BINS - 1)]! += 1;
  }

  /** What was counted since it was last taken. */
  take(now = Date.now()): Tally {
    const tally = {
      at: new Date(this.#began).toISOString(),
      seconds: (now - this.#began) / 1000,
      requests: this.#requests,
      errors: this.#errors,
      shed: this.#shed,
      p50: this.#quantile(0.5),
      p99: this.#quantile(0.99),
    };
    this.#began = now;
    this.#requests = 0;
    this.#errors = 0;
    this.#shed = 0;
    this.#bins = new Uint32Array(BINS);
    return tally;
  }

  #quantile(share: number): number | null {
    if (this.#requests === 0) return null;
    let bin = 0;
    for (let left = share * this.#requests - this.#bins[0]!; left > 0; left -= this.#bins[bin]!) bin += 1;
    // The middle of the bin.
    return LEAST_MS * GROWTH ** (bin - 0.5);
  }
}
