import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../main.ts';
import type { Terminal } from '../terminal.ts';
import { DEFAULT_RUNS } from './recipe.ts';
import { workerCommand } from './worker.ts';

export const DEFAULT_PORT = 8420;

/** `gradus serve MODEL`: answers over HTTP until stopped. */
export const serve: AddCommand = (program, terminal, recipes) => {
  program
    .command('serve <model>')
    .description(
      'serve over HTTP: a run, of which a better retrained one takes over by itself, or models:/NAME@champion, models:/NAME/3, runs:/ID/model',
    )
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--port <number>', 'port; 0 takes any that is free', portNumber, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on; the default is this machine only', '127.0.0.1')
    .option('--workers <number>', 'processes of its own that do jobs', workerNumber, 1)
    .option(
      '--data <directory>',
      'jobs that are asked for over HTTP may read the files in here, and no others',
    )
    .action(async (model: string, { out, port, host, workers, data }: ServeFlags) => {
      const server = await import('@gradus/server');
      const running = await server.serve({
        model,
        runs: out,
        recipes,
        port,
        host,
        workers: { command: workerCommand(out), count: workers },
        ...(data !== undefined && { data }),
      });
      await untilStopped(terminal, running);
    });
};

interface ServeFlags {
  readonly out: string;
  readonly port: number;
  readonly host: string;
  readonly workers: number;
  readonly data?: string;
}

/** Says where the server is, and closes it when Ctrl-C comes. */
export async function untilStopped(
  terminal: Terminal,
  running: {
    readonly url: string;
    readonly token: string;
    readonly recipe: string;
    close(): Promise<void>;
  },
): Promise<void> {
  terminal.print(
    terminal.say({
      en: `Serving on ${running.url}/?token=${running.token} (Ctrl-C stops it). Try:`,
      zh: `服务地址：${running.url}/?token=${running.token}（按 Ctrl-C 停止）。试一试：`,
    }),
  );
  terminal.print(
    `  curl ${running.url}/v1/${running.recipe} -H 'authorization: Bearer ${running.token}' -H 'content-type: application/json' -d '{"texts": ["..."]}'`,
  );
  if (!terminal.signal.aborted) {
    await new Promise((resolve) => terminal.signal.addEventListener('abort', resolve, { once: true }));
  }
  await running.close();
}

function workerNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 64)
    throw new InvalidArgumentError('Expected 0 to 64.');
  return number;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}
