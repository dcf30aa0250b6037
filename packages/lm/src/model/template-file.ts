/** A chat template in a file of its own, from anyone: its size is checked. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { UserError } from '@gradus/base';

const MOST_TEMPLATE = 1024 * 1024;

/** @returns none where there is no such file. @throws UserError where it is too large */
export function templateIn(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (statSync(path).size > MOST_TEMPLATE)
    throw new UserError({
      en: `${path} is larger than ${MOST_TEMPLATE} bytes`,
      zh: `${path} 超过 ${MOST_TEMPLATE} 字节`,
    });
  return readFileSync(path, 'utf8');
}
