/** Why items are not kept, and how many for each reason. */
import type { Localized } from '@gradus/base';

export interface CountedReason {
  readonly reason: Localized;
  readonly count: number;
}

export class Reasons {
  readonly #by = new Map<string, { readonly reason: Localized; count: number }>();

  add(reason: Localized): void {
    const known = this.#by.get(reason.en);
    if (known) known.count++;
    else this.#by.set(reason.en, { reason, count: 1 });
  }

  /** The most frequent first. */
  get all(): readonly CountedReason[] {
    return [...this.#by.values()].toSorted((a, b) => b.count - a.count);
  }
}
