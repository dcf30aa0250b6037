/** Models made and made better: each recipe, `iterate`, `compare`. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Localized, UserError } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { reasonOf } from '@gradus/base/schema';
import {
  findRun,
  MOST_SEVERAL,
  mainSource,
  REPORT_PAGE,
  type Recipe,
  type RunOf,
  runLoop,
  severalNames,
  sourceOfName,
  type Takes,
} from '@gradus/loop';
import { z } from 'zod';
import { columnsOf } from '../datasets/columns-of.ts';
import { openedSources } from '../datasets/opened-sources.ts';
import { NotFound } from '../errors.ts';
import { requireEmpty } from '../export/export.ts';
import { costsOf, Gates, throughGates } from '../iteration/gates.ts';
import { iterateModel, type Plan } from '../iteration/iterate.ts';
import { runIdOf } from '../jobs/directory.ts';
import { recipeOf } from '../recipes.ts';
import { describeRun, register } from '../registry/register.ts';
import { resolveModel, resolveRun } from '../registry/resolve.ts';
import { modelName as requireModelName } from '../registry/uri.ts';
import { field, modelReference, reference, source } from './field.ts';
import { type Line, type Operation, operation, plainLine } from './operation.ts';
import { VerdictOutput, verdictLines } from './verdict.ts';
import type { Workspace } from './workspace.ts';

const seed = field(z.int().min(0), { en: 'seed of everything random', zh: '随机种子' }).default(0);

const registered = field(z.string().min(1).max(100), {
  en: 'registers the run as the next version of this model',
  zh: '将此次运行注册为该模型的下一个版本',
}).optional();

const madeFields = {
  run: z.string(),
  /** A path, or an address of the server. */
  report: z.string(),
  metrics: z.record(z.string(), z.number()),
  seconds: z.number(),
  model: z.string().optional(),
  version: z.number().optional(),
};

/** Several, where the recipe makes one for each of several things that an option names. */
const severalRuns = <One extends z.ZodType>(one: One) =>
  z.strictObject({ runs: z.array(z.intersection(z.object({ of: z.string() }), one)) });

interface Training {
  readonly sources: Readonly<Record<string, string>>;
  /** As the recipe has parsed them. */
  readonly options: object;
  readonly seed: number;
  readonly model?: string | undefined;
  /** Of several runs of one job: which, from 0. */
  readonly place?: number;
}

/** Runs a recipe on data, and registers the run if a name is given. */
async function made(workspace: Workspace, recipe: Recipe, training: Training) {
  const started = performance.now();
  const model = training.model === undefined ? undefined : requireModelName(training.model);
  const { options, place = 0 } = training;
  const { job } = workspace;
  const opened = await openedSources(training.sources, (address, name) =>
    isPreset(recipe.takes, name, address) ? Promise.resolve(address) : workspace.source(address),
  );
  const run = await runLoop(recipe as Recipe<object>, {
    ...opened,
    options,
    seed: training.seed,
    runs: workspace.runs,
    signal: workspace.signal,
    language: workspace.language,
    ...(job && { id: runIdOf(recipe.name, job) + (place > 0 ? `-${place + 1}` : '') }),
    onProgress: (now) => workspace.progress(now),
  });
  const { metrics, ...findings } = run.summary;
  const done = {
    run: run.id,
    report: workspace.fileOfRun(run.id, REPORT_PAGE),
    ...findings,
    metrics,
    seconds: (performance.now() - started) / 1000,
  };
  if (model === undefined) return done;
  const database = await workspace.database();
  // Killed after it registered the run and before it said so: the version is there.
  const known = await database
    .selectFrom('modelVersions')
    .select('version')
    .where('model', '=', model)
    .where('run', '=', run.id)
    .executeTakeFirst();
  const version =
    known?.version ?? (await register(database, { model, run: describeRun(run), by: workspace.by }));
  return { ...done, model, version };
}

