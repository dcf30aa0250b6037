import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError, VERSION } from '@gradus/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownPackages } from './own-packages.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gradus-own-packages-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (path: string, content = '') => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
};
const installed = () => join(root, 'node_modules', '@gradus', 'lifecycle', 'dist', 'export', 'docker.js');
const lock = (resolved: Record<string, string>) =>
  file(
    'node_modules/.package-lock.json',
    JSON.stringify({
      packages: Object.fromEntries(
        Object.entries(resolved).map(([name, where]) => [`node_modules/${name}`, { resolved: where }]),
      ),
    }),
  );

describe('the packages that an image installs', () => {
  it('are of the registry, where Gradus was installed from one', () => {
    const fromRegistry = { dependencies: { gradus: VERSION }, optionalDependencies: {}, tarballs: [] };
    expect(ownPackages(installed())).toEqual(fromRegistry);
    lock({ gradus: 'https://registry.npmjs.org/gradus/-/gradus-0.1.0.tgz', zod: 'file:zod.tgz' });
    expect(ownPackages(installed())).toEqual(fromRegistry);
  });

  it('are the tarballs that Gradus was installed from, without the Node for older machines', () => {
    for (const name of ['gradus', 'base', 'runtime-linux-x64', 'node-linux-x64'])
      file(`tarballs/${name}.tgz`);
    lock({
      gradus: 'file:tarballs/gradus.tgz',
      '@gradus/base': 'file:tarballs/base.tgz',
      '@gradus/runtime-linux-x64': 'file:tarballs/runtime-linux-x64.tgz',
      '@gradus/node-linux-x64': 'file:tarballs/node-linux-x64.tgz',
    });
    expect(ownPackages(installed())).toEqual({
      dependencies: { gradus: 'file:packages/gradus.tgz', '@gradus/base': 'file:packages/base.tgz' },
      optionalDependencies: { '@gradus/runtime-linux-x64': 'file:packages/runtime-linux-x64.tgz' },
      tarballs: ['gradus', 'base', 'runtime-linux-x64'].map((name) => join(root, 'tarballs', `${name}.tgz`)),
    });
  });

  it('are missed where the tarballs have gone', () => {
    lock({ gradus: 'file:../tarballs/gradus.tgz' });
    expect(() => ownPackages(installed())).toThrow(UserError);
    expect(() => ownPackages(installed())).toThrow(/gradus\.tgz, which is not there any more/);
  });

  it('are what was packed, in the source tree; of the present version, for any platform', () => {
    const source = join(root, 'packages', 'lifecycle', 'src', 'export', 'docker.ts');
    file('dist-packages/gradus-0.0.1.tgz');
    expect(() => ownPackages(source)).toThrow(/npm run pack/);
    for (const name of ['gradus', 'gradus-base', 'gradus-runtime-linux-x64'])
      file(`dist-packages/${name}-${VERSION}.tgz`);
    file(`dist-packages/other-platforms/gradus-runtime-linux-arm64-${VERSION}.tgz`);
    const { dependencies, optionalDependencies } = ownPackages(source);
    expect(Object.keys(dependencies).sort()).toEqual(['@gradus/base', 'gradus']);
    expect(optionalDependencies).toEqual({
      '@gradus/runtime-linux-x64': `file:packages/gradus-runtime-linux-x64-${VERSION}.tgz`,
      '@gradus/runtime-linux-arm64': `file:packages/gradus-runtime-linux-arm64-${VERSION}.tgz`,
    });
  });
});
