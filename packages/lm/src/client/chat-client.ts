/**
 * A language model that is asked for JSON, wherever it runs: in this process, from a folder or a GGUF file; or behind a URL that speaks
 * OpenAI's chat completions. What uses one sees no difference, and no types of the library that speaks to servers.
 */
export interface ChatRequest {
  readonly system: string;
  readonly prompt: string;
  /** JSON schema (draft 2020-12) of the answer. A server that knows none is asked in words alone. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Tokens of the answer at most. */
  readonly maxTokens: number;
}

export interface ChatAnswer {
  /** As the model wrote it: meant to be JSON, and not checked. */
  readonly text: string;
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface ChatClient {
  /** The model's name, as reports give it. */
  readonly model: string;
  /** The host that requests are sent to; null where nothing leaves this machine's memory. */
  readonly host: string | null;
  /**
   * Asks once, at temperature 0.
   * @throws ChatError where there is no answer: too late, too long, refused, no connection
   */
  complete(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer>;
  close(): Promise<void>;
}

/** There is no answer to one request. The next one may have one. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
}

/** Where the key of a server is looked for: a key is no option, since options are written into runs. */
export const KEY_VARIABLE = 'GRADUS_LM_KEY';

export interface ChatClientOptions {
  /** Milliseconds that one answer may take. Default 120,000. */
  readonly timeout?: number;
  readonly threads?: number;
}
