/** What was measured is kept for this processor, once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { measuredChoices } from './measured-choices.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-choices-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [one, other] = ['a', 'b'].map((chosen) => ({ chosen, milliseconds: { a: 1, b: 2 } })) as [never, never];

it('keeps a choice under its key, and the first one of two', () => {
  const choices = measuredChoices(folder)!;
  expect(choices.get('key')).toBeUndefined();
  expect(choices.keep('key', one)).toEqual(one);
  expect(measuredChoices(folder)!.keep('key', other)).toEqual(one);
  expect(choices.get('another key')).toBeUndefined();
});

it('says in the file what it is true of, and leaves no other file behind', () => {
  const [processor] = readdirSync(join(folder, 'measured'));
  const files = readdirSync(join(folder, 'measured', processor!));
  expect(files).toHaveLength(1);
  const kept = JSON.parse(readFileSync(join(folder, 'measured', processor!, files[0]!), 'utf8'));
  expect(Object.keys(kept)).toEqual(
    expect.arrayContaining(['processor', 'features', 'cores', 'runtime', 'gradus', 'chosen', 'milliseconds']),
  );
  for (const text of ['', '[]', 'null', '{"chosen":7}']) {
    writeFileSync(join(folder, 'measured', processor!, files[0]!), text);
    expect(measuredChoices(folder)!.get('key')).toBeUndefined();
  }
});

it('keeps nothing where the folder is a file', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(measuredChoices(file)!.keep('key', one)).toBeUndefined();
});
