/** What people say of answers. */

import type { Recorded } from '@gradus/lifecycle';
import { predictionOf } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { z } from 'zod';
import type { Deployment } from '../../deployment.ts';
import { invalid, jsonBody } from '../errors.ts';
import type { Route } from './route.ts';

/** Keeps corrections that the champion's schema has parsed, with the predictions that they say they correct. */
export type Correct = (
  corrections: readonly unknown[],
  predictions: readonly (string | undefined)[],
  by: string,
) => Promise<Recorded>;

const MOST_CORRECTIONS = 10_000;

export function feedbackRoutes(recipe: Recipe, deployment: Deployment, correct: Correct): Route[] {
  // The run that is served at the moment may know more than its recipe: ids that it has.
  const schema = () => feedbackSchema(deployment.main.service.correction ?? recipe.service.correction);
  return [
    {
      method: 'post',
      path: '/v1/feedback',
      summary: 'Corrections: what the model should have answered; each may name the prediction it corrects',
      scope: 'feedback',
      body: feedbackSchema(recipe.service.correction),
      handler: async (context) => {
        const { body, predictions } = withoutPredictions(await jsonBody(context));
        const request = schema().safeParse(body);
        if (!request.success) return invalid(context, request.error);
        const { corrections } = request.data;
        const { setAside } = await correct(corrections, predictions, context.get('caller').name);
        return context.json({
          recorded: corrections.length,
          ...(setAside.length > 0 && { withoutPrediction: setAside }),
        });
      },
    },
  ];
}

/** A correction may name the prediction it corrects, which recipes need not know of. */
function withoutPredictions(body: unknown): { body: unknown; predictions: (string | undefined)[] } {
  const corrections = (body as { corrections?: unknown } | null)?.corrections;
  if (!Array.isArray(corrections)) return { body, predictions: [] };
  const parts = corrections.map(predictionOf);
  return {
    body: { ...(body as object), corrections: parts.map(({ correction }) => correction) },
    predictions: parts.map(({ prediction }) => prediction),
  };
}

const feedbackSchema = (correction: z.ZodType) =>
  z.strictObject({ corrections: z.array(correction).min(1).max(MOST_CORRECTIONS) });
