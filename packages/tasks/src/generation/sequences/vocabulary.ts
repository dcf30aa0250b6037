/**
 * Everything that is designed is a sequence of tokens: characters of a name, tiles of a level. Token 0 stands before the first one and
 * after the last one, as in Karpathy's makemore (2022).
 */
import { UserError } from '@gradus/base';

/** The token that begins and ends every sequence. */
export const EDGE = 0;

export class Vocabulary {
  /** By token; that of the edge is ''. */
  readonly characters: readonly string[];
  readonly #tokens: ReadonlyMap<string, number>;

  constructor(characters: readonly string[]) {
    this.characters = ['', ...characters];
    this.#tokens = new Map(this.characters.map((character, token) => [character, token]));
  }

  /** All characters of some texts, in the order of their code points. */
  static of(texts: Iterable<string>): Vocabulary {
    const seen = new Set<string>();
    for (const text of texts) for (const character of text) seen.add(character);
    return new Vocabulary([...seen].sort());
  }

  get size(): number {
    return this.characters.length;
  }

  /** @throws UserError naming a character that is not in the vocabulary */
  encode(text: string): number[] {
    return Array.from(text, (character) => {
      const token = this.#tokens.get(character);
      if (token !== undefined && token !== EDGE) return token;
      throw new UserError({
        en: `${JSON.stringify(character)} in ${JSON.stringify(text.slice(0, 60))} is not in what was learnt from`,
        zh: `${JSON.stringify(text.slice(0, 60))} 中的 ${JSON.stringify(character)} 未在学习数据中出现`,
      });
    });
  }

  decode(tokens: readonly number[]): string {
    return tokens.map((token) => this.characters[token]).join('');
  }
}
