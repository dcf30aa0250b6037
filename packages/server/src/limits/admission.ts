/**
 * Load shedding: a request that would wait too long is turned away at once, so that those let in are answered in time
 * and the rest can go elsewhere (Google, "Site Reliability Engineering", 2016, ch. 21). How long it would wait is told by
 * how many wait already and by how fast answers have come of late.
 */
export interface AdmissionOptions {
  /** Requests under way at most, for memory's sake. Default 1000. */
  readonly maxPending?: number;
  /** Milliseconds a request may be expected to take. Default 200. */
  readonly maxWait?: number;
}

/** The weight of the latest answer in the mean time between answers. */
const RECENT = 0.05;
/** A gap longer than this says that nobody asked, not that answers were slow. */
const LONGEST_GAP = 1000;
/** As many are let in whatever they are expected to take: else one slow answer would close the door for good. */
const ALWAYS = 8;

export class Admission {
  readonly #maxPending: number;
  readonly #maxWait: number;
  #pending = 0;
  /** Mean milliseconds between answers while others waited. */
  #gap = 0;
  #last = 0;

  constructor({ maxPending = 1000, maxWait = 200 }: AdmissionOptions = {}) {
    this.#maxPending = maxPending;
    this.#maxWait = maxWait;
  }

  get pending(): number {
    return this.#pending;
  }

  /**
   * @returns a function to be called when the request is answered; or the seconds after which to try again, where the
   *   request is turned away
   */
  enter(): (() => void) | { readonly retryAfter: number } {
    const wait = this.#pending * this.#gap;
    if (this.#pending >= this.#maxPending || (this.#pending >= ALWAYS && wait > this.#maxWait)) {
      return { retryAfter: Math.max(1, Math.ceil(wait / 1000)) };
    }
    if (this.#pending === 0) this.#last = performance.now();
    this.#pending += 1;
    return () => this.#leave();
  }

  #leave(): void {
    const now = performance.now();
    const gap = Math.min(now - this.#last, LONGEST_GAP);
    this.#gap = this.#gap === 0 ? gap : this.#gap + RECENT * (gap - this.#gap);
    this.#last = now;
    this.#pending -= 1;
  }
}
