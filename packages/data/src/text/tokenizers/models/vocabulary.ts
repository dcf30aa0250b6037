/** The tokens of a file and their ids, checked: a map, so that no name of a token means anything to JavaScript. */
import { UserError } from '@gradus/base';
import { z } from 'zod';

export const MAX_TOKENS = 2_000_000;
const LONGEST = 4096;

export const VOCABULARY = z.custom<Record<string, number>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object of tokens and their ids',
);

export function readVocabulary(json: Record<string, number>, place: string): Map<string, number> {
  const vocabulary = new Map<string, number>();
  for (const token of Object.keys(json)) {
    const id = json[token]!;
    if (!isId(id) || token.length > LONGEST)
      throw new UserError({
        en: `${place}.vocab: the token ${JSON.stringify(token.slice(0, 50))} has the id ${JSON.stringify(id)}; expected a whole number below ${MAX_TOKENS}, for tokens of at most ${LONGEST} characters.`,
        zh: `${place}.vocab：词元 ${JSON.stringify(token.slice(0, 50))} 的编号是 ${JSON.stringify(id)}；应为小于 ${MAX_TOKENS} 的整数，且词元不超过 ${LONGEST} 个字符。`,
      });
    vocabulary.set(token, id);
  }
  if (vocabulary.size > MAX_TOKENS)
    throw new UserError({
      en: `${place}.vocab has over ${MAX_TOKENS} tokens.`,
      zh: `${place}.vocab 超过 ${MAX_TOKENS} 个词元。`,
    });
  return vocabulary;
}

export const isId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 * MAX_TOKENS;

/** The id of a token that the file names. @throws UserError where there is none. */
export function idOfNamed(vocabulary: ReadonlyMap<string, number>, token: string, place: string): number {
  const id = vocabulary.get(token);
  if (id === undefined)
    throw new UserError({
      en: `${place} names the token ${JSON.stringify(token)}, which is not in the vocabulary.`,
      zh: `${place} 引用了词元 ${JSON.stringify(token)}，但词表中没有它。`,
    });
  return id;
}
