/**
 * A model's answers and corrections, by its name, and the list of models. They are operations as well; here they go to the model
 * that is open, by its traffic, and into its log.
 */
import { findOperation, InvalidInput, type Operation, recordCorrections } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';
import { questionOf } from '../../models/inference.ts';
import type { OpenModel, OpenModels } from '../../models/open-models.ts';
import { explained, jsonBody } from '../errors.ts';
import { askerOf } from '../guards.ts';
import { describedRoute, inputReader, type OperationRoutesOptions, requestWorkspace } from './operations.ts';
import type { Route } from './route.ts';

/** Says which version answered, and by which id the prediction is in the log: outcomes and corrections name it. */
export const PREDICTION = 'x-gradus-prediction';
export const VERSION_HEADER = 'x-gradus-version';

/** Parses a request as the model's recipe has it, and answers. @throws InvalidInput naming the field */
export async function answered(context: Context, model: OpenModel, body: unknown): Promise<object> {
  const request = model.recipe.service.request.safeParse(body);
  if (!request.success) throw new InvalidInput(request.error);
  return answeredBy(context, model, request.data);
}

/** @param request As the recipe's schema has parsed it */
export async function answeredBy(context: Context, model: OpenModel, request: unknown): Promise<object> {
  const { version, prediction, body } = await model.inference.answer(
    askerOf(context),
    questionOf(request),
    ({ service }) => service.answer(request) as Promise<object>,
  );
  context.header(VERSION_HEADER, version);
  if (prediction !== undefined) context.header(PREDICTION, prediction);
  return body;
}

const MOST_CORRECTIONS = 10_000;

export const Corrections = (correction: z.ZodType) =>
  z.strictObject({ corrections: z.array(correction).min(1).max(MOST_CORRECTIONS) });

/** Keeps corrections for the model that is open. */
export async function corrected(
  context: Context,
  { deployment, recipe }: OpenModel,
  body: unknown,
  { database, runs }: OperationRoutesOptions,
): Promise<object> {
  const parsed = Corrections(z.unknown()).safeParse(body);
  if (!parsed.success) throw new InvalidInput(parsed.error);
  const { run, service } = deployment.main;
  return recordCorrections(database, {
    runs,
    run,
    // The run that is served at the moment may know more than its recipe: ids that it has.
    schema: service.correction ?? recipe.service.correction,
    corrections: parsed.data.corrections,
    by: context.get('caller').name,
  });
}

export function modelRoutes(
  models: OpenModels,
  operations: readonly Operation[],
  options: OperationRoutesOptions,
): Route[] {
  const [predict, feedback, list] = ['models.predict', 'models.feedback', 'models.list'].map((name) =>
    findOperation(operations, name),
  ) as [Operation, Operation, Operation];
  const readFeedback = inputReader(feedback);
  const named = (context: Context) => context.req.param('model')!;
  return [
    {
      ...describedRoute(predict),
      tally: (context) => models.find(named(context))?.monitoring.traffic,
      handler: explained(async (context) => {
        const body = await jsonBody(context);
        return context.json(await models.use(named(context), (model) => answered(context, model, body)));
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
          const workspace = requestWorkspace(context, options);
          return context.json((await feedback.run({ model: named(context), file }, workspace)) as object);
        }
        return context.json(
          await models.use(named(context), (model) => corrected(context, model, { corrections }, options)),
        );
      }),
    },
    ...monitoringRoutes(models, operations),
    {
      ...describedRoute(list),
      title: {
        en: 'The registered models; `data` is the form that clients of OpenAI read',
        zh: '已注册的模型；data 为 OpenAI 客户端所读的形式',
      },
      handler: async (context) => {
        const registered = (await list.run({}, requestWorkspace(context, options))) as {
          name: string;
          createdAt: string;
        }[];
        return context.json({
          object: 'list',
          data: openAiModels(models.main, registered),
          models: registered,
        });
      },
    },
  ];
}

/** Asked of the model's watch, whose thread reads long logs without holding up an answer. */
function monitoringRoutes(models: OpenModels, operations: readonly Operation[]): Route[] {
  const questions = { show: 'overview', quality: 'quality', drift: 'drift' } as const;
  return Object.entries(questions).map(([name, question]) => {
    const operation = findOperation(operations, `monitoring.${name}`);
    const read = inputReader(operation);
    return {
      ...describedRoute(operation),
      handler: explained(async (context) => {
        const { model: name, ...query } = (await read(context)) as { model: string };
        return models.use(name, async ({ monitoring }) => {
          const answer = await monitoring.watch.ask(question, query as never);
          return context.json(question === 'overview' ? (answer as object) : { windows: answer });
        });
      }),
    };
  });
}

/** What OpenAI's clients ask for (github.com/openai/openai-openapi: listModels): the model that serves first. */
function openAiModels(
  main: OpenModel | undefined,
  registered: readonly { readonly name: string; readonly createdAt: string }[],
): object[] {
  const first = main && { name: main.name, createdAt: main.deployment.main.run.createdAt };
  const others = registered.filter(({ name }) => name !== first?.name);
  return [...(first ? [first] : []), ...others].map(({ name, createdAt }) => ({
    id: name,
    object: 'model',
    created: Math.floor(Date.parse(createdAt) / 1000),
    owned_by: 'gradus',
  }));
}
