/** A token bucket for each caller: so many requests a second, with a burst of as many. */
const MOST_CALLERS = 100_000;

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
}
