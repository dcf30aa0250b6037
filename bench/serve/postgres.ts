/** A Postgres of its own that can be killed and started again: unlike the tests' one it writes through to the disk. */
import { execFileSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KillablePostgres {
  readonly url: string;
  start(): void;
  /** SIGKILL to the server and all its processes. */
  kill(): void;
  remove(): void;
}

/** @returns undefined where Debian's package postgresql is not installed */
export function killablePostgres(): KillablePostgres | undefined {
  const programs = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
  if (!programs) return undefined;
  const home = mkdtempSync(join(tmpdir(), 'gradus-pg-'));
  const data = join(home, 'data');
  // Postgres refuses to run as root: then it is nobody's.
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  const owner = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  if (owner.uid !== undefined) chownSync(home, owner.uid, owner.gid!);
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(programs, program), args, { ...owner, cwd: home, stdio: 'ignore' });
  run('initdb', '-D', data, '-U', 'gradus', '-A', 'trust', '-E', 'UTF8');
  const options = `-k ${home} -c listen_addresses= -c max_connections=60`;
  return {
    url: `postgres://gradus@localhost/postgres?host=${home}`,
    start: () => {
      // What a killed server left running must be gone first; it goes by itself within moments.
      for (let tries = 0; ; tries++) {
        try {
          run('pg_ctl', '-D', data, '-o', options, '-l', join(home, 'log'), '-w', 'start');
          return;
        } catch (error) {
          if (tries >= 20) throw error;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
        }
      }
    },
    kill: () => {
      const parent = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(parent, 'SIGKILL');
    },
    remove: () => {
      try {
        run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      } catch {
        // It is down already.
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}
