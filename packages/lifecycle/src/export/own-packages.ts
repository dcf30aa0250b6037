/**
 * What npm is to install where this very Gradus shall run elsewhere: the version that the registry has; or the tarballs that Gradus
 * was installed from, which then go along. In the source tree they are those that `npm run pack` made.
 *
 * Where packages of a folder came from stands in the lock file that npm keeps within node_modules:
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { UserError, VERSION } from '@gradus/base';

export interface OwnPackages {
  readonly dependencies: Readonly<Record<string, string>>;
  /** Binaries, of which npm takes those for the platform that it is on. */
  readonly optionalDependencies: Readonly<Record<string, string>>;
  /** Tarballs that the dependencies name as `file:packages/…`. */
  readonly tarballs: readonly string[];
}

/** @param module the address of a module of ours, wherever it is installed */
export function ownPackages(module: string): OwnPackages {
  const at = module.lastIndexOf(`${sep}node_modules${sep}`);
  const tarballs = at < 0 ? packedTarballs(module) : installedTarballs(module.slice(0, at));
  if (tarballs.size === 0) {
    return { dependencies: { gradus: VERSION }, optionalDependencies: {}, tarballs: [] };
  }
  // An image has a Node of its own.
  const wanted = [...tarballs].filter(([name]) => !name.startsWith('@gradus/node-'));
  const named = (binaries: boolean) =>
    Object.fromEntries(
      wanted.flatMap(([name, file]) =>
        name.startsWith('@gradus/runtime-') === binaries ? [[name, `file:packages/${basename(file)}`]] : [],
      ),
    );
  return {
    dependencies: named(false),
    optionalDependencies: named(true),
    tarballs: wanted.map(([, file]) => file),
  };
}

/** Tarballs that packages of ours below `root` were installed from; none where they came from a registry. */
function installedTarballs(root: string): Map<string, string> {
  const lock = join(root, 'node_modules', '.package-lock.json');
  const tarballs = new Map<string, string>();
  if (!existsSync(lock)) return tarballs;
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  for (const [path, { resolved = '' }] of Object.entries(packages)) {
    const name = /^node_modules\/(gradus|@gradus\/[^/]+)$/.exec(path)?.[1];
    if (name === undefined || !resolved.startsWith('file:')) continue;
    const file = resolve(root, resolved.slice('file:'.length));
    if (!existsSync(file)) {
      throw new UserError({
        en: `Gradus was installed from ${file}, which is not there any more, and a container is built from it. Put it back, or install Gradus again.`,
        zh: `Gradus 是从 ${file} 安装的，而该文件已不存在；构建容器需要它。请恢复该文件，或重新安装 Gradus。`,
      });
    }
    tarballs.set(name, file);
  }
  return tarballs;
}

function packedTarballs(module: string): Map<string, string> {
  const packed = join(module.slice(0, module.lastIndexOf(`${sep}packages${sep}`)), 'dist-packages');
  const named = new RegExp(`^gradus-(?:(.+)-)?${VERSION.replaceAll('.', '\\.')}\\.tgz$`);
  const tarballs = new Map<string, string>();
  for (const file of globSync('{,other-platforms/}*.tgz', { cwd: packed })) {
    const found = named.exec(basename(file));
    if (found) tarballs.set(found[1] === undefined ? 'gradus' : `@gradus/${found[1]}`, join(packed, file));
  }
  if (tarballs.has('gradus')) return tarballs;
  throw new UserError({
    en: `A container is built from packages of Gradus ${VERSION}, and ${packed} has none. Make them first: npm run pack`,
    zh: `构建容器需要 Gradus ${VERSION} 的软件包，而 ${packed} 中没有。请先生成：npm run pack`,
  });
}
