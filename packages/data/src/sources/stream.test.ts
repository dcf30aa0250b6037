import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEveryRow } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('readEveryRow', () => {
  it('gives every row of a long table, those that cannot be used among them, each with its line', async () => {
    const lines = Array.from({ length: 250_000 }, (_, i) => (i % 1000 === 7 ? `${i},a,b` : `${i},note ${i}`));
    const { columns, rows } = await readEveryRow(file('long.csv', `id,note\n${lines.join('\n')}\n`));
    expect(columns).toEqual(['id', 'note']);
    expect(rows).toHaveLength(250_000);
    expect(rows.filter(({ reason }) => reason)).toHaveLength(250);
    expect(rows.at(-1)).toEqual({ row: 250_000, line: 250_001, cells: ['249999', 'note 249999'] });
  });

  it('counts lines of the file, not rows', async () => {
    const { rows } = await readEveryRow(file('lines.csv', 'id,note\n1,"a\nb"\n\n2,c\n'));
    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 2],
      [2, 5],
    ]);
  });

  it('refuses a table that is larger, naming the limit, rather than to leave rows out', async () => {
    const path = file('larger.csv', `id,note\n${'1,a\n'.repeat(501)}`);
    await expect(readEveryRow(path, { maxRows: 500 })).rejects.toThrow(
      /larger\.csv is too large.*at most 500 rows/,
    );
    await expect(readEveryRow(path, { maxRows: 501 })).resolves.toMatchObject({ columns: ['id', 'note'] });
    await expect(readEveryRow(file('none.csv', 'id,note\n'))).rejects.toThrow(/none\.csv has no rows/);
  });
});
