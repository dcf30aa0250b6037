import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemsOf } from './manifests.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gradus-manifests-'));
  mkdirSync(join(root, 'packages/x/src'), { recursive: true });
  writeFileSync(join(root, 'packages/x/src/index.ts'), '');
  writeFileSync(join(root, 'package.json'), JSON.stringify(common));
});
afterEach(() => rmSync(root, { recursive: true }));

const common = { license: 'Apache-2.0', type: 'module', engines: { node: '>=24' } };
const good = {
  ...common,
  name: '@gradus/x',
  version: '0.0.0',
  description: 'X.',
  exports: { '.': './src/index.ts' },
  dependencies: { '@gradus/y': '0.0.0', zod: '4.0.0' },
};
const problems = (change: object) => {
  writeFileSync(join(root, 'packages/x/package.json'), JSON.stringify({ ...good, ...change }));
  return problemsOf(root).map((problem) => problem.replace('packages/x/package.json: ', ''));
};

describe('the check of manifests', () => {
  it('lets pass what packing can work with', () => {
    expect(problems({})).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['another name', { name: '@gradus/y' }, /"name" is @gradus\/y/],
    ['a version', { version: '1.0.0' }, /packing writes the true one/],
    ['a version of ours', { dependencies: { '@gradus/y': '0.1.0' } }, /@gradus\/y is to be 0\.0\.0/],
    ['no description', { description: undefined }, /is to be a sentence/],
    ['another licence', { license: 'MIT' }, /"license" is to be Apache-2\.0/],
    ['another Node', { engines: { node: '>=20' } }, /"engines" differ/],
    ['a script', { scripts: { postinstall: 'x' } }, /"scripts" is not for here/],
    ['what is not built', { exports: { '.': './src/index.ts', './b': './b.ts' } }, /expected a source/],
    ['what is missing', { exports: { '.': './src/b.ts' } }, /src\/b\.ts is missing/],
    ['a peer for all', { peerDependencies: { b: '1.0.0' } }, /b is a peer that is not optional/],
  ])('finds %s', (_, change, problem) => {
    expect(problems(change)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });
});
