import { UserError } from '@gradus/base';
import type { FoundRun, Recipe } from '@gradus/loop';

/** The recipe that made a run. */
export function recipeOf(recipes: readonly Recipe[], run: FoundRun): Recipe {
  const recipe = recipes.find(({ name }) => name === run.recipe);
  if (recipe) return recipe;
  throw new UserError({
    en: `The run ${run.id} was made by the recipe "${run.recipe}", which this version of Gradus does not have.`,
    zh: `运行 ${run.id} 由配方“${run.recipe}”生成，而此版本的 Gradus 没有该配方。`,
  });
}
