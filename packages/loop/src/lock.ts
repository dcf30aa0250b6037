/** One process at a time: a file that names the process that holds it, void when that process is gone. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { UserError } from '@gradus/engine';

/** @returns what gives the lock back. @throws UserError where another living process holds it. */
export function lock(path: string, what: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const holder = holderOf(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new UserError(
          `${what} is being made by another process (${holder}). Wait for it, or stop it first.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
