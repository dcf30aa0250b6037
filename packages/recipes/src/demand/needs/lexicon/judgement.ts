/** What people say of a need, with its words in Chinese and English. */
import type { Localized } from '@gradus/base';

export interface Judgement {
  readonly id: string;
  /** The need that is meant where none is named: who writes "too expensive" means the price. */
  readonly implies?: string;
  /** A size, an order, a kind: blame only where the clause, by all else that is known of it, complains. */
  readonly depends?: boolean;
  /** Words that blame; `*` stands for any ending, a final `?` (of praise too) for one that depends likewise: "three hours" may be quick. */
  readonly blame: { readonly en: string; readonly zh: string };
  readonly praise?: { readonly en: string; readonly zh: string };
  /** What it is never said of: with such a need named, the implied one is meant. "The rice was late" is about delivery. */
  readonly notOf?: readonly string[];
  /** Beside such a word it is another judgement (where `said` is given, if it says so): a slow answer is no slow delivery. */
  readonly beside?: readonly { readonly words: RegExp; readonly said?: RegExp; readonly is: string }[];
  /** It is said by clauses that hold this as well, in lower case, and no others. */
  readonly only?: RegExp;
  /** With such a need named it means something else, and nothing is said: "the delivery was too long" is about no size. */
  readonly never?: readonly string[];
  /** What a complaint says: with `{}`, of that subject; else a sentence of its own. */
  readonly says: Localized;
  /** What it says where no need is named. */
  readonly alone?: Localized;
  /** What to do about it, likewise. */
  readonly fix: Localized;
  /** What to do where no need is named. */
  readonly fixAlone?: Localized;
}

export const l = (en: string, zh: string): Localized => ({ en, zh });
