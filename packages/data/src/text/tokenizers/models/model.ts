/** A model: what finds the tokens within a piece of text. */
import type { Numbers } from '../numbers.ts';

export interface Model {
  /**
   * Pushes, for each token of text.slice(from, to), its id and where it begins and ends, counted from `from`.
   */
  encode(text: string, from: number, to: number, out: Numbers): void;
  /** The same for a model of the byte alphabet, from text that is not written in it yet; absent for other models. */
  readonly encodeBytes?: Model['encode'];
  readonly vocabulary: ReadonlyMap<string, number>;
}
