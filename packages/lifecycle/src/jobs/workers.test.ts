/** Workers as children: started again, and gone with their parent. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startWorkers } from './workers.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-workers-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Says that it lives, and ends when its parent does or says so. */
const CHILD = `
const { appendFileSync } = require('node:fs');
appendFileSync(process.argv[1], process.pid + '\\n');
process.on('disconnect', () => process.exit());
`;
const births = (log: string): number[] => {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').map(Number);
  } catch {
    return [];
  }
};
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !holds(); await after(20)) {
    if (Date.now() > deadline) throw new Error('waited in vain');
  }
}

it('a worker that dies is started again; all are gone after close', async () => {
  const log = join(directory, 'log');
  const workers = startWorkers({ command: [process.execPath, '-e', CHILD, log], count: 2 });
  await until(() => births(log).length === 2);
  expect([...workers.pids].sort()).toEqual(births(log).sort());
  process.kill(workers.pids[0]!, 'SIGKILL');
  await until(() => births(log).length === 3);
  const { pids } = workers;
  expect(pids).toHaveLength(2);
  await workers.close();
  expect(pids.map(lives)).toEqual([false, false]);
});

it('they end with their parent, even where it is killed', async () => {
  const log = join(directory, 'log');
  const parent = join(directory, 'parent.ts');
  writeFileSync(
    parent,
    `import { startWorkers } from ${JSON.stringify(join(import.meta.dirname, 'workers.ts'))};
startWorkers({ command: [process.execPath, '-e', ${JSON.stringify(CHILD)}, ${JSON.stringify(log)}], count: 1 });
`,
  );
  const server = spawn(process.execPath, [parent], { stdio: 'ignore' });
  await until(() => births(log).length === 1);
  const [pid] = births(log);
  expect(lives(pid!)).toBe(true);
  server.kill('SIGKILL');
  await until(() => !lives(pid!));
});
