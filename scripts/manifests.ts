/**
 * Checks the manifests of packages/ (`npm run manifests`): what packing takes over from them must be there and true. What it writes
 * itself (version, keywords, `files`, paths below `dist`) they leave out. A packed folder is checked by pack/check.ts.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isOurs } from './pack/manifest.ts';

interface SourceManifest {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The version of each package in the source tree. Packing writes that of packages/base/src/version.ts. */
const UNPACKED = '0.0.0';

/** What packing writes, and what would run where somebody installs a package. */
const LEFT_OUT = ['files', 'keywords', 'private', 'publishConfig', 'scripts', 'main', 'types'];

/** @returns a line for each thing that is not as it should be, of the packages below `root` */
export function problemsOf(root: string): string[] {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as SourceManifest;
  const workspace = read('package.json');
  return globSync('packages/*/package.json', { cwd: root })
    .sort()
    .flatMap((path) => {
      const folder = dirname(path);
      const manifest = read(path);
      const problems: string[] = [];
      const require = (holds: boolean, problem: string) => {
        if (!holds) problems.push(`${path}: ${problem}`);
      };
      const short = folder.slice('packages/'.length);
      require(manifest.name === (manifest.bin ? 'gradus' : `@gradus/${short}`), `"name" is ${manifest.name}`);
      require(manifest.version === UNPACKED, `"version" is to be ${UNPACKED}; packing writes the true one`);
      require((manifest.description ?? '').endsWith('.'), '"description" is to be a sentence');
      for (const field of ['license', 'type'] as const)
        require(manifest[field] === workspace[field], `"${field}" is to be ${workspace[field]}`);
      require(manifest.engines?.node === workspace.engines?.node, `"engines" differ from the workspace's`);
      for (const field of LEFT_OUT) require(!(field in manifest), `"${field}" is not for here`);
      const targets = Object.values(manifest.exports ?? {}).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      );
      require(targets.length > 0, 'it exports nothing');
      for (const target of targets) {
        require(/^\.\/src\/.*\.tsx?$/.test(target), `"exports" has ${target}; expected a source, ./src/….ts`);
      }
      for (const target of [...targets, ...Object.values(manifest.bin ?? {})])
        require(existsSync(join(root, folder, target)), `${target} is missing`);
      const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifest;
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
        require(!isOurs(name) || version === UNPACKED, `${name} is to be ${UNPACKED}`);
      for (const name of Object.keys(peerDependencies)) {
        require(manifest.peerDependenciesMeta?.[name]?.optional ===
          true, `${name} is a peer that is not optional`);
        require(name in
          devDependencies, `${name} is a peer that tests do not have; name it in devDependencies`);
      }
      return problems;
    });
}

if (import.meta.main) {
  const problems = problemsOf(join(import.meta.dirname, '..'));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('the manifests are as they should be');
}
