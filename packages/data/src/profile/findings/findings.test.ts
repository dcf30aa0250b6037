import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../document.ts';
import { profileTable } from '../profile.ts';
import { orders } from '../testing/orders.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-findings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function findingsIn(csv: string, target?: string): Promise<readonly Finding[]> {
  const path = join(folder, 'table.csv');
  writeFileSync(path, csv);
  return (await profileTable(path, target === undefined ? {} : { target })).findings;
}

describe('findings', () => {
  it('are codes with data that programs read, and sentences made from them', async () => {
    const findings = await findingsIn(`${orders(2000).join('\n')}\nbroken,row\n`, 'returned');
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'personal-column',
        'leak',
        'unread-rows',
        'drift',
        'missing-as-text',
        'sentinel',
      ]),
    );
    const unread = findings.find(({ code }) => code === 'unread-rows')!;
    expect(unread).toMatchObject({
      kind: 'setAside',
      severity: 'warning',
      columns: [],
      data: { count: 1, first: { line: 2022 } },
    });
    expect(unread.what.en).toMatch(/^1 of 2,021 rows could not be read \(< 0\.1%\); line 2022: /);
    expect(unread.what.zh).toMatch(/^2,021 行中有 1 行无法读取（< 0\.1%）；第 2022 行：/);
    expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
    for (const { what, todo } of findings)
      for (const text of [what.en, what.zh, todo.en, todo.zh])
        expect(text).not.toMatch(/undefined|NaN|null|\[object/);
  });

  it('of one rule are listed up to a dozen, and then counted', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
    const rows = Array.from({ length: 40 }, (_, r) =>
      names.map((_, i) => (r % 5 ? '' : `${r * i}`)).join(','),
    );
    const findings = await findingsIn(`${names.join(',')}\n${rows.join('\n')}\n`);
    const missing = findings.filter(({ kind }) => kind === 'missing');
    expect(missing).toHaveLength(13);
    const more = missing.at(-1)!;
    expect(more).toMatchObject({ code: 'more', data: { code: 'mostly-missing', count: 18 } });
    expect(more.columns).toEqual(names.slice(12));
    expect(more.what).toEqual({
      en: 'The same applies to 18 more: "c12", "c13", "c14", "c15", "c16", "c17", "c18", "c19" and 10 more',
      zh: '另有 18 处同样的问题：“c12”、“c13”、“c14”、“c15”、“c16”、“c17”、“c18”、“c19” 等 18 列',
    });
    expect(more.todo).toEqual(missing[0]!.todo);
  });
});
