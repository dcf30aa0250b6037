/**
 * What this machine and this workspace are like, as a block to paste into a report of a fault. Each check says what it found,
 * and whether Gradus can work with it; none changes anything, and no secret is shown.
 */
import { execFile } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Localized, programBeside } from '@gradus/base';
import { openDatabase } from '../database/open.ts';

export interface Check {
  /** For programs. */
  readonly name: string;
  readonly title: Localized;
  readonly found: Localized;
  /** `bad`: something will not work; `note`: something may be slow or is missing that not everybody needs. */
  readonly state: 'good' | 'note' | 'bad';
  /** What to do. */
  readonly advice?: Localized;
}

const GIBIBYTE = 2 ** 30;
const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
const NEEDED_NODE = 24;
const LITTLE_MEMORY = 2 * GIBIBYTE;
const LITTLE_DISK = GIBIBYTE;
const USUAL_PORT = 8420;
/** Milliseconds. */
const PROBE_LIMIT = 30_000;

const plain = (text: string): Localized => ({ en: text, zh: text });
const LOADS: Localized = { en: 'it loads', zh: '可以加载' };

export async function examine(version: string, runs: string): Promise<Check[]> {
  return [
    node(version),
    processor(),
    instructionSet(),
    memory(),
    disk(runs),
    await runtime(),
    await webGpu(),
    await database(runs),
    await port(),
    ...PACKAGES.map(nativePackage),
  ];
}

function node(version: string): Check {
  const isNew = Number(process.versions.node.split('.')[0]) >= NEEDED_NODE;
  return {
    name: 'node',
    title: { en: 'Gradus, Node, system', zh: 'Gradus、Node、系统' },
    found: plain(`gradus ${version}, node ${process.version}, ${platform()} ${release()} ${arch()}`),
    state: isNew ? 'good' : 'bad',
    ...(!isNew && {
      advice: { en: `Gradus needs Node ${NEEDED_NODE}.`, zh: `Gradus 需要 Node ${NEEDED_NODE}。` },
    }),
  };
}

const processor = (): Check => ({
  name: 'processor',
  title: { en: 'processor', zh: '处理器' },
  found: plain(`${availableParallelism()} × ${cpus()[0]?.model ?? '?'}`),
  state: 'good',
});

/** Linux tells the instruction sets; elsewhere nobody does without a program of its own. */
function instructionSet(): Check {
  const title = { en: 'instruction sets', zh: '指令集' };
  let flags: Set<string>;
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    flags = new Set(line![1]!.split(/\s+/));
  } catch {
    return { name: 'instructions', title, found: plain(arch()), state: 'good' };
  }
  const known = ['avx2', 'avx512f', 'avx512_vnni', 'amx_tile', 'asimd', 'sve'].filter((name) =>
    flags.has(name),
  );
  const slow = arch() === 'x64' && !flags.has('avx2');
  return {
    name: 'instructions',
    title,
    found:
      known.length > 0
        ? plain(known.join(' '))
        : { en: 'neither AVX2 nor AVX-512', zh: '没有 AVX2 和 AVX-512' },
    state: slow ? 'note' : 'good',
    ...(slow && {
      advice: {
        en: 'Without AVX2, training takes several times as long.',
        zh: '没有 AVX2，训练耗时会成倍增加。',
      },
    }),
  };
}

function memory(): Check {
  const limit = process.constrainedMemory();
  const whole = limit > 0 && limit < totalmem() ? limit : totalmem();
  const little = whole < LITTLE_MEMORY;
  return {
    name: 'memory',
    title: { en: 'memory', zh: '内存' },
    found: {
      en: `${gibibytes(freemem())} of ${gibibytes(whole)} free`,
      zh: `${gibibytes(whole)} 中有 ${gibibytes(freemem())} 可用`,
    },
    state: little ? 'note' : 'good',
    ...(little && {
      advice: { en: 'Large tables may not fit.', zh: '较大的表可能放不下。' },
    }),
  };
}

function disk(runs: string): Check {
  const path = existing(resolve(runs));
  const { bavail, bsize } = statfsSync(path);
  const little = bavail * bsize < LITTLE_DISK;
  return {
    name: 'disk',
    title: { en: 'disk of the runs', zh: '运行目录所在磁盘' },
    found: {
      en: `${gibibytes(bavail * bsize)} free at ${path}`,
      zh: `${path} 有 ${gibibytes(bavail * bsize)} 可用`,
    },
    state: little ? 'note' : 'good',
    ...(little && {
      advice: {
        en: 'Free some space, or keep runs elsewhere with --runs.',
        zh: '请清理空间，或用 --runs 将运行放到别处。',
      },
    }),
  };
}

