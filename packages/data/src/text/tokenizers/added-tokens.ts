/**
 * Added tokens: found in a text before anything else is done to it, such as <|endoftext|> or words that a model learnt
 * later. Where several begin at one place the longest is taken.
 */
import { z } from 'zod';
import { Aligned } from './aligned.ts';
import { Budget } from './budget.ts';
import type { Normalizer } from './normalizer.ts';

export const ADDED_TOKEN = z.object({
  id: z.number().int().min(0),
  content: z.string().max(4096),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
  special: z.boolean().default(false),
});
export type AddedToken = z.output<typeof ADDED_TOKEN>;

/** A stretch of text, or an added token that stands there. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly token?: AddedToken;
}

export class AddedTokens {
  readonly #byContent = new Map<string, AddedToken>();
  readonly #pattern: RegExp | undefined;

  /** @param normalize What was done to the text that these tokens are looked for in. */
  constructor(tokens: readonly AddedToken[], normalize: Normalizer = (text) => text) {
    const budget = new Budget(tokens.reduce((sum, { content }) => sum + content.length, 0));
    for (const token of tokens) {
      const content = normalize(Aligned.of(token.content, 0, budget)).text;
      if (content !== '') this.#byContent.set(content, token);
    }
    const contents = [...this.#byContent.keys()].sort((a, b) => b.length - a.length);
    if (contents.length > 0) this.#pattern = new RegExp(contents.map(escaped).join('|'), 'gu');
  }

  get hasSpecial(): boolean {
    return this.#byContent.values().some(({ special }) => special);
  }

  /** The whole text as stretches, or undefined where no token is in it. */
  find(text: string, parseSpecial: boolean | ((from: number, to: number) => boolean)): Stretch[] | undefined {
    if (!this.#pattern?.test(text)) return undefined;
    this.#pattern.lastIndex = 0;
    const stretches: Stretch[] = [];
    let kept = 0;
    for (const { 0: content, index } of text.matchAll(this.#pattern)) {
      const token = this.#byContent.get(content)!;
      let [from, to] = [index, index + content.length];
      if (token.special && !(typeof parseSpecial === 'boolean' ? parseSpecial : parseSpecial(from, to)))
        continue;
      if (
        token.single_word &&
        (WORD_BEHIND.test(text.slice(0, from).slice(-2)) || WORD_AHEAD.test(text.slice(to, to + 2)))
      )
        continue;
      if (token.lstrip) while (from > kept && SPACE.test(text[from - 1]!)) from--;
      if (token.rstrip) while (to < text.length && SPACE.test(text[to]!)) to++;
      if (from < kept) from = kept;
      if (from > kept) stretches.push({ from: kept, to: from });
      if (to > from) stretches.push({ from, to, token });
      kept = Math.max(kept, to);
    }
    if (kept < text.length) stretches.push({ from: kept, to: text.length });
    return stretches;
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const SPACE = /\p{White_Space}/u;
const WORD_BEHIND = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]$/u;
const WORD_AHEAD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u;
