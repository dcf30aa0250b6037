/**
 * Headless Chromium, driven over the DevTools protocol (chromedevtools.github.io/devtools-protocol): enough to open a page
 * and to compute in it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where Debian's package chromium puts it. */
export const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--no-first-run',
  '--disable-dev-shm-usage',
  // WebGPU without a graphics card.
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-webgpu-adapter=swiftshader',
];

export interface Page {
  /** The value of an expression, awaited. Errors in the page are thrown here. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

export async function openPage(url: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'gradus-chromium-'));
  const browser = spawn(CHROMIUM, [...FLAGS, '--remote-debugging-port=0', `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const devtools = await firstMatch(browser.stderr, /ws:\/\/([^/]+)/);
  const made = await fetch(`http://${devtools}/json/new?about:blank`, { method: 'PUT' });
  const page = await connect(((await made.json()) as { webSocketDebuggerUrl: string }).webSocketDebuggerUrl);
  await page.call('Page.enable');
  const loaded = page.event('Page.loadEventFired');
  await page.call('Page.navigate', { url });
  await loaded;
  return {
    evaluate: async <T>(expression: string) => {
      const { result, exceptionDetails } = await page.call('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result!.value as T;
    },
    close: async () => {
      const gone = once(browser, 'exit');
      // The browser may be gone before it has answered, or be too busy to hear.
      page.call('Browser.close').catch(() => {});
      const late = setTimeout(() => browser.kill('SIGKILL'), 10_000);
      if (browser.exitCode === null && browser.signalCode === null) await gone;
      clearTimeout(late);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function firstMatch(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  const said: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    const match = pattern.exec(line);
    if (match) return match[1]!;
    said.push(line);
  }
  throw new Error(`Chromium did not start: ${said.join('\n')}`);
}

/** What is used of the protocol's answers. */
interface Answer {
  readonly result?: { readonly value: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  const answered = new Map<number, (message: { result?: Answer; error?: { message: string } }) => void>();
  const happened = new Map<string, () => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id) answered.get(message.id)?.(message);
    else happened.get(message.method)?.();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no connection to ${url}`));
  });
  socket.onclose = () => {
    for (const answer of answered.values()) answer({ error: { message: 'Chromium closed the connection' } });
  };
  let calls = 0;
  return {
    event: (method: string) => new Promise<void>((resolve) => happened.set(method, resolve)),
    call: (method: string, params: object = {}) =>
      new Promise<Answer>((resolve, reject) => {
        const id = ++calls;
        answered.set(id, ({ result, error }) => {
          answered.delete(id);
          if (error) reject(new Error(error.message));
          else resolve(result!);
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
  };
}
