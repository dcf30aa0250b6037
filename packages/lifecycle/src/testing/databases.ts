/**
 * The databases that tests run on: SQLite, and a Postgres of their own where Debian's package is there. Each test gets
 * an empty one.
 */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

interface PostgresServer {
  url(database: string): string;
  stop(): void;
}

/** The directory of initdb and pg_ctl: Debian keeps them off the path. The newest where there are several. */
function postgresPrograms(): string | undefined {
  return globSync('/usr/lib/postgresql/*/bin')
    .filter((path) => existsSync(join(path, 'initdb')))
    .sort()
    .at(-1);
}

/** A server in a temporary folder, reached by a socket in it. Postgres refuses to run as root: then it is `nobody`'s. */
function startPostgres(programs: string): PostgresServer {
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
  run('pg_ctl', '-D', data, '-o', options, '-l', join(home, 'log'), '-w', 'start');
  return {
    url: (database) => `postgres://gradus@localhost/${database}?host=${home}`,
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