function parsedOptions({ options }: Recipe, given: unknown): object {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data as object;
  const { en, zh } = reasonOf(parsed.error);
  throw new UserError({ en: `Wrong options: ${en}`, zh: `选项有误：${zh}` });
}

/** As many runs as the recipe makes of these options, one after the other. */
async function madeRuns(workspace: Workspace, recipe: Recipe, training: Training) {
  const columns = async () => {
    const address = training.sources[mainSource(recipe.takes)]!;
    return columnsOf(await workspace.source(address), workspace.signal);
  };
  const declared = (recipe as Recipe<object>).runsOf;
  const all: readonly RunOf<object>[] = (await declared?.(training.options, columns)) ?? [
    { options: training.options },
  ];
  if (all.length === 1) return made(workspace, recipe, { ...training, options: all[0]!.options });
  if (training.model !== undefined) throw new UserError(severalModels(all.length, training.model));
  const runs = [];
  for (const [place, { of, options }] of all.entries())
    runs.push({ of, ...(await made(workspace, recipe, { ...training, options, place })) });
  return { runs };
}

const severalModels = (runs: number, model: string): Localized => ({
  en: `${runs} runs are made, which cannot all be versions of the model "${model}". Leave out --model and register each by a name of its own: gradus register RUN NAME.`,
  zh: `将生成 ${runs} 次运行，它们不能都成为模型“${model}”的版本。请去掉 --model，再分别注册：gradus register 运行 名称。`,
});

/** A recipe as an operation: its sources, its options, a seed, and a name to register the run by. */
export function recipeOperation(recipe: Recipe): Operation {
  const { name, title, takes } = recipe;
  const shape = optionShape(recipe);
  const taken =
    Object.keys(takes).find((source) => Object.hasOwn(shape, source)) ?? Object.keys(shape).find(isOurs);
  if (taken !== undefined) {
    throw new Error(`the recipe "${name}" has an option "${taken}", which has a meaning for every recipe`);
  }
  const main = mainSource(takes);
  const one = z.intersection(z.looseObject(madeFields), recipe.summary);
  return operation({
    name: `recipes.${name}`,
    title,
    scope: 'admin',
    input: z.strictObject({ ...sourceFields(takes), ...shape, seed, model: registered }),
    output: recipe.runsOf ? z.union([one, severalRuns(one)]) : one,
    http: { method: 'post', path: `/v1/recipes/${name}` },
    job: recipe.gives ? { files: (output) => (output as unknown as { files: readonly string[] }).files } : {},
    ...(recipe.gives && { writes: { title: recipe.gives.title } }),
    cli: {
      command: name,
      positionals: [main as never],
      render: (output) => {
        const { runs = [output] } = output as { runs?: readonly unknown[] };
        return runs.flatMap((one, i) => [...(i > 0 ? [plainLine('')] : []), ...runLines(recipe, one)]);
      },
      ...(recipe.fails && {
        fails: (output: unknown) => {
          const { runs = [output] } = output as { runs?: readonly unknown[] };
          return runs.some((one) => recipe.fails!(one as never));
        },
      }),
    },
    run: async (input, workspace) => {
      const { seed, model, ...rest } = input as { seed: number; model?: string };
      const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
      const isSource = ([field]: [string, unknown]) => Object.hasOwn(takes, field);
      const { gives } = recipe;
      const out = gives && workspace.destination(workspace.job ? gives.folder : '').path;
      if (out && !workspace.job) requireEmpty(out);
      const done = await madeRuns(workspace, recipe, {
        sources: addressesOf(entries.filter(isSource)),
        options: parsedOptions(recipe, Object.fromEntries(entries.filter((entry) => !isSource(entry)))),
        seed,
        model,
      });
      if (gives && out && 'run' in done) {
        cpSync(join(workspace.runs, done.run, gives.folder), out, { recursive: true });
      }
      return done as never;
    },
  }) as Operation;
}

