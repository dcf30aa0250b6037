/**
 * The conformance suite of recipes: what a command line, a server, a studio and a schedule rely on, tried on small data.
 *
 *     expect(await checkRecipe(forecast, { sources: { data: 'sales.csv' }, directory })).toEqual([]);
 *
 * It makes a run twice, the second time broken off at every step and within the longest, and compares the two. It belongs to
 * no test framework: it returns what is wrong, one sentence each.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { profileTable } from '@gradus/data';
import { parseReport, renderReport } from '@gradus/report';
import { z } from 'zod';
import type { Recipe } from '../recipe.ts';
import { type RunLoopOptions, runLoop } from '../run-loop.ts';
import { type FoundRun, RUN_FILE } from '../run-record.ts';
import { REPORT_FILE } from '../run-report.ts';
import { mainSource } from '../takes.ts';
import { serviceProblems } from './check-service.ts';
import { attempt, jsonProblems, optionProblems, textProblems } from './problems.ts';

export interface CheckRecipeOptions {
  /** Addresses by the names of the recipe's sources: small data that it can learn from. */
  readonly sources: Readonly<Record<string, string>>;
  /** As people give them; default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where runs are made: an empty directory. */
  readonly directory: string;
  readonly seed?: number;
}

/** @returns what is wrong, one sentence each; nothing where the recipe keeps its contract */
export async function checkRecipe(recipe: Recipe, check: CheckRecipeOptions): Promise<string[]> {
  const problems = [...declarationProblems(recipe)];
  const add = async (what: string, of: () => Promise<readonly string[]> | readonly string[]) =>
    problems.push(...(await attempt(what, of)));

  await add('fits', () => fitsProblems(recipe, check));
  const parsed = recipe.options.safeParse(check.options ?? {});
  if (!parsed.success) return [...problems, `options: the given ones are refused: ${parsed.error.message}`];
  const settings = {
    sources: check.sources,
    options: parsed.data as object,
    seed: check.seed ?? 0,
    id: 'checked',
  };
  const made = recipe as Recipe<object>;
  let run: FoundRun;
  let longest: Place;
  try {
    const places = new Map<string, number>();
    run = await runLoop(made, {
      ...settings,
      runs: join(check.directory, 'whole'),
      onProgress: ({ step }) => places.set(step, (places.get(step) ?? 0) + 1),
    });
    longest = middleOf(places);
  } catch (error) {
    return [...problems, `a run failed: ${(error as Error).message}`];
  }
  await add('a run that is broken off and goes on', async () =>
    differences(run, await brokenRun(made, { ...settings, runs: join(check.directory, 'broken') }, longest)),
  );
  await add('the summary', () => summaryProblems(recipe, run));
  await add('the report', () => reportProblems(recipe, run));
  await add('the service', () => serviceProblems(recipe, run));
  await add('compare', async () => {
    const verdict = await recipe.compare(run.directory, run.directory);
    return [
      ...(verdict.promote ? ['compare: a run is better than itself'] : []),
      ...jsonProblems(verdict, 'compare: the verdict'),
      ...textProblems(verdict, 'compare'),
    ];
  });
  await add('handOver', async () => textProblems(await recipe.handOver?.(run.directory), 'handOver'));
  return problems;
}

function declarationProblems({ name, title, about, takes, options, service }: Recipe): string[] {
  const sources = Object.entries(takes).flatMap(([source, { title, roles }]) => [
    ...textProblems(title, `takes.${source}`),
    ...textProblems(
      Object.fromEntries(Object.entries(roles).map(([role, { title }]) => [role, title])),
      `takes.${source}`,
    ),
  ]);
  return [
    ...(/^[a-z][a-z0-9-]*$/.test(name) ? [] : [`name: "${name}" cannot be typed as a command`]),
    ...textProblems({ title, about, columns: service.columns }, name),
    ...sources,
    ...(mainSource(takes) === undefined ? ['takes: no source'] : []),
    ...optionProblems(options),
  ];
}

