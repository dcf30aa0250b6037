/** The manifest that a package is published with, from the one it has in the source tree. */

export interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly exports?: Exports;
  /** Sources that bundlers for pages put in a module's place. */
  readonly browser?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Dependencies;
}

export type Dependencies = Readonly<Record<string, string>>;
/** Subpaths to sources, by condition where they differ. */
export type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export interface Packing {
  /** Of all our packages. */
  readonly version: string;
  /** Third-party packages of which the used parts lie in our own. */
  readonly inlined: readonly string[];
  /** Instead of the source's own: packages of binaries, one a platform. */
  readonly optionalDependencies: Dependencies;
  /** Folders beside `dist`. */
  readonly files: readonly string[];
}

export const LICENCE = 'Apache-2.0';
const KEYWORDS = ['machine-learning', 'onnx', 'training', 'typescript', 'gradus'];

/** The library needs Node 24. The command runs on an older one too, by starting the Node that it brings along. */
const ENGINES = { library: '>=24', command: '>=20' };

export function packedManifest(source: Manifest, packing: Packing): Record<string, unknown> {
  const { name, description, bin, peerDependencies, peerDependenciesMeta } = source;
  const dependencies = Object.entries(source.dependencies ?? {})
    .filter(([dependency]) => !packing.inlined.includes(dependency))
    .map(([dependency, version]) => [dependency, isOurs(dependency) ? packing.version : version]);
  const { optionalDependencies } = packing;
  return {
    name,
    version: packing.version,
    description,
    keywords: [...KEYWORDS, name.replace('@gradus/', '')].filter((word, i, all) => all.indexOf(word) === i),
    license: LICENCE,
    type: 'module',
    engines: { node: bin ? ENGINES.command : ENGINES.library },
    ...(bin && { bin }),
    ...(source.exports && { exports: packedExports(source.exports) }),
    ...(source.browser && {
      browser: Object.fromEntries(
        Object.entries(source.browser).map(([module, file]) => [module, built(file).default]),
      ),
    }),
    files: ['dist', ...packing.files],
    dependencies: Object.fromEntries(dependencies),
    ...(Object.keys(optionalDependencies).length > 0 && { optionalDependencies }),
    ...(peerDependencies && { peerDependencies }),
    ...(peerDependenciesMeta && { peerDependenciesMeta }),
  };
}

export const isOurs = (name: string): boolean => name === 'gradus' || name.startsWith('@gradus/');

/** `testing` is for our own tests alone. */
function packedExports(exports: Exports): Record<string, unknown> {
  const subpaths = Object.entries(exports).filter(([subpath]) => subpath !== './testing');
  return Object.fromEntries([
    ...subpaths.map(([subpath, target]) => [
      subpath,
      typeof target === 'string'
        ? built(target)
        : Object.fromEntries(Object.entries(target).map(([condition, file]) => [condition, built(file)])),
    ]),
    ['./package.json', './package.json'],
  ]);
}

function built(source: string): { readonly types: string; readonly default: string } {
  const file = source.replace(/^\.\/src\//, './dist/').replace(/\.tsx?$/, '');
  return { types: `${file}.d.ts`, default: `${file}.js` };
}
