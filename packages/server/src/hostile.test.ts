/**
 * What bad input gets: a reason in the form of the protocol that was spoken, and a server that goes on. Over raw sockets. One
 * server takes all of it, one after the other, so it is one long file.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { logError } from '@gradus/lifecycle';
import { digits, digitsRun } from '@gradus/lifecycle/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, serve } from './index.ts';

let directory: string;
let server: RunningServer;
/** Has less patience. */
let hasty: RunningServer;
let port: number;
let model: string;
const sockets: Socket[] = [];
const logged = vi.spyOn(console, 'error');

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-hostile-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  const run = await digitsRun(runs);
  server = await serve({
    model: run.id,
    runs,
    recipes: [digits as never],
    port: 0,
  });
  hasty = await serve({
    model: run.id,
    runs,
    recipes: [digits as never],
    port: 0,
    times: { headers: 1500, request: 2500 },
  });
  port = Number(new URL(server.url).port);
  model = ((await (await fetch(`${server.url}/healthz`)).json()) as { model: string }).model;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  expect((await ask('/v1/digits', JSON.stringify({ images: [image] }))).status).toBe(200);
  // What others send is nothing that went wrong here.
  expect(logged.mock.calls).toEqual([]);
});
afterAll(async () => {
  await server?.close();
  await hasty?.close();
  rmSync(directory, { recursive: true, force: true });
});

const image = Array.from({ length: 784 }, (_, i) => i / 784);
const authorization = () => `Bearer ${server.token}`;

const ask = (path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    ...(body !== undefined && { method: 'POST', body: body as string }),
    headers: { authorization: authorization(), 'content-type': 'application/json', ...headers },
    redirect: 'manual',
  });

interface Answered {
  /** Of each answer on the connection. */
  readonly statuses: number[];
  readonly text: string;
}

/** Sends bytes as they are, and reads until the server closes, or has given so many answers. */
function raw(
  content: string | Uint8Array | readonly (string | Uint8Array)[],
  answers = 1,
  at = port,
): Promise<Answered> {
  const parts = Array.isArray(content) ? content : [content as string];
  return new Promise((resolve) => {
    const socket = connect(at, '127.0.0.1');
    sockets.push(socket);
    let text = '';
    const statuses = () => Array.from(text.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status));
    const done = () => resolve({ statuses: statuses(), text });
    socket.on('error', done).on('close', done);
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      const complete = statuses().length >= answers && text.endsWith('}');
      if (complete) {
        done();
        socket.destroy();
      }
    });
    for (const part of parts) socket.write(part);
  });
}

const head = (method: string, path: string, ...lines: string[]): string =>
  [`${method} ${path} HTTP/1.1`, `Host: localhost:${port}`, ...lines, '', ''].join('\r\n');
const post = (path: string, ...lines: string[]): string =>
  head('POST', path, `Authorization: ${authorization()}`, 'Content-Type: application/json', ...lines);

