/** A PostgreSQL server of the test's own, on a socket in a temporary folder, from what Debian installs. */
import { execFileSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const initdb = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1);

export const postgresIsHere = initdb !== undefined;

export interface TestPostgres {
  /** The role `reader` needs its password, others none. */
  readonly url: (user: string, password: string) => string;
  /** Runs SQL as the superuser. */
  readonly sql: (text: string) => void;
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
  const run = (program: string, args: readonly string[], input?: string) => {
    const whole = asRoot ? ['runuser', '-u', 'postgres', '--', join(bin, program)] : [join(bin, program)];
    execFileSync(whole[0]!, [...whole.slice(1), ...args], {
      cwd: folder,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
      ...(input !== undefined && { input }),
    });
  };
  const data = join(folder, 'data');
  run('initdb', ['-D', data, '-U', 'gradus', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  const access = join(data, 'pg_hba.conf');
  writeFileSync(access, `local all reader scram-sha-256\n${readFileSync(access, 'utf8')}`);
  run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', `-k ${folder} -h '' -F`, 'start']);
  return {
    url: (user, password) =>
      `postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(folder)}`,
    sql: (text) =>
      run('psql', ['-h', folder, '-U', 'gradus', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q'], text),
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      rmSync(folder, { recursive: true });
    },
  };
}
