import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport } from '@gradus/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileTable } from '../profile.ts';
import { profileReport } from './report.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportOf(csv: string, options: { target?: string } = {}) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, csv);
  return profileReport(await profileTable(path, options));
}

describe('the report of a profile', () => {
  it('has a section for each kind of finding, and none for what was not found', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const day = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
      return `${day},${i % 5 ? i % 17 : ''},${i < 100 ? 'a' : 'b'},${i % 2 ? 'yes' : 'no'}`;
    });
    const report = await reportOf(`day,n,group,target\n${rows.join('\n')}\n`, { target: 'target' });
    expect(report.sections.map(({ id }) => id)).toEqual([
      'overview',
      'to-do',
      'target',
      'missing',
      'drift',
      'associations',
      'columns',
    ]);
    const html = await renderReport(report, 'zh');
    expect(html).toContain('随时间的漂移');
    expect(html).toContain('Drift over time');
    expect(html).not.toMatch(/NaN|undefined/);
  });

  it('stays a page that opens where there are thousands of columns', { timeout: 60_000 }, async () => {
    const line = (cell: (i: number) => string) => Array.from({ length: 2500 }, (_, i) => cell(i)).join(',');
    const rows = Array.from({ length: 40 }, (_, r) => line((i) => (i % 3 ? String((r * i) % 11) : '')));
    const report = await reportOf(`${line((i) => `c${i}`)}\n${rows.join('\n')}\n`);
    const html = await renderReport(report);
    expect(html.length).toBeLessThan(4e6);
    expect(html).toContain('500 more were left out');
  });

  it('shows markup in names and values as text', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `<img src=x onerror=alert(${i % 2})>,${i}`);
    const html = await renderReport(await reportOf(`<script>alert(1)</script>,b\n${rows.join('\n')}\n`));
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;img src=x');
  });
});
