/** What people say of answers. */
import type { Service } from '@gradus/loop';
import { z } from 'zod';
import type { Deployment } from '../../deployment.ts';
import { invalid, jsonBody } from '../errors.ts';
import type { Route } from './route.ts';

/** Keeps corrections that the champion's schema has parsed. */
export type Correct = (corrections: readonly unknown[], by: string) => Promise<void>;

const MOST_CORRECTIONS = 10_000;

export function feedbackRoutes(deployment: Deployment, correct: Correct): Route[] {
  return [
    {
      method: 'post',
      path: '/v1/feedback',
      summary: 'Corrections: what the model should have answered',
      scope: 'feedback',
      body: feedbackSchema(deployment.main.service),
      handler: async (context) => {
        const request = feedbackSchema(deployment.main.service).safeParse(await jsonBody(context));
        if (!request.success) return invalid(context, request.error);
        const { corrections } = request.data;
        await correct(corrections, context.get('caller').name);
        return context.json({ recorded: corrections.length });
      },
    },
  ];
}

const feedbackSchema = (service: Service) =>
  z.strictObject({ corrections: z.array(service.correction).min(1).max(MOST_CORRECTIONS) });
