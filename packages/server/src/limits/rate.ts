/**
 * A token bucket for each caller: so many requests a second, with a burst of as many. A large request counts as several: what it
 * takes beyond its own token is owed, and those after it wait.
 */
const MOST_CALLERS = 100_000;
/** Bytes that count as one request more. */
const A_REQUEST = 64 * 2 ** 10;

export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * @param rate requests a second
   * @param now milliseconds
   * @returns 0, or the seconds after which to try again
   */
  take(caller: string, rate: number, now = performance.now()): number {
    const bucket = this.#buckets.get(caller) ?? { tokens: rate, at: now };
    const tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    // Callers last seen longest ago are forgotten: their buckets are full again.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MOST_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value!);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / rate);
  }

  /** @param size Bytes of the body of a request that was let in */
  charge(caller: string, size: number): void {
    const bucket = this.#buckets.get(caller);
    if (bucket) bucket.tokens -= Math.floor(size / A_REQUEST);
  }
}
