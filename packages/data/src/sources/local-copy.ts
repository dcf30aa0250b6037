/** What readers of this machine take in place of an address: the address itself, or a copy of what lies on S3 for a while. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeftOut } from './list-files.ts';
import { isS3 } from './s3/address.ts';
import { copyFromS3 } from './s3/copy.ts';

export interface LocalCopy extends AsyncDisposable {
  readonly address: string;
  readonly leftOut: readonly LeftOut[];
}

/** Tables are far fewer. */
const MOST_FILES = 10_000;

/**
 * @example
 * await using copy = await localCopy('s3://bucket/reviews.csv', {});
 * const table = await readTable(copy.address);
 *
 * @throws UserError that says what is wrong
 */
export async function localCopy(
  address: string,
  {
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal | undefined;
    onProgress?: ((bytes: number, total: number) => void) | undefined;
  },
): Promise<LocalCopy> {
  if (!isS3(address)) return { address, leftOut: [], [Symbol.asyncDispose]: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'gradus-s3-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { path, part, leftOut } = await copyFromS3(address, folder, {
      most: MOST_FILES,
      signal,
      onProgress,
    });
    return {
      address: part === undefined ? path : `${path}#${part}`,
      leftOut,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
