/**
 * A model's answers and corrections, by its name, and the list of models. They are operations as well; here they go to the model
 * that is open, by its traffic, and into its log.
 */
import {
  correctionsOfFile,
  findOperation,
  InvalidInput,
  type Monitoring,
  type Operation,
  recordCorrections,
} from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';
import type { LanguageModels } from '../../language/language-models.ts';
import type { TokenTally } from '../../language/token-tally.ts';
import type { OpenModel, OpenModels } from '../../models/open-models.ts';
import { explained, jsonBody } from '../errors.ts';
import { askerOf } from '../guards.ts';
import { describedRoute, inputReader, type OperationRoutesOptions, requestWorkspace } from './operations.ts';
import type { Route } from './route.ts';

/** Says which version answered, and by which id the prediction is in the log: outcomes and corrections name it. */
export const PREDICTION = 'x-gradus-prediction';
const VERSION_HEADER = 'x-gradus-version';

/** Parses a request as the model's recipe has it, and answers. @throws InvalidInput naming the field */
export async function answered(context: Context, model: OpenModel, body: unknown): Promise<Response> {
  const request = model.recipe.service.request.safeParse(body);
  if (!request.success) throw new InvalidInput(request.error);
  context.header('content-type', 'application/json');
  return context.body(await answeredBy(context, model, request.data));
}

/**
 * @param request As the recipe's schema has parsed it
 * @returns the answer as JSON, with the run's id, and the prediction's where it is in the log
 */
export async function answeredBy(
  context: Context,
  model: OpenModel,
  request: unknown,
): Promise<Uint8Array<ArrayBuffer>> {
  const { version, run, prediction, answer } = await model.inference.answer(askerOf(context), request);
  noteAnswer(context, version, prediction);
  // An answer may be of many megabytes, and is put in behind as it is.
  const head = JSON.stringify({ run, ...(prediction !== undefined && { prediction }) });
  const isEmpty = answer.length <= 2;
  return Buffer.concat([
    Buffer.from(isEmpty ? head : `${head.slice(0, -1)},`),
    answer.subarray(isEmpty ? 2 : 1),
  ]);
}

export function noteAnswer(context: Context, version: string, prediction: string | undefined): void {
  context.header(VERSION_HEADER, version);
  if (prediction !== undefined) context.header(PREDICTION, prediction);
}

const MOST_CORRECTIONS = 10_000;

export const Corrections = (correction: z.ZodType) =>
  z.strictObject({ corrections: z.array(correction).min(1).max(MOST_CORRECTIONS) });

/** Keeps corrections for the model that is open. */
export async function corrected(
  context: Context,
  { deployment }: OpenModel,
  body: unknown,
  { database, runs }: OperationRoutesOptions,
): Promise<object> {
  const parsed = Corrections(z.unknown()).safeParse(body);
  if (!parsed.success) throw new InvalidInput(parsed.error);
  const { run, answers } = deployment.main;
  return recordCorrections(database, {
    runs,
    run,
    // The run that is served at the moment may know more than its recipe: ids that it has.
    parse: (values) => answers.corrections(values),
    corrections: parsed.data.corrections,
    by: context.get('caller').name,
  });
}

export function modelRoutes(
  models: OpenModels,
  operations: readonly Operation[],
  options: OperationRoutesOptions & { readonly languages: LanguageModels },
): Route[] {
  const [predict, feedback, list, show] = [
    'models.predict',
    'models.feedback',
    'models.list',
    'models.show',
  ].map((name) => findOperation(operations, name)) as [Operation, Operation, Operation, Operation];
  const readShow = inputReader(show);
  const readFeedback = inputReader(feedback);
  const named = (context: Context) => context.req.param('model')!;
  return [
    {
      ...describedRoute(predict),
      tally: (context) => models.find(named(context))?.monitoring.traffic,
      handler: explained(async (context) => {
        const body = await jsonBody(context);
        return models.use(named(context), (model) => answered(context, model, body));
      }),
    },
    {
      ...describedRoute(feedback),
      handler: explained(async (context) => {
        const { file, corrections } = (await readFeedback(context)) as {
          file?: string;
          corrections?: unknown[];
        };
        if (file !== undefined) {
          const { source, by, signal } = requestWorkspace(context, options);
          const { database, runs } = options;
          const rows = await source(file);
          return context.json(
            await models.use(named(context), ({ recipe, deployment }) => {
              const { run, answers } = deployment.main;
              const check = (values: readonly unknown[]) => answers.checked(values);
              const form = recipe.service.correction;
              return correctionsOfFile(database, { runs, run, form, check, file: rows, by, signal });
            }),
          );
        }
        return context.json(
          await models.use(named(context), (model) => corrected(context, model, { corrections }, options)),
        );
      }),
    },
    ...monitoringRoutes(models, options.languages, operations),
    {
      ...describedRoute(show),
      handler: explained(async (context) => {
        const language = options.languages.find(named(context));
        if (language) return context.json(openAiModel(language.name, language.openedAt));
        const shown = await show.run(await readShow(context), requestWorkspace(context, options));
        return context.json(shown as object);
      }),
    },
    {
      ...describedRoute(list),
      title: {
        en: 'The registered models; `data` is the form that clients of OpenAI read',
        zh: '已注册的模型；data 为 OpenAI 客户端所读的形式',
      },
      handler: async (context) => {
        await options.languages.look();
        const registered = (await list.run({}, requestWorkspace(context, options))) as {
          name: string;
          createdAt: string;
        }[];
        return context.json({
          object: 'list',
          data: [...languagesOf(options.languages), ...openAiModels(models.main, registered)],
          models: registered,
        });
      },
    },
  ];
}

/** Asked of the model's watch, whose thread reads long logs without holding up an answer. */
function monitoringRoutes(
  models: OpenModels,
  languages: LanguageModels,
  operations: readonly Operation[],
): Route[] {
  const questions = { show: 'overview', quality: 'quality', drift: 'drift' } as const;
  return Object.entries(questions).map(([name, question]) => {
    const operation = findOperation(operations, `monitoring.${name}`);
    const read = inputReader(operation);
    return {
      ...describedRoute(operation),
      handler: explained(async (context) => {
        const { model: name, ...query } = (await read(context)) as { model: string };
        const told = async (monitoring: Monitoring, tokens?: TokenTally) => {
          const answer = await monitoring.watch.ask(question, query as never);
          if (question !== 'overview') return context.json({ windows: answer });
          return context.json({ ...(answer as object), ...(tokens && { tokens: tokens.counts }) });
        };
        const language = languages.find(name);
        if (language) return told(language.monitoring, language.tokens);
        return models.use(name, ({ monitoring }) => told(monitoring));
      }),
    };
  });
}

const languagesOf = (languages: LanguageModels): object[] =>
  languages.all.map(({ name, openedAt }) => openAiModel(name, openedAt));

const openAiModel = (name: string, createdAt: string | Date): object => ({
  id: name,
  object: 'model',
  created: Math.floor(new Date(createdAt).getTime() / 1000),
  owned_by: 'gradus',
});

/** What OpenAI's clients ask for (github.com/openai/openai-openapi: listModels): the model that serves first. */
function openAiModels(
  main: OpenModel | undefined,
  registered: readonly { readonly name: string; readonly createdAt: string }[],
): object[] {
  const first = main && { name: main.name, createdAt: main.deployment.main.run.createdAt };
  const others = registered.filter(({ name }) => name !== first?.name);
  return [...(first ? [first] : []), ...others].map(({ name, createdAt }) => openAiModel(name, createdAt));
}
