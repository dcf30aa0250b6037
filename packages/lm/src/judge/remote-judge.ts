/** A judge behind an address that speaks OpenAI's chat completions. Its words are read; a probability it does not give. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { Judge } from './model-judge.ts';

const ANSWER = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
});
const MILLISECONDS = 60_000;
const MOST_BYTES = 1 << 20;

/**
 * @param url such as http://127.0.0.1:8000/v1#NAME; the name of the model stands after #
 * @param key sent as a bearer token
 */
export function remoteJudge(url: string, key: string | undefined, signal?: AbortSignal): Judge {
  const { origin, pathname, hash } = new URL(url);
  const place = new URL(`${pathname.replace(/\/$/, '')}/chat/completions`, origin);
  return {
    async ask(question, words) {
      const body = {
        model: decodeURIComponent(hash.slice(1)) || 'default',
        messages: [{ role: 'user', content: question }],
        temperature: 0,
        max_tokens: 8,
      };
      const text = await answered(place, body, key, signal);
      const said = text.toLowerCase().match(/[\p{L}\p{N}]+/u)?.[0];
      const at = words.indexOf(said ?? '');
      return at < 0 ? undefined : at;
    },
    close: async () => undefined,
  };
}

async function answered(
  place: URL,
  body: object,
  key: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const limit = AbortSignal.timeout(MILLISECONDS);
  try {
    const response = await fetch(place, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      redirect: 'error',
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 200)}`);
    if (text.length > MOST_BYTES) throw new Error(`an answer of ${text.length} bytes`);
    return ANSWER.parse(JSON.parse(text)).choices[0]!.message.content ?? '';
  } catch (error) {
    signal?.throwIfAborted();
    const { message } = error as Error;
    throw new UserError(
      {
        en: `the judge at ${place.href} does not answer: ${message}`,
        zh: `评审 ${place.href} 未能回答：${message}`,
      },
      { cause: error },
    );
  }
}
