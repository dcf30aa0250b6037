/** How the server is. */

import type { Metrics } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import type { Deployment } from '../../deployment.ts';
import type { Route } from './route.ts';

/** @param uri What is served, as MLflow writes it. */
export function stateRoutes(recipe: Recipe, uri: string, deployment: Deployment, metrics: Metrics): Route[] {
  return [
    {
      method: 'get',
      path: '/metrics',
      summary: 'Counts and times in the form of Prometheus',
      scope: 'read',
      handler: async (context) => {
        context.header('content-type', metrics.registry.contentType);
        return context.body(await metrics.registry.metrics());
      },
    },
    {
      method: 'get',
      path: '/healthz',
      summary: 'Whether the server lives, and what it serves',
      handler: (context) => {
        const { run, number } = deployment.main;
        return context.json({
          status: 'ok',
          recipe: recipe.name,
          model: deployment.name,
          uri,
          version: number,
          run: run.id,
        });
      },
    },
  ];
}
