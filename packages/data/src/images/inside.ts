/** Files that a table names: they lie in its folder, or below it. */
import { realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { UserError } from '@gradus/base';

/** @returns the file's path @throws UserError the reason, without the path, where it leads out of the folder */
export function fileInside(folder: string, name: string): string {
  const file = resolve(folder, name);
  if (leadsOut(file, folder))
    throw new UserError({
      en: 'lies outside of the folder that the table is in',
      zh: '位于表所在文件夹之外',
    });
  return file;
}

/** By `..`, or by a link to another folder. What is not there is for its reader to say. */
function leadsOut(file: string, root: string): boolean {
  const inside = (path: string, folder: string) =>
    `${path}${sep}`.startsWith(folder === sep ? sep : folder + sep);
  if (!inside(file, resolve(root))) return true;
  try {
    return !inside(realpathSync(dirname(file)), realpathSync(root));
  } catch {
    return false;
  }
}
