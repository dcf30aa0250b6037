/** `gradus profile` and `gradus redact` as a user runs them: real files, real processes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', 'bin', 'gradus.js');
let folder: string;

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function gradus(args: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'en_US.UTF-8', ...environment },
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] += text;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

const PHONES = Array.from({ length: 120 }, (_, i) => `138${String(10_000_000 + i * 7919)}`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-profile-'));
  const rows = PHONES.map(
    (phone, i) =>
      `${phone},${i % 4 ? 'ok' : 'N/A'},<script>alert(${i % 2})</script>,请打${phone}联系我,${i % 3 ? 'no' : 'yes'},${i % 3 ? '' : 'broken'}`,
  );
  writeFileSync(join(folder, 'orders.csv'), `手机号,state,markup,said,returned,reason\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('gradus profile', () => {
  it('prints what was found and what to do, and writes a report and the profile', async () => {
    const { code, stdout, stderr } = await gradus([
      'profile',
      'orders.csv',
      '--target',
      'returned',
      '--out',
      'found',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^120 rows, 6 columns; \d+ findings/);
    expect(stdout).toMatch(/!! "手机号" holds personal data: phone in 100%/);
    expect(stdout).toMatch(/!! "reason" alone predicts "returned" almost perfectly/);
    expect(stdout).toMatch(/gradus redact FILE/);
    expect(readdirSync(join(folder, 'found')).sort()).toEqual(['profile.html', 'profile.json']);
    const html = readFileSync(join(folder, 'found', 'profile.html'), 'utf8');
    expect(html).not.toMatch(/<script/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const phone of PHONES) expect(html).not.toContain(phone);
    const profile = JSON.parse(readFileSync(join(folder, 'found', 'profile.json'), 'utf8'));
    expect(profile).toMatchObject({ version: 1, rows: { count: 120 }, source: { name: 'orders.csv' } });
  });

  it('speaks Chinese where the environment does, and JSON where it is asked', async () => {
    const chinese = await gradus(['profile', 'orders.csv', '--out', 'zh'], { LC_ALL: 'zh_CN.UTF-8' });
    expect(chinese.stdout).toMatch(/是个人信息列：电话/);
    expect(readFileSync(join(folder, 'zh', 'profile.html'), 'utf8')).toContain('id="show-zh" checked');
    const { stdout } = await gradus(['profile', 'orders.csv', '--out', 'json', '--json']);
    expect(JSON.parse(stdout).columns).toHaveLength(6);
  });

  it('says what is wrong with what it was given', async () => {
    const { code, stderr } = await gradus(['profile', 'orders.csv', '--target', 'nothing']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/There is no column "nothing"/);
    expect(existsSync(join(folder, 'profile'))).toBe(false);
  });
});

describe('gradus redact', () => {
  it('writes the table without its people, by tags or by pseudonyms', async () => {
    const tags = await gradus(['redact', 'orders.csv', '--out', 'tags.csv']);
    expect(tags.code).toBe(0);
    expect(tags.stdout).toMatch(/phone: 240 replaced/);
    const key = 'a key of these tests, by chance';
    const named = await gradus(['redact', 'orders.csv', '--out', 'named.csv', '--json'], {
      GRADUS_PSEUDONYM_KEY: key,
    });
    expect(JSON.parse(named.stdout)).toMatchObject({ rows: 120, replaced: { phone: 240 } });
    for (const name of ['tags.csv', 'named.csv']) {
      const text = readFileSync(join(folder, name), 'utf8');
      for (const phone of PHONES) expect(text).not.toContain(phone);
    }
    const [, row] = readFileSync(join(folder, 'named.csv'), 'utf8').split('\r\n');
    expect(row).toMatch(/^(PHONE_[0-9a-f]{16}),N\/A,.*请打\1联系我/);
  });

  it('refuses a kind that there is not, and a key too short to keep anything', async () => {
    const kind = await gradus(['redact', 'orders.csv', '--out', 'x.csv', '--kinds', 'shoe']);
    expect(kind.stderr).toMatch(/--kinds: "shoe" is wrong\. There are: name, phone/);
    const key = await gradus(['redact', 'orders.csv', '--out', 'x.csv'], { GRADUS_PSEUDONYM_KEY: 'short' });
    expect(key.stderr).toMatch(/expected at least 16/);
    expect(existsSync(join(folder, 'x.csv'))).toBe(false);
  });
});

const WAIMAI = new URL('../../../../shared/data/waimai_10k/waimai_10k.csv', import.meta.url).pathname;
describe.skipIf(!existsSync(WAIMAI))('reviews of real customers (needs ../shared/data)', () => {
  it('are profiled, balance and all', async () => {
    const { stdout } = await gradus(['profile', WAIMAI, '--target', 'label', '--out', 'waimai', '--json']);
    const found = JSON.parse(stdout);
    expect(found.rows.count).toBe(11_987);
    expect(found.target.classes.map(({ count }: { count: number }) => count)).toEqual([7987, 4000]);
    expect(found.columns.map(({ type }: { type: string }) => type)).toEqual(['boolean', 'text']);
    expect(found.findings.filter(({ kind }: { kind: string }) => kind === 'personal')).toEqual([]);
  });
});
