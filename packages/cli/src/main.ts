/**
 * The `gradus` command: a table of commands, and what is common to them: languages, errors, Ctrl-C.
 *
 * Exit codes: 0 done, 1 it failed (the message says why), 2 wrong usage, 130 stopped by Ctrl-C.
 */
import { UserError, VERSION } from '@gradus/base';
import type { Recipe } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { Command, CommanderError } from 'commander';
import { alerts } from './commands/alerts.ts';
import { audit } from './commands/audit.ts';
import type { AddCommand } from './commands/command.ts';
import { demo } from './commands/demo.ts';
import { exportCommand } from './commands/export.ts';
import { feedback } from './commands/feedback.ts';
import { iterate } from './commands/iterate.ts';
import { jobs } from './commands/jobs.ts';
import { keys } from './commands/keys.ts';
import { label } from './commands/label.ts';
import { models } from './commands/models.ts';
import { outcomes } from './commands/outcomes.ts';
import { predict } from './commands/predict.ts';
import { profile } from './commands/profile.ts';
import { promote } from './commands/promote.ts';
import { recipeCommand } from './commands/recipe.ts';
import { redact } from './commands/redact.ts';
import { register } from './commands/register.ts';
import { rollback } from './commands/rollback.ts';
import { runs } from './commands/runs.ts';
import { schedule } from './commands/schedule.ts';
import { serve } from './commands/serve.ts';
import { show } from './commands/show.ts';
import { traffic } from './commands/traffic.ts';
import { worker } from './commands/worker.ts';
import { languageOf, plain, type Terminal } from './terminal.ts';

const COMMANDS: readonly AddCommand[] = [
  profile,
  redact,
  runs,
  show,
  serve,
  feedback,
  outcomes,
  alerts,
  iterate,
  predict,
  jobs,
  schedule,
  worker,
  label,
  models,
  register,
  promote,
  rollback,
  traffic,
  audit,
  keys,
  exportCommand,
  demo,
];

/** @returns the exit code. */
export async function main(
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
  // Whoever reads our output may stop reading: `gradus show … | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

  const language = languageOf(process.env);
  const terminal: Terminal = {
    language,
    signal: controller.signal,
    print: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    say: (text) => plain(text[language]),
  };
  const program = new Command('gradus')
    .description('From product data to a served, watched, improving model.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(gradus --help shows all commands)');
  for (const recipe of recipes) recipeCommand(program, terminal, recipe);
  for (const add of COMMANDS) add(program, terminal, recipes);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UserError) {
      terminal.tell(`gradus: ${plain(error.message)}`);
      return controller.signal.aborted ? 130 : 1;
    }
    if (controller.signal.aborted) return 130;
    terminal.tell(`gradus: unexpected error: ${plain((error as Error)?.message ?? String(error))}`);
    terminal.tell(
      process.env.GRADUS_DEBUG ? String((error as Error)?.stack) : 'Set GRADUS_DEBUG=1 to see where.',
    );
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