function runLines(recipe: Recipe, output: unknown): Line[] {
  const { of, run, report } = output as { of?: string; run: string; report: string };
  return [
    ...(of === undefined ? [] : [{ en: `${of}:`, zh: `${of}：` }]),
    ...recipe.findings(output as never),
    plainLine(''),
    { en: `Report: ${report}`, zh: `报告：${report}` },
    { en: `Serve:  gradus serve ${run}`, zh: `提供服务：gradus serve ${run}` },
  ];
}

const isOurs = (name: string): boolean => ['seed', 'model', 'runs', 'json', 'server', 'out'].includes(name);

/** The fields of a recipe's options. What has none of its own is given by its defaults alone. */
const optionShape = ({ options }: Recipe): Record<string, z.ZodType> =>
  options instanceof z.ZodObject ? (options.shape as Record<string, z.ZodType>) : {};

const sourceFields = (takes: Takes): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(takes).map(([name, { title, isOptional, isSeveral, presets }]) => {
      const one = source(title, Object.keys(presets));
      const field = isSeveral ? z.array(one).min(1).max(MOST_SEVERAL).meta(one.meta()!) : one;
      return [name, isOptional ? field.optional() : field];
    }),
  );

/** Addresses by the names that a run has for its sources. */
const addressesOf = (sources: readonly (readonly [string, unknown])[]): Record<string, string> =>
  Object.fromEntries(
    sources.flatMap(([source, given]) => {
      const addresses = [given].flat() as string[];
      return severalNames(source, addresses.length).map((name, i) => [name, addresses[i]!]);
    }),
  );

const isPreset = (takes: Takes, name: string, address: string): boolean => {
  const source = sourceOfName(takes, name);
  return source !== undefined && Object.hasOwn(takes[source]!.presets, address);
};

/** Any recipe by its name: what a schedule or a program asks for that does not know which there are. */
export const train = operation({
  name: 'train',
  title: { en: 'run a recipe on data', zh: '用数据运行某个配方的完整流程' },
  scope: 'admin',
  input: z.strictObject({
    recipe: field(z.string().max(100), { en: 'the recipe’s name', zh: '配方名称' }),
    input: source({ en: 'the file to learn from', zh: '用于学习的文件' }),
    sources: field(z.record(z.string().max(100), source({ en: 'its address', zh: '其地址' })), {
      en: 'the recipe’s other sources, by name',
      zh: '配方的其他数据源，按名称',
    }).default({}),
    options: field(z.record(z.string(), z.unknown()), {
      en: "the recipe's own",
      zh: '配方自身的选项',
    }).default({}),
    seed,
    model: registered,
  }),
  output: z.looseObject(madeFields),
  http: { method: 'post', path: '/v1/train' },
  job: {},
  run: async ({ recipe: name, input, sources, options, ...rest }, workspace) => {
    const recipe = workspace.recipes.find((known) => known.name === name);
    if (!recipe) {
      const names = workspace.recipes.map((known) => known.name).join(', ');
      throw new NotFound({
        en: `There is no recipe "${name}". There are: ${names}.`,
        zh: `没有名为“${name}”的配方。可用的有：${names}。`,
      });
    }
    return made(workspace, recipe, {
      ...rest,
      options: parsedOptions(recipe, options),
      sources: { [mainSource(recipe.takes)]: input, ...sources },
    });
  },
});

const Weighing = { ...VerdictOutput.shape, champion: z.string(), challenger: z.string() };

