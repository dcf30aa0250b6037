/**
 * What the user gave cannot be worked with. The message names the cause (file, row, column or field), what was
 * expected and the way out; programs print it without a stack trace.
 */
export class UserError extends Error {
  override name = 'UserError';
}
