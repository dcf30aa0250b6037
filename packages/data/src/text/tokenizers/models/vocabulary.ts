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
      throw new UserError(
        `${place}.vocab: the token ${JSON.stringify(token.slice(0, 50))} has the id ${JSON.stringify(id)}; expected a whole number below ${MAX_TOKENS}, for tokens of at most ${LONGEST} characters.`,
      );
    vocabulary.set(token, id);
  }
  if (vocabulary.size > MAX_TOKENS) throw new UserError(`${place}.vocab has over ${MAX_TOKENS} tokens.`);
  return vocabulary;
}

export const isId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 * MAX_TOKENS;

/** The id of a token that the file names. @throws UserError where there is none. */
export function idOfNamed(vocabulary: ReadonlyMap<string, number>, token: string, place: string): number {
  const id = vocabulary.get(token);
  if (id === undefined)
    throw new UserError(`${place} names the token ${JSON.stringify(token)}, which is not in the vocabulary.`);
  return id;
}
