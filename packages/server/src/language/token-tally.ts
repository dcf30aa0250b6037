/** What a large model has read and written since it is served, and how long its first tokens took. */

/** The latest waits for a first token, of which quantiles are told. */
const MOST_WAITS = 1000;

export interface TokenCounts {
  readonly since: string;
  /** Texts that were written to their end. */
  readonly texts: number;
  /** Tokens of prompts, those of them that were kept from before, and tokens that were written. */
  readonly prompt: number;
  readonly reused: number;
  readonly written: number;
  /** Milliseconds from a request to its first token, of the latest 1,000 requests; null before the first. */
  readonly firstToken: { readonly p50: number | null; readonly p99: number | null };
}

export class TokenTally {
  readonly #since = new Date();
  #texts = 0;
  #prompt = 0;
  #reused = 0;
  #written = 0;
  readonly #waits: number[] = [];
  #waited = 0;

  add(counts: { texts: number; prompt: number; reused: number; written: number }): void {
    this.#texts += counts.texts;
    this.#prompt += counts.prompt;
    this.#reused += counts.reused;
    this.#written += counts.written;
  }

  /** @param ms from a request to its first token */
  addWait(ms: number): void {
    this.#waits[this.#waited++ % MOST_WAITS] = ms;
  }

  get counts(): TokenCounts {
    const sorted = this.#waits.toSorted((a, b) => a - b);
    const quantile = (share: number) =>
      sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return {
      since: this.#since.toISOString(),
      texts: this.#texts,
      prompt: this.#prompt,
      reused: this.#reused,
      written: this.#written,
      firstToken: { p50: quantile(0.5), p99: quantile(0.99) },
    };
  }
}
