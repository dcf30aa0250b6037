/** What is said of a model on examples that it was not trained on, by the kind of example. */
import type { Interval } from '@gradus/stats';

export interface HeldOutFigure {
  /** Mean over tokens, in nats. */
  readonly loss: number;
  readonly perplexity: number;
  readonly interval: Interval;
}

/** What every judgement on examples held out has: how much better the model is than what it is compared with. */
export interface Gain {
  readonly examples: number;
  readonly gain: number;
  readonly gainInterval: Interval;
  /** `no better`: the interval of the gain has zero in it. */
  readonly verdict: 'better' | 'no better' | 'worse';
}

/** Of texts: the gain is by how much the loss became smaller, against the model before with the same prompt. */
export interface HeldOut extends Gain {
  readonly measure: 'loss';
  readonly tokens: number;
  readonly before: HeldOutFigure;
  readonly after: HeldOutFigure;
}

/** A share of examples, with what a model without the training comes to. */
export interface Share {
  readonly value: number;
  readonly interval: Interval;
}

/** Of preferences: the gain is by how much the loss fell below ln 2, that of a model that prefers nothing. */
export interface HeldPreferences extends Gain {
  readonly measure: 'preference';
  readonly loss: number;
  /** Pairs whose chosen answer gained more than the rejected one. */
  readonly accuracy: Share;
  /** Pairs whose chosen answer is the more probable one a token, before and after. */
  readonly ranked: { readonly before: Share; readonly after: Share };
  /** Pairs whose chosen answer is the longer one: what a model that knows length alone would come to. */
  readonly longer: number;
}

/** Of classes: the gain is in accuracy, against the better of TF-IDF with logistic regression and the largest class. */
export interface HeldClasses extends Gain {
  readonly measure: 'accuracy';
  readonly accuracy: Share;
  readonly baseline: Share;
  readonly largestClass: number;
  readonly macroF1: number;
}

/** Of pairs: the gain is in how many find their partner first, against the model before. */
export interface HeldPairs extends Gain {
  readonly measure: 'recall';
  readonly candidates: number;
  /** By k: queries whose partner is among the k nearest. */
  readonly recall: readonly {
    readonly k: number;
    readonly before: Share;
    readonly after: Share;
    readonly words: number;
  }[];
}

export type Held = HeldOut | HeldPreferences | HeldClasses | HeldPairs;

export const verdictOf = ([low, high]: Interval): Gain['verdict'] =>
  low > 0 ? 'better' : high < 0 ? 'worse' : 'no better';
