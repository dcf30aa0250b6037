import { execFile, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Random, UserError } from '@gradus/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun, listRuns, readRun, runLoop } from './index.ts';
import { sums } from './testing/recipe.ts';

let directory: string;
let input: string;
let runs: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-loop-'));
  input = join(directory, 'numbers.txt');
  runs = join(directory, 'runs');
  writeFileSync(input, '1\n2\n3\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const program = join(import.meta.dirname, 'testing', 'recipe.ts');
const options = () => ({ input, options: { pieces: 12 }, seed: 3, runs });

describe('runLoop', () => {
  it('leaves one complete run with its record', async () => {
    const steps: string[] = [];
    const run = await runLoop(sums(0), { ...options(), onProgress: ({ step }) => steps.push(step) });
    expect(run.summary.metrics.total).toBeTypeOf('number');
    expect(readRun(run.directory)).toEqual(run);
    expect(run.files).toEqual(['answer.txt', 'metrics.jsonl', 'run.json']);
    expect(readdirSync(run.directory).sort()).toEqual(run.files);
    expect([...new Set(steps)]).toEqual(['prepare', 'process', 'build', 'train', 'evaluate', 'deploy']);
    expect(run.input).toMatchObject({ bytes: 6, path: input });
  });

  it('killed at any moment and run again, gives what the unbroken run gives, and lists nothing half-written', async () => {
    const whole = await runLoop(sums(0), options());
    const lines = readFileSync(join(whole.directory, 'metrics.jsonl'), 'utf8');
    const random = new Random('kills');
    for (let round = 0; round < 6; round++) {
      const other = join(directory, `runs-${round}`);
      let kills = 0;
      for (let finished = false; !finished; ) {
        const child = spawn(process.execPath, [program, input, other, '15'], { stdio: 'inherit' });
        const timer = setTimeout(() => child.kill('SIGKILL'), kills < 2 ? random.uniform(120, 420) : 60_000);
        const code = await new Promise((resolve) => child.once('exit', resolve));
        clearTimeout(timer);
        finished = code === 0;
        if (!finished) {
          kills += 1;
          expect(listRuns(other)).toEqual([]);
        }
      }
      const [run, ...more] = listRuns(other);
      expect(more).toEqual([]);
      expect(run!.summary).toEqual(whole.summary);
      expect(readFileSync(join(run!.directory, 'metrics.jsonl'), 'utf8')).toBe(lines);
      expect(readFileSync(join(run!.directory, 'answer.txt'), 'utf8')).toBe(
        String(whole.summary.metrics.total),
      );
    }
  });

  it('stops when asked, says that nothing is lost, and goes on from there', async () => {
    const controller = new AbortController();
    const pieces: number[] = [];
    const watch = ({ what, done }: { what: string; done: number }) => what === 'piece' && pieces.push(done);
    const stopped = runLoop(sums(1), {
      ...options(),
      signal: controller.signal,
      onProgress: (progress) => {
        watch(progress);
        if (progress.done === 5 && progress.what === 'piece') controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/Nothing is lost/);
    expect(listRuns(runs)).toEqual([]);
    const run = await runLoop(sums(0), { ...options(), onProgress: watch });
    expect(pieces.filter((piece) => piece === 2)).toHaveLength(1);
    expect(run.summary).toEqual(
      (await runLoop(sums(0), { ...options(), runs: join(directory, 'other') })).summary,
    );
  });

  it('starts anew when the input, the options or the seed differ', async () => {
    const one = await runLoop(sums(0), options());
    const again = await runLoop(sums(0), { ...options(), seed: 4 });
    writeFileSync(input, '1\n2\n4\n');
    const changed = await runLoop(sums(0), options());
    expect(new Set([one, again, changed].map(({ summary }) => summary.metrics.total)).size).toBe(3);
    expect(listRuns(runs)).toHaveLength(3);
  });

  it('is made by one process at a time', async () => {
    const child = spawn(process.execPath, [program, input, runs, '50']);
    await new Promise((resolve) => setTimeout(resolve, 450));
    await expect(runLoop(sums(0), options())).rejects.toThrow(/another process/);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect((await runLoop(sums(0), options())).summary.metrics.total).toBeTypeOf('number');
  });

  it('says so when a disk takes no more, and goes on when it does', async () => {
    // A file size limit of 1 KiB, in place of a full disk: the large checkpoint cannot be written.
    writeFileSync(input, `${Array.from({ length: 2000 }, (_, i) => i).join('\n')}\n`);
    const limited = spawnSync(
      'bash',
      ['-c', `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`, process.execPath, program, input, runs, '0'],
      { encoding: 'utf8' },
    );
    expect(limited.stderr).toMatch(/cannot be written: .*Raise the limit/);
    expect(limited.status).toBe(1);
    expect(listRuns(runs)).toEqual([]);
    expect((await runLoop(sums(0), options())).summary.metrics.total).toBeTypeOf('number');
  });

  it('says what is wrong with where it reads and writes', async () => {
    await expect(runLoop(sums(0), { ...options(), input: join(directory, 'none') })).rejects.toThrow(
      /no file/,
    );
    await expect(runLoop(sums(0), { ...options(), input: directory })).rejects.toThrow(/is a directory/);
    await expect(runLoop(sums(0), { ...options(), runs: join(input, 'runs') })).rejects.toThrow(
      /not a directory.*--out/,
    );
  });
});

describe('findRun', () => {
  it('takes an id, the beginning of one, a path, or "latest"; and helps with anything else', async () => {
    const first = await runLoop(sums(0), options());
    const second = await runLoop(sums(0), { ...options(), seed: 9 });
    expect(findRun(runs, first.id).id).toBe(first.id);
    expect(findRun(runs, second.directory).id).toBe(second.id);
    expect(findRun(runs, 'latest').id).toBe(second.id);
    expect(() => findRun(runs, 'sums')).toThrow(/fits several runs/);
    expect(() => findRun(runs, 'nope')).toThrow(UserError);
    expect(() => findRun(runs, '../../etc')).toThrow(/no finished run/);
    expect(() => findRun(join(directory, 'nowhere'), 'x')).toThrow(/none yet/);
  });

  it('passes over what is no run, and says what is damaged', async () => {
    const run = await runLoop(sums(0), options());
    mkdirSync(join(runs, 'stray'));
    mkdirSync(join(runs, 'bad'));
    writeFileSync(join(runs, 'bad', 'run.json'), '{"id": "<script>"}');
    expect(listRuns(runs).map(({ id }) => id)).toEqual([run.id]);
    expect(() => findRun(runs, 'bad')).toThrow(/damaged/);
    expect(existsSync(join(runs, 'bad'))).toBe(true);
  });
});

describe('the program', () => {
  it('runs by itself', async () => {
    await promisify(execFile)(process.execPath, [program, input, runs, '0']);
    expect(listRuns(runs)).toHaveLength(1);
  });
});
