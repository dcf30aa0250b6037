/** Whatever is done to a file: readTable gives a table or a UserError, no other error, and in the time that the file deserves. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDb, readTable } from '../index.ts';
import { damage } from '../testing/damage.ts';
import { workbookParts, zipOf } from './testing/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  text: i % 3 ? `a "quoted", text ${i}\nof two lines` : `第 ${i} 行，很好`,
  value: i / 7,
}));
const csv = `id,text,value\n${ROWS.map(({ id, text, value }) => `${id},"${text.replaceAll('"', '""')}",${value}`).join('\n')}\n`;

function sqlite(): Uint8Array {
  const path = join(folder, 'made.db');
  rmSync(path, { force: true });
  const database = new Database(path);
  database.exec(
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, value REAL); CREATE INDEX i ON notes (text)',
  );
  const insert = database.prepare('INSERT INTO notes VALUES (@id, @text, @value)');
  for (const row of ROWS) insert.run({ ...row, text: row.text.repeat(40) });
  database.close();
  return readFileSync(path);
}

function workbook(): Uint8Array {
  const strings = ROWS.map(({ text }) => `<si><t>${text.replaceAll('"', '&quot;')}</t></si>`).join('');
  const cells = ROWS.map(
    ({ id, value }, i) =>
      `<row r="${i + 2}"><c r="A${i + 2}"><v>${id}</v></c><c r="B${i + 2}" t="s"><v>${i}</v></c><c r="C${i + 2}" s="1"><f>A1*2</f><v>${value}</v></c></row>`,
  ).join('');
  const header = ['id', 'text', 'value'].map(
    (name, i) => `<c r="${'ABC'[i]}1" t="inlineStr"><is><t>${name}</t></is></c>`,
  );
  const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
  return zipOf(workbookParts({ Data: `<row r="1">${header.join('')}</row>${cells}` }, { strings, styles }));
}

async function parquet(): Promise<Uint8Array> {
  const path = join(folder, 'made.parquet');
  await using duckdb = await openDuckDb({ outputs: [path] });
  await duckdb.query(
    `COPY (SELECT range AS id, 'text ' || range AS text FROM range(100)) TO '${path}' (FORMAT parquet)`,
  );
  return readFileSync(path);
}

async function survives(name: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  try {
    const { columns, rows, numbers } = await readTable(path);
    expect(numbers).toHaveLength(rows.length);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).not.toMatch(/undefined|\[object|at .*\.ts:/);
  }
}

/** More, where they are asked for: FUZZ=1000 npx vitest run fuzz. */
const RUNS = Number(process.env.FUZZ ?? 25);
describe('a damaged file', () => {
  const FILES: readonly (readonly [
    name: string,
    make: () => Uint8Array | Promise<Uint8Array>,
    runs: number,
  ])[] = [
    ['table.csv', () => Buffer.from(csv), RUNS],
    ['table.csv.gz', () => gzipSync(csv), RUNS],
    ['wide.csv', () => Buffer.from(`\uFEFF${csv}`, 'utf16le'), RUNS],
    ['table.json', () => Buffer.from(JSON.stringify({ rows: ROWS })), RUNS],
    ['table.jsonl', () => Buffer.from(ROWS.map((row) => JSON.stringify(row)).join('\n')), RUNS],
    ['table.xlsx', workbook, RUNS],
    ['table.db', sqlite, RUNS],
    ['table.parquet', parquet, Math.ceil(RUNS / 8)],
  ];
  it.each(FILES)('%s gives a table or a UserError', async (name, make, runs) => {
    const good = await make();
    await survives(name, good);
    await fc.assert(
      fc.asyncProperty(damage, (hurt) => survives(name, hurt(good))),
      { numRuns: runs },
    );
  });

  it('of one kind under the name of another yields a table or a UserError', async () => {
    for (const [name, make] of FILES.slice(0, -1)) {
      const bytes = await make();
      for (const [other] of FILES) await survives(`as-${name}-${other}`, bytes);
    }
  });
});