/** The error of an answer, in the form of its protocol. */
function reasonOf(text: string, openInference = false): string {
  const body = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
  if (openInference) return body.error;
  expect(body.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  return body.error.message;
}

describe('what is no HTTP', () => {
  const chunked = 'Transfer-Encoding: chunked';
  const cases: [name: string, content: () => string | Uint8Array, status: number][] = [
    ['bytes of any kind', () => Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256), 400],
    ["TLS's first message", () => Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, 13, 10, 13, 10), 400],
    ["HTTP/2's first message", () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['two lengths', () => `${post('/v1/digits', 'Content-Length: 5', 'Content-Length: 6')}hello!`, 400],
    [
      'a length and chunks (smuggling)',
      () => `${post('/v1/digits', 'Content-Length: 4', chunked)}0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n`,
      400,
    ],
    ['a length with a sign', () => `${post('/v1/digits', 'Content-Length: +5')}hello`, 400],
    ['chunks of chunks', () => `${post('/v1/digits', `${chunked}, chunked`)}0\r\n\r\n`, 400],
    ['a space before a colon', () => post('/v1/digits', 'Content-Length : 5'), 400],
    ['a header without a colon', () => head('GET', '/healthz', 'nonsense'), 400],
    ['a NUL in a header', () => head('GET', '/healthz', 'X-A: a\0b'), 400],
    ['a line end in a header', () => head('GET', '/healthz', 'X-A: a\rX-B: b'), 400],
    ['no Host', () => 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['headers of 20 kB', () => head('GET', '/healthz', `X-A: ${'a'.repeat(20_000)}`), 431],
    [
      'a thousand headers',
      () => head('GET', '/healthz', ...Array.from({ length: 2000 }, (_, i) => `X-${i}: aaaa`)),
      431,
    ],
    ['an address of 20 kB', () => head('GET', `/${'a'.repeat(20_000)}`), 431],
    ['a Host that is no name', () => 'GET /healthz HTTP/1.1\r\nHost: a b/c\r\n\r\n', 400],
    ['an unknown method', () => 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['the Host of somebody else', () => 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n', 403],
    ['HTTP/1.0 without a Host', () => 'GET /healthz HTTP/1.0\r\n\r\n', 403],
  ];
  it.each(cases)('%s: refused with a reason', async (_, content, status) => {
    const { statuses, text } = await raw(content());
    expect(statuses).toEqual([status]);
    expect(reasonOf(text)).not.toBe('');
  });

  it('is told in the form of the Open Inference Protocol where that was spoken', async () => {
    const { text } = await raw(head('POST', '/v2/models/x/infer', `X-A: ${'a'.repeat(20_000)}`));
    expect(reasonOf(text, true)).toMatch(/larger than 16 kB/);
  });

  it('does not keep HTTP/1.0 from being answered', async () => {
    const { statuses, text } = await raw('GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n');
    expect(statuses).toEqual([200]);
    expect(text).toContain('"status":"ok"');
  });

  it('leaves pipelined requests their answers, in order', async () => {
    const bodies = [{ images: [image] }, { images: 7 }, { images: [image, image] }].map((body) =>
      JSON.stringify(body),
    );
    const requests = bodies.map((body) => `${post('/v1/digits', `Content-Length: ${body.length}`)}${body}`);
    expect((await raw(requests, 3)).statuses).toEqual([200, 400, 200]);
  });
});

describe('slow, endless and packed bodies', () => {
  it.each([
    ['headers', () => 'POST /v1/digits HTTP/1.1\r\nHost: localhost\r\n', () => 'X-Slow: 1\r\n'],
    ['a body', () => post('/v1/digits', 'Content-Length: 1000'), () => ' '],
    ['chunks', () => post('/v1/digits', 'Transfer-Encoding: chunked'), () => '1\r\n \r\n'],
  ] satisfies [string, () => string, () => string][])(
    '%s that drip in are cut off, and told so',
    async (_, first, more) => {
      const answer = raw(first(), 1, Number(new URL(hasty.url).port));
      const socket = sockets.at(-1)!;
      const drip = setInterval(() => socket.writable && socket.write(more()), 100);
      const { statuses, text } = await answer;
      clearInterval(drip);
      expect(statuses).toEqual([408]);
      expect(reasonOf(text)).toContain('in time');
    },
  );

  it.each([
    ['that says so', () => post('/v1/digits', `Content-Length: ${11 * 2 ** 20}`), 'x'.repeat(2 ** 20)],
    [
      'in chunks without end',
      () => post('/v1/digits', 'Transfer-Encoding: chunked'),
      `${(2 ** 20).toString(16)}\r\n${'x'.repeat(2 ** 20)}\r\n`,
    ],
  ] satisfies [string, () => string, string][])(
    'a body of more than 10 MB %s gets 413',
    async (_, first, part) => {
      const { statuses, text } = await raw([first(), ...new Array<string>(11).fill(part)]);
      expect(statuses).toEqual([413]);
      expect(reasonOf(text)).toContain('10 MB');
    },
  );

  it('a packed body gets 415, whatever it would unpack to', async () => {
    for (const [coding, body] of [
      ['gzip', gzipSync(Buffer.alloc(50 * 2 ** 20))],
      ['br', '{}'],
      ['gzip, identity', '{}'],
    ] as const) {
      const response = await ask('/v1/digits', body as never, { 'content-encoding': coding });
      expect(response.status).toBe(415);
      expect(reasonOf(await response.text())).toContain('without Content-Encoding');
    }
    const { statuses } = await raw(`${post('/v1/digits', 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n`);
    expect(statuses).toEqual([415]);
  });

  it('those who do not even listen are cut off', async () => {
    const deaf = connect(Number(new URL(hasty.url).port), '127.0.0.1').pause();
    sockets.push(deaf);
    // What is written to a connection that is gone fails.
    const failed = new Promise((resolve) => deaf.once('error', resolve));
    const drip = setInterval(() => deaf.write('X'), 100);
    await failed;
    clearInterval(drip);
  });

  it('a refusal reaches those who are still sending', async () => {
    const body = 'x'.repeat(5 * 2 ** 20);
    const anonymous = head('POST', '/v1/digits', `Content-Length: ${body.length}`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => raw([anonymous, body])));
    for (const { statuses } of answers) expect(statuses).toEqual([401]);
  });

  it('a client that waits for 100 Continue is answered', async () => {
    const body = JSON.stringify({ images: [image] });
    const first = post('/v1/digits', `Content-Length: ${body.length}`, 'Expect: 100-continue');
    const { statuses } = await raw([first, body], 2);
    expect(statuses).toEqual([100, 200]);
  });

  it('a thousand connections that say nothing keep nobody out', async () => {
    const idle = Array.from({ length: 1000 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    sockets.push(...idle);
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect((await ask('/v1/digits', JSON.stringify({ images: [image] }))).status).toBe(200);
  });
});

describe('what is JSON, but no request', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const bodies: [name: string, body: string | Uint8Array][] = [
    ['nothing', ''],
    ['a half', '{"images": ['],
    ['another type', '"text"'],
    ['null', 'null'],
    ['NaN', '{"images": [[NaN]]}'],
    ['a number past all numbers', JSON.stringify({ images: [image] }).replace('[[0,', '[[1e999,')],
    ['null for a number', JSON.stringify({ images: [image] }).replace('[[0,', '[[null,')],
    ['text for a number', JSON.stringify({ images: [image] }).replace('[[0,', '[["0",')],
    ['another shape', JSON.stringify({ images: [image.slice(1)] })],
    ['lists a million deep', `{"images": ${deep(1_000_000)}}`],
    ['objects a million deep', `{"images": ${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}}`],
    ['__proto__', `{"images": [${JSON.stringify(image)}], "__proto__": {"admin": true}}`],
    ['constructor', `{"images": [${JSON.stringify(image)}], "constructor": {"prototype": {"admin": true}}}`],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0xfe, 0x22)],
    ['an overlong form of UTF-8', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    [
      'many unknown names',
      JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, i]))),
    ],
  ];
  it.each(bodies)('%s: 400 with a short reason, by every way in', async (_, body) => {
    for (const path of ['/v1/digits', '/v1/feedback', `/v2/models/${model}/infer`]) {
      const response = await ask(path, body as string);
      const text = await response.text();
      expect(response.status, path).toBe(400);
      expect(reasonOf(text, path.startsWith('/v2'))).not.toBe('');
      expect(text.length).toBeLessThan(2500);
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('tensors of deep lists, of names from the prototype, of sizes that are none', async () => {
    const x = { name: 'x', shape: [1, 784], datatype: 'FP32', data: image };
    const refused: string[] = [
      JSON.stringify({ inputs: [{ ...x, data: 'DEEP' }] }).replace('"DEEP"', deep(500_000)),
      JSON.stringify({ inputs: [{ ...x, data: ['DEEP', ...image.slice(1)] }] }).replace(
        '"DEEP"',
        deep(500_000),
      ),
      JSON.stringify({ inputs: [{ ...x, name: '__proto__' }] }),
      JSON.stringify({ inputs: [{ ...x, name: 'constructor' }] }),
      JSON.stringify({ inputs: [x], outputs: [{ name: 'toString' }] }),
      JSON.stringify({ inputs: [{ ...x, shape: [1e308, 1e308] }] }),
      JSON.stringify({ inputs: [{ ...x, shape: [-1, -784] }] }),
      JSON.stringify({ inputs: [{ ...x, shape: new Array(100_000).fill(1) }] }),
      JSON.stringify({ inputs: [{ ...x, parameters: { binary_data_size: 1e9 } }] }),
      JSON.stringify({ inputs: new Array(101).fill(x) }),
    ];
    for (const body of refused) {
      const response = await ask(`/v2/models/${model}/infer`, body);
      const text = await response.text();
      expect([response.status, text.length < 2500], body.slice(0, 100)).toEqual([400, true]);
      expect(reasonOf(text, true)).not.toBe('');
    }
    for (const length of ['-1', '1e2', '0x10', ' ', '99999999999999999999', 'NaN']) {
      const headers = { 'inference-header-content-length': length };
      expect((await ask(`/v2/models/${model}/infer`, JSON.stringify({ inputs: [x] }), headers)).status).toBe(
        400,
      );
    }
  });
});

describe('addresses', () => {
  it.each([
    '/../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/report/../../.token',
    '/%2e%2e/%2e%2e/.token',
    '/report%00.html',
    '/v2/models/..%2f..%2f.token',
    "/v2/models/x'%3B%20drop%20table%20keys%3B--",
    '/v2/models/%0d%0aX-Injected:%201',
    '/v2/models/%ff',
    '/%',
    '//evil.example/%2f..',
    '/\\evil.example',
  ])('%s leads nowhere', async (path) => {
    const { statuses, text } = await raw(head('GET', path, `Authorization: ${authorization()}`));
    expect([400, 404]).toContain(statuses[0]);
    expect(text).not.toMatch(/root:|gradus_|^X-Injected/m);
    expect(text).not.toContain(server.token);
    expect(reasonOf(text, /\/v2/.test(path))).not.toBe('');
  });
});

describe('tokens', () => {
  it('that are wrong open nothing, in whatever form they come', async () => {
    const values = [
      '',
      'Bearer',
      'Bearer ',
      'bearer x',
      'Basic b3duZXI6',
      `Bearer ${server.token}x`,
      `Bearer a b`,
      `Bearer ${'x'.repeat(8000)}`,
    ];
    for (const value of values) {
      const { statuses, text } = await raw(
        head('GET', '/report', 'Connection: close', `Authorization: ${value}`),
      );
      expect([401, 429], value).toContain(statuses[0]);
      expect(text).not.toContain(server.token);
    }
    const { statuses } = await raw(
      head('GET', '/report', 'Connection: close', `Authorization: bearer ${server.token}`),
    );
    expect(statuses).toEqual([200]);
  });

  it('that are wrong are not made into cookies, and those that are right leave for addresses of this server only', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const wrong = await fetch(`${server.url}/docs?token=gradus_wrong`, { redirect: 'manual' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
    const right = await fetch(`${server.url}/docs?token=${server.token}&next=//evil.example`, {
      redirect: 'manual',
    });
    expect(right.headers.get('location')).toBe('/docs?next=%2F%2Fevil.example');
    expect(right.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('signed in with speak for pages of this server, not for those of others on this machine', async () => {
    const entered = await fetch(`${server.url}/docs?token=${server.token}`, { redirect: 'manual' });
    // By the name that the requests below have for it.
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const body = JSON.stringify({ images: [image] });
    const by = async (headers: Record<string, string>) => {
      const lines = Object.entries({ Cookie: cookie, 'Content-Type': 'application/json', ...headers });
      const request = head(
        'POST',
        '/v1/digits',
        ...lines.map(([name, value]) => `${name}: ${value}`),
        `Content-Length: ${body.length}`,
      );
      return (await raw([request, body])).statuses[0];
    };
    expect(await by({})).toBe(403);
    expect(await by({ 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:3000' })).toBe(403);
    expect(await by({ 'Sec-Fetch-Site': 'cross-site', Origin: 'http://evil.example' })).toBe(403);
    expect(await by({ Origin: 'http://localhost:3000' })).toBe(403);
    expect(await by({ Origin: 'null' })).toBe(403);
    expect(await by({ Origin: `http://localhost:${port}` })).toBe(200);
    expect(await by({ 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  });

  it('are not asked for on behalf of other origins: no answer allows them', async () => {
    for (const method of ['OPTIONS', 'GET', 'POST']) {
      for (const path of ['/v1/digits', `/v2/models/${model}/infer`, '/report']) {
        const { text } = await raw(
          head(
            method,
            path,
            'Connection: close',
            'Origin: http://evil.example',
            'Access-Control-Request-Method: POST',
            `Authorization: ${authorization()}`,
          ),
        );
        expect(text).not.toMatch(/access-control-allow/i);
      }
    }
  });
});

describe('every route', () => {
  it('answers anything with a status below 500, and errors in its form', async () => {
    const document = (await (await ask('/openapi.json')).json()) as {
      paths: Record<string, Record<string, object>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, ways]) =>
      Object.keys(ways).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(routes.length).toBeGreaterThan(12);
    const names = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('..', model, '__proto__', '1'),
    );
    const json = fc.oneof(
      fc.json(),
      fc
        .record({
          inputs: fc.array(
            fc.record({
              name: names,
              shape: fc.array(fc.nat(5)),
              datatype: fc.constantFrom('FP32', 'INT64', 'BYTES'),
              data: fc.array(fc.jsonValue()),
            }),
          ),
        })
        .map((value) => JSON.stringify(value)),
      fc
        .record({ images: fc.array(fc.array(fc.double())), corrections: fc.array(fc.jsonValue()) })
        .map((value) => JSON.stringify(value)),
    );
    const requests = fc.record({
      route: fc.constantFrom(...routes),
      name: names,
      query: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ unit: 'binary', maxLength: 50 }), {
        maxKeys: 3,
      }),
      body: fc.oneof(
        json,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      ),
      type: fc.constantFrom(
        'application/json',
        'text/plain',
        'application/octet-stream',
        'multipart/form-data; boundary=x',
      ),
      header: fc.tuple(
        fc.constantFrom(
          'x-user-id',
          'accept',
          'inference-header-content-length',
          'range',
          'if-none-match',
          'x-forwarded-for',
        ),
        fc.stringMatching(/^[\x21-\x7e]{1,50}$/),
      ),
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ route: [method, template], name, query, body, type, header }) => {
        const path = template.replace(/\{\w+\}/g, encodeURIComponent(name.toWellFormed()));
        const search = new URLSearchParams(
          Object.entries(query).filter(([key]) => key !== 'token'),
        ).toString();
        const response = await fetch(`${server.url}${path}?${search}`, {
          method,
          headers: { authorization: authorization(), 'content-type': type, [header[0]]: header[1] },
          ...(method !== 'GET' && { body: Buffer.from(body, 'latin1') }),
          // One that never ends fails with its request named.
          signal: AbortSignal.timeout(20_000),
        });
        // The events of a job that waits have no end.
        if (/event-stream/.test(response.headers.get('content-type') ?? '')) return response.body!.cancel();
        const text = await response.text();
        expect(response.status, `${method} ${path} ${body}: ${text}`).toBeLessThan(500);
        const isPage = /html/.test(response.headers.get('content-type') ?? '');
        if (isPage) expect(text).not.toContain('<script');
        else if (response.status >= 400) reasonOf(text, path.startsWith('/v2'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the log', () => {
  it('has one line an error, in which what others sent moves nothing', () => {
    logError('GET /\u001b[2J\n', new Error('bad\r\n{"at":"forged"}\u202e\u009b'));
    const [[line]] = logged.mock.calls as [[string]];
    logged.mockClear();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    expect(JSON.parse(line)).toMatchObject({
      what: 'GET /\u001b[2J\n',
      error: expect.stringContaining('forged'),
      stack: expect.any(Array),
    });
  });
});
