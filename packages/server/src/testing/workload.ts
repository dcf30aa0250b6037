import type { Recipe } from '@gradus/loop';

/** Milliseconds of the first answer, for which models read and compile what the others use as well. */
export const FIRST_ANSWER = 400;

/** A recipe of texts whose answers cost what a text asks for: `compute 500` keeps its thread busy for so many milliseconds. */
export const workload = (recipe: Recipe): Recipe => ({
  ...recipe,
  service: {
    ...recipe.service,
    open: async (directory) => {
      const service = await recipe.service.open(directory);
      let isFirst = true;
      return {
        ...service,
        answer: async (request) => {
          if (isFirst) spend(`compute ${FIRST_ANSWER}`);
          isFirst = false;
          for (const text of (request as { readonly texts: readonly string[] }).texts) spend(text);
          return service.answer(request);
        },
      };
    },
  },
});

const kept: unknown[] = [];

function spend(text: string): void {
  const [, what, amount] = /^(compute|memory|exit) (\d+)/.exec(text) ?? [];
  const until = performance.now() + Number(amount);
  if (what === 'compute') while (performance.now() < until);
  if (what === 'memory') for (;;) kept.push(Array.from({ length: 1e5 }, (_, i) => ({ i })));
  if (what === 'exit') process.exit(Number(amount));
}
