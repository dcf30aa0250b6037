/**
 * Packages of binaries, one a platform, of which npm installs the one that fits (`os`, `cpu`, `libc`), without a script:
 *
 * - `@gradus/runtime-linux-x64` and its like: ONNX Runtime. The files of onnxruntime-node, less those of other platforms and less
 *   the script that fetches CUDA.
 * - `@gradus/node-linux-x64` and its like: Node 24 for machines whose own is older. npm skips an optional package whose
 *   `engines` do not hold, so nobody else downloads it. Brotli makes a third of it; the command unpacks it at its first start.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

export interface Platform {
  readonly os: string;
  readonly cpu: string;
}

/** Where a package of binaries lies, and for which platform it is. */
export interface PlatformPackage extends Platform {
  readonly name: string;
  readonly folder: string;
}

const isHere = ({ os, cpu }: Platform): boolean => os === process.platform && cpu === process.arch;

/** The binaries are linked with glibc. */
const libcOf = (os: string): object => (os === 'linux' ? { libc: ['glibc'] } : {});

interface Packed {
  readonly root: string;
  readonly out: string;
  readonly version: string;
  /** Every platform, or only this machine's. */
  readonly everywhere: boolean;
}

/** Names of ONNX Runtime's packages for all platforms that it has binaries for. */
export const runtimesOf = (root: string): (Platform & { readonly name: string })[] => {
  const binaries = join(root, BINARIES);
  return readdirSync(binaries).flatMap((os) =>
    readdirSync(join(binaries, os)).map((cpu) => ({ os, cpu, name: `@gradus/runtime-${os}-${cpu}` })),
  );
};

const ONNX_RUNTIME = 'node_modules/onnxruntime-node';
const BINARIES = `${ONNX_RUNTIME}/bin/napi-v6`;

export function packRuntimes({ root, out, version, everywhere }: Packed): PlatformPackage[] {
  const source = JSON.parse(readFileSync(join(root, ONNX_RUNTIME, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return runtimesOf(root)
    .filter((platform) => everywhere || isHere(platform))
    .map(({ os, cpu, name }) => {
      const folder = join(out, name);
      const binaries = `bin/napi-v6/${os}/${cpu}`;
      cpSync(join(root, ONNX_RUNTIME, 'dist'), join(folder, 'dist'), {
        recursive: true,
        filter: (file) => !/\.(?:map|d\.ts)$/.test(file),
      });
      cpSync(join(root, ONNX_RUNTIME, binaries), join(folder, binaries), {
        recursive: true,
        // The binding loads libonnxruntime.1.dylib; the same 45 MB lie beside it under their full version.
        filter: (file) => !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file),
      });
      writeJson(join(folder, 'package.json'), {
        name,
        version,
        description: `ONNX Runtime ${source.version} for Node on ${os} ${cpu}.`,
        keywords: ['onnx', 'onnxruntime', 'gradus'],
        license: 'MIT',
        main: 'dist/index.js',
        os: [os],
        cpu: [cpu],
        ...libcOf(os),
        files: ['bin', 'dist'],
        dependencies: { 'onnxruntime-common': source.dependencies['onnxruntime-common'] },
      });
      writeFileSync(join(folder, 'LICENSE'), MICROSOFT);
      writeFileSync(
        join(folder, 'README.md'),
        `# ${name}

ONNX Runtime ${source.version} for Node on ${os} ${cpu}: the files of the npm package
[onnxruntime-node](https://www.npmjs.com/package/onnxruntime-node) for this platform, unchanged, and without its install script.
Gradus installs it by itself. Notices of the software in it:
<https://github.com/microsoft/onnxruntime/blob/v${source.version}/ThirdPartyNotices.txt>
`,
      );
      return { os, cpu, name, folder };
    });
}

/** An entry of the lock file. */
interface Locked {
  readonly version: string;
  readonly integrity: string;
  /** npm writes one as text, several as a list. */
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
}

/** A package of npm's that holds a Node, and the name of ours that is made of it. */
interface NodePackage extends Platform {
  readonly name: string;
  readonly source: string;
  readonly version: string;
  readonly integrity: string;
}

/** @param names what the manifest of the command depends on */
export function nodesOf(root: string, names: readonly string[]): NodePackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  return names.map((source) => {
    const locked = packages[`node_modules/${source}`];
    const [os, cpu] = [locked?.os, locked?.cpu].map((value) => [value].flat()[0]);
    if (!locked || !os || !cpu)
      throw new Error(`${source}: the lock file does not say for which platform it is`);
    const { version, integrity } = locked;
    return { os, cpu, source, version, integrity, name: `@gradus/node-${os}-${cpu}` };
  });
}

export function packNodes(
  names: readonly string[],
  { root, out, version, everywhere }: Packed,
): PlatformPackage[] {
  return nodesOf(root, names)
    .filter((node) => everywhere || isHere(node))
    .map((node) => {
      const { os, cpu, name, source } = node;
      const folder = join(out, name);
      const installed = join(root, 'node_modules', source);
      const from = existsSync(installed) ? installed : fetched(node);
      const binary = readFileSync(join(from, os === 'win32' ? 'bin/node.exe' : 'bin/node'));
      mkdirSync(folder, { recursive: true });
      const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
      writeFileSync(
        join(folder, 'node.br'),
        brotliCompressSync(binary, {
          // Quality 9 takes 30 times as long, and makes it 4 % smaller.
          params: {
            [BROTLI_PARAM_QUALITY]: 6,
            [BROTLI_PARAM_LGWIN]: 24,
            [BROTLI_PARAM_SIZE_HINT]: binary.length,
          },
        }),
      );
      // The package for Windows has none; Node's is the same on every platform.
      const licences = [from, ...names.map((other) => join(root, 'node_modules', other))];
      cpSync(
        licences.map((place) => join(place, 'LICENSE')).find((file) => existsSync(file))!,
        join(folder, 'LICENSE'),
      );
      if (from !== installed) rmSync(from, { recursive: true });
      writeJson(join(folder, 'package.json'), {
        name,
        version,
        description: `Node ${node.version} for ${os} ${cpu}, which gradus starts where the machine's own is older.`,
        keywords: ['node', 'gradus'],
        license: 'MIT',
        engines: { node: '<24' },
        os: [os],
        cpu: [cpu],
        ...libcOf(os),
        files: ['node.br'],
        node: node.version,
      });
      writeFileSync(
        join(folder, 'README.md'),
        `# ${name}

Node ${node.version} for ${os} ${cpu}, packed with Brotli from the npm package [${source}](https://www.npmjs.com/package/${source}).
Gradus needs Node 24: where the machine's own is older, \`npm i gradus\` installs this too, and the command \`gradus\` starts it.
`,
      );
      return { os, cpu, name, folder };
    });
}

/** A package of another platform, from npm's registry, if it is what the lock file says. */
function fetched({ source, version, integrity }: NodePackage): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-node-'));
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  const [packed] = JSON.parse(npm('pack', `${source}@${version}`, '--json', '--loglevel=error')) as {
    filename: string;
    integrity: string;
  }[];
  if (packed!.integrity !== integrity) throw new Error(`${source}@${version} is not what the lock file says`);
  execFileSync('tar', ['-xzf', packed!.filename, '--strip-components=1'], { cwd: folder });
  return folder;
}

export const writeJson = (file: string, value: unknown): void =>
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

/** onnxruntime-node names its licence and does not hold it. */
const MICROSOFT = `MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;
