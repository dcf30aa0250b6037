/** A server as users start it, in a process of its own: `gradus serve`, for the recipes there are and the test's digits. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export const TOKEN = 'only-for-the-benchmark';

export interface StartedServer {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** @param core Binds the server to one core, where the system can do that. */
export async function startServer(
  args: readonly string[],
  { core, env = {} }: { readonly core?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<StartedServer> {
  const program = [new URL('gradus.ts', import.meta.url).pathname, 'serve', ...args, '--port', '0'];
  const all = { ...process.env, GRADUS_TOKEN: TOKEN, ...env };
  const child =
    core !== undefined && existsSync('/usr/bin/taskset')
      ? spawn('taskset', ['-c', String(core), process.execPath, ...program], { env: all })
      : spawn(process.execPath, program, { env: all });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    const see = (chunk: Buffer) => {
      text += chunk;
      const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
      if (found) resolve(found);
    };
    child.stdout!.on('data', see);
    child.stderr!.on('data', see);
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${text}`)));
  });
  return {
    url,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGINT');
      }),
  };
}
