/**
 * Where things lie on this machine is for its owner's log, and not for whoever asks over HTTP: they know large models by their names, and
 * files of the workspace by where they lie in it.
 */
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

/** A large model that is served, and where it lies. */
export interface PlacedModel {
  readonly name: string;
  readonly path: string;
  /** Where its base lies, of an adapter; else the same. */
  readonly base: string;
}

/** Of what a request reads: the directory of its copy. */
export const REQUEST_COPIES = join(tmpdir(), 'gradus-request-');

export class Places {
  readonly #folders: RegExp;
  readonly #models: () => readonly PlacedModel[];

  /** @param models Those that are served now */
  constructor(folders: readonly string[], models: () => readonly PlacedModel[]) {
    // Between the directory of --data and a file in it stand two.
    const whole = folders.flatMap(waysTo).map((folder) => `${escaped(folder + sep)}+`);
    this.#folders = new RegExp([...whole, `${escaped(REQUEST_COPIES)}\\w+${escaped(sep)}`].join('|'), 'g');
    this.#models = models;
  }

  /** What of a text whoever asks gets to see. */
  shown(text: string): string {
    const named = this.#models().flatMap(({ name, path, base }) => [
      { name, place: path },
      { name, place: base },
    ]);
    // An adapter may lie in the folder of its base, or a model in that of the runs. Of one place the first name stands.
    named.sort((a, b) => b.place.length - a.place.length);
    const ofModels = named.reduce(
      (left, { name, place }) =>
        left.includes(place) ? left.replace(new RegExp(`${escaped(place)}(?![\\w-])`, 'g'), name) : left,
      text,
    );
    return ofModels.replace(this.#folders, '');
  }

  /** The same of every text in a value that is plain data. */
  shownIn<T>(value: T): T {
    return JSON.parse(JSON.stringify(value), (_, part) =>
      typeof part === 'string' ? this.shown(part) : part,
    ) as T;
  }
}

/** A folder as it is named, and past links, as files in it are. */
function waysTo(folder: string): string[] {
  const named = resolve(folder);
  return existsSync(named) ? [...new Set([named, realpathSync(named)])] : [named];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
