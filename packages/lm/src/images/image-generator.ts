/**
 * An image model that somebody brings and that draws from words: behind a URL that speaks OpenAI's images API (`/v1/images/generations`), or a
 * folder that optimum has exported as ONNX. What uses one sees no difference; a picture that does not come costs that picture alone.
 */

export interface ImageGenerator {
  readonly model: string;
  /** The host that prompts are sent to; null where nothing leaves this machine's memory. */
  readonly host: string | null;
  /**
   * @returns the bytes of an image file
   * @throws ChatError where there is none: too late, too large, refused, no connection
   */
  draw(prompt: string, seed: number, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface ImageGeneratorOptions {
  /** Milliseconds that one image may take. Default 300,000. */
  readonly timeout?: number;
  readonly threads?: number;
}
