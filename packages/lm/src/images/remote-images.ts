/**
 * Images from a server that speaks OpenAI's images API. A server may be anything: what it sends is bounded in time and size, it cannot send the
 * request on to another host, and an answer that holds no image costs that answer alone.
 */
import { z } from 'zod';
import { boundedFetch, reasonOf } from '../client/bounded-fetch.ts';
import { ChatError } from '../client/chat-client.ts';
import { serverPlace } from '../client/server-place.ts';
import type { ImageGenerator, ImageGeneratorOptions } from './image-generator.ts';

const DEFAULT_TIMEOUT = 300_000;
/** Of an answer: a PNG of 2048 pixels a side as base64. */
const MOST_BYTES = 32 * 1024 * 1024;
const ANSWER = z.object({
  data: z.array(z.object({ b64_json: z.string().min(1).nullish() })).min(1),
});
/** What servers refuse who do not know a field. */
const REFUSALS: readonly number[] = [400, 422];

/** @throws UserError where a key stands in the URL */
export function openRemoteImages(
  place: string,
  { timeout = DEFAULT_TIMEOUT }: ImageGeneratorOptions,
): ImageGenerator {
  const { url, model, key } = serverPlace(place);
  const address = `${url.href.replace(/\/+$/, '')}/images/generations`;

  const ask = (fields: object, signal: AbortSignal) =>
    boundedFetch(MOST_BYTES)(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ ...(model && { model }), n: 1, ...fields }),
      signal,
    });

  async function draw(prompt: string, seed: number, signal: AbortSignal): Promise<Uint8Array> {
    const late = AbortSignal.timeout(timeout);
    const both = AbortSignal.any([signal, late]);
    try {
      // Servers of one's own draw from a seed; OpenAI's know none, and newer models of theirs send base64 without being asked.
      let response = await ask({ prompt, seed, response_format: 'b64_json' }, both);
      if (REFUSALS.includes(response.status)) response = await ask({ prompt }, both);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      const image = ANSWER.parse(await response.json()).data[0]!.b64_json;
      if (!image) throw new Error('the answer holds an address and no image');
      return Uint8Array.from(Buffer.from(image, 'base64'));
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw new ChatError(`no image within ${timeout / 1000} s`, { cause: error });
      throw new ChatError(reasonOf(error), { cause: error });
    }
  }

  return { model: model || url.host, host: url.host, draw, close: () => Promise.resolve() };
}
