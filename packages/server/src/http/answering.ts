/** Answers that are counted, logged and traced, whichever protocol asked for them. */
import type { Described, Service } from '@gradus/loop';
import type { Context } from 'hono';
import type { Deployment, OpenVersion } from '../deployment.ts';
import type { ServedModel } from '../inference/model.ts';
import { describeTensors } from '../monitoring/describe-tensors.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { PredictionLog } from '../monitoring/prediction-log.ts';
import { type Answered, type Asked, userOf } from './routes/route.ts';

/** Says by which id a prediction is in the log: outcomes and corrections name it. */
const PREDICTION = 'x-gradus-prediction';

export function answering(deployment: Deployment, metrics: Metrics, log: PredictionLog): Answered {
  return async (context, ask, asked) => {
    const id = log.draw();
    const user = userOf(context);
    const caller = context.get('caller').name;
    const trace = context.get('trace');
    const counted = async (open: OpenVersion, role: 'answer' | 'shadow') => {
      const started = performance.now();
      const answer = await ask(open);
      const ended = performance.now();
      if (role === 'answer') trace?.part('model run', started, ended, { version: open.number });
      metrics.predictions.inc({ model: deployment.name, version: open.number, role });
      const logged =
        id !== undefined &&
        (await log.add({
          id,
          role,
          version: open,
          ms: ended - started,
          caller,
          user,
          input: asked.input,
          output: answer,
          described: described(open.service, answer, asked),
        }));
      if (role === 'answer' && id !== undefined) trace?.part('log commit', ended, performance.now());
      return { run: open.run.id, ...(logged && { prediction: id }), ...answer };
    };
    deployment.shadow((open) => counted(open, 'shadow'));
    return deployment.use({ user }, async (open) => {
      context.header('x-gradus-version', open.number);
      const answer = await counted(open, 'answer');
      if (answer.prediction !== undefined) context.header(PREDICTION, answer.prediction);
      return answer;
    })!;
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

/** A version's model by itself, whose answers are logged. */
export function loggedModel(
  open: OpenVersion,
  context: Context,
  name: string,
  metrics: Metrics,
  log: PredictionLog,
): ServedModel {
  const model = open.model!;
  return {
    ...model,
    infer: async (feeds) => {
      const id = log.draw();
      const trace = context.get('trace');
      const started = performance.now();
      const outputs = await model.infer(feeds, trace?.batch);
      const ended = performance.now();
      metrics.predictions.inc({ model: name, version: open.number, role: 'answer' });
      if (id === undefined) return outputs;
      const logged = await log.add({
        id,
        role: 'answer',
        version: open,
        ms: ended - started,
        caller: context.get('caller').name,
        user: userOf(context),
        described: describeTensors(feeds, outputs),
      });
      trace?.part('log commit', ended, performance.now());
      if (logged) context.header(PREDICTION, id);
      return outputs;
    },
  };
}
