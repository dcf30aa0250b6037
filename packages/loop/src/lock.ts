/**
 * One holder at a time: a file that names the process that holds it, void when that process is gone. Whether a process of
 * another machine lives shows only in the file's time, which a holder renews while it holds the lock.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Localized, UserError } from '@gradus/base';

/** What this process holds. A lock of its own number that is not among them is an earlier process's: numbers come again. */
const held = new Set<string>();

/** Somebody else is at it: a reason to wait. */
export class Busy extends UserError {}

/** Milliseconds between the signs of life of a holder, and after which another machine's is taken for dead. */
const SIGN_EVERY = 10_000;
const DEAD_AFTER = 120_000;

/**
 * @param what What is locked, for messages: a path, or words in both languages
 * @returns a function that releases the lock
 * @throws Busy where another living holder has it
 */
export function lock(path: string, what: string | Localized): () => void {
  const { en, zh } = typeof what === 'string' ? { en: what, zh: what } : what;
  if (held.has(path)) {
    throw new Busy({
      en: `${en} is already being made. Wait for it, or stop it first.`,
      zh: `${zh}正在进行中。请等待其完成，或先停止它。`,
    });
  }
  // Written aside and linked, so that nobody ever sees a lock that does not say yet whose it is.
  const mine = `${process.pid} ${randomUUID()} ${hostname()}`;
  const aside = `${path}.${hostname()}.${process.pid}`;
  writeFileSync(aside, mine);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(aside, path);
        held.add(path);
        const signs = setInterval(() => signOfLife(path), SIGN_EVERY).unref();
        return () => {
          clearInterval(signs);
          held.delete(path);
          if (read(path) === mine) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const found = read(path);
        if (found === undefined) continue;
        const holder = Number.parseInt(found, 10);
        const elsewhere = found.split(' ')[2] ?? hostname();
        if (attempt > 3 || (elsewhere === hostname() ? isAlive(holder) : isFresh(path))) {
          throw new Busy({
            en: `${en} is being made by another process (${holder}). Wait for it, or stop it first.`,
            zh: `${zh}正由另一个进程（${holder}）执行。请等待其完成，或先停止它。`,
          });
        }
        takeAway(path, found);
      }
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Removes a dead process's lock; where somebody was faster and it is a living one's by now, puts it back. */
function takeAway(path: string, dead: string): void {
  const away = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, away);
    if (read(away) !== dead) linkSync(away, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(away, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function signOfLife(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // It was taken away: whoever holds it now gives signs of their own.
  }
}

function isFresh(path: string): boolean {
  const signed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return signed !== undefined && Date.now() - signed < DEAD_AFTER;
}

function isAlive(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
