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
    const names = (await stat(place)).isDirectory() ? (await namesIn(place)).slice(0, MOST_FILES) : [''];
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

/** Names of a model's files, those of its folders (`onnx/`) among them. What was measured of it does not change it. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map(async (entry) => {
    if (!entry.isDirectory()) return entry.name === ROUNDING_FILE ? [] : [entry.name];
    return (await readdir(join(folder, entry.name))).map((name) => join(entry.name, name));
  });
  return (await Promise.all(names)).flat().sort();
}
