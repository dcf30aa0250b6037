import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glob } from './glob.ts';

describe('glob', () => {
  it.each([
    ['exports/*.csv', 'exports', ['a.csv', '.csv'], ['a.tsv', 'deep/a.csv', 'a.csv.gz']],
    ['*.{csv,tsv}', '', ['a.csv', 'a.tsv'], ['a.json']],
    ['/data/**/*.csv', '/data', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['x/a.tsv']],
    ['/*', '/', ['a'], ['a/b']],
    [
      'y/202[3-5]-0?/{a,b{1,2}}.csv',
      'y',
      ['2024-01/a.csv', '2023-09/b2.csv'],
      ['2022-01/a.csv', '2024-01/b.csv'],
    ],
    ['[!a]*[^b]', '', ['bc', 'cc'], ['ac', 'bb']],
    ['评?.csv', '', ['评论.csv', '评😀.csv'], ['评.csv']],
    ['{a}[', '', ['{a}['], ['a[']],
    ['a]-*-[]x]', '', ['a]--]', 'a]-1-x'], ['a]-1-y']],
  ])('%s', (pattern, base, matching, others) => {
    const { base: found, matches, mayMatchBelow } = glob(pattern);
    expect(found).toBe(base);
    for (const path of matching) {
      expect(matches(path), path).toBe(true);
      const names = path.split('/');
      for (let i = 1; i < names.length; i++) expect(mayMatchBelow(names.slice(0, i).join('/'))).toBe(true);
    }
    for (const path of others) expect(matches(path), path).toBe(false);
  });

  it('does not look below folders that cannot match', () => {
    expect(glob('a/*/b.csv').mayMatchBelow('x')).toBe(true);
    expect(glob('a/*/b.csv').mayMatchBelow('x/y')).toBe(false);
    expect(glob('a/**/b.csv').mayMatchBelow('x/y/z')).toBe(true);
  });

  it('takes hostile patterns in a short time, and refuses braces without end', () => {
    const begun = performance.now();
    expect(glob(`${'*a'.repeat(400)}b`).matches('a'.repeat(20_000))).toBe(false);
    expect(glob(`**/${'**/'.repeat(60)}x*`).matches(`${'a/'.repeat(400)}b`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(() => glob('{a,b}'.repeat(40))).toThrow(/braces stand for over 1000/);
  });

  it('matches a name without wildcards by itself alone', () => {
    const name = fc.stringMatching(/^[^*?[\]{}/]{1,12}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(glob(`*/${one}`).matches(`x/${one}`)).toBe(true);
        expect(glob(`*/${one}`).matches(`x/${other}`)).toBe(one === other);
      }),
    );
  });
});