function existing(path: string): string {
  try {
    statfsSync(path);
    return path;
  } catch {
    return existing(dirname(path));
  }
}

async function runtime(): Promise<Check> {
  const title = { en: 'ONNX Runtime', zh: 'ONNX Runtime' };
  try {
    await import('@gradus/engine/node');
    return { name: 'runtime', title, found: LOADS, state: 'good' };
  } catch (error) {
    return {
      name: 'runtime',
      title,
      found: plain(shortened(error)),
      state: 'bad',
      advice: { en: 'Install Gradus again on this machine.', zh: '请在本机重新安装 Gradus。' },
    };
  }
}

/** In a process of its own: a graphics driver may crash, and prints what nobody asked for. */
async function webGpu(): Promise<Check> {
  const title = { en: 'WebGPU', zh: 'WebGPU' };
  const probe = fileURLToPath(programBeside(import.meta.url, 'probe-webgpu'));
  const computes = await new Promise<boolean>((done) => {
    execFile(process.execPath, [probe], { timeout: PROBE_LIMIT }, (error) => done(error === null));
  });
  if (computes) return { name: 'webgpu', title, found: { en: 'it computes', zh: '可以计算' }, state: 'good' };
  return {
    name: 'webgpu',
    title,
    found: { en: 'not available', zh: '不可用' },
    state: 'note',
    advice: { en: 'Training and serving use the processor.', zh: '训练与服务将使用处理器。' },
  };
}

async function database(runs: string): Promise<Check> {
  const title = { en: 'database', zh: '数据库' };
  const kind = process.env.DATABASE_URL ? 'Postgres (DATABASE_URL)' : 'SQLite';
  // What is not there is not made by looking.
  if (!process.env.DATABASE_URL && existing(resolve(runs)) !== resolve(runs)) {
    return {
      name: 'database',
      title,
      found: { en: `${kind}, not made yet`, zh: `${kind}，尚未创建` },
      state: 'good',
    };
  }
  try {
    const opened = await openDatabase(runs);
    await opened.destroy();
    return {
      name: 'database',
      title,
      found: { en: `${kind}, it opens`, zh: `${kind}，可以打开` },
      state: 'good',
    };
  } catch (error) {
    return { name: 'database', title, found: plain(`${kind}: ${shortened(error)}`), state: 'bad' };
  }
}

async function port(): Promise<Check> {
  const title = { en: 'port', zh: '端口' };
  const server = createServer();
  const error = await new Promise<Error | undefined>((done) => {
    server.once('error', done).listen(USUAL_PORT, '127.0.0.1', () => done(undefined));
  });
  await new Promise((done) => server.close(done));
  return error
    ? {
        name: 'port',
        title,
        found: { en: `${USUAL_PORT} is taken`, zh: `${USUAL_PORT} 已被占用` },
        state: 'note',
        advice: {
          en: 'gradus serve --port 0 takes any that is free.',
          zh: 'gradus serve --port 0 会使用任意空闲端口。',
        },
      }
    : {
        name: 'port',
        title,
        found: { en: `${USUAL_PORT} is free`, zh: `${USUAL_PORT} 空闲` },
        state: 'good',
      };
}

/** Packages with native code, and what needs them; from where: each is a dependency of another package of ours. */
const PACKAGES: readonly [name: string, owner: string, need: Localized][] = [
  ['better-sqlite3', '@gradus/lifecycle', { en: 'the database', zh: '数据库' }],
  ['@duckdb/node-api', '@gradus/data', { en: 'Parquet and large tables', zh: 'Parquet 与大型表' }],
  ['sharp', '@gradus/data', { en: 'images', zh: '图像' }],
];

function nativePackage([name, owner, need]: (typeof PACKAGES)[number]): Check {
  try {
    const from = createRequire(createRequire(import.meta.url).resolve(owner));
    from(name);
    return { name, title: { en: name, zh: name }, found: LOADS, state: 'good' };
  } catch (error) {
    return {
      name,
      title: { en: name, zh: name },
      found: plain(shortened(error)),
      state: 'bad',
      advice: {
        en: `It is needed for ${need.en}. Install Gradus again on this machine.`,
        zh: `${need.zh}需要它。请在本机重新安装 Gradus。`,
      },
    };
  }
}

const shortened = (error: unknown): string =>
  ((error as Error)?.message ?? String(error)).split('\n', 1)[0]!.slice(0, 200);
