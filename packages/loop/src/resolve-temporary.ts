import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '@gradus/base';

export interface ResolvedSource {
  readonly kind: 'file' | 'folder' | 'glob' | 'postgres' | 's3';
  readonly address: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly files: readonly {
    readonly path: string;
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

export async function resolveSource(
  path: string,
  {
    signal,
    onProgress,
  }: { directory: string; signal: AbortSignal; onProgress(done: number, total: number): void },
): Promise<ResolvedSource> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UserError(`There is no file ${path}. Check the path; quote it if it has spaces.`);
  if (found.isDirectory()) throw new UserError(`${path} is a directory. Expected a file.`);
  const hash = createHash('sha256');
  let bytes = 0;
  onProgress(0, found.size);
  try {
    for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      onProgress(bytes, found.size);
    }
  } catch (error) {
    if (signal.aborted) throw new UserError('Stopped before anything was done.');
    throw new UserError(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Check its permissions.`,
    );
  }
  const whole = resolve(path);
  const sha256 = hash.digest('hex');
  return {
    kind: 'file',
    address: whole,
    path: whole,
    bytes,
    sha256,
    files: [{ path: whole, name: basename(whole), bytes, sha256 }],
  };
}
