/** When the files of a model were last changed, so that one that was put in another's place is noticed. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROUNDING_FILE } from '@gradus/lm';

/** Entries of a folder that are looked at. */
const MOST_FILES = 1000;

/** Where the model lies, past links, and the size and time of each of its files; undefined where it is not there. */
export async function stampOf(path: string): Promise<string | undefined> {
  try {
    const place = await realpath(path);
    const { isDirectory } = await stat(place).then((found) => ({ isDirectory: found.isDirectory() }));
    // What was measured of a model does not change it.
    const names = isDirectory
      ? (await readdir(place))
          .filter((name) => name !== ROUNDING_FILE)
          .sort()
          .slice(0, MOST_FILES)
      : [''];
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(place, name));
        return found.isFile() ? `${name} ${found.size} ${found.mtimeMs}` : name;
      }),
    );
    return [place, ...files].join('\n');
  } catch {
    return undefined;
  }
}
