/**
 * Prompt lookup (Saxena, "Prompt Lookup Decoding", 2023): where the last tokens stood in the text before, what followed them there may
 * follow again, as when a text is quoted, corrected or made into a table. Several such tokens are seen in one run, which costs less than
 * one run each; of each the model says whether it would have come, and from the first that would not on they are forgotten.
 */

/** Tokens that must be the same, the longer tried first. */
const MATCHES = [4, 3, 2] as const;
/** Tokens that are looked up at most: more rows make a run longer. */
const MOST = 7;
/** How much the latest run counts in what runs take and give. */
const WEIGHT = 0.25;
/** Tokens that are written one by one after it has lost; twice as many each further time, up to the last. */
const [FIRST_PAUSE, LAST_PAUSE] = [16, 256];

export class PromptLookup {
  readonly #ids: number[] = [];
  /** Behind which place the tokens of a match stood last: by the match as text. */
  readonly #after = new Map<string, number>();
  #single: number | undefined;
  /** Milliseconds, and tokens written, of a run over several. */
  #several: { ms: number; tokens: number } | undefined;
  #pause = 0;
  #nextPause = FIRST_PAUSE;

  constructor(ids: readonly number[]) {
    for (const id of ids) this.push(id);
  }

  /** A token that belongs to the text. */
  push(id: number): void {
    const ids = this.#ids;
    // What stands at the end is found only when something follows it.
    for (const size of MATCHES) if (ids.length >= size) this.#after.set(ids.slice(-size).join(), ids.length);
    ids.push(id);
  }

  /**
   * What may follow; nothing where the tokens are new, or where this has not been worth its time lately.
   *
   * @param room tokens that may still be written
   */
  next(room: number): readonly number[] {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return [];
    }
    for (const size of MATCHES) {
      const at = this.#ids.length < size ? undefined : this.#after.get(this.#ids.slice(-size).join());
      if (at !== undefined) return this.#ids.slice(at, at + Math.min(MOST, Math.max(0, room)));
    }
    return [];
  }

  /** What a run over one token took, in milliseconds. */
  tookOne(ms: number): void {
    this.#single = mixed(this.#single, ms);
  }

  /** What a run over several took, and how many tokens it gave. */
  tookSeveral(ms: number, tokens: number): void {
    const { ms: before, tokens: given } = this.#several ?? {};
    this.#several = { ms: mixed(before, ms), tokens: mixed(given, tokens) };
    if (this.#single === undefined || this.#several.ms < this.#single * this.#several.tokens) {
      this.#nextPause = FIRST_PAUSE;
      return;
    }
    this.#pause = this.#nextPause;
    this.#nextPause = Math.min(LAST_PAUSE, 2 * this.#nextPause);
    // Another passage is another matter.
    this.#several = undefined;
  }
}

const mixed = (before: number | undefined, now: number): number =>
  before === undefined ? now : before + WEIGHT * (now - before);
