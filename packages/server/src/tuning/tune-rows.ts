/** The rows of a training as `tune` reads them: OpenAI's own forms are brought into those that others use too. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { TuneRequest } from './tune-request.ts';

const Messages = z.array(z.looseObject({ role: z.string() })).min(1);
/** platform.openai.com/docs/guides/direct-preference-optimization */
const Preference = z.looseObject({
  input: z.looseObject({ messages: Messages }),
  preferred_output: z.array(z.looseObject({ content: z.string() })).length(1),
  non_preferred_output: z.array(z.looseObject({ content: z.string() })).length(1),
});
const Functions = z.array(z.unknown()).min(1);

/**
 * @param into where the rows go
 * @throws UserError naming the line that cannot be read
 */
export async function writeRows(
  path: string,
  into: string,
  method: TuneRequest['method'],
  signal: AbortSignal,
): Promise<void> {
  const out = createWriteStream(into);
  let failure: unknown;
  out.once('error', (error) => (failure = error));
  const lines = createInterface({ input: createReadStream(path, { signal }), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const row = method === 'dpo' ? preferenceOf(line, number) : supervised(line, number);
      if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain', { signal });
      if (failure) throw failure;
    }
  } finally {
    lines.close();
    out.end();
  }
  await finished(out);
}

function supervised(line: string, number: number): object {
  const row = objectOf(line, number);
  if (Functions.safeParse(row.tools).success || Functions.safeParse(row.functions).success) {
    throw new UserError({
      en: `line ${number} of the training file offers functions; rows with functions are not learnt from`,
      zh: `训练文件第 ${number} 行提供了函数；不支持用含函数的数据训练`,
    });
  }
  return row;
}

function preferenceOf(line: string, number: number): object {
  const row = objectOf(line, number);
  if ('chosen' in row && 'rejected' in row) return row;
  const read = Preference.safeParse(row);
  if (!read.success) {
    throw new UserError({
      en: `line ${number} of the training file is no preference. Expected "input" with "messages", "preferred_output" and "non_preferred_output" of one message each; or "prompt", "chosen" and "rejected"`,
      zh: `训练文件第 ${number} 行不是偏好数据。应为带 messages 的 input，以及各含一条消息的 preferred_output 与 non_preferred_output；或 prompt、chosen 与 rejected`,
    });
  }
  const { input, preferred_output, non_preferred_output } = read.data;
  return {
    prompt: input.messages,
    chosen: preferred_output[0]!.content,
    rejected: non_preferred_output[0]!.content,
  };
}

function objectOf(line: string, number: number): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  } catch {
    throw new UserError({
      en: `line ${number} of the training file is no JSON object`,
      zh: `训练文件第 ${number} 行不是 JSON 对象`,
    });
  }
}
