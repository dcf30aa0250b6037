/** The recipe's own endpoint: plain JSON in, plain JSON out. */
import type { Recipe } from '@gradus/loop';
import { invalid, jsonBody } from '../errors.ts';
import { type Answered, ofService, type Route } from './route.ts';

export function predictRoutes(recipe: Recipe, answered: Answered): Route[] {
  return [
    {
      method: 'post',
      path: `/v1/${recipe.name}`,
      summary: `${recipe.title.en} of new data`,
      scope: 'predict',
      answers: true,
      body: recipe.service.request,
      handler: async (context) => {
        const body = await jsonBody(context);
        const request = recipe.service.request.safeParse(body);
        if (!request.success) return invalid(context, request.error);
        return context.json(
          await answered(
            context,
            ({ service }) => service.answer(request.data) as Promise<object>,
            ofService(request.data),
          ),
        );
      },
    },
  ];
}
