/** Large things of an unfinished run, as files beside its checkpoints. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';

export interface Artifact {
  /** Absolute; for readers that open files themselves. */
  readonly path: string;
  exists(): boolean;
  /** Replaces it in one step; a crash leaves the old one or the new one. */
  write(content: string | Uint8Array): void;
  /** @throws Error where no step has written it */
  read(): Uint8Array;
}

/** A step that is made anew writes the same artifacts again, so no name may lead out of the directory. */
const NAME = /^[\w-][\w.-]{0,99}$/;

export function artifactIn(directory: string, name: string): Artifact {
  if (!NAME.test(name))
    throw new Error(`"${name}" is no name for an artifact: letters, digits, "_", "-", "."`);
  const path = join(directory, name);
  return {
    path,
    exists: () => existsSync(path),
    write: (content) => {
      mkdirSync(directory, { recursive: true });
      writeWhole(path, content);
    },
    read: () => readFileSync(path),
  };
}
