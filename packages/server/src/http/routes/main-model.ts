/** The addresses of the one model that the server was started with: what they were before there were many. */
import { join } from 'node:path';
import { monitoringReport } from '@gradus/lifecycle';
import { REPORT_PAGE } from '@gradus/loop';
import { renderReport } from '@gradus/report';
import type { Context } from 'hono';
import { z } from 'zod';
import type { OpenModel } from '../../models/open-models.ts';
import { explained, invalid, jsonBody } from '../errors.ts';
import { preferredLanguage } from '../language.ts';
import { answerSchema, bodySchema } from '../openapi.ts';
import { sendFile } from './files.ts';
import { answered, Corrections, corrected } from './models.ts';
import type { OperationRoutesOptions } from './operations.ts';
import type { Route } from './route.ts';

export function mainModelRoutes(model: OpenModel, options: OperationRoutesOptions): Route[] {
  const { recipe, monitoring, deployment } = model;
  const tally = () => monitoring.traffic;
  return [
    {
      method: 'post',
      path: `/v1/${recipe.name}`,
      title: { en: `${recipe.title.en}: the model's answer`, zh: `${recipe.title.zh}：模型的回答` },
      scope: 'predict',
      tally,
      body: bodySchema(recipe.service.request),
      answer: answerSchema(recipe.service.answer),
      handler: explained(async (context) => answered(context, model, await jsonBody(context))),
    },
    {
      method: 'post',
      path: '/v1/feedback',
      title: {
        en: 'Corrections: what the model should have answered; each may name the prediction it corrects',
        zh: '更正：模型本应给出的回答；每条可指明其所更正的预测',
      },
      scope: 'feedback',
      body: bodySchema(Corrections(recipe.service.correction)),
      handler: explained(async (context) =>
        context.json(await corrected(context, model, await jsonBody(context), options)),
      ),
    },
    ...monitoringRoutes(model),
    {
      method: 'get',
      path: '/report',
      title: { en: "The report of the model's run", zh: '模型所属运行的报告' },
      scope: 'read',
      handler: (context) => sendFile(context, join(deployment.main.run.directory, REPORT_PAGE)),
    },
  ];
}

const days = z.coerce.number().min(0.01).max(3650);
const QualityQuery = z.object({
  by: z.union([z.enum(['day', 'week']), z.coerce.number().int().min(20).max(100_000)]).default('day'),
  days: days.default(30),
});
const OverviewQuery = z.object({ days: days.default(7) });
const DriftQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

/** Asked of the watch, whose thread reads long logs without holding up an answer. */
function monitoringRoutes({ recipe, monitoring: { watch } }: OpenModel): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/monitoring',
      title: {
        en: 'Traffic, drift, quality and alerts of the last days (?days=7)',
        zh: '最近几天的流量、漂移、质量与警报（?days=7）',
      },
      scope: 'read',
      handler: (context) =>
        queried(context, OverviewQuery, async (query) => context.json(await watch.ask('overview', query))),
    },
    {
      method: 'get',
      path: '/v1/monitoring/quality',
      title: {
        en: 'Quality by outcomes, version by version: ?by=day, week, or so many outcomes; ?days=30',
        zh: '按结果评估的质量，逐版本：?by=day、week 或结果条数；?days=30',
      },
      scope: 'read',
      handler: (context) =>
        queried(context, QualityQuery, async (query) =>
          context.json({ windows: await watch.ask('quality', query) }),
        ),
    },
    {
      method: 'get',
      path: '/v1/monitoring/drift',
      title: {
        en: 'Windows that were tested for drift, the latest first (?limit=100)',
        zh: '已检验漂移的窗口，最新在前（?limit=100）',
      },
      scope: 'read',
      handler: (context) =>
        queried(context, DriftQuery, async (query) =>
          context.json({ windows: await watch.ask('drift', query) }),
        ),
    },
    {
      method: 'get',
      path: '/monitoring',
      title: { en: 'How the model does, for people', zh: '模型运行情况页面' },
      scope: 'read',
      handler: (context) =>
        queried(context, OverviewQuery, async (query) => {
          const report = monitoringReport(recipe.title, await watch.ask('overview', query), query.days);
          const language = preferredLanguage(context);
          return context.html(await renderReport(report, language));
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
