import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Profile, profileTable } from '@gradus/data';
import { role } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseColumns, columnsIn, fitsRoles } from './columns.ts';

const words = (en: string) => ({ en, zh: `列：${en}` });
const ROLES = {
  text: role.text(words('the text')),
  label: role.label(words('the class')),
  time: role.time(words('the date')).optional(),
};

const directory = mkdtempSync(join(tmpdir(), 'gradus-columns-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SENTENCES = ['the parcel came late again', 'my invoice is wrong', 'cannot sign in since monday'];
const rows = Array.from({ length: 120 }, (_, i) => {
  const day = `2025-01-${String(1 + (i % 28)).padStart(2, '0')}`;
  return `${1000 + i},${SENTENCES[i % 3]} number ${i},${['ship', 'bill', 'login'][i % 3]},${day}`;
});

let profile: Profile;
beforeAll(async () => {
  const path = join(directory, 'tickets.csv');
  writeFileSync(path, `id,message,queue,when\n${rows.join('\n')}\n`);
  profile = await profileTable(path);
});

const COLUMNS = ['id', 'message', 'queue', 'when'];
const choose = (named: Record<string, string>, columns = COLUMNS) =>
  chooseColumns(columns, ROLES, named, async () => profile);

describe('columns by role', () => {
  it('are found by what they hold', async () => {
    const found = { text: 'message', label: 'queue', time: 'when' };
    expect(columnsIn(profile, ROLES)).toEqual(found);
    expect(await choose({})).toEqual(found);
    expect(fitsRoles(profile, ROLES)).toMatchObject({ score: 1, columns: found });
  });

  it('are those that options name, or that are called like the role', async () => {
    expect(await choose({ label: 'id', time: 'none' })).toEqual({ text: 'message', label: 'id' });
    const named = ['Text', 'label', 'time'];
    const profiled = () => Promise.reject(new Error('no profile is needed'));
    expect(await chooseColumns(named, ROLES, {}, profiled)).toEqual({
      text: 'Text',
      label: 'label',
      time: 'time',
    });
  });

  it('are asked for where they are missing, in both languages', async () => {
    await expect(choose({ text: 'mesage' })).rejects.toMatchObject({
      message:
        '--text: there is no column "mesage"; did you mean "message"? The columns are "id", "message", "queue", "when".',
      localized: { zh: expect.stringContaining('是否指“message”') },
    });
    const none = { ...profile, columns: profile.columns.filter(({ name }) => name !== 'queue') };
    await expect(chooseColumns(['id', 'message'], ROLES, {}, async () => none)).rejects.toThrow(
      /--label COLUMN/,
    );
    expect(fitsRoles(none, ROLES)).toMatchObject({
      score: 0,
      reasons: [{ zh: expect.stringContaining('未找到') }],
    });
  });
});
