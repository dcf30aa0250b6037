/** One client for models in this process and behind a URL: the same answers, and no harm from a server that misbehaves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ChatServer, chatServer, json, type ServedRequest } from '../testing/chat-server.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { type ChatClient, ChatError } from './chat-client.ts';
import { KeptAnswers } from './kept-answers.ts';
import { openChatClient } from './open.ts';

const folder = tinyModel({ chat: true });
const scratch = mkdtempSync(join(tmpdir(), 'gradus-client-'));
afterAll(() => {
  for (const path of [folder, scratch]) rmSync(path, { recursive: true, force: true });
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
async function served(...of: Parameters<typeof chatServer>): Promise<ChatServer> {
  const server = await chatServer(...of);
  open.push(server);
  return server;
}
async function client(...of: Parameters<typeof openChatClient>): Promise<ChatClient> {
  const made = await openChatClient(...of);
  open.push(made);
  return made;
}

const signal = new AbortController().signal;
const question = {
  system: 'be brief',
  prompt: 'say a',
  maxTokens: 8,
  schema: { type: 'object', properties: { a: { type: 'string' } } },
};

/** A server of the tiny model itself. */
async function tinyServer(): Promise<ChatServer> {
  const own = await client(folder, { threads: 1 });
  return served(async ({ messages: [system, user], max_tokens: maxTokens = 16, response_format }) => {
    const schema = response_format?.json_schema?.schema ?? {};
    const { text } = await own.complete(
      { system: system!.content, prompt: user!.content, maxTokens, schema },
      signal,
    );
    return text;
  });
}

describe('a language model that is asked for JSON', () => {
  it('answers the same from a folder and from a server that serves it', async () => {
    const [local, remote] = [await client(folder, { threads: 1 }), await client((await tinyServer()).url)];
    const [own, theirs] = [await local.complete(question, signal), await remote.complete(question, signal)];
    expect(own.answerTokens).toBeGreaterThan(0);
    expect(theirs.text).toBe(own.text);
    expect([local.host, remote.host]).toEqual([null, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    expect(own.answerTokens).toBeLessThanOrEqual(8);
  });

  it('is asked by schema, at temperature 0, and in words where the server knows no schemas', async () => {
    const seen: ServedRequest[] = [];
    const server = await served((request, response) => {
      seen.push(request);
      if (!request.response_format) return '{"a": "plain"}';
      json(response, { error: { message: 'response_format is not supported' } }, 400);
      return undefined;
    });
    const remote = await client(`${server.url}#other`);
    expect((await remote.complete(question, signal)).text).toBe('{"a": "plain"}');
    expect((await remote.complete(question, signal)).text).toBe('{"a": "plain"}');
    expect(
      seen.map(({ response_format, model, temperature }) => [response_format?.type, model, temperature]),
    ).toEqual([
      ['json_schema', 'other', 0],
      [undefined, 'other', 0],
      [undefined, 'other', 0],
    ]);
  });

  const misbehaviour: Record<
    string,
    (request: ServedRequest, response: ServerResponse) => string | undefined
  > = {
    'a page in place of an answer': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>');
      return undefined;
    },
    'an answer without an end': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = 'x'.repeat(1 << 16);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
      return undefined;
    },
    silence: () => undefined,
    'another host to ask': (_, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:9/v1/chat/completions' }).end();
      return undefined;
    },
    'a refusal': (_, response) => {
      json(response, { error: { message: 'no credit' } }, 402);
      return undefined;
    },
  };
  it.each(Object.keys(misbehaviour))('%s costs that answer alone', async (name) => {
    const server = await served(misbehaviour[name]!);
    const remote = await client(server.url, { timeout: 1500 });
    await expect(remote.complete(question, signal)).rejects.toThrow(ChatError);
  });

  it('says what is missing before it is asked', async () => {
    await expect(openChatClient('nowhere.gguf')).rejects.toThrow(
      /nowhere\.gguf is no language model: expected a folder/,
    );
    await expect(openChatClient('http://127.0.0.1:9/v1')).rejects.toThrow(
      /does not list models .*Is the server running/,
    );
    const two = await served(() => '', ['small', 'large']);
    await expect(openChatClient(two.url)).rejects.toThrow(/has 2 models\. Name one: .*#small/);
    await expect(openChatClient('http://me:secret@127.0.0.1:9/v1')).rejects.toThrow(/GRADUS_LM_KEY/);
  });
});

describe('kept answers', () => {
  const form = z.object({ a: z.string() });
  const { schema: _, ...asked } = question;

  it('ask nothing twice, in this run and in the next one of the same file', async () => {
    const server = await served(
      ({ messages }) => `Sure! {"a": "${messages.at(-1)!.content.length}"} Anything else?`,
    );
    const remote = await client(server.url);
    const [first, second] = [join(scratch, 'first.jsonl'), join(scratch, 'second.jsonl')];
    const answers = new KeptAnswers(remote, first);
    expect(await answers.complete(asked, form, signal)).toEqual({ a: '5' });
    expect(await answers.complete(asked, form, signal)).toEqual({ a: '5' });
    const again = new KeptAnswers(remote, second, [first]);
    expect(await again.complete(asked, form, signal)).toEqual({ a: '5' });
    expect(again.counts).toMatchObject({ asked: 0, kept: 1, promptTokens: 0 });
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'));
    expect(readFileSync(first, 'utf8')).not.toContain(asked.prompt);
    expect(server.bodies).toHaveLength(1);
  });

  it('are none where the answer is not of the form, and a server that is gone is not asked for ever', async () => {
    let text = 'no JSON at all';
    const server = await served((_, response) => {
      if (text !== '') return text;
      response.destroy();
      return undefined;
    });
    const answers = new KeptAnswers(await client(server.url), join(scratch, 'third.jsonl'));
    expect(await answers.complete(asked, form, signal)).toBeUndefined();
    text = '{"a": {"nested": 1}}';
    expect(await answers.complete({ ...asked, prompt: 'b' }, form, signal)).toBeUndefined();
    await server.close();
    for (const prompt of ['c', 'd', 'e', 'f', 'g'])
      await answers.complete({ ...asked, prompt }, form, signal);
    expect(answers.counts).toMatchObject({ asked: 5, failed: 3 });
    expect(answers.lastFailure).toMatch(/fetch failed|connect|ECONNREFUSED/i);
  }, 60_000);
});
