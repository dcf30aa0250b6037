import { describe, expect, it } from 'vitest';
import { type Locked, type Manifest, problemsOf } from './audit.ts';

const good: Locked = { version: '1.2.3', integrity: `sha512-${'a'.repeat(86)}==`, license: 'MIT' };
const problems = (locked: Locked, manifest: Manifest = {}) =>
  problemsOf(
    {
      '': {},
      'packages/x': {},
      'node_modules/@a/x': { link: true },
      'node_modules/a/node_modules/@b/c': locked,
    },
    [manifest],
  );

describe('the audit of dependencies', () => {
  it('lets pass what is pinned to its content, from the registry, under a licence on the list', () => {
    for (const license of ['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', '(Apache-2.0 AND BSD-3-Clause)'])
      expect(
        problems({ ...good, license, resolved: 'https://registry.npmjs.org/@b/c/-/c-1.2.3.tgz' }),
      ).toEqual([]);
  });

  it.each<[string, Partial<Locked>, Manifest, RegExp]>([
    ['no hash', { integrity: '' }, {}, /^@b\/c: no SHA-512/],
    ['a weak hash', { integrity: 'sha1-aaaa' }, {}, /no SHA-512/],
    ['another source', { resolved: 'git+ssh://git@github.com/b/c.git' }, {}, /comes from git/],
    [
      'a source that looks like the registry',
      { resolved: 'https://registry.npmjs.org.evil.example/c' },
      {},
      /comes from/,
    ],
    ['a script', { hasInstallScript: true }, {}, /decide on it in allowScripts/],
    ['a script that is let run', { hasInstallScript: true }, { allowScripts: { '@b/c': true } }, /without/],
    ['another licence', { license: 'Apache-2.0 AND GPL-3.0' }, {}, /not on the list/],
    [
      'a version that moves',
      {},
      { name: 'x', dependencies: { c: '^1.0.0' } },
      /x: c is asked for as "\^1.0.0"/,
    ],
    ['a folder', {}, { name: 'x', devDependencies: { c: 'file:../c' } }, /pin an exact version/],
  ])('says what is wrong with %s', (_, locked, manifest, message) => {
    expect(problems({ ...good, ...locked }, manifest)).toEqual([expect.stringMatching(message)]);
  });

  it('lets a script be that was decided on, and is not run', () => {
    expect(problems({ ...good, hasInstallScript: true }, { allowScripts: { '@b/c': false } })).toEqual([]);
  });
});
