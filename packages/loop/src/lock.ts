/** One holder at a time: a file that names the process that holds it, void when that process is gone. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UserError } from '@gradus/engine';

/** What this process holds. A lock of its own number that is not among them is an earlier process's: numbers come again. */
const held = new Set<string>();

/** @returns what gives the lock back. @throws UserError where another living holder has it. */
export function lock(path: string, what: string): () => void {
  if (held.has(path)) throw new UserError(`${what} is already being made. Wait for it, or stop it first.`);
  // Written aside and linked, so that nobody ever sees a lock that does not say yet whose it is.
  const mine = `${process.pid} ${randomUUID()}`;
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, mine);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(aside, path);
        held.add(path);
        return () => {
          held.delete(path);
          if (read(path) === mine) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const found = read(path);
        if (found === undefined) continue;
        const holder = Number.parseInt(found, 10);
        if (attempt > 3 || isAlive(holder)) {
          throw new UserError(
            `${what} is being made by another process (${holder}). Wait for it, or stop it first.`,
          );
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

function isAlive(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
