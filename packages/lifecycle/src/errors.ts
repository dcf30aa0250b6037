/** Errors that programs tell apart: over HTTP they have a status of their own. */
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { z } from 'zod';

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
}
