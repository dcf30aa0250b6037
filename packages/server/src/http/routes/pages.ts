/** Pages: the API, a form to try a model, and the page of the workspace. */
import { reasonOf } from '@gradus/base/schema';
import { type JsonSchema, jsonSchema } from '@gradus/lifecycle';
import { listRuns } from '@gradus/loop';
import type { Context } from 'hono';
import { LARGEST_BODY, LARGEST_FORM } from '../../limits/sizes.ts';
import type { OpenModel, OpenModels } from '../../models/open-models.ts';
import type { Authentication } from '../authentication.ts';
import { BadRequest } from '../errors.ts';
import { hasFile, isFilled, requestOf, type Sent } from '../form.ts';
import { parseForm } from '../form-body.ts';
import type { HostNames } from '../hosts.ts';
import { incomingOf } from '../incoming.ts';
import { preferredLanguage } from '../language.ts';
import type { RouteDescription } from '../openapi.ts';
import { docsPage, frontPage, type Tried, workspacePage } from '../page.ts';
import { answeredBy } from './models.ts';
import type { Route } from './route.ts';

const TITLE = { en: 'Gradus', zh: 'Gradus' };

export interface PageRoutesOptions {
  readonly models: OpenModels;
  readonly runs: string;
  readonly hosts: HostNames;
  readonly authentication: Authentication;
  /** The OpenAPI document of all routes, and what it is made from: known when all are. */
  described(): { readonly document: object; readonly routes: readonly RouteDescription[] };
}

export function pageRoutes({ models, runs, hosts, authentication, described }: PageRoutesOptions): Route[] {
  const { main } = models;
  const baseOf = (context: Context) => hosts.originOf(incomingOf(context).headers);
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
        context.html(
          docsPage(
            preferredLanguage(context),
            main?.recipe.title ?? TITLE,
            described().routes,
            baseOf(context),
          ),
        ),
    },
    ...(main
      ? (['get', 'post'] as const).map((method) => tryPage(method, main, () => described().routes, baseOf))
      : [workspaceRoute(models, runs)]),
    {
      method: 'post',
      path: '/sign-in',
      title: {
        en: "A browser's sign-in, by the form that a page without one shows",
        zh: '浏览器登录（由登录页表单提交）',
      },
      handler: async (context) => {
        const { token } = await formOf(context, LARGEST_FORM);
        return authentication.signIn(context, typeof token === 'string' ? token.trim() : '');
      },
    },
    {
      method: 'post',
      path: '/sign-out',
      title: { en: "Ends a browser's sign-in", zh: '退出浏览器登录' },
      handler: (context) => authentication.signOut(context),
    },
  ];
}

const MOST_SHOWN = 50;

const workspaceRoute = (models: OpenModels, runs: string): Route => ({
  method: 'get',
  path: '/',
  title: { en: 'The models and runs of this workspace', zh: '此工作区的模型与运行' },
  scope: 'read',
  handler: async (context) =>
    context.html(
      workspacePage({
        language: preferredLanguage(context),
        models: await models.names(),
        runs: listRuns(runs).slice(0, MOST_SHOWN),
      }),
    ),
});

function tryPage(
  method: 'get' | 'post',
  main: OpenModel,
  routes: () => readonly RouteDescription[],
  baseOf: (context: Context) => string,
): Route {
  const { recipe, deployment, monitoring } = main;
  return {
    method,
    path: '/',
    title: { en: 'A page to try it', zh: '试用页面' },
    scope: 'predict',
    tally: () => monitoring.traffic,
    handler: async (context) => {
      const schema = jsonSchema(recipe.service.request, 'input');
      const most = hasFile(schema) ? LARGEST_BODY : LARGEST_FORM;
      const sent = method === 'get' ? context.req.query() : await formOf(context, most);
      const { tried, status } = await tryOut(context, main, schema, sent);
      const page = frontPage({
        language: preferredLanguage(context),
        title: recipe.title,
        run: deployment.main.run,
        schema,
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
  schema: JsonSchema,
  sent: Sent,
): Promise<{ tried: Tried; status: 200 | 400 }> {
  const { request: type } = main.recipe.service;
  if (!isFilled(schema, sent)) return { tried: undefined, status: 200 };
  let request: unknown;
  try {
    request = requestOf(schema, sent);
  } catch (error) {
    return { tried: { error: (error as Error).message }, status: 400 };
  }
  const parsed = type.safeParse(request);
  if (parsed.error) {
    return { tried: { error: reasonOf(parsed.error)[preferredLanguage(context)] }, status: 400 };
  }
  const answer = await answeredBy(context, main, parsed.data);
  return { tried: { request, answer: JSON.parse(Buffer.from(answer).toString()) }, status: 200 };
}

/** The fields of a form. A page without a field for a file sends little. */
async function formOf(context: Context, most: number): Promise<Sent> {
  const body = new Uint8Array(await context.req.arrayBuffer());
  if (body.length > most) {
    throw new BadRequest(400, {
      en: `The form is larger than ${most / 2 ** 20} MB. Send it as JSON to the addresses in /docs.`,
      zh: `表单超过 ${most / 2 ** 20} MB。请以 JSON 发送到 /docs 中的地址。`,
    });
  }
  return parseForm(context.req.header('content-type') ?? '', body);
}
