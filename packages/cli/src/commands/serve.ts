import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS } from './recipe.ts';
import { workerCommand } from './worker.ts';

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
    .option('--workers <number>', 'processes of its own that do jobs', workerNumber, 1)
    .option(
      '--data <directory>',
      'jobs that are asked for over HTTP may read the files in here, and no others',
    )
    .option('--log-sample <share>', 'share of the requests that the prediction log keeps, 0 to 1', aNumber, 1)
    .option(
      '--log-inputs <how>',
      'what it keeps of requests and answers: redacted (personal data taken out), none (only numbers and categories), full',
      'redacted',
    )
    .option('--log-days <number>', 'days that it keeps them', aNumber, 30)
    .option('--log-rows <number>', 'requests that it keeps at most', aNumber, 1_000_000)
    .option('--drift-window <rows>', 'rows that are tested for drift together', aNumber, 500)
    .option(
      '--min-accuracy <share>',
      'alarm where outcomes show less; the default is what the run reached',
      aNumber,
    )
    .option('--max-errors <share>', 'alarm where a larger share of requests fails', aNumber, 0.05)
    .option('--max-latency <ms>', 'alarm where one request in a hundred takes longer', aNumber)
    .option('--iterate-on-drift', 'train the model again when it drifts; a worker does it (gradus jobs)')
    .action(async (model: string, options: ServeFlags) => {
      const { out, port, host } = options;
      const server = await import('@gradus/server');
      const monitoring = {
        sample: options.logSample,
        inputs: options.logInputs as 'redacted',
        days: options.logDays,
        rows: options.logRows,
        window: options.driftWindow,
        quality: options.minAccuracy,
        errors: options.maxErrors,
        latency: options.maxLatency,
        iterateOnDrift: options.iterateOnDrift,
      };
      const running = await server.serve({
        model,
        runs: out,
        recipes,
        port,
        host,
        workers: { command: workerCommand(out), count: options.workers },
        ...(options.data !== undefined && { data: options.data }),
        monitoring,
      });
      if (!server.isLoopback(host)) terminal.tell(terminal.say(OPEN));
      await untilStopped(terminal, running, out);
    });
};

interface ServeFlags {
  readonly out: string;
  readonly port: number;
  readonly host: string;
  readonly workers: number;
  readonly data?: string;
  readonly logSample: number;
  readonly logInputs: string;
  readonly logDays: number;
  readonly logRows: number;
  readonly driftWindow: number;
  readonly minAccuracy?: number;
  readonly maxErrors: number;
  readonly maxLatency?: number;
  readonly iterateOnDrift?: boolean;
}

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
    `  curl ${url}/v1/${recipe} -H "authorization: Bearer ${bearer}" -H 'content-type: application/json' -d '${JSON.stringify(example).replaceAll("'", String.raw`'\''`)}'`,
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

function aNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}
