/**
 * Load shedding: a request that would wait too long is turned away at once, so that those let in are answered in time
 * and the rest can go elsewhere (Google, "Site Reliability Engineering", 2016, ch. 21).
 *
 * How many may be under way at once is probed as TCP probes its window (Jacobson, "Congestion avoidance and control", 1988): it
 * grows by one with each answer in time until one comes late; then it shrinks by a part, and from there on grows slowly. What is read in one turn of the event loop had arrived when the turn began: that much a request has waited already.
 */
export interface AdmissionOptions {
  /** Requests under way at most, for memory's sake. Default 1000. */
  readonly maxPending?: number;
  /** Milliseconds from a request's arrival to its answer that are still in time. Default 100. */
  readonly inTime?: number;
}

/** As many are let in however slow answers are: else one slow answer would close the door for good. */
const LEAST = 32;
const FIRST = 64;
const SHRINK = 0.8;
/** Seconds after which those turned away may try again. */
const RETRY_AFTER = 1;

export class Admission {
  readonly #maxPending: number;
  readonly #inTime: number;
  #pending = 0;
  #limit = FIRST;
  /** Whether an answer has been late: near a limit that is known, it is felt out in small steps. */
  #slow = false;
  /** When the limit last shrank: answers to what came before say nothing of what it is now. */
  #shrunk = 0;
  /** When the present turn of the event loop began, as far as requests know; undefined before its first. */
  #turn: number | undefined;

  constructor({ maxPending = 1000, inTime = 100 }: AdmissionOptions = {}) {
    this.#maxPending = maxPending;
    this.#inTime = inTime;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Seconds after which to try again, where a request that comes now would be turned away. */
  get closed(): number | undefined {
    const late = performance.now() - this.#turnBegan() > this.#inTime / 2;
    return (late && this.#pending >= LEAST) || this.#pending >= this.#limit ? RETRY_AFTER : undefined;
  }

  /** @returns a function to be called when the request is answered; or, where it is turned away, when to try again */
  enter(): (() => void) | { readonly retryAfter: number } {
    const { closed } = this;
    if (closed !== undefined) return { retryAfter: closed };
    const arrived = this.#turnBegan();
    this.#pending += 1;
    return () => this.#leave(arrived);
  }

  #turnBegan(): number {
    if (this.#turn === undefined) {
      this.#turn = performance.now();
      setImmediate(() => {
        this.#turn = undefined;
      });
    }
    return this.#turn;
  }

  #leave(arrived: number): void {
    const now = performance.now();
    if (now - arrived > this.#inTime) {
      if (arrived >= this.#shrunk) {
        this.#shrunk = now;
        this.#limit = Math.max(LEAST, SHRINK * this.#limit);
        this.#slow = true;
      }
    } else if (this.#pending > this.#limit / 2) {
      const step = this.#slow ? LEAST / this.#limit : 1;
      this.#limit = Math.min(this.#maxPending, this.#limit + step);
    }
    this.#pending -= 1;
  }
}
