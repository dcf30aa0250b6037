import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';

const PACKAGE = join(import.meta.dirname, '..', '..');
const PLACES = [join(PACKAGE, 'examples'), join(PACKAGE, '..', '..', 'examples')];

/**
 * The path of a sample, say `reviews/reviews.csv`: an installed package has its own, the source tree has them at its top.
 *
 * @throws UserError where there is none
 */
export function sampleFile(path: string): string {
  const found = PLACES.map((place) => join(place, path)).find((file) => existsSync(file));
  if (found) return found;
  throw new UserError({
    en: `The sample ${path} is not where Gradus is installed (${PACKAGE}). Install Gradus again, or give a file of your own.`,
    zh: `Gradus 的安装位置（${PACKAGE}）中没有示例 ${path}。请重新安装 Gradus，或使用您自己的文件。`,
  });
}
