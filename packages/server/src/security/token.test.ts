/** The owner's token: whole or absent, one for all servers of a workspace, and never a text that anybody could guess. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Callers } from './callers.ts';
import { serverToken } from './token.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-token-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("the owner's token", () => {
  it('is made once, for its owner only, and nothing else is left beside it', () => {
    const runs = join(directory, 'new');
    const token = serverToken(runs, {});
    expect(token).toMatch(/^gradus_[\w-]{43}$/);
    expect(serverToken(runs, {})).toBe(token);
    expect(readFileSync(join(runs, '.token'), 'utf8')).toBe(token);
    expect(statSync(join(runs, '.token')).mode & 0o777).toBe(0o600);
    expect(readdirSync(runs)).toEqual(['.token']);
  });

  it.each([
    ['empty', ''],
    ['only spaces', ' \n '],
    ['half a token', 'gradus_ab'],
    ['NULs, as a crash leaves them', '\0'.repeat(50)],
    ['two lines', `gradus_${'a'.repeat(43)}\ngradus_${'b'.repeat(43)}`],
  ])('that is %s is refused with the way out, and left as it is', (name, content) => {
    const runs = join(directory, name);
    mkdirSync(runs);
    writeFileSync(join(runs, '.token'), content);
    expect(() => serverToken(runs, {})).toThrow(/holds no token.*Delete it/);
    expect(readFileSync(join(runs, '.token'), 'utf8')).toBe(content);
  });

  it('is the same for servers that start at once', async () => {
    const runs = join(directory, 'race');
    const program = `import { serverToken } from ${JSON.stringify(join(import.meta.dirname, 'token.ts'))};
      for (let i = 0; i < 50; i++) console.log(serverToken(${JSON.stringify(runs)} + i, {}));`;
    const started = Array.from({ length: 2 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]),
    );
    const [one, other] = await Promise.all(started);
    expect(one!.stdout).toBe(other!.stdout);
    expect(one!.stdout.trim().split('\n')).toHaveLength(50);
  });

  it('is the only text that speaks for the owner', async () => {
    const token = `gradus_${'a'.repeat(43)}`;
    const callers = new Callers(token, async () => undefined);
    expect(await callers.of(token)).toMatchObject({ name: 'owner' });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.nat(50).map((n) => token.slice(0, n)),
        ),
        async (text) => {
          fc.pre(text !== token);
          expect(await callers.of(text)).toBeUndefined();
        },
      ),
    );
    expect(() => new Callers('', async () => undefined)).toThrow();
  });
});
