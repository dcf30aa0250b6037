import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../main.ts';
import type { Terminal } from '../terminal.ts';
import { DEFAULT_RUNS } from './recipe.ts';

const TOKEN_FILE = '.token';

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
    .action(async (model: string, { out, port, host }: { out: string; port: number; host: string }) => {
      const server = await import('@gradus/server');
      const running = await server.serve({ model, runs: out, recipes, port, host });
      if (!server.isLoopback(host)) terminal.tell(terminal.say(OPEN));
      await untilStopped(terminal, running, out);
    });
};

const OPEN = {
  en: 'Note: other machines can reach this server. Whoever has the token may do everything; give others keys of their own (gradus keys create), and put TLS in front: tokens travel as they are.',
  zh: '注意：其他机器可以访问此服务器。持有令牌者可执行一切操作；请为他人单独创建密钥（gradus keys create），并在前面部署 TLS：令牌以明文传输。',
};

/** Says where the server is, and closes it when Ctrl-C comes. */
export async function untilStopped(
  terminal: Terminal,
  running: {
    readonly url: string;
    readonly token: string;
    readonly recipe: string;
    readonly example: unknown;
    close(): Promise<void>;
  },
  runs: string,
): Promise<void> {
  const { url, token, recipe, example } = running;
  // Output that goes to a file is kept as logs are, and a token that its owner gave is known: then it is not said.
  const given = process.env.GRADUS_TOKEN !== undefined;
  const shown = !given && process.stdout.isTTY === true;
  const bearer = shown ? token : given ? '$GRADUS_TOKEN' : `$(cat ${join(runs, TOKEN_FILE)})`;
  terminal.print(
    terminal.say({
      en: `Serving on ${url}/${shown ? `?token=${token}` : ''} (Ctrl-C stops it). Try:`,
      zh: `服务地址：${url}/${shown ? `?token=${token}` : ''}（按 Ctrl-C 停止）。试一试：`,
    }),
  );
  terminal.print(
    `  curl ${url}/v1/${recipe} -H "authorization: Bearer ${bearer}" -H 'content-type: application/json' -d '${JSON.stringify(example)}'`,
  );
  if (!terminal.signal.aborted) {
    await new Promise((resolve) => terminal.signal.addEventListener('abort', resolve, { once: true }));
  }
  await running.close();
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}
