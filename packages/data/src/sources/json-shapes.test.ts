/** JSON as pandas writes it; the texts are those of pandas 2.2, DataFrame.to_json and json.dumps(DataFrame.to_dict(…)). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-shapes-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string, suffix = 'json'): string {
  const path = join(folder, `${files++}.${suffix}`);
  writeFileSync(path, content);
  return path;
}

describe('a table of pandas', () => {
  const named = {
    columns: ['a', 'b'],
    rows: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  };
  it.each([
    ['columns', '{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}', named],
    ['index', '{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}', named],
    ['split', '{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[2,"y"]]}', named],
    ['records', '[{"a":1,"b":"x"},{"a":2,"b":"y"}]', named],
    ['list', '{"a": [1, 2], "b": ["x", "y"]}', named],
    [
      'tight',
      '{"index":[0,1],"columns":["a","b"],"data":[[1,"x"],[2,"y"]],"index_names":[null],"column_names":[null]}',
      named,
    ],
    ['values', '[[1,"x"],[2,"y"]]', { ...named, columns: ['column 1', 'column 2'] }],
    ['values under names', '[["a","b"],[1,"x"],[2,"y"]]', named],
    [
      'table',
      '{"schema":{"fields":[{"name":"index","type":"integer"},{"name":"a","type":"integer"},{"name":"b","type":"string"}],"primaryKey":["index"],"pandas_version":"1.4.0"},"data":[{"index":0,"a":1,"b":"x"},{"index":1,"a":2,"b":"y"}]}',
      {
        columns: ['index', 'a', 'b'],
        rows: [
          ['0', '1', 'x'],
          ['1', '2', 'y'],
        ],
      },
    ],
    [
      'columns with an index of names',
      '{"a":{"p":1,"q":2,"r":3},"b":{"p":"x","q":"y","r":"z"}}',
      {
        columns: ['index', 'a', 'b'],
        rows: [
          ['p', '1', 'x'],
          ['q', '2', 'y'],
          ['r', '3', 'z'],
        ],
      },
    ],
    [
      'index of names',
      '{"p":{"a":1,"b":"x"},"q":{"a":2,"b":"y"},"r":{"a":3,"b":"z"}}',
      {
        columns: ['index', 'a', 'b'],
        rows: [
          ['p', '1', 'x'],
          ['q', '2', 'y'],
          ['r', '3', 'z'],
        ],
      },
    ],
    [
      'split with dates as index',
      '{"columns":["a"],"index":["2024-01-01","2024-01-02"],"data":[[1],[null]]}',
      {
        columns: ['index', 'a'],
        rows: [
          ['2024-01-01', '1'],
          ['2024-01-02', ''],
        ],
      },
    ],
  ])('of orient %s is read', async (_, text, expected) => {
    for (const written of [text, `\uFEFF${text}`])
      expect(await readTable(file(written))).toMatchObject({ ...expected, setAside: { count: 0 } });
  });

  it('is the same in each orient', async () => {
    const cell = fc.oneof(fc.integer(), fc.stringMatching(/^[a-z "{\][,\\]{0,8}$/), fc.constant(null));
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z ]{0,6}[a-z]$/), {
      minLength: 2,
      maxLength: 4,
    });
    const table = names.chain((names) =>
      fc.tuple(
        fc.constant(names),
        fc.array(fc.tuple(...names.map(() => cell)), { minLength: 2, maxLength: 6 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(table, async ([names, rows]) => {
        const object = (row: readonly unknown[]) =>
          Object.fromEntries(names.map((name, i) => [name, row[i]]));
        const column = (i: number) => Object.fromEntries(rows.map((row, r) => [r, row[i]]));
        const expected = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
        for (const shape of [
          rows.map(object),
          Object.fromEntries(names.map((name, i) => [name, column(i)])),
          { columns: names, index: rows.map((_, r) => r), data: rows },
          Object.fromEntries(rows.map((row, r) => [r, object(row)])),
        ]) {
          const read = await readTable(file(JSON.stringify(shape)));
          expect(read.columns).toEqual(names);
          expect(read.rows).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    '{"a": [1, 2], "b": {"c": 3}}',
    '{"a": [1, 2], "b": [1]}',
    '{"model": "x", "layers": 3}',
    '{"tiles": {"#": ["solid"], "-": ["empty"]}}',
    '["a", "b", "c"]',
    '[[1, 2], [3]]',
    '{"a": {"x": 1}, "b": {"y": 2}}',
    '[]',
    '{}',
  ])('is not seen in %s', async (text) => {
    await expect(readTable(file(text))).rejects.toThrow(/no list of objects/);
  });
});

describe('NaN and Infinity, as json.dumps writes them', () => {
  const rows = [
    ['1', ''],
    ['2', ''],
    ['3', '4'],
    ['4', ''],
    ['5', 'NaN, "Infinity" and None'],
  ];
  const objects = [
    '{"a":1,"b":NaN}',
    '{"a":2,"b":Infinity}',
    '{"a":3,"b":4}',
    '{"a":4,"b":-Infinity}',
    '{"a":5,"b":"NaN, \\"Infinity\\" and None"}',
  ];
  it.each([
    ['json', `[${objects}]`],
    ['jsonl', objects.join('\n')],
    ['json', objects.join('\n')],
    ['json', '{"a":[1,2,3,4,5],"b":[NaN,Infinity,4,-Infinity,"NaN, \\"Infinity\\" and None"]}'],
  ])('are missing in .%s', async (suffix, text) => {
    expect(await readTable(file(text, suffix))).toMatchObject({
      columns: ['a', 'b'],
      rows,
      setAside: { count: 0 },
    });
  });

  it('leave numbers of many digits as they are, and what is no JSON aside', async () => {
    const table = await readTable(
      file('{"id":12345678901234567890,"x":NaN}\n{"id":1,"x":Nope}\n{"id":2,"x":1}\n', 'jsonl'),
    );
    expect(table.rows).toEqual([
      ['12345678901234567890', ''],
      ['2', '1'],
    ]);
    expect(table.setAside.rows).toMatchObject([{ line: 2, reason: { en: 'it is not JSON' } }]);
  });
});
