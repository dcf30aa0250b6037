/** What every file of routes gives: rows of the table that the application and its OpenAPI document are both made from. */
import type { Context, Handler } from 'hono';
import type { Deployment, OpenVersion } from '../../deployment.ts';
import type { Metrics } from '../../monitoring/metrics.ts';
import type { Operation } from '../openapi.ts';

export interface Route extends Operation {
  /** Its answers take the model's time: it is turned away when there is too much to do. */
  readonly answers?: boolean;
  readonly handler: Handler;
}

/** Has the version that this request gets answer; shadows do as well, unheard. */
export type Answered = <T extends object>(
  context: Context,
  ask: (version: OpenVersion) => Promise<T>,
) => Promise<T & { run: string }>;

/** A user whose version shall not change from one request to the next. */
export const userOf = (context: Context): string | undefined =>
  context.req.header('x-user-id')?.slice(0, 200);

export function answering(deployment: Deployment, metrics: Metrics): Answered {
  return async (context, ask) => {
    const counted = async (open: OpenVersion, role: string) => {
      const answer = await ask(open);
      metrics.predictions.inc({ model: deployment.name, version: open.number, role });
      return { run: open.run.id, ...answer };
    };
    deployment.shadow((open) => counted(open, 'shadow'));
    return deployment.use({ user: userOf(context) }, async (open) => {
      context.header('x-gradus-version', open.number);
      return counted(open, 'answer');
    })!;
  };
}
