/** Answers that are counted, logged and traced, whichever protocol asked for them. */

import type { Metrics, Prediction, PredictionLog } from '@gradus/lifecycle';
import { describeTensors } from '@gradus/lifecycle';
import type { Described, Service } from '@gradus/loop';
import type { Context } from 'hono';
import type { Deployment, OpenVersion } from '../deployment.ts';
import type { ServedModel } from '../inference/model.ts';
import { type Answered, type Asked, userOf } from './routes/route.ts';

/** Says by which id a prediction is in the log: outcomes and corrections name it. */
const PREDICTION = 'x-gradus-prediction';

type Role = Prediction['role'];
type Told = Pick<Prediction, 'input' | 'output' | 'described'>;

export function answering(deployment: Deployment, metrics: Metrics, log: PredictionLog): Answered {
  return async (context, ask, asked) => {
    const record = recorder(context, deployment.name, metrics, log);
    const counted = async (open: OpenVersion, role: Role) => {
      const started = performance.now();
      const answer = await ask(open);
      if (role === 'answer') {
        const trace = context.get('trace');
        trace?.part('model run', started, performance.now(), { version: open.number });
      }
      const told = () => ({
        input: asked.input,
        output: answer,
        described: described(open.service, answer, asked),
      });
      const prediction = await record(open, role, started, told);
      return { run: open.run.id, ...(prediction !== undefined && { prediction }), ...answer };
    };
    deployment.shadow((open) => counted(open, 'shadow'));
    return deployment.use({ user: userOf(context) }, async (open) => {
      context.header('x-gradus-version', open.number);
      const answer = await counted(open, 'answer');
      if (answer.prediction !== undefined) context.header(PREDICTION, answer.prediction);
      return answer;
    })!;
  };
}

/**
 * Counts and logs what the versions make of one request.
 *
 * @returns a function of a version, its role, and when it began; it gives the prediction's id where the log holds it for good
 */
function recorder(context: Context, model: string, metrics: Metrics, log: PredictionLog) {
  const id = log.draw();
  const user = userOf(context);
  const caller = context.get('caller').name;
  const trace = context.get('trace');
  return async (version: OpenVersion, role: Role, started: number, told: () => Told) => {
    const ended = performance.now();
    metrics.predictions.inc({ model, version: version.number, role });
    if (id === undefined) return undefined;
    const logged = await log.add({ id, role, version, ms: ended - started, caller, user, ...told() });
    if (role === 'answer') trace?.part('log commit', ended, performance.now());
    return logged ? id : undefined;
  };
}

/** A description that fails must not take the answer with it. */
function described(service: Service, answer: unknown, asked: Asked): readonly Described[] {
  try {
    return asked.describe?.(service, answer) ?? [];
  } catch (error) {
    console.error(`An answer cannot be described: ${(error as Error).message}`);
    return [];
  }
}

/**
 * A version's model by itself, whose answers are logged.
 *
 * @param shadowed Whether shadows are shown what it is asked.
 */
export function loggedModel(
  open: OpenVersion,
  context: Context,
  deployment: Deployment,
  metrics: Metrics,
  log: PredictionLog,
  { shadowed }: { readonly shadowed: boolean },
): ServedModel {
  return {
    ...open.model!,
    infer: async (feeds) => {
      const record = recorder(context, deployment.name, metrics, log);
      const counted = async (version: OpenVersion, role: Role) => {
        const started = performance.now();
        const outputs = await version.model!.infer(
          feeds,
          role === 'answer' ? context.get('trace')?.batch : undefined,
        );
        const prediction = await record(version, role, started, () => ({
          described: describeTensors(feeds, outputs),
        }));
        if (role === 'answer' && prediction !== undefined) context.header(PREDICTION, prediction);
        return outputs;
      };
      if (shadowed) deployment.shadow(async (shadow) => shadow.model && counted(shadow, 'shadow'));
      return counted(open, 'answer');
    },
  };
}
