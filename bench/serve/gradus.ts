/** The `gradus` command, with the tests' recipe of digits besides its own. */
import { RECIPES } from '@gradus/recipes';
import { main } from '../../packages/cli/src/main.ts';
import { digits } from '../../packages/lifecycle/src/testing/digits.ts';

process.exitCode = await main(process.argv.slice(2), [...RECIPES, digits] as never);
