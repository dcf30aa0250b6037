/**
 * From sources to what Node runs below node_modules, where it strips no types: JavaScript, and declarations for whoever imports it.
 *
 * The compiler emits both in one run of a few seconds, and rewrites `./x.ts` to `./x.js` in imports. Node's own
 * `stripTypeScriptTypes` would do for the JavaScript, but makes no declarations. Nothing is lowered: Gradus needs Node 24,
 * and on a machine whose own is older the command starts the one that it brings along, because better-sqlite3, commander and
 * others need Node 22 themselves.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What tests are made of does not travel. */
const OF_TESTS = /\.test\.ts$|(?:^|\/)(?:testing|golden|goldens)\//;

export const isOfTests = (path: string): boolean => OF_TESTS.test(path);

/** Compiles `packages/NAME/src` of every package to `out/packages/NAME/src`. @throws Error with what the compiler says */
export function compileAll(root: string, out: string): void {
  mkdirSync(out, { recursive: true });
  const config = join(out, 'tsconfig.json');
  const above = relative(out, root);
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(above, 'tsconfig.json'),
      compilerOptions: {
        rootDir: above,
        outDir: '.',
        target: 'esnext',
        noEmit: false,
        rewriteRelativeImportExtensions: true,
        typeRoots: [join(above, 'node_modules/@types')],
      },
      include: [join(above, 'packages/*/src')],
      exclude: ['**/*.test.ts', '**/testing', '**/golden', '**/goldens'].map((path) =>
        join(above, 'packages', path),
      ),
    }),
  );
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(`The compiler found errors:\n${(error as { stdout: string }).stdout}`);
  }
}

/** The compiled files of a package, and what lies between its sources and is read by its path, as `to`. */
export function copyCompiled(compiled: string, source: string, to: string): void {
  for (const path of globSync('**/*.{js,d.ts}', { cwd: compiled })) {
    if (isOfTests(path.replace(/\.(?:d\.ts|js)$/, '.ts'))) continue;
    const text = readFileSync(join(compiled, path), 'utf8');
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), path.endsWith('.d.ts') ? withJsImports(text) : text);
  }
  for (const entry of globSync('**/*', { cwd: source, withFileTypes: true })) {
    const path = relative(source, join(entry.parentPath, entry.name));
    if (!entry.isFile() || /\.tsx?$/.test(path) || isOfTests(path)) continue;
    cpSync(join(source, path), join(to, path));
  }
  rmSync(compiled, { recursive: true, force: true });
}

/** The compiler rewrites imports of programs, and leaves those of declarations. */
export function withJsImports(declarations: string): string {
  return declarations.replace(
    /((?:\bfrom|\bimport)\s*\(?\s*)(['"])(\.[^'"\n]*)\.tsx?\2/g,
    (_, before: string, quote: string, path: string) => `${before}${quote}${path}.js${quote}`,
  );
}
