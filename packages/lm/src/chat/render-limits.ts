/** What goes between a chat template's thread and the one that asks it. */
export interface RenderRequest {
  readonly context: Readonly<Record<string, unknown>>;
}
export type RenderAnswer = { readonly text: string } | { readonly error: string };

/** A template that repeats may make much of little. */
export const MOST_TEXT = 16 * 1024 * 1024;
