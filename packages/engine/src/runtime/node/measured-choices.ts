/**
 * What was found quickest on this processor, kept in the user's cache folder: a folder for each kind of processor, a small JSON
 * file for each choice. GRADUS_CACHE names another folder, or is `none`: then nothing is kept, and so nothing measured.
 *
 * Whoever is second reads what the first has kept: two programs that measure at the same time go on with the same choice.
 */
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '@gradus/base';
import { ONNX_RUNTIME_VERSION } from './native.ts';

/** Milliseconds by the name of what was measured, and the name that was chosen. */
export interface MeasuredChoice {
  readonly chosen: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

export interface MeasuredChoices {
  /** What was kept under this key; undefined where nothing was, or it cannot be read. */
  get(key: string): MeasuredChoice | undefined;
  /** Keeps it, unless another program was first. @returns what is kept; undefined where nothing can be */
  keep(key: string, choice: MeasuredChoice): MeasuredChoice | undefined;
  /** Whether more wants to run than there are cores: then times say little of the processor. */
  isBusy(): boolean;
}

/** @param folder Default: the user's cache folder, or what GRADUS_CACHE says. @returns undefined where nothing is to be kept */
export function measuredChoices(folder = cacheFolder()): MeasuredChoices | undefined {
  if (folder === undefined) return undefined;
  const processor = { ...processorHere(), runtime: ONNX_RUNTIME_VERSION, gradus: VERSION };
  const directory = join(folder, 'measured', digest(JSON.stringify(processor)));
  const pathOf = (key: string) => join(directory, `${digest(key)}.json`);
  const get = (key: string) => readChoice(pathOf(key));
  return {
    get,
    keep(key, choice) {
      const path = pathOf(key);
      const temporary = `${path}.${process.pid}.part`;
      try {
        mkdirSync(directory, { recursive: true });
        writeFileSync(temporary, `${JSON.stringify({ ...processor, ...choice }, null, 2)}\n`);
        // Unlike a rename, a link does not replace what another program has kept meanwhile.
        linkSync(temporary, path);
        rmSync(temporary);
      } catch {
        // The folder cannot be written, or another was first.
        removeQuietly(temporary);
      }
      return get(key);
    },
    // Of the last minute. A program that prepared its data on all cores counts too.
    isBusy: () => loadavg()[0]! > availableParallelism() + 0.5,
  };
}

function removeQuietly(path: string): void {
  try {
    rmSync(path);
  } catch {}
}

function readChoice(path: string): MeasuredChoice | undefined {
  try {
    const { chosen, milliseconds } = JSON.parse(readFileSync(path, 'utf8')) as Partial<MeasuredChoice>;
    return typeof chosen === 'string' ? { chosen, milliseconds: milliseconds ?? {} } : undefined;
  } catch {
    return undefined;
  }
}

function cacheFolder(): string | undefined {
  const { GRADUS_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (GRADUS_CACHE === 'none') return undefined;
  if (GRADUS_CACHE) return GRADUS_CACHE;
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'gradus', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gradus');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'gradus');
}

/** What tells kinds of processors apart: virtual machines call many of them by one name. */
function processorHere() {
  const lines = new Set(['vendor_id', 'cpu family', 'model', 'stepping', 'flags', 'Features', 'CPU part']);
  let details: string[] = [];
  try {
    // Linux alone has it.
    details = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')[0]!.split('\n');
  } catch {}
  const found = details.filter((line) => lines.has(line.split(':')[0]!.trim())).join('\n');
  const model = cpus()[0]?.model ?? process.arch;
  return { processor: model, features: found && digest(found), cores: availableParallelism() };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
