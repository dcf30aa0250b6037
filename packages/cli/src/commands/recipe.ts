/** `gradus <recipe> FILE`: takes a file round the loop. Its options are those of the recipe's schema. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { UserError } from '@gradus/base';
import { type FoundRun, mainSource, type Recipe, runLoop, terminalProgress } from '@gradus/loop';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Terminal } from '../terminal.ts';

export const DEFAULT_RUNS = 'runs';

export function recipeCommand(program: Command, terminal: Terminal, recipe: Recipe): void {
  const command = program
    .command(`${recipe.name} <file>`)
    .description(terminal.say(recipe.title))
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--seed <number>', 'seed of everything random', wholeNumber, 0)
    .option('--json', 'print one JSON object on stdout; progress goes to stderr');
  const own = fieldsOf(recipe);
  for (const [name, description] of own) command.option(`--${name} <value>`, description);
  command.action(async (file: string, given: Record<string, unknown>) => {
    const started = performance.now();
    const options = Object.fromEntries(
      own.flatMap(([name]) => (given[name] === undefined ? [] : [[name, given[name]]])),
    );
    const run = await runRecipe(recipe, terminal, {
      file,
      options,
      seed: given.seed as number,
      runs: given.out as string,
    });
    const report = join(run.directory, 'report.html');
    if (given.json) {
      const { metrics: _, ...findings } = run.summary;
      const seconds = (performance.now() - started) / 1000;
      terminal.print(JSON.stringify({ run: run.id, report, ...findings, seconds }));
    } else printFindings(recipe, terminal, run);
  });
}

/** Runs a recipe on a file, with progress on stderr. */
export async function runRecipe(
  recipe: Recipe,
  terminal: Terminal,
  {
    file,
    options,
    seed,
    runs,
  }: { file: string; options: Record<string, unknown>; seed: number; runs: string },
): Promise<FoundRun> {
  const parsed = recipe.options.safeParse(options);
  if (!parsed.success) throw new UserError(`Wrong options: ${z.prettifyError(parsed.error)}`);
  const progress = terminalProgress(process.stderr, terminal.language);
  try {
    return await runLoop(recipe as Recipe<object>, {
      sources: { [mainSource(recipe.takes)]: file },
      options: parsed.data as object,
      seed,
      runs,
      signal: terminal.signal,
      onProgress: (step) => progress.update(step),
    });
  } finally {
    progress.end();
  }
}

export function printFindings(recipe: Recipe, terminal: Terminal, run: FoundRun): void {
  for (const line of recipe.findings(run.summary)) terminal.print(terminal.say(line));
  terminal.print('');
  terminal.print(
    terminal.say({
      en: `Report: ${join(run.directory, 'report.html')}`,
      zh: `报告：${join(run.directory, 'report.html')}`,
    }),
  );
  terminal.print(
    terminal.say({ en: `Serve:  gradus serve ${run.id}`, zh: `提供服务：gradus serve ${run.id}` }),
  );
}

/** Name and description of each of a recipe's options. */
function fieldsOf(recipe: Recipe): [name: string, description: string][] {
  const { options } = recipe;
  if (!(options instanceof z.ZodObject)) return [];
  return Object.entries(options.shape as Record<string, z.ZodType>).map(([name, field]) => [
    name,
    field.description ?? '',
  ]);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new InvalidArgumentError('Expected a whole number, 0 or more.');
  return number;
}
