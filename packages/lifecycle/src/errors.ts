/** Errors that programs tell apart: over HTTP they have a status of their own. */
import { type Localized, UserError } from '@gradus/base';
import { bothLanguages, reasonOf } from '@gradus/base/schema';
import { z } from 'zod';

/** There is nothing of this name: 404. */
export class NotFound extends UserError {}

/** It is there, in a state in which this cannot be done: 409. */
export class Conflict extends UserError {}

/** What was sent is not as its schema has it: 400, with the field. */
export class InvalidInput extends UserError {
  /** The path of the first field that is wrong; empty where it is the whole. */
  readonly field: string;

  constructor(error: z.ZodError) {
    super(reasonOf(error), { cause: error });
    this.field = error.issues[0]?.path.join('.') ?? '';
  }

  /** One field is wrong by what its schema cannot say. */
  static ofField(path: readonly string[], words: Localized): InvalidInput {
    const { error: message, params } = bothLanguages(words);
    return new InvalidInput(new z.ZodError([{ code: 'custom', path: [...path], message, params }]));
  }
}
