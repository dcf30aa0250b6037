/** Errors on their way from one thread to another: plain data on the way, and the same kind of error at both ends. */
import { type Localized, UserError } from '@gradus/base';
import { InvalidInput } from '@gradus/lifecycle';
import { ZodError } from 'zod';
import type { PlainError } from './protocol.ts';

/** Too much is asked already: the request was not begun. */
export class TooBusy extends UserError {
  /** Seconds. */
  readonly retryAfter: number;

  constructor(message: Localized, retryAfter: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** What answers is itself at fault: whoever asked has done nothing wrong. */
export class ModelFault extends UserError {}

export function plainError(error: Error): PlainError {
  const { message, stack } = error;
  if (error instanceof InvalidInput && error.cause instanceof ZodError) {
    return { message, issues: error.cause.issues };
  }
  if (!(error instanceof UserError)) return { message, stack };
  const { retryAfter, isModelFault } = error as { retryAfter?: unknown; isModelFault?: unknown };
  return {
    message,
    localized: error.localized,
    ...(typeof retryAfter === 'number' && { retryAfter }),
    ...(isModelFault === true && { isModelFault }),
  };
}

export function errorOf({ message, stack, localized, issues, retryAfter, isModelFault }: PlainError): Error {
  if (issues) return new InvalidInput(new ZodError([...issues]));
  if (localized && retryAfter !== undefined) return new TooBusy(localized, retryAfter);
  if (localized && isModelFault) return new ModelFault(localized);
  if (localized) return new UserError(localized);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
