/** What the server and an answering thread say to each other. All of it is plain data, copied or handed over. */
import type { Localized } from '@gradus/base';
import type { Checked } from '@gradus/lifecycle';
import type { Described } from '@gradus/loop';
import type { z } from 'zod';

/** What a thread is started with. */
export interface AnswerThreadData {
  readonly recipe: string;
  /** Of the run. */
  readonly directory: string;
}

export type Question =
  | { readonly id: number; readonly kind: 'answer'; readonly request: unknown }
  | { readonly id: number; readonly kind: 'embed'; readonly texts: readonly string[] }
  | { readonly id: number; readonly kind: 'corrections'; readonly values: readonly unknown[] }
  | { readonly id: number; readonly kind: 'checked'; readonly values: readonly unknown[] };

export interface Replies {
  readonly answer: {
    readonly json: Uint8Array;
    readonly preview: unknown;
    readonly described: readonly Described[];
  };
  readonly embed: readonly Float32Array[];
  readonly corrections: readonly unknown[];
  readonly checked: readonly Checked[];
}

export type FromThread =
  | { readonly kind: 'ready'; readonly hasEmbeddings: boolean; readonly example: unknown }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Replies[keyof Replies] }
  | { readonly kind: 'error'; readonly id: number; readonly error: PlainError };

/** An error, so that it can be thrown again on the other side. */
export interface PlainError {
  readonly message: string;
  readonly stack?: string | undefined;
  /** Of what a user gave. */
  readonly localized?: Localized | undefined;
  /** Of a value that is not as its schema has it. */
  readonly issues?: readonly z.core.$ZodIssue[] | undefined;
  /** Seconds, of what was turned away. */
  readonly retryAfter?: number | undefined;
  /** The model is damaged. */
  readonly isModelFault?: boolean | undefined;
}
