/**
 * Behind the proxies that people put in front, the real programs: a server on this machine only, told once the public name
 * (`allowHosts`), is reached by that name and by no other, with its sign-in, its events and its uploads.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, serve } from './serve.ts';

const NAME = 'api.startup.example';

let directory: string;
let server: RunningServer;
const running: ChildProcess[] = [];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-proxies-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  const run = await moodsRun(runs);
  server = await serve({ model: run.id, runs, recipes: [moods], port: 0, allowHosts: [NAME], database: '' });
});
afterAll(async () => {
  for (const child of running) child.kill();
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

interface Proxy {
  readonly name: string;
  readonly program: string;
  /** What Debian's package is called. */
  readonly install: string;
  readonly file: string;
  /** @param to The server's host and port */
  config(to: string, port: number): string;
  arguments(file: string): string[];
}

const nginx = (name: string, location: string, upstream = ''): Proxy => ({
  name: `nginx, ${name}`,
  program: 'nginx',
  install: 'nginx',
  file: 'nginx.conf',
  config: (
    to,
    port,
  ) => `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${directory}/${port}.pid; error_log ${directory}/${port}.log; events {}
http { access_log off; client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
 fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s; client_max_body_size 0;
 ${upstream.replaceAll('SERVER', to)}
 server { listen 127.0.0.1:${port}; location / { ${location.replaceAll('SERVER', to)} } } }`,
  arguments: (file) => ['-c', file],
});

const PROXIES: readonly Proxy[] = [
  nginx('to an address', 'proxy_pass http://SERVER;'),
  nginx(
    'to a named upstream',
    'proxy_pass http://gradus_backend;',
    'upstream gradus_backend { server SERVER; }',
  ),
  nginx(
    'with the Host it was asked by',
    'proxy_pass http://SERVER; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto https; proxy_request_buffering off;',
  ),
  {
    name: 'HAProxy',
    program: 'haproxy',
    install: 'haproxy',
    file: 'haproxy.cfg',
    config: (to, port) => `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  option forwardfor
  server s ${to}
`,
    arguments: (file) => ['-db', '-f', file],
  },
  {
    name: 'Caddy',
    program: 'caddy',
    install: 'caddy',
    file: 'Caddyfile',
    config: (to, port) => `{
  admin off
  auto_https off
}
:${port} {
  bind 127.0.0.1
  reverse_proxy ${to}
}
`,
    arguments: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** As a client that has been told the public name: what `fetch` does not let one say. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer; until?: RegExp } = {},
): Promise<Answered> {
  const { method = 'GET', headers = {}, body, until } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: { host: NAME, ...headers } },
      (response) => {
        let text = '';
        const done = () => resolve({ status: response.statusCode!, headers: response.headers, text });
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (until?.test(text)) {
            done();
            asked.destroy();
          }
        });
        response.on('end', done).on('error', done);
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

const isThere = (program: string): boolean => spawnSync(program, ['-v']).error === undefined;

for (const proxy of PROXIES) {
  const found = isThere(proxy.program);
  const title = found
    ? proxy.name
    : `${proxy.name} (skipped: not installed; apt-get install ${proxy.install})`;
  describe.skipIf(!found)(`behind ${title}`, () => {
    let port: number;
    const bearer = () => ({ authorization: `Bearer ${server.token}` });

    beforeAll(async () => {
      port = await freePort();
      const file = join(mkdtempSync(join(directory, 'proxy-')), proxy.file);
      writeFileSync(file, proxy.config(new URL(server.url).host, port));
      const home = { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
      running.push(spawn(proxy.program, proxy.arguments(file), { stdio: 'ignore', env: home }));
      await vi.waitFor(async () => expect((await ask(port, '/healthz')).status).toBe(200), {
        timeout: 20_000,
      });
    });

    it('answers requests and predictions', async () => {
      const body = JSON.stringify({ texts: ['a text of more than twenty characters'] });
      const headers = { ...bearer(), 'content-type': 'application/json' };
      const { status, text } = await ask(port, '/v1/moods', { method: 'POST', headers, body });
      expect(status, text).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ results: [{ mood: 'good' }] });
    });

    it('signs a browser in, and takes its forms', async () => {
      const origin = { origin: `https://${NAME}`, 'content-type': 'application/x-www-form-urlencoded' };
      const body = `token=${encodeURIComponent(server.token)}`;
      const entered = await ask(port, '/sign-in', { method: 'POST', headers: origin, body });
      expect([entered.status, entered.headers.location], entered.text).toEqual([303, '/']);
      const cookie = entered.headers['set-cookie']![0]!.split(';')[0]!;
      const page = await ask(port, '/', {
        method: 'POST',
        headers: { ...origin, cookie },
        body: 'texts=good',
      });
      expect(page.status).toBe(200);
      const foreign = { ...origin, origin: 'https://evil.example', cookie };
      expect((await ask(port, '/', { method: 'POST', headers: foreign, body: 'texts=good' })).status).toBe(
        403,
      );
    });

    it('tells of a job while it goes', async () => {
      const begun = await ask(port, '/v1/iterate', {
        method: 'POST',
        headers: { ...bearer(), 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'moods-1' }),
      });
      const { id } = JSON.parse(begun.text) as { id: number };
      const started = performance.now();
      const options = { headers: bearer(), until: /"queued"/ };
      expect((await ask(port, `/v1/jobs/${id}/events`, options)).text).toContain('"queued"');
      expect(performance.now() - started).toBeLessThan(10_000);
    });

    it('takes uploads larger than any body, in parts', async () => {
      const bytes = randomBytes(12 * 2 ** 20);
      const begun = await ask(port, '/v1/uploads', {
        method: 'POST',
        headers: { ...bearer(), 'content-type': 'application/json' },
        body: JSON.stringify({
          dataset: `d${port}`,
          file: 'a.bin',
          bytes: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        }),
      });
      const { id } = JSON.parse(begun.text) as { id: string };
      const half = 11 * 2 ** 20;
      for (const [from, to] of [
        [0, half],
        [half, bytes.length],
      ] as const) {
        const { status, text } = await ask(port, `/v1/uploads/${id}`, {
          method: 'PATCH',
          headers: {
            ...bearer(),
            'content-type': 'application/offset+octet-stream',
            'upload-offset': String(from),
          },
          body: bytes.subarray(from, to),
        });
        expect(status, text).toBe(200);
      }
      expect((await ask(port, `/v1/datasets/d${port}`, { headers: bearer() })).status).toBe(200);
    });
  });
}

it('answers to no other name, and says what to do', async () => {
  const { port } = new URL(server.url);
  const { status, text } = await ask(Number(port), '/healthz', {
    headers: { host: 'other.startup.example' },
  });
  expect(status).toBe(403);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'forbidden_host', message: expect.stringContaining('--allow-host other.startup.example') },
  });
});
