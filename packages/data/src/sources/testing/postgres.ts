/**
 * A PostgreSQL server of the test's own, on a socket in a temporary folder, from what Debian installs; and PgBouncer in front of
 * it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const initdb = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1);

export const postgresIsHere = initdb !== undefined;

const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

export const pgbouncerIsHere = postgresIsHere && pgbouncer !== undefined;

export interface TestPostgres {
  /** The role `reader` needs its password, others none. */
  readonly url: (user: string, password: string) => string;
  /** Runs SQL as the superuser. */
  readonly sql: (text: string) => void;
  /** What a query gives, its rows as lines. */
  readonly ask: (text: string) => string;
  /**
   * PgBouncer before the server, in a mode of its pool.
   *
   * @returns an address for the superuser, and how to stop it
   */
  readonly pool: (
    mode: 'session' | 'transaction' | 'statement',
  ) => Promise<{ url: string; stop: () => void }>;
  readonly stop: () => void;
}

export function startPostgres(): TestPostgres {
  const bin = dirname(initdb!);
  const folder = mkdtempSync(join(tmpdir(), 'gradus-postgres-'));
  // It refuses to run as root.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    const [uid, gid] = execFileSync('sh', ['-c', 'id -u postgres; id -g postgres'], { encoding: 'utf8' })
      .split('\n')
      .map(Number);
    chownSync(folder, uid!, gid!);
  }
  const asUser = (program: string, args: readonly string[]): [string, string[]] =>
    asRoot ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, [...args]];
  const run = (program: string, args: readonly string[], input?: string): string =>
    execFileSync(...asUser(join(bin, program), args), {
      cwd: folder,
      // A server that starts keeps its output: nobody could wait for its end.
      stdio: [input === undefined ? 'ignore' : 'pipe', input === undefined ? 'ignore' : 'pipe', 'pipe'],
      ...(input !== undefined && { input }),
    })?.toString();
  const data = join(folder, 'data');
  run('initdb', ['-D', data, '-U', 'gradus', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  const access = join(data, 'pg_hba.conf');
  writeFileSync(access, `local all reader scram-sha-256\n${readFileSync(access, 'utf8')}`);
  run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', `-k ${folder} -h '' -F`, 'start']);
  const ask = (text: string) =>
    run(
      'psql',
      ['-h', folder, '-U', 'gradus', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q', '-A', '-t'],
      text,
    ).trim();
  return {
    url: (user, password) =>
      `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(folder)}`,
    sql: (text) => void ask(text),
    ask,
    pool: async (mode) => {
      const place = join(folder, mode);
      mkdirSync(place);
      const settings = [
        '[databases]',
        // With the authentication `any` all are logged in as this user.
        `postgres = host=${folder} dbname=postgres user=gradus`,
        '[pgbouncer]',
        'listen_addr =',
        `unix_socket_dir = ${place}`,
        'auth_type = any',
        `pool_mode = ${mode}`,
        'default_pool_size = 1',
      ];
      writeFileSync(join(place, 'pool.ini'), `${settings.join('\n')}\n`);
      if (asRoot) execFileSync('chown', ['-R', 'postgres', place]);
      const pooler: ChildProcess = spawn(...asUser(pgbouncer!, [join(place, 'pool.ini')]), {
        stdio: 'ignore',
      });
      for (let i = 0; i < 100 && !existsSync(join(place, '.s.PGSQL.6432')); i++) await wait(50);
      return {
        url: `postgres://gradus@localhost:6432/postgres?host=${encodeURIComponent(place)}`,
        stop: () => void pooler.kill('SIGTERM'),
      };
    },
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      rmSync(folder, { recursive: true });
    },
  };
}
