/** Whatever becomes of a reading, no file stays open: not after an error, not where nothing was asked for, not in the middle. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb, profileTable, readTable, redactFile, streamTable } from '../index.ts';
import { openSource } from './formats.ts';
import { workbookParts, zipOf } from './testing/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-closing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CSV = `id,note\n${Array.from({ length: 5000 }, (_, i) => `${i},note ${i}`).join('\n')}\n`;
const FILES = ['a.csv', 'a.csv.gz', 'a.json', 'a.jsonl', 'a.xlsx', 'a.db', 'a.parquet', 'folder'] as const;

beforeAll(async () => {
  const at = (name: string) => join(folder, name);
  const records = Array.from({ length: 5000 }, (_, id) => ({ id, note: `note ${id}` }));
  writeFileSync(at('a.csv'), CSV);
  writeFileSync(at('a.csv.gz'), gzipSync(CSV));
  writeFileSync(at('a.json'), JSON.stringify(records));
  writeFileSync(at('a.jsonl'), records.map((record) => JSON.stringify(record)).join('\n'));
  const cells = records.map(
    ({ id }) =>
      `<row r="${id + 2}"><c r="A${id + 2}"><v>${id}</v></c><c r="B${id + 2}"><v>${id}</v></c></row>`,
  );
  const header =
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row>';
  const book = zipOf(workbookParts({ Data: header + cells.join('') }));
  writeFileSync(at('a.xlsx'), book);
  const database = new Database(at('a.db'));
  database.exec(
    "CREATE TABLE t AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5000) SELECT id, 'note ' || id AS note FROM n",
  );
  database.close();
  await using duckdb = await openDuckDb({ outputs: [at('a.parquet')] });
  await duckdb.query(
    `COPY (SELECT range AS id, 'n' || range AS note FROM range(5000)) TO '${at('a.parquet')}'`,
  );
  mkdirSync(at('folder'));
  writeFileSync(join(at('folder'), 'a.csv'), CSV);
  writeFileSync(join(at('folder'), 'b.xlsx'), book);
});

/** Files of ours that this process, or DuckDB's, holds open. */
const open = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return [];
      }
    })
    .filter((path) => path.startsWith(folder));

const nothingOpen = () => expect.poll(open, { timeout: 5000 }).toEqual([]);

describe.skipIf(process.platform !== 'linux')('no file stays open (needs /proc)', () => {
  it.each(FILES)('of %s', async (name) => {
    const path = join(folder, name);
    {
      await using _ = await openSource(path, {});
    }
    await nothingOpen();
    for await (const { rows } of streamTable(path)) if (rows.length > 0) break;
    await nothingOpen();
    await readTable(path, { maxRows: 10 });
    await profileTable(path);
    await nothingOpen();
    // Errors of ours, and the user's wish to end.
    await expect(readTable(path, { exportSetAside: join(folder, 'no such', 'x.csv') })).rejects.toThrow(
      UserError,
    );
    const abort = new AbortController();
    await expect(
      readTable(path, { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }),
    ).rejects.toThrow(/enough|aborted/);
    if (name !== 'folder') await expect(redactFile(path, path)).rejects.toThrow(/is the file that is read/);
    await nothingOpen();
  });

  it('of damaged ones', async () => {
    for (const name of FILES.slice(0, -1)) {
      const bytes = readFileSync(join(folder, name));
      const path = join(folder, `cut-${name}`);
      for (const part of [0.3, 0.7, 0.95]) {
        writeFileSync(path, bytes.subarray(0, Math.floor(part * bytes.length)));
        await profileTable(path).catch((error: unknown) => expect(error, name).toBeInstanceOf(UserError));
      }
    }
    await nothingOpen();
  });
});
