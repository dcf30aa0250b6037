/**
 * Which files a job may read that came over HTTP: those inside a directory that whoever runs the server has named, and no
 * others. No address of a database, no pattern, no link out of it, nothing hidden, and nothing of the runs, among which the server's
 * own secrets are.
 */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError } from '@gradus/base';

/**
 * @param data Undefined: no file at all
 * @returns the file's real path. @throws UserError where it is not there to be read
 */
export function inDataDirectory(data: string | undefined, runs: string, wanted: string): string {
  if (data === undefined) {
    throw new UserError(
      'This server reads no files for jobs. Start it with --data DIRECTORY, and jobs may read what is in there.',
    );
  }
  const refused = new UserError(
    `There is no file "${wanted.slice(0, 200)}" that jobs may read. Expected the path of a file inside the directory of --data.`,
  );
  if (wanted.includes('\0')) throw refused;
  let path: string;
  let root: string;
  try {
    root = realpathSync(data);
    path = realpathSync(resolve(root, wanted));
    if (!statSync(path).isFile()) throw refused;
  } catch {
    throw refused;
  }
  const inside = relative(root, path);
  const hidden = inside.split(sep).some((name) => name.startsWith('.'));
  if (inside === '' || isAbsolute(inside) || hidden || isWithin(runs, path)) throw refused;
  return path;
}

function isWithin(directory: string, path: string): boolean {
  const inside = relative(realpathSync(directory), path);
  return !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}