async function fitsProblems(recipe: Recipe, { sources }: CheckRecipeOptions): Promise<string[]> {
  const main = mainSource(recipe.takes);
  if (recipe.takes[main]!.kind !== 'table') return [];
  const profile = await profileTable(sources[main]!);
  return [profile, { ...profile, columns: [] }].flatMap((of) => {
    const { score, reasons, columns } = recipe.fits(of);
    const unknown = Object.values(columns).filter(
      (name) => !of.columns.some((column) => column.name === name),
    );
    return [
      ...(score >= 0 && score <= 1 ? [] : [`fits: a score of ${score}`]),
      ...(reasons.length > 0 ? [] : ['fits: no reason']),
      ...textProblems(reasons, 'fits'),
      ...unknown.map((name) => `fits: the table has no column "${name}"`),
    ];
  });
}

/** The n-th message of progress of a step. */
interface Place {
  readonly step: string;
  readonly message: number;
}

/** In the middle of the step that reports most. */
function middleOf(messages: ReadonlyMap<string, number>): Place {
  const [step, count] = [...messages].reduce((most, one) => (one[1] > most[1] ? one : most));
  return { step, message: Math.ceil(count / 2) };
}

class Killed extends Error {}

/** Breaks a run off at the start of every step and at one place within, and goes on each time. */
async function brokenRun(
  recipe: Recipe<object>,
  settings: RunLoopOptions<object>,
  within: Place,
): Promise<FoundRun> {
  const passed = new Set<string>();
  for (;;) {
    const counts = new Map<string, number>();
    try {
      return await runLoop(recipe, {
        ...settings,
        onProgress: ({ step, what }) => {
          const message = (counts.get(step) ?? 0) + 1;
          counts.set(step, message);
          const isPlace = what === undefined || (step === within.step && message === within.message);
          const place = `${step} ${message}`;
          if (!isPlace || passed.has(place)) return;
          passed.add(place);
          throw new Killed(place);
        },
      });
    } catch (error) {
      if (!isKilled(error)) throw error;
    }
  }
}

const isKilled = (error: unknown): boolean =>
  error instanceof Killed || (error instanceof Error && isKilled(error.cause));

/** What a broken run has otherwise than the unbroken one; times of day alone may differ. */
function differences(whole: FoundRun, broken: FoundRun): string[] {
  const said = 'a run that was broken off and went on';
  if (!isDeepStrictEqual(whole.files, broken.files)) {
    return [`${said} left other files: ${broken.files.join(', ')} instead of ${whole.files.join(', ')}`];
  }
  return [
    ...(isDeepStrictEqual(whole.summary, broken.summary) ? [] : [`${said} has another summary`]),
    ...whole.files.flatMap((file) => {
      if (file === RUN_FILE) return [];
      const [a, b] = [whole, broken].map(({ directory }) => readFileSync(join(directory, file)));
      return a!.equals(b!) ? [] : [`${said} has another ${file}`];
    }),
  ];
}

function summaryProblems(recipe: Recipe, { summary }: FoundRun): string[] {
  const parsed = recipe.summary.safeParse(summary);
  const lines = recipe.findings(summary);
  return [
    ...jsonProblems(summary, 'the summary'),
    ...(parsed.success ? [] : [`the summary is not what its schema says: ${z.prettifyError(parsed.error)}`]),
    ...(Object.values(summary.metrics).every(Number.isFinite)
      ? []
      : ['the summary: a metric is no finite number']),
    ...textProblems(summary, 'summary'),
    ...textProblems(lines, 'findings'),
  ];
}

async function reportProblems(recipe: Recipe, { directory, files }: FoundRun): Promise<string[]> {
  if (!recipe.report) return [];
  if (!files.includes(REPORT_FILE)) return [`the run has no ${REPORT_FILE}`];
  const report = parseReport(readFileSync(join(directory, REPORT_FILE), 'utf8'));
  const page = await renderReport(report);
  const ids = report.sections.map(({ id }) => id);
  return [
    ...textProblems(report, 'report'),
    ...(page.includes('<html') ? [] : ['the report renders to no page']),
    ...(new Set(ids).size === ids.length ? [] : ['the report: two sections have one id']),
  ];
}
