/** A server that speaks as much of OpenAI's chat completions as clients ask of it, over HTTP; what it answers is the caller's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly schema: Readonly<Record<string, unknown>> };
  };
}

export interface ChatServer {
  /** With /v1 at the end. */
  readonly url: string;
  /** Bodies of the chat completions asked for, in order. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

/** @param answer the assistant's text; or what to do with the response */
export async function chatServer(
  answer: (
    request: ServedRequest,
    response: ServerResponse,
  ) => string | undefined | Promise<string | undefined>,
  models: readonly string[] = ['tiny'],
): Promise<ChatServer> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/models') {
      json(response, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
      return;
    }
    const body = await textOf(request);
    bodies.push(body);
    const text = await answer(JSON.parse(body), response);
    if (text === undefined) return;
    json(response, {
      id: 'chat-1',
      object: 'chat.completion',
      created: 1,
      model: models[0],
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: body.length,
        completion_tokens: text.length,
        total_tokens: body.length + text.length,
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
