/** Outcomes of predictions, and monitoring: as JSON, and as a page. */

import type { Watch } from '@gradus/lifecycle';
import { monitoringReport, Outcome, type Recorded } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { renderReport } from '@gradus/report';
import type { Context } from 'hono';
import { z } from 'zod';
import { failure, invalid, jsonBody } from '../errors.ts';
import type { Route } from './route.ts';

export type TakeOutcomes = (outcomes: readonly Outcome[], by: string) => Promise<Recorded>;

const MOST_OUTCOMES = 10_000;

const OutcomesRequest = z.union([
  Outcome,
  z.strictObject({ outcomes: z.array(Outcome).min(1).max(MOST_OUTCOMES) }),
]);

const days = z.coerce.number().min(0.01).max(3650);
const QualityQuery = z.object({
  by: z.union([z.enum(['day', 'week']), z.coerce.number().int().min(20).max(100_000)]).default('day'),
  days: days.default(30),
});
const OverviewQuery = z.object({ days: days.default(7) });
const DriftQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

export function monitoringRoutes(recipe: Recipe, take: TakeOutcomes, watch: Watch): Route[] {
  return [
    {
      method: 'post',
      path: '/v1/outcomes',
      summary: 'Outcomes of predictions: one or many, each with the id of its prediction',
      scope: 'feedback',
      body: OutcomesRequest,
      handler: async (context) => {
        const request = OutcomesRequest.safeParse(await jsonBody(context));
        if (!request.success) return invalid(context, request.error);
        const single = 'prediction' in request.data;
        const outcomes = 'outcomes' in request.data ? request.data.outcomes : [request.data];
        const recorded = await take(outcomes, context.get('caller').name);
        const [problem] = recorded.setAside;
        if (single && problem) {
          return failure(context, { status: 404, code: 'unknown_prediction', message: `${problem.reason}.` });
        }
        return context.json(recorded);
      },
    },
    {
      method: 'get',
      path: '/v1/monitoring',
      summary: 'Monitoring as JSON: traffic, drift, quality and alerts of the last days (?days=7)',
      scope: 'read',
      handler: (context) =>
        queried(context, OverviewQuery, async (query) => context.json(await watch.ask('overview', query))),
    },
    {
      method: 'get',
      path: '/v1/monitoring/quality',
      summary: 'Quality by version: ?by=day, week, or a number of outcomes; ?days=30',
      scope: 'read',
      handler: (context) =>
        queried(context, QualityQuery, async (query) =>
          context.json({ windows: await watch.ask('quality', query) }),
        ),
    },
    {
      method: 'get',
      path: '/v1/monitoring/drift',
      summary: 'Windows tested for drift, the latest first (?limit=100)',
      scope: 'read',
      handler: (context) =>
        queried(context, DriftQuery, async (query) =>
          context.json({ windows: await watch.ask('drift', query) }),
        ),
    },
    {
      method: 'get',
      path: '/monitoring',
      summary: 'Monitoring as a page',
      scope: 'read',
      handler: (context) =>
        queried(context, OverviewQuery, async (query) => {
          const chinese = /^zh/i.test(context.req.header('accept-language') ?? '');
          const report = monitoringReport(recipe.title, await watch.ask('overview', query), query.days);
          return context.html(await renderReport(report, chinese ? 'zh' : 'en'));
        }),
    },
  ];
}

async function queried<T>(
  context: Context,
  schema: z.ZodType<T>,
  work: (query: T) => Promise<Response>,
): Promise<Response> {
  const query = schema.safeParse(context.req.query());
  return query.success ? work(query.data) : invalid(context, query.error);
}
