/** The real command in a process of its own, and the real server, in a directory of a test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'gradus.js');
const TOKEN = 'a token of these tests'.replaceAll(' ', '-');
export const authorization = `Bearer ${TOKEN}`;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function commandLine() {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-cli-'));
  const runs = join(directory, 'runs');
  const children: ChildProcess[] = [];
  const start = (args: readonly string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: directory,
      env: { ...process.env, LC_ALL: 'en_US.UTF-8', GRADUS_TOKEN: TOKEN, ...environment },
    });
    children.push(child);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text;
      });
    const finished = new Promise<Finished>((resolve) =>
      child.once('close', (code) => resolve({ code, ...output })),
    );
    return { child, output, finished };
  };
  return {
    directory,
    runs,
    start,
    gradus: (...args: string[]): Promise<Finished> => start(args).finished,
    serving: async (model: string): Promise<{ url: string; stop: () => Promise<Finished> }> => {
      const { child, output, finished } = start(['serve', model, '--runs', runs, '--port', '0']);
      const url = await until(() => /http:\/\/[\d.]+:\d+/.exec(output.stdout)?.[0]);
      return {
        url,
        stop: () => {
          child.kill('SIGINT');
          return finished;
        },
      };
    },
    /** @returns its path */
    file: (name: string, content: string | Uint8Array): string => {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    close: () => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function until<T>(what: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const found = await what();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('waited for a minute in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const get = (url: string): Promise<Response> => fetch(url, { headers: { authorization } });

export const jsonOf = async (response: Promise<Response>) =>
  (await (await response).json()) as Record<string, unknown>;
