/** The program: a command for each operation, and the few that are none; and what is common to them: languages, errors, Ctrl-C. */
import { UserError, VERSION } from '@gradus/base';
import { operationsOf } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { Command, CommanderError } from 'commander';
import type { AddCommand } from './add-command.ts';
import { completionCommand } from './commands/completion.ts';
import { demo } from './commands/demo.ts';
import { chatCommand } from './commands/large-models/chat.ts';
import { classifyCommand } from './commands/large-models/classify.ts';
import { convertCommand } from './commands/large-models/convert.ts';
import { distilCommand } from './commands/large-models/distil.ts';
import { embedCommand } from './commands/large-models/embed.ts';
import { generateCommand } from './commands/large-models/generate.ts';
import { judgeCommand } from './commands/large-models/judge.ts';
import { perplexityCommand } from './commands/large-models/perplexity.ts';
import { transcribeCommand } from './commands/large-models/transcribe.ts';
import { tuneCommand } from './commands/large-models/tune.ts';
import { nextSteps, tableFile } from './commands/next-steps.ts';
import { serve } from './commands/serve.ts';
import { watch } from './commands/watch.ts';
import { worker } from './commands/worker.ts';
import { localizedHelp, usageMessage } from './help.ts';
import { addOperation } from './operation-command.ts';
import { languageOf, plain, type Terminal } from './terminal.ts';
import { WrongUsage } from './wrong-usage.ts';

const COMMANDS: readonly AddCommand[] = [
  serve,
  worker,
  watch,
  demo,
  generateCommand,
  chatCommand,
  embedCommand,
  perplexityCommand,
  tuneCommand,
  judgeCommand,
  classifyCommand,
  transcribeCommand,
  distilCommand,
  convertCommand,
  completionCommand,
];

/** All commands, with their help in the terminal's language. */
export function programOf(terminal: Terminal, recipes: readonly Recipe[]): Command {
  const program = new Command('gradus');
  localizedHelp(program, terminal);
  program
    .description(
      terminal.say({
        en: 'From product data to a served, watched, improving model.',
        zh: '从产品数据到可部署、受监控、持续改进的模型。',
      }),
    )
    .version(VERSION, '-V, --version', terminal.say({ en: 'print the version', zh: '显示版本' }))
    .exitOverride()
    .enablePositionalOptions()
    // What is wrong is said in `run`, in the language of the terminal.
    .configureOutput({ outputError: () => undefined });
  for (const operation of operationsOf(recipes)) addOperation(program, terminal, recipes, operation);
  for (const add of COMMANDS) add(program, terminal, recipes);
  return program;
}

/** What was judged fails. */
const FAILED = 3;

/** @returns the exit code. */
export async function run(
  argv: readonly string[],
  recipes: readonly Recipe[] = RECIPES as readonly Recipe[],
): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  if (!process.stdout.listeners('error').includes(endWithReader)) process.stdout.on('error', endWithReader);

  const language = languageOf(process.env);
  let code = 0;
  const terminal: Terminal = {
    language,
    signal: controller.signal,
    print: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    say: (text) => plain(text[language]),
    fail: () => {
      code = FAILED;
    },
  };
  try {
    if (argv.length === 0) await nextSteps(terminal, recipes);
    else if (!(await tableFile(terminal, recipes, argv))) {
      await programOf(terminal, recipes).parseAsync(argv, { from: 'user' });
    }
    return code;
  } catch (error) {
    return exitCode(error, terminal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Whoever reads our output may stop reading: `gradus show … | head`. */
function endWithReader(error: NodeJS.ErrnoException): never {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}

/** Says what went wrong. */
function exitCode(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const message = usageMessage(error);
    if (message) {
      terminal.tell(terminal.say(message));
      terminal.tell(terminal.say(HELP));
    }
    return 2;
  }
  if (error instanceof WrongUsage) {
    terminal.tell(`gradus: ${terminal.say(error.localized)}`);
    terminal.tell(terminal.say(HELP));
    return 2;
  }
  if (error instanceof UserError) {
    terminal.tell(`gradus: ${terminal.say(error.localized)}`);
    return terminal.signal.aborted ? 130 : 1;
  }
  if (terminal.signal.aborted) return 130;
  const message = plain((error as Error)?.message ?? String(error));
  terminal.tell(
    terminal.say({ en: `gradus: unexpected error: ${message}`, zh: `gradus：意外错误：${message}` }),
  );
  terminal.tell(
    process.env.GRADUS_DEBUG
      ? String((error as Error)?.stack)
      : terminal.say({ en: 'Set GRADUS_DEBUG=1 to see where.', zh: '设置 GRADUS_DEBUG=1 可查看出错位置。' }),
  );
  return 1;
}

const HELP = {
  en: '(gradus --help shows all commands, gradus COMMAND --help one of them)',
  zh: '（gradus --help 显示所有命令，gradus COMMAND --help 显示其中一个）',
};
