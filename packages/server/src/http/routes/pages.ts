/** Pages: the API, a form to try a model, and the page of the workspace. */
import { reasonOf } from '@gradus/base/schema';
import { jsonSchema } from '@gradus/lifecycle';
import { listRuns } from '@gradus/loop';
import type { Context } from 'hono';
import type { OpenModel, OpenModels } from '../../models/open-models.ts';
import { BadRequest } from '../errors.ts';
import { isFilled, requestOf, type Sent } from '../form.ts';
import { languageOf } from '../language.ts';
import type { RouteDescription } from '../openapi.ts';
import { docsPage, frontPage, type Tried, workspacePage } from '../page.ts';
import { answeredBy } from './models.ts';
import type { Route } from './route.ts';

const TITLE = { en: 'Gradus', zh: 'Gradus' };

/** @param described The OpenAPI document of all routes, and what it is made from: known when all are. */
export function pageRoutes(
  models: OpenModels,
  runs: string,
  described: () => { readonly document: object; readonly routes: readonly RouteDescription[] },
): Route[] {
  const { main } = models;
  return [
    {
      method: 'get',
      path: '/openapi.json',
      title: { en: 'The API as an OpenAPI document', zh: 'API 的 OpenAPI 文档' },
      scope: 'read',
      handler: (context) => context.json(described().document),
    },
    {
      method: 'get',
      path: '/docs',
      title: { en: 'The API as a page', zh: 'API 说明页面' },
      scope: 'read',
      handler: (context) =>
        context.html(docsPage(main?.recipe.title ?? TITLE, described().routes, baseOf(context))),
    },
    ...(main
      ? (['get', 'post'] as const).map((method) => tryPage(method, main, () => described().routes))
      : [workspaceRoute(models, runs)]),
  ];
}

const MOST_SHOWN = 50;

const workspaceRoute = (models: OpenModels, runs: string): Route => ({
  method: 'get',
  path: '/',
  title: { en: 'The models and runs of this workspace', zh: '此工作区的模型与运行' },
  scope: 'read',
  handler: async (context) =>
    context.html(workspacePage({ models: await models.names(), runs: listRuns(runs).slice(0, MOST_SHOWN) })),
});

function tryPage(method: 'get' | 'post', main: OpenModel, routes: () => readonly RouteDescription[]): Route {
  const { recipe, deployment, monitoring } = main;
  return {
    method,
    path: '/',
    title: { en: 'A page to try it', zh: '试用页面' },
    scope: 'predict',
    tally: () => monitoring.traffic,
    handler: async (context) => {
      const sent = method === 'get' ? context.req.query() : await formOf(context);
      const { tried, status } = await tryOut(context, main, sent);
      const page = frontPage({
        title: recipe.title,
        run: deployment.main.run,
        schema: jsonSchema(recipe.service.request, 'input'),
        sent,
        tried,
        route: routes().find(({ path }) => path === `/v1/${recipe.name}`)!,
        base: baseOf(context),
      });
      return context.html(page, status);
    },
  };
}

async function tryOut(
  context: Context,
  main: OpenModel,
  sent: Sent,
): Promise<{ tried: Tried; status: 200 | 400 }> {
  const { request: type } = main.recipe.service;
  const schema = jsonSchema(type, 'input');
  if (!isFilled(schema, sent)) return { tried: undefined, status: 200 };
  let request: unknown;
  try {
    request = requestOf(schema, sent);
  } catch (error) {
    return { tried: { error: (error as Error).message }, status: 400 };
  }
  const parsed = type.safeParse(request);
  if (parsed.error) {
    const language = languageOf(context.req.header('accept-language'));
    return { tried: { error: reasonOf(parsed.error)[language] }, status: 400 };
  }
  return { tried: { request, answer: await answeredBy(context, main, parsed.data) }, status: 200 };
}

/** How the client named this server. */
const baseOf = (context: Context): string => new URL(context.req.url).origin;

async function formOf(context: Context): Promise<Sent> {
  if (
    !/^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(
      context.req.header('content-type') ?? '',
    )
  ) {
    throw new BadRequest(415, {
      en: 'Expected the form of this page. Programs send JSON to the addresses in /docs.',
      zh: '应为此页面的表单。程序请向 /docs 中的地址发送 JSON。',
    });
  }
  const form = await context.req.formData().catch((error: Error) => {
    throw new BadRequest(400, {
      en: `The form cannot be read: ${error.message}.`,
      zh: `无法读取表单：${error.message}。`,
    });
  });
  const fields = await Promise.all(
    Array.from(form, async ([name, value]) => [
      name,
      typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer()),
    ]),
  );
  return Object.fromEntries(fields) as Sent;
}
