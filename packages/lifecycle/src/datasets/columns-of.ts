/** The columns of a table at any address. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, resolveSource } from '@gradus/data';

/** As many rows as tell which row is the header. */
const ROWS = 1000;

/** @throws UserError where it cannot be read */
export async function columnsOf(address: string, signal: AbortSignal): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-columns-'));
  try {
    const { local } = await resolveSource(address, { directory, signal });
    return (await readTable(local, { maxRows: ROWS, signal })).columns;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
