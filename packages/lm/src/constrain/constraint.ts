/**
 * What keeps generated text to a form: before each token is drawn, the logits of those that may not follow are put out of reach. A
 * constraint is made once for a form and a model; each text that is generated has a state of its own.
 */

import { UserError } from '@gradus/base';

export interface Constraint {
  /** The most tokens that the shortest text of the form takes. */
  readonly shortest: number;
  /** A text that begins. States are independent: many texts may be generated at once. */
  start(): ConstraintState;
}

export interface ConstraintState {
  /**
   * Puts the logits of tokens that may not follow to −∞, in place. At least one token is always left.
   *
   * @param logits [vocabulary] of the next token
   * @param left tokens that may still be generated, the next one included: what could not be completed within them is not begun.
   *   Default: any number
   */
  mask(logits: Float32Array, left?: number): void;
  /** Goes on by the token that was drawn. @throws UserError where it may not follow */
  accept(id: number): void;
  /** Whether the text so far is whole. It may still go on, as a number by more digits. */
  readonly complete: boolean;
  /** Whether the text is whole and nothing but an end can follow: no more tokens need be drawn. */
  readonly finished: boolean;
}

/** @throws UserError where the shortest text of the form does not fit */
export function requireRoom({ shortest }: Constraint, tokens: number): void {
  if (shortest <= tokens) return;
  throw new UserError({
    en: `the shortest answer of the form that is asked for takes ${shortest} tokens, and there is room for ${Math.max(0, tokens)}: allow more (max), or shorten the prompt`,
    zh: `符合要求格式的最短回答需要 ${shortest} 个词元，而只有 ${Math.max(0, tokens)} 个可用：请增大 max，或缩短提示`,
  });
}
