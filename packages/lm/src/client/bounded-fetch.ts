/** Requests to servers that may be anything. */

/** fetch that follows no redirects and stops reading what is longer than `most` bytes. */
export const boundedFetch =
  (most: number) =>
  async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    if (!response.body) return response;
    let seen = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          seen += chunk.length;
          if (seen > most) controller.error(new Error(`the answer is longer than ${most} bytes`));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };

/** In one short line: what servers send may be pages long. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const text = (error instanceof Error ? error.message : String(error)) + cause;
  return text.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 200);
}
