/**
 * A server's own workers: child processes, so that no job ever holds up an answer, and none can take the server down. One that
 * ends is started again, later each time it ends soon; all end with the server, also where it is killed, for then the channel
 * between them breaks.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface WorkerProgram {
  /** A program that works until it gets SIGTERM, say `[node, gradus.js, 'worker', '--runs', runs]`. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly count: number;
}

export interface Workers {
  /** Of the processes that run now. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

/** Milliseconds: before the first restart and at most, and how long a worker must have lived to start from the first again. */
const RESTART_AFTER = 1000;
const RESTART_AT_MOST = 60_000;
const LONG_LIVED = 60_000;
/** How long workers may take to give their job back. */
const CLOSE_WITHIN = 5000;

export function startWorkers({ command: [program, ...args], count }: WorkerProgram): Workers {
  let closing = false;
  const children = new Set<ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();

  const start = (wait: number): void => {
    const started = performance.now();
    // A worker's words go to stderr: stdout is the server's.
    const child = spawn(program, args, { stdio: ['ignore', process.stderr, process.stderr, 'ipc'] });
    children.add(child);
    const ended = (how: string) => {
      if (!children.delete(child) || closing) return;
      const next = performance.now() - started > LONG_LIVED ? RESTART_AFTER : wait;
      console.error(`A worker ended (${how}). It is started again in ${next / 1000} s.`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(Math.min(2 * next, RESTART_AT_MOST));
      }, next);
      timers.add(timer);
    };
    child.once('error', ({ message }) => ended(message));
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  };
  for (let i = 0; i < count; i++) start(RESTART_AFTER);

  return {
    get pids() {
      return [...children].flatMap(({ pid }) => pid ?? []);
    },
    close: async () => {
      closing = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(Array.from(children, stop));
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), CLOSE_WITHIN);
  await exited;
  clearTimeout(patience);
}
