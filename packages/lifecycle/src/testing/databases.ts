/**
 * The databases that tests run on: SQLite, and a Postgres of their own where Debian's package is there. Each test gets
 * an empty one.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';

/** Where `openDatabase` finds an empty database: its two arguments. */
export type Place = readonly [runs: string, url: string];

/** Runs the same tests on both databases. `place` makes an empty database; call it within a test or a hook. */
export function onBothDatabases(tests: (place: () => Promise<Place>) => void): void {
  const directories: string[] = [];
  const directory = () => {
    const made = mkdtempSync(join(tmpdir(), 'gradus-db-'));
    directories.push(made);
    return made;
  };
  afterAll(() => {
    for (const made of directories) rmSync(made, { recursive: true, force: true });
  });

  describe('on SQLite', () => tests(async () => [directory(), '']));

  const programs = postgresPrograms();
  const title = programs ? 'on Postgres' : 'on Postgres (skipped: not installed; apt-get install postgresql)';
  describe.skipIf(!programs)(title, () => {
    let server: PostgresServer;
    beforeAll(() => {
      server = startPostgres(programs!);
    });
    afterAll(() => server?.stop());
    let made = 0;
    tests(async () => {
      const name = `test${++made}`;
      const client = new pg.Client(server.url('postgres'));
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return [directory(), server.url(name)];
    });
  });
}

export interface PostgresServer {
  url(database: string): string;
  /** Whoever is connected is cut off at once. */
  halt(): void;
  /** Starts it again after `halt`. */
  resume(): void;
  /** Whether its processes stand still, connected as they are. */
  freeze(still: boolean): void;
  /** PgBouncer in front of it. @param size Connections that it has to lend, of each database */
  pooled(mode: 'session' | 'transaction' | 'statement', size: number): Promise<Pooler>;
  stop(): void;
}

export interface Pooler {
  url(database: string): string;
  stop(): void;
}

const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

export const postgresIsHere = postgresPrograms() !== undefined;
export const pgbouncerIsHere = postgresIsHere && pgbouncer !== undefined;

/** The directory of initdb and pg_ctl: Debian keeps them off the path. The newest where there are several. */
function postgresPrograms(): string | undefined {
  return globSync('/usr/lib/postgresql/*/bin')
    .filter((path) => existsSync(join(path, 'initdb')))
    .sort()
    .at(-1);
}

/** A server in a temporary folder, reached by a socket in it. Postgres refuses to run as root: then it is `nobody`'s. */
export function startPostgres(programs = postgresPrograms()!): PostgresServer {
  const home = mkdtempSync(join(tmpdir(), 'gradus-pg-'));
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) chownSync(home, owner.uid, owner.gid!);
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(programs, program), args, { ...owner, cwd: home, stdio: 'ignore' });
  const data = join(home, 'data');
  run('initdb', '-D', data, '-U', 'gradus', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  // Nobody needs what a test wrote to survive a power cut.
  const options = `-k ${home} -c listen_addresses= -c fsync=off -c max_connections=60`;
  const start = () => run('pg_ctl', '-D', data, '-o', options, '-l', join(home, 'log'), '-w', 'start');
  start();
  return {
    url: (database) => `postgres://gradus@localhost/${database}?host=${home}`,
    halt: () => void run('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop'),
    resume: () => void start(),
    freeze: (still) => {
      const [postmaster] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
      const children = execFileSync('ps', ['-o', 'pid=', '--ppid', postmaster!], { encoding: 'utf8' });
      for (const pid of [postmaster!, ...children.split('\n')]) {
        if (Number(pid) > 0) process.kill(Number(pid), still ? 'SIGSTOP' : 'SIGCONT');
      }
    },
    pooled: (mode, size) => startPooler(home, owner, mode, size),
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** PgBouncer refuses to run as root as well. */
async function startPooler(
  home: string,
  owner: { readonly uid?: number; readonly gid?: number },
  mode: string,
  size: number,
): Promise<Pooler> {
  const place = mkdtempSync(join(home, `${mode}-`));
  const settings = [
    '[databases]',
    `* = host=${home} user=gradus`,
    '[pgbouncer]',
    'listen_addr =',
    `unix_socket_dir = ${place}`,
    'auth_type = any',
    `pool_mode = ${mode}`,
    `default_pool_size = ${size}`,
  ];
  writeFileSync(join(place, 'pool.ini'), `${settings.join('\n')}\n`);
  if (owner.uid !== undefined) chownSync(place, owner.uid, owner.gid!);
  const pooler = spawn(pgbouncer!, [join(place, 'pool.ini')], { ...owner, stdio: 'ignore' });
  for (let i = 0; i < 200 && !existsSync(join(place, '.s.PGSQL.6432')); i++) await after(50);
  return {
    url: (database) => `postgres://gradus@localhost:6432/${database}?host=${place}`,
    stop: () => void pooler.kill('SIGTERM'),
  };
}

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
