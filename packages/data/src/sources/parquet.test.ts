/** Parquet files that were made to do harm, or were damaged on their way. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDb, readTable } from '../index.ts';
import { nestingOf } from './parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @param select What a row holds. */
async function parquet(name: string, select: string, rows: number): Promise<string> {
  const path = join(folder, name);
  await using duckdb = await openDuckDb({ outputs: [path] });
  await duckdb.query(`COPY (SELECT ${select} FROM range(${rows})) TO '${path}' (FORMAT parquet)`);
  return path;
}

const inside = (depth: number, wrap: (value: string) => string): string =>
  depth === 0 ? 'range' : wrap(inside(depth - 1, wrap));

describe('a Parquet file', () => {
  it.each<[string, (value: string) => string, string]>([
    ['lists', (value) => `[${value}]`, '[[[[[[[[1]]]]]]]]'],
    ['structs', (value) => `{'a': ${value}}`, '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}'],
    ['maps', (value) => `MAP {'k': ${value}}`, '{"k":{"k":{"k":{"k":{"k":{"k":{"k":{"k":1}}}}}}}}'],
  ])(
    'of %s in each other is read as JSON, and refused where they are nested without measure',
    async (name, wrap, json) => {
      const some = await readTable(await parquet(`${name}.parquet`, `${inside(8, wrap)} AS n`, 2));
      expect(some.rows[1]).toEqual([json]);
      const deep = await parquet(`deep-${name}.parquet`, `1 AS a, ${inside(17, wrap)} AS "too, deep"`, 1);
      const started = performance.now();
      await expect(readTable(deep)).rejects.toThrow(
        /column "too, deep" holds values nested 17 deep; at most 16/,
      );
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );

  it('sets a row with a cell that is too long aside, and leaves the cell where it is', async () => {
    const long = "repeat('x', CASE WHEN range = 1 THEN 30_000_000 ELSE 3 END::BIGINT)";
    const path = await parquet('long.parquet', `range AS id, ${long} AS text, [${long}] AS list`, 3);
    const before = process.memoryUsage().rss;
    const table = await readTable(path);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    expect(table.rows).toEqual([
      ['0', 'xxx', '["xxx"]'],
      ['2', 'xxx', '["xxx"]'],
    ]);
    expect(table.setAside.rows).toMatchObject([
      { line: 2, reason: { en: 'a cell is longer than 100,000 characters' } },
    ]);
  });

  it('that is damaged anywhere is read, or refused as damaged: never is it an unexpected error', async () => {
    const good = readFileSync(
      await parquet(
        'good.parquet',
        "range AS id, 'text ' || (range % 7) AS t, [range] AS l, {'a': range, 'b': 'x'} AS s, DATE '2024-01-01' AS d, range::DECIMAL(18,3) AS n",
        500,
      ),
    );
    const footer = good.readUInt32LE(good.length - 8) + 8;
    const path = join(folder, 'hurt.parquet');
    // Half of the places in the footer, where the schema and the offsets are.
    const place = fc.oneof(
      fc.nat(good.length - 1),
      fc.integer({ min: good.length - footer, max: good.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (flips) => {
          const hurt = Buffer.from(good);
          for (const [at, value] of flips) hurt[at] = value;
          writeFileSync(path, hurt);
          await readTable(path).catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
        },
      ),
      { numRuns: Number(process.env.FUZZ ?? 8), seed: 1 },
    );
  });
});

describe('nestingOf', () => {
  it.each([
    ['INTEGER', 0],
    ['INTEGER[]', 1],
    ['INTEGER[3][]', 2],
    ['STRUCT(a INTEGER, b VARCHAR[])', 2],
    ['STRUCT(a STRUCT(b INTEGER[])[], c INTEGER)', 4],
    ['MAP(VARCHAR, MAP(VARCHAR, INTEGER))', 2],
    ['STRUCT("a[[((" INTEGER, "say ""((("" too" INTEGER)', 1],
    ["ENUM('[[[', 'it''s ((')", 1],
  ])('of %s is %i', (type, depth) => expect(nestingOf(type)).toBe(depth));
});
