/** What people look at: the report, the interface, and a page to try it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Recipe } from '@gradus/loop';
import type { Deployment } from '../../deployment.ts';
import type { Operation } from '../openapi.ts';
import { docsPage, frontPage } from '../page.ts';
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
      handler: (context) => context.html(docsPage(recipe.title, described().operations)),
    },
    {
      method: 'get',
      path: '/',
      summary: 'A page to try it',
      scope: 'predict',
      answers: true,
      handler: async (context) => {
        const text = context.req.query('text')?.slice(0, 4000);
        const request = text ? deployment.main.service.request.safeParse({ texts: [text] }) : undefined;
        const tried = request?.success
          ? {
              text: text!,
              answer: await answered(
                context,
                ({ service }) => service.answer(request.data) as Promise<object>,
                ofService(request.data),
              ),
            }
          : undefined;
        return context.html(frontPage(recipe.title, deployment.main.run, tried));
      },
    },
  ];
}
