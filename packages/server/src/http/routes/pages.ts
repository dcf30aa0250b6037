/** What people look at: the report, the interface, and a page to try it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { reasonOf } from '@gradus/base/schema';
import type { Recipe } from '@gradus/loop';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Deployment } from '../../deployment.ts';
import { isFilled, requestOf, type Sent, schemaOf } from '../form.ts';
import type { Operation } from '../openapi.ts';
import { docsPage, frontPage, type Tried } from '../page.ts';
import { type Answered, ofService, type Route } from './route.ts';

/** @param described The OpenAPI document of all routes, and what it is made from: known when all are. */
export function pageRoutes(
  recipe: Recipe,
  deployment: Deployment,
  answered: Answered,
  described: () => { readonly document: object; readonly operations: readonly Operation[] },
): Route[] {
  return [
    {
      method: 'get',
      path: '/report',
      summary: "The report of the model's run",
      scope: 'read',
      handler: async (context) => {
        const file = createReadStream(join(deployment.main.run.directory, 'report.html'));
        await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
        context.header('content-type', 'text/html; charset=utf-8');
        return context.body(Readable.toWeb(file) as ReadableStream);
      },
    },
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This interface as an OpenAPI document',
      scope: 'read',
      handler: (context) => context.json(described().document),
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'This interface for people',
      scope: 'read',
      handler: (context) => context.html(docsPage(recipe.title, described().operations, baseOf(context))),
    },
    ...(['get', 'post'] as const).map(
      (method): Route => ({
        method,
        path: '/',
        summary: 'A page to try it',
        scope: 'predict',
        answers: true,
        handler: async (context) => {
          const sent = method === 'get' ? context.req.query() : await formOf(context);
          const { tried, status } = await tryOut(context, sent);
          const page = frontPage({
            title: recipe.title,
            run: deployment.main.run,
            schema: schemaOf(recipe.service.request),
            sent,
            tried,
            operation: described().operations.find(({ path }) => path === `/v1/${recipe.name}`)!,
            base: baseOf(context),
          });
          return context.html(page, status);
        },
      }),
    ),
  ];

  async function tryOut(context: Context, sent: Sent): Promise<{ tried: Tried; status: 200 | 400 }> {
    const { request: type } = recipe.service;
    const schema = schemaOf(type);
    if (!isFilled(schema, sent)) return { tried: undefined, status: 200 };
    let request: unknown;
    try {
      request = requestOf(schema, sent);
    } catch (error) {
      return { tried: { error: (error as Error).message }, status: 400 };
    }
    const parsed = type.safeParse(request);
    if (parsed.error) return { tried: { error: reasonOf(parsed.error).en }, status: 400 };
    const answer = await answered(
      context,
      ({ service }) => service.answer(parsed.data) as Promise<object>,
      ofService(parsed.data),
    );
    return { tried: { request, answer }, status: 200 };
  }
}

/** How the client named this server. */
const baseOf = (context: Context): string => new URL(context.req.url).origin;

async function formOf(context: Context): Promise<Sent> {
  if (
    !/^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(
      context.req.header('content-type') ?? '',
    )
  ) {
    throw new HTTPException(415, {
      message: 'Expected the form of this page. Programs send JSON to the addresses in /docs.',
    });
  }
  const form = await context.req.formData().catch((error: Error) => {
    throw new HTTPException(400, { message: `The form cannot be read: ${error.message}.` });
  });
  const fields = await Promise.all(
    Array.from(form, async ([name, value]) => [
      name,
      typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer()),
    ]),
  );
  return Object.fromEntries(fields) as Sent;
}
