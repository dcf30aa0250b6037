/**
 * What would break at whoever installs a package, looked for in its folder before it is packed: a manifest that names what is
 * not there, an import that leads nowhere or to a package that is no dependency, the address of a program that ends as a source does.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { isOfTests } from './compile.ts';

const REQUIRED = ['name', 'version', 'description', 'keywords', 'license', 'files'];

interface PackedManifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly main?: string;
  readonly exports?: unknown;
  readonly files: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;
const ADDRESS = /\bnew URL\(\s*(['"])(\.[^'"]+)\1,\s*import\.meta\.url\s*\)/g;
const PROGRAM = /\bprogramBeside\(\s*import\.meta\.url,\s*(['"])([^'"]+)\1\s*\)/g;

/**
 * @param inlined packages that lie in the files which import them; their own words look like imports
 * @returns a line for each thing that is not as it should be
 */
export function problemsOf(folder: string, inlined: readonly string[] = []): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackedManifest;
  const { name } = manifest;
  const problems: string[] = [];
  const require = (holds: boolean, problem: string) => {
    if (!holds) problems.push(`${name}: ${problem}`);
  };
  for (const field of REQUIRED) require(field in manifest, `its manifest has no "${field}"`);
  require(manifest.scripts === undefined, 'it has scripts; packages install without');
  for (const file of ['README.md', 'LICENSE', ...manifest.files]) {
    require(existsSync(join(folder, file)), `${file} is missing`);
  }
  const targets = [
    ...Object.values(manifest.bin ?? {}),
    ...(manifest.main ? [manifest.main] : []),
    ...leaves(manifest.exports),
  ];
  require(targets.length > 0 || manifest.files.length > 0, 'it holds nothing');
  for (const target of targets)
    require(isFile(join(folder, target)), `its manifest names ${target}, which is missing`);

  const declared = new Set([
    name,
    ...inlined,
    ...Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }),
  ]);
  for (const path of globSync('**/*', { cwd: folder, exclude: ['**/node_modules'] })) {
    require(!isOfTests(path), `${path} is of tests`);
    require(!/\.tsx?$/.test(path) || path.endsWith('.d.ts'), `${path} is a source`);
  }
  for (const path of globSync('{dist,bin}/**/*.{js,d.ts}', { cwd: folder })) {
    const text = withoutComments(readFileSync(join(folder, path), 'utf8'));
    const beside = (target: string) => join(folder, dirname(path), target);
    for (const [, , specifier] of text.matchAll(IMPORT)) {
      if (specifier!.startsWith('.')) {
        const target = path.endsWith('.d.ts') ? specifier!.replace(/\.js$/, '.d.ts') : specifier!;
        require(isFile(beside(target)), `${path} imports ${specifier}, which is missing`);
      } else if (!specifier!.startsWith('node:') && !builtinModules.includes(specifier!)) {
        const other = /^(?:@[^/]+\/)?[^/]+/.exec(specifier!)![0];
        require(declared.has(other), `${path} imports ${specifier}, which is no dependency`);
      }
    }
    for (const [, , target] of text.matchAll(ADDRESS)) {
      require(!target!.endsWith('.ts'), `${path} has the address of a source, ${target}; use programBeside`);
      require(isOutside(folder, beside(target!)) ||
        existsSync(beside(target!)), `${path} reads ${target}, which is missing`);
      require(!isOutside(
        folder,
        beside(target!),
      ), `${path} reads ${target}, which is outside of the package`);
    }
    for (const [, , program] of text.matchAll(PROGRAM)) {
      require(isFile(beside(`${program}.js`)), `${path} starts ${program}, which is missing`);
    }
  }
  return problems;
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
const isOutside = (folder: string, path: string): boolean => !path.startsWith(join(folder, '/'));

/** Examples in comments import, too. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** Files that `exports` names, at any depth of conditions. */
function leaves(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports];
  return typeof exports === 'object' && exports !== null ? Object.values(exports).flatMap(leaves) : [];
}
