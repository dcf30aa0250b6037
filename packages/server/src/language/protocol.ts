/** What the server and the thread of a large model say to each other. All of it is plain data. */
import type { Message, Rounding, RunBits, Tool, ToolChoice, TranscribeOptions, Transcript } from '@gradus/lm';
import type { PlainError } from '../answers/protocol.ts';

/** What a thread is started with. */
export interface LanguageThreadData {
  /** A folder of Hugging Face or a GGUF file. */
  readonly path: string;
  /** Folders of adapters beside it. */
  readonly adapters: readonly string[];
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
  /** Tokens that prompt and text may have together. */
  readonly places?: number | undefined;
  /** Texts at once. */
  readonly slots?: number | undefined;
  /** By what it is decided whether numbers that 4-bit weights are multiplied by are rounded. Default: they are not. */
  readonly round?: RoundedBy | undefined;
  readonly threads?: number | undefined;
}

/** What a model itself would write, or a text. */
export type RoundedBy = 'itself' | { readonly text: string };

/** What a model can do. */
export interface Abilities {
  /** Whether it writes texts, says where they lie among others, how well they answer a query, or what is said in a recording. */
  readonly kind: 'decoder' | 'encoder' | 'reranker' | 'speech';
  /** Whether it has a template for conversations. */
  readonly isChat: boolean;
  /** Of a model that writes: whether it also says how well texts answer a query, by yes or no. */
  readonly ranks?: boolean;
  /** Tokens that prompt and text may have together. */
  readonly places: number;
  /** What rounding costs it, where that was asked. */
  readonly rounding?: Rounding | undefined;
}

export type Prompt =
  | { readonly messages: readonly Message[]; readonly tools?: readonly unknown[] | undefined }
  | { readonly text: string }
  | { readonly ids: readonly number[] };

/** How tokens are drawn, by the names that `generate` has for it. */
export interface Drawing {
  readonly max?: number;
  readonly stop?: string[];
  readonly seed?: number | string;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logitBias?: Record<string, number>;
  readonly logprobs?: number;
}

/** Functions of which one must be called, or several. */
export interface RequiredCalls {
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice;
}

export interface TextRequest {
  readonly prompt: Prompt;
  readonly drawing: Drawing;
  /** The text is JSON that is valid by this JSON schema. */
  readonly schema?: object | undefined;
  /** The text is calls of functions. */
  readonly calls?: RequiredCalls | undefined;
  /** The place of its adapter among the thread's. */
  readonly adapter?: number | undefined;
}

/** What a text is of a search: models may have been trained with a prefix for each. */
export type Part = 'query' | 'document';

/** A recording, as the bytes of a file. */
export type Recording = { readonly name: string; readonly bytes: Uint8Array } & Pick<
  TranscribeOptions,
  'language' | 'translate' | 'timestamps' | 'temperatures'
>;

export type LanguageQuestion =
  | { readonly id: number; readonly kind: 'write'; readonly request: TextRequest }
  | {
      readonly id: number;
      readonly kind: 'embed';
      readonly texts: readonly string[];
      readonly as?: Part | undefined;
    }
  | { readonly id: number; readonly kind: 'rank'; readonly query: string; readonly texts: readonly string[] }
  | { readonly id: number; readonly kind: 'hear'; readonly recording: Recording }
  /** Nobody waits for the answer to this question any more. */
  | { readonly id: number; readonly kind: 'leave' };

export interface Likely {
  readonly text: string;
  readonly logprob: number;
}

/** A token as clients see it. */
export interface WrittenToken {
  /** What it adds to the text. */
  readonly text: string;
  readonly finish?: 'stop' | 'length';
  /** Of the token by itself, and of the most probable ones, where that was asked for. */
  readonly own?: Likely;
  readonly top?: readonly Likely[];
}

export interface Points {
  /** [texts, dimensions], row by row. */
  readonly data: Float32Array;
  readonly dimensions: number;
  readonly tokens: number;
}

export interface Ranks {
  /** Of each text. */
  readonly scores: Float32Array;
  readonly tokens: number;
}

export type FromLanguageThread =
  | { readonly kind: 'ready'; readonly abilities: Abilities }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly id: number; readonly kind: 'accepted'; readonly promptTokens: number }
  | { readonly id: number; readonly kind: 'begun'; readonly reused: number }
  | { readonly id: number; readonly kind: 'token'; readonly token: WrittenToken }
  | { readonly id: number; readonly kind: 'points'; readonly points: Points }
  | { readonly id: number; readonly kind: 'ranks'; readonly ranks: Ranks }
  | { readonly id: number; readonly kind: 'heard'; readonly transcript: Transcript }
  | { readonly id: number; readonly kind: 'done' }
  | { readonly id: number; readonly kind: 'error'; readonly error: PlainError };
