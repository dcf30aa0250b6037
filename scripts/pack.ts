/**
 * Makes what npm installs (`npm run pack`): of every package a folder in dist-packages/ and a tarball beside it. Nothing is listed
 * here by hand: each folder of packages/ is a package, and its sources say what they import.
 *
 *     npm run pack                  # every package, and the binaries for this machine
 *     npm run pack -- --everywhere  # and those for all other platforms, in dist-packages/other-platforms/: for publishing
 *
 * The tarballs of dist-packages/ are all that this machine needs: `npm i dist-packages/*.tgz` in any folder.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { VERSION } from '@gradus/base';
import { problemsOf } from './pack/check.ts';
import { compileAll, copyCompiled } from './pack/compile.ts';
import { INLINED, inlineInto } from './pack/inline.ts';
import { type Manifest, packedManifest } from './pack/manifest.ts';
import { nodesOf, packNodes, packRuntimes, runtimesOf, writeJson } from './pack/platforms.ts';

/** Which package needs the binaries of ONNX Runtime, and which those of Node. */
const [RUNS_GRAPHS, COMMAND] = ['@gradus/engine', 'gradus'];

/** Data that recipes are tried on: with the command, for `gradus demo`. */
const SAMPLES = 'examples/*/*.csv';

export interface PackOptions {
  /** Of the source tree. */
  readonly root: string;
  /** Made anew. */
  readonly out: string;
  /** Binaries of every platform, which takes the network; default: of this machine. */
  readonly everywhere?: boolean;
  /** Leave out the Node for machines whose own is older. */
  readonly withoutNode?: boolean;
}

/** @returns the tarballs that this machine needs. @throws Error with all that is wrong with a package */
export async function pack({
  root,
  out,
  everywhere = false,
  withoutNode = false,
}: PackOptions): Promise<string[]> {
  rmSync(out, { recursive: true, force: true });
  const build = join(out, '.build');
  compileAll(root, build);
  const common = { root, out, version: VERSION, everywhere };
  const folders: string[] = [];
  const inlinedIn = new Map<string, readonly string[]>();
  let nodes: string[] = [];
  for (const path of globSync('packages/*/package.json', { cwd: root }).sort()) {
    const source = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    const from = join(root, dirname(path));
    const folder = join(out, source.name);
    copyCompiled(join(build, dirname(path), 'src'), join(from, 'src'), join(folder, 'dist'));
    if (source.bin) cpSync(join(from, 'bin'), join(folder, 'bin'), { recursive: true });
    const inlined = await inlineInto(join(folder, 'dist'), root);
    const files = source.bin ? ['bin'] : [];
    inlinedIn.set(folder, inlined);
    if (inlined.length > 0) {
      writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, inlined));
      files.push('THIRD-PARTY-NOTICES.txt');
    }
    let optional: string[] = [];
    if (source.name === RUNS_GRAPHS) optional = runtimesOf(root).map(({ name }) => name);
    if (source.name === COMMAND) {
      nodes = Object.keys(source.optionalDependencies ?? {});
      optional = nodesOf(root, nodes).map(({ name }) => name);
      for (const sample of globSync(SAMPLES, { cwd: root })) cpSync(join(root, sample), join(folder, sample));
      files.push('examples');
    }
    writeJson(
      join(folder, 'package.json'),
      packedManifest(source, {
        version: VERSION,
        inlined: Object.keys(INLINED),
        optionalDependencies: Object.fromEntries(optional.sort().map((name) => [name, VERSION])),
        files,
      }),
    );
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(join(folder, 'README.md'), readmeOf(root, from, source));
    folders.push(folder);
  }
  rmSync(build, { recursive: true });
  const platforms = [...packRuntimes(common), ...(withoutNode ? [] : packNodes(nodes, common))];
  const isHere = (os: string, cpu: string) => os === process.platform && cpu === process.arch;
  const here = platforms.filter(({ os, cpu }) => isHere(os, cpu)).map(({ folder }) => folder);
  const elsewhere = platforms.filter(({ os, cpu }) => !isHere(os, cpu)).map(({ folder }) => folder);
  const problems = [...folders, ...here, ...elsewhere].flatMap((folder) =>
    problemsOf(folder, inlinedIn.get(folder)),
  );
  if (problems.length > 0) throw new Error(`Not fit to be published:\n${problems.join('\n')}`);
  if (elsewhere.length > 0) tarballsOf(elsewhere, join(out, 'other-platforms'));
  return tarballsOf([...folders, ...here], out);
}

function tarballsOf(folders: readonly string[], to: string): string[] {
  mkdirSync(to, { recursive: true });
  const args = [
    'pack',
    ...folders,
    '--pack-destination',
    to,
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
  ];
  execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 1e9, stdio: 'pipe' });
  return readdirSync(to)
    .filter((file) => file.endsWith('.tgz'))
    .sort()
    .map((file) => join(to, file));
}

/** What a package says of itself; the command says what the whole is. */
function readmeOf(root: string, from: string, { name, description }: Manifest): string {
  const own = join(name === COMMAND ? root : from, 'README.md');
  if (existsSync(own)) return readFileSync(own, 'utf8');
  return `# ${name}

${description} A part of Gradus: from product data to a served, watched, improving model, in TypeScript.

    npm install ${name}

Apache-2.0.
`;
}

/** Licences of what lies in a package and is not ours. */
function noticesOf(root: string, inlined: readonly string[]): string {
  return inlined
    .flatMap((name) => INLINED[name]!)
    .flatMap((name) =>
      globSync('{LICENSE,NOTICE,CopyrightNotice}{,.txt,.md}', { cwd: join(root, 'node_modules', name) })
        .sort()
        .map((file) => `${name}: ${file}\n\n${readFileSync(join(root, 'node_modules', name, file), 'utf8')}`),
    )
    .join(`\n${'-'.repeat(80)}\n\n`);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const everywhere = process.argv.includes('--everywhere');
  for (const file of await pack({ root, out: join(root, 'dist-packages'), everywhere })) {
    console.log(`${(statSync(file).size / 1e6).toFixed(2).padStart(8)} MB  ${file.slice(root.length + 1)}`);
  }
}
