import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Random, UserError } from '@gradus/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun, listRuns, type Progress, readRun, runLoop } from './index.ts';
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
const options = () => ({ sources: { data: input }, options: { pieces: 12 }, seed: 3, runs });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(2);
}

/** Lines in the metrics of the run that is being made; starting a process takes far longer than its steps. */
function loggedLines(runs: string): number {
  const logs = globSync(join(runs, '.unfinished', '*', 'metrics.jsonl'));
  return logs.reduce((lines, path) => lines + readFileSync(path, 'utf8').split('\n').length - 1, 0);
}

describe('runLoop', () => {
  it('leaves one complete run with its record', async () => {
    const steps: string[] = [];
    const run = await runLoop(sums(0), { ...options(), onProgress: ({ step }) => steps.push(step) });
    expect(run.summary.metrics.total).toBeTypeOf('number');
    expect(readRun(run.directory)).toEqual(run);
    expect(run.files).toEqual(['answer.txt', 'metrics.jsonl', 'run.json']);
    expect(readdirSync(run.directory).sort()).toEqual(run.files);
    expect([...new Set(steps)]).toEqual(['prepare', 'process', 'build', 'train', 'evaluate', 'deploy']);
    expect(run.sources).toEqual({
      data: { kind: 'file', address: input, bytes: 6, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('killed at any moment and run again, gives what the unbroken run gives, and lists nothing half-written', async () => {
    const whole = await runLoop(sums(0), options());
    const lines = readFileSync(join(whole.directory, 'metrics.jsonl'), 'utf8');
    const random = new Random('kills');
    let kills = 0;
    for (let round = 0; round < 4; round++) {
      const other = join(directory, `runs-${round}`);
      // Twice in the training's twelve pieces or in what follows, the moment told by the lines logged so far.
      for (const lines of [1 + random.below(6), 8 + random.below(6)]) {
        const child = spawn(process.execPath, [program, input, other, '15'], { stdio: 'inherit' });
        const exited = once(child, 'exit');
        await until(() => loggedLines(other) >= lines || child.exitCode !== null);
        await pause(random.uniform(0, 30));
        child.kill('SIGKILL');
        await exited;
        if (child.signalCode === 'SIGKILL') kills++;
      }
      if (existsSync(join(other, '.unfinished')) && readdirSync(join(other, '.unfinished')).length > 0) {
        expect(listRuns(other)).toEqual([]);
        await promisify(execFile)(process.execPath, [program, input, other, '0']);
      }
      const [run, ...more] = listRuns(other);
      expect(more).toEqual([]);
      expect(run!.summary).toEqual(whole.summary);
      expect(readFileSync(join(run!.directory, 'metrics.jsonl'), 'utf8')).toBe(lines);
      expect(readFileSync(join(run!.directory, 'answer.txt'), 'utf8')).toBe(
        String(whole.summary.metrics.total),
      );
    }
    expect(kills).toBeGreaterThanOrEqual(6);
  });

  it('stops when asked, says that nothing is lost, and goes on from there', async () => {
    const controller = new AbortController();
    const pieces: number[] = [];
    const watch = ({ what, done }: Progress) => what?.en === 'piece' && pieces.push(done);
    const stopped = runLoop(sums(1), {
      ...options(),
      signal: controller.signal,
      onProgress: (progress) => {
        watch(progress);
        if (progress.done === 5 && progress.what?.en === 'piece') controller.abort();
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
    await until(() => loggedLines(runs) > 0);
    await expect(runLoop(sums(0), options())).rejects.toThrow(/another process/);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect((await runLoop(sums(0), options())).summary.metrics.total).toBeTypeOf('number');
  });

  it('is made once at a time within a process too, and again as another run', async () => {
    const [first, second] = await Promise.allSettled([
      runLoop(sums(5), options()),
      runLoop(sums(5), options()),
    ]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    await runLoop(sums(0), options());
    await runLoop(sums(0), options());
    expect(new Set(listRuns(runs).map(({ id }) => id)).size).toBe(3);
  });

  it('loses nothing when the last file cannot be written, and only moves a run whose files are all there', async () => {
    const recipe = sums(0);
    let blocked = '';
    const blocking = {
      ...recipe,
      steps: {
        ...recipe.steps,
        deploy: (...given: Parameters<typeof recipe.steps.deploy>) => {
          blocked = join(given[0].run.directory, 'run.json');
          // Something that cannot be replaced by a file stands where the record should.
          mkdirSync(join(blocked, 'in-the-way'), { recursive: true });
          return recipe.steps.deploy(...given);
        },
      },
    };
    await expect(runLoop(blocking, options())).rejects.toThrow();
    expect(listRuns(runs)).toEqual([]);
    rmSync(blocked, { recursive: true });
    const steps: string[] = [];
    const run = await runLoop(recipe, { ...options(), onProgress: ({ step }) => steps.push(step) });
    expect([...new Set(steps)]).toEqual(['prepare']); // The input's digest; no step again.
    expect(readdirSync(run.directory).sort()).toEqual(run.files);
    // As if it had been killed just before its move.
    renameSync(run.directory, join(blocked, '..'));
    writeFileSync(join(blocked, '..', 'answer.txt.123.part'), 'half');
    expect(await runLoop(recipe, options())).toEqual(run);
    expect(readdirSync(run.directory).sort()).toEqual(run.files);
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
    await expect(
      runLoop(sums(0), { ...options(), sources: { data: join(directory, 'none') } }),
    ).rejects.toThrow(/no file/);
    await expect(runLoop(sums(0), { ...options(), sources: {} })).rejects.toThrow(
      /The source "data" is missing: file of numbers/,
    );
    await expect(runLoop(sums(0), { ...options(), sources: { data: input, plan: input } })).rejects.toThrow(
      /There is no source "plan". There are: data/,
    );
    await expect(runLoop(sums(0), { ...options(), runs: join(input, 'runs') })).rejects.toThrow(
      /not a directory.*--runs/,
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
