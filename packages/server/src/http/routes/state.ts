/** How the server is. */
import type { Metrics } from '@gradus/lifecycle';
import type { OpenModel } from '../../models/open-models.ts';
import type { Route } from './route.ts';

export const stateRoutes = (main: OpenModel | undefined, metrics: Metrics): Route[] => [
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
    title: { en: 'Whether the server lives, and what it serves', zh: '服务器是否存活及其服务内容' },
    handler: (context) => {
      if (!main) return context.json({ status: 'ok' });
      const { run, number } = main.deployment.main;
      return context.json({
        status: 'ok',
        recipe: main.recipe.name,
        model: main.name,
        uri: main.uri,
        version: number,
        run: run.id,
      });
    },
  },
];
