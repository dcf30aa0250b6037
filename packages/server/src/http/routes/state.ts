/** How the server is. */
import type { DatabaseHealth, Metrics } from '@gradus/lifecycle';
import type { OpenModel } from '../../models/open-models.ts';
import { preferredLanguage } from '../language.ts';
import type { Route } from './route.ts';

/** Whoever asks need not be known here: the reason is in the server's log. */
const DATABASE_AWAY = {
  en: 'The database does not answer. Predictions are answered and not logged; what writes is refused (503) until it is back.',
  zh: '数据库无响应。预测照常进行但不记录；写入请求在恢复前会被拒绝（503）。',
};

export const stateRoutes = (
  main: OpenModel | undefined,
  metrics: Metrics,
  health: DatabaseHealth,
): Route[] => [
  {
    method: 'get',
    path: '/metrics',
    title: { en: 'Counts and times in the form of Prometheus', zh: 'Prometheus 格式的计数与耗时' },
    scope: 'read',
    handler: async (context) => {
      context.header('content-type', metrics.registry.contentType);
      return context.body(await metrics.registry.metrics());
    },
  },
  {
    method: 'get',
    path: '/healthz',
    title: {
      en: 'Whether the server lives, what it serves, and whether its database answers',
      zh: '服务器是否存活、服务内容及数据库是否响应',
    },
    handler: async (context) => {
      // It lives, and its models answer: whoever restarts what is not 200 would make it worse.
      const state = (await health.answers())
        ? { status: 'ok' }
        : {
            status: 'degraded',
            database: 'unavailable',
            message: DATABASE_AWAY[preferredLanguage(context)],
          };
      if (!main) return context.json(state);
      const { run, number } = main.deployment.main;
      return context.json({
        ...state,
        recipe: main.recipe.name,
        model: main.name,
        uri: main.uri,
        version: number,
        run: run.id,
      });
    },
  },
];
