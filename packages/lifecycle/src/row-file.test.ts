import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readRows } from './row-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

it('takes all rows of a long file: those taken and those set aside are as many as it has', async () => {
  const rows = Array.from({ length: 300_000 }, (_, i) =>
    i % 2 ? `Good ride ${i},satisfied` : `Late ${i},"x"y`,
  );
  const { values, setAside } = await readRows(file('long.csv', `Text,Sentiment\n${rows.join('\n')}\n`));
  expect(values.length + setAside.length).toBe(300_000);
  expect(values[0]).toEqual({ line: 3, value: { text: 'Good ride 1', sentiment: 'satisfied' } });
});

it('reads JSON lines that begin with the mark of UTF-8', async () => {
  const path = file('marked.jsonl', '\uFEFF{"text":"a"}\n{"text":"b"}\n');
  expect(await readRows(path)).toEqual({
    values: [
      { line: 1, value: { text: 'a' } },
      { line: 2, value: { text: 'b' } },
    ],
    setAside: [],
  });
});
