/**
 * How much a tokenizer may write while it works on one text. Its parts may each make a text longer, and a file from anywhere may
 * hold a hundred that double it. What honest ones write is a small multiple of the text: ﷺ becomes 18 characters, a byte alphabet
 * at most four, and there are at most some ten parts.
 */
import { count, UserError } from '@gradus/base';

/** Characters written for each character of the text, all parts together. */
const GROWTH = 200;
/** For short texts. */
const LEAST = 2 ** 21;

export class Budget {
  readonly #length: number;
  readonly #most: number;
  #left: number;

  /** @param length Of the text that is worked on. */
  constructor(length: number) {
    this.#length = length;
    this.#most = Math.max(LEAST, GROWTH * length);
    this.#left = this.#most;
  }

  /** @throws UserError where more is written than any text calls for */
  spend(characters: number): void {
    this.#left -= characters;
    if (this.#left >= 0) return;
    const [length, most] = [count(this.#length), count(this.#most)];
    throw new UserError({
      en: `The tokenizer makes more than ${most} characters or tokens of a text of ${length}: its normalizer, pre-tokenizer, post-processor or decoder lets texts grow without bound. Use another tokenizer file.`,
      zh: `分词器把长度为 ${length} 的文本变成了超过 ${most} 个字符或词元：其 normalizer、pre_tokenizer、post_processor 或 decoder 使文本无限增长。请换用其他分词器文件。`,
    });
  }
}