export const iterate = operation({
  name: 'iterate',
  title: {
    en: 'retrain with the corrections and with rows added to the file; the new model takes over only if it is better',
    zh: '用更正和文件中新增的行重新训练；仅当新模型更好时才接替',
  },
  scope: 'admin',
  input: z.strictObject({
    model: modelReference,
    gates: field(Gates, {
      en: 'what the new model must not be worse at: slice=0.05, calibration=0.03, latency=2, size=2 are the defaults; off switches one off',
      zh: '新模型不得变差的方面：默认 slice=0.05、calibration=0.03、latency=2、size=2；off 关闭某一项',
    }).optional(),
  }),
  output: z.strictObject({
    model: z.string(),
    ...Weighing,
    corrections: z.number(),
    heldBack: z.number(),
  }),
  http: { method: 'post', path: '/v1/iterate' },
  job: {
    // There is one job at a time that improves a model.
    about: async (input, workspace) => {
      const { runs, by } = workspace;
      const about = await resolveModel(await workspace.database(), { runs, reference: input.model, by });
      return { about, input: { ...input, model: `models:/${about}@champion` } };
    },
  },
  cli: {
    command: 'iterate',
    positionals: ['model'],
    flags: { gates: 'gate' },
    render: (verdict) => verdictLines(verdict),
  },
  run: async ({ model, gates }, workspace) => {
    const { job, runs, recipes, by, signal } = workspace;
    // A job that goes on learns what it set out to learn, whatever has come in since.
    const file = job && join(job.directory, 'plan.json');
    const { verdict, challenger, recent, ...done } = await iterateModel(await workspace.database(), {
      model,
      runs,
      recipes,
      by,
      signal,
      language: workspace.language,
      ...(gates && { gates }),
      ...(job &&
        file !== undefined && {
          id: (recipe: string) => runIdOf(recipe, job),
          plan: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Plan) : undefined,
          onPlan: (plan: Plan) => writeWhole(file, JSON.stringify(plan)),
        }),
      source: (address) => workspace.source(address),
      onProgress: (now) => workspace.progress(now),
    });
    return { ...done, challenger: challenger.id, heldBack: recent, ...verdict };
  },
});

export const compare = operation({
  name: 'compare',
  title: {
    en: 'compare a retrained run with the one it was retrained from, on the same held-out rows',
    zh: '在相同的留出行上，将重新训练的运行与原运行进行比较',
  },
  scope: 'admin',
  input: z.strictObject({
    champion: reference({ en: 'the run that was retrained, or a URI', zh: '原运行，或 URI' }),
    challenger: reference({
      en: 'the run that was made from it, or a URI',
      zh: '由其重新训练得到的运行，或 URI',
    }),
  }),
  output: z.strictObject(Weighing),
  http: { method: 'post', path: '/v1/compare' },
  job: {},
  cli: {
    command: 'compare',
    positionals: ['champion', 'challenger'],
    render: (verdict) => verdictLines(verdict),
  },
  run: async ({ champion: old, challenger: fresh }, workspace) => {
    const database = await workspace.database();
    const champion = await resolveRun(database, workspace.runs, old);
    const challenger = await resolveRun(database, workspace.runs, fresh);
    const recipe = recipeOf(workspace.recipes, champion);
    if (challenger.recipe !== champion.recipe) {
      throw new UserError({
        en: `${challenger.id} was made by the recipe "${challenger.recipe}", and ${champion.id} by "${champion.recipe}": only runs of one recipe can be compared.`,
        zh: `${challenger.id} 由配方“${challenger.recipe}”生成，而 ${champion.id} 由“${champion.recipe}”生成：只能比较同一配方的运行。`,
      });
    }
    if (challenger.parent !== champion.id) {
      const parent =
        challenger.parent === undefined ? undefined : findRun(workspace.runs, challenger.parent).id;
      throw new UserError({
        en: `${challenger.id} was not retrained from ${champion.id}, so they hold out different rows and cannot be compared fairly.${parent === undefined ? '' : ` It was retrained from ${parent}.`}`,
        zh: `${challenger.id} 不是由 ${champion.id} 重新训练得到的，两者留出的行不同，无法公平比较。${parent === undefined ? '' : `它由 ${parent} 重新训练得到。`}`,
      });
    }
    workspace.progress({ step: 'compare', done: 0 });
    const verdict = await recipe.compare(champion.directory, challenger.directory);
    const weighed = throughGates(verdict, await costsOf(recipe, champion, challenger), Gates.parse({}));
    return { champion: champion.id, challenger: challenger.id, ...weighed };
  },
});
