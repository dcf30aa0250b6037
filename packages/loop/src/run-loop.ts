/**
 * Takes a recipe through its steps, and the run with it: to a finished directory, or nothing.
 *
 * The run is made in `<runs>/.unfinished/<key>`, where the key is a digest of everything that decides the result:
 * recipe, options, seed, input and corrections. What a step returns is stored there before the next one starts; so
 * the same command, after a crash, finds the same key and goes on from there, to the same result. When all steps
 * are done the directory is renamed to `<runs>/<id>`, which is the moment at which the run exists.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { deserialize, serialize } from 'node:v8';
import { type Language, Random, UserError, VERSION } from '@gradus/base';
import { explained, writeWhole } from '@gradus/base/files';
import { artifactIn } from './artifact.ts';
import { lock } from './lock.ts';
import type { Progress } from './progress.ts';
import { type Recipe, STEPS, type Step, type StepOutputs, type Summary } from './recipe.ts';
import type { RunContext } from './run.ts';
import { type FoundRun, findRun, listRuns, RUN_FILE, type RunRecord, readRun } from './run-record.ts';
import { writeReport } from './run-report.ts';
import { openSources, type RunSource, recordOf, SOURCES_FILE, sourceFilesJson } from './sources.ts';

export interface RunLoopOptions<Options> {
  /** Addresses by the names of the recipe's sources: a file, a folder, a glob, a postgres:// or s3:// URL. */
  readonly sources: Readonly<Record<string, string>>;
  /** The addresses by which the record names sources that are read from a copy. */
  readonly recordedAs?: Readonly<Record<string, string>>;
  readonly options: Options;
  readonly seed: number;
  /** The directory that holds runs. */
  readonly runs: string;
  /** The run that this one retrains, what it learns beside, and what it must not learn, to be compared on. */
  readonly parent?: string;
  readonly corrections?: readonly unknown[];
  readonly recent?: readonly unknown[];
  /** The id that the run shall have. A second request for the same id returns the finished run. */
  readonly id?: string;
  readonly signal?: AbortSignal;
  /** The report opens in it; both languages are in the page. Default: English. */
  readonly language?: Language;
  onProgress?(progress: Progress): void;
}

const UNFINISHED = '.unfinished';
const STATE = '.state';
const LOCK = '.lock';
/** Begins the name of a command's copies of sources that are not local. */
const COPIES = 'copies-';
const METRICS = 'metrics.jsonl';
/** Unfinished runs that nobody came back to are cleared away. */
const FORGOTTEN_MS = 7 * 86_400_000;

/** A step's output, or a checkpoint within it, in one file with what was known of the run at that moment. */
interface Stored {
  readonly value: unknown;
  readonly log: Unfinished;
}

/** What is known of an unfinished run. */
interface Unfinished {
  readonly id: string;
  readonly createdAt: string;
  readonly seconds: Readonly<Record<string, number>>;
  /** Length of metrics.jsonl when this was stored: what a crash left after it is cut off. */
  readonly metricsLength: number;
}

/**
 * @throws UserError where the input or the runs directory cannot be used, or where another process makes this run.
 */
export async function runLoop<Options extends object, Outputs extends StepOutputs>(
  recipe: Recipe<Options, Outputs>,
  settings: RunLoopOptions<Options>,
): Promise<FoundRun> {
  const { options, seed, id, corrections = [], recent = [] } = settings;
  const { signal = new AbortController().signal } = settings;
  const runs = resolve(settings.runs);
  if (id !== undefined && existsSync(join(runs, id, RUN_FILE))) return readRun(join(runs, id));
  const parent = settings.parent === undefined ? undefined : findRun(runs, settings.parent);
  const { name, version } = recipe;
  const command = { name, version, options, seed, parent: parent?.id, corrections, recent, id };
  const copies = join(runs, UNFINISHED, `${COPIES}${digestOf({ ...command, sources: settings.sources })}`);
  const { sources, checkUnchanged } = await openSources({
    takes: recipe.takes,
    addresses: settings.sources,
    recordedAs: settings.recordedAs ?? {},
    copies,
    signal,
    onProgress: (what, done, total) => settings.onProgress?.({ step: 'prepare', what, done, total }),
  });
  const key = digestOf({ ...command, sources: Object.entries(sources).map(contentOf) });
  const directory = join(runs, UNFINISHED, key);
  const state = join(directory, STATE);
  prepareDirectory(runs, state);
  const unlock = lock(join(directory, LOCK), { en: 'This run', zh: '该运行' });
  try {
    // Killed between its last file and its move: only the move is left to do.
    if (existsSync(join(directory, RUN_FILE))) return moveHome(directory, runs, readRun(directory));
    const log = new RunLog(directory, () => id ?? newId(runs, name, key));
    const outputs: Record<string, unknown> = {};
    for (const step of STEPS) {
      signal.throwIfAborted();
      const stored = join(state, `${step}.v8`);
      if (existsSync(stored)) {
        const { value, log: then } = deserialize(readFileSync(stored)) as Stored;
        outputs[step] = value;
        log.goTo(then);
        continue;
      }
      settings.onProgress?.({ step, done: 0 });
      const started = performance.now();
      const checkpoint = join(state, `${step}.checkpoint`);
      const resumed = existsSync(checkpoint) ? (deserialize(readFileSync(checkpoint)) as Stored) : undefined;
      if (resumed) log.goTo(resumed.log);
      log.cut();
      const context: RunContext<Options> = {
        id: log.id,
        options,
        seed,
        sources,
        corrections,
        recent,
        parent,
        earlier: listRuns(runs).filter((run) => run.recipe === name),
        directory,
        random: new Random(seed).fork(step),
        signal,
        progress: (what, done, total) =>
          settings.onProgress?.({ step, what, done, ...(total !== undefined && { total }) }),
        metric: (line) => log.metric(step, line),
        checkpoint: {
          save: (value) => {
            writeWhole(checkpoint, serialize({ value, log: log.state() } satisfies Stored));
          },
          load: () => resumed?.value,
        },
        artifact: (name) => artifactIn(join(state, 'artifacts'), name),
      };
      outputs[step] = await recipe.steps[step]({ run: context, ...outputs } as never);
      // What was read while it changed belongs to neither the old nor the new content.
      await checkUnchanged();
      log.finished(step, (performance.now() - started) / 1000);
      writeWhole(stored, serialize({ value: outputs[step], log: log.state() } satisfies Stored));
      rmSync(checkpoint, { force: true });
    }
    const made = { run: { id: log.id, seed, options }, ...(outputs as unknown as Outputs) };
    await writeReport(recipe, made, directory, settings.language);
    const files = sourceFilesJson(sources);
    if (files !== undefined) writeWhole(join(directory, SOURCES_FILE), files);
    const record: RunRecord = {
      id: log.id,
      recipe: name,
      version,
      options: options as Record<string, unknown>,
      seed,
      sources: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, recordOf(source)])),
      ...(parent && { parent: parent.id }),
      corrections: corrections.length,
      createdAt: log.state().createdAt,
      seconds: log.state().seconds,
      versions: { gradus: VERSION, node: process.version },
      machine: { cores: availableParallelism(), cpu: cpus()[0]?.model ?? '', memory: totalmem() },
      summary: outputs.deploy as Summary,
      files: [],
    };
    const run = finish(directory, runs, record);
    rmSync(copies, { recursive: true, force: true });
    return run;
  } catch (error) {
    if (signal.aborted) {
      throw new UserError(
        {
          en: 'Stopped. Nothing is lost: the same command goes on from here.',
          zh: '已停止。进度没有丢失：再次运行同一命令即可继续。',
        },
        { cause: error },
      );
    }
    throw explained(error, runs);
  } finally {
    unlock();
  }
}

/** Writes the record, the last of the run's files. What resuming needs is there until then: the disk may be full. */
function finish(directory: string, runs: string, record: RunRecord): FoundRun {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !isInternal(path));
  const whole = { ...record, files: [...files, RUN_FILE].sort() };
  writeWhole(join(directory, RUN_FILE), `${JSON.stringify(whole, null, 2)}\n`);
  return moveHome(directory, runs, whole);
}

/** Moves the run to where runs are, without what only its making needed. */
function moveHome(directory: string, runs: string, record: RunRecord): FoundRun {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    // The lock goes last: until the move nobody else may make this run.
    if (isInternal(path) && path !== LOCK) rmSync(join(directory, path), { recursive: true, force: true });
  }
  const home = join(runs, record.id);
  renameSync(directory, home);
  rmSync(join(home, LOCK), { force: true });
  return { ...record, directory: home };
}

/** The lock, what is stored for resuming, and parts of files whose writer was killed. */
const isInternal = (path: string): boolean => path.startsWith('.') || /\.\d+\.part$/.test(path);

function prepareDirectory(runs: string, state: string): void {
  try {
    mkdirSync(state, { recursive: true });
  } catch (error) {
    throw explained(error, runs);
  }
  const unfinished = join(runs, UNFINISHED);
  for (const entry of readdirSync(unfinished)) {
    const path = join(unfinished, entry);
    const touched = statSync(entry.startsWith(COPIES) ? path : join(path, STATE), {
      throwIfNoEntry: false,
    })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > FORGOTTEN_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/** The parts of an unfinished run that grow as it goes. */
class RunLog {
  readonly #metrics: string;
  #state: Unfinished;

  constructor(directory: string, newId: () => string) {
    this.#metrics = join(directory, METRICS);
    const stored = join(directory, STATE, 'start.v8');
    if (existsSync(stored)) {
      this.#state = deserialize(readFileSync(stored)) as Unfinished;
    } else {
      this.#state = { id: newId(), createdAt: new Date().toISOString(), seconds: {}, metricsLength: 0 };
      writeWhole(stored, serialize(this.#state));
    }
  }

  get id(): string {
    return this.#state.id;
  }

  state(): Unfinished {
    return this.#state;
  }

  metric(step: Step, line: Readonly<Record<string, number | string>>): void {
    const text = `${JSON.stringify({ step, ...line })}\n`;
    appendFileSync(this.#metrics, text);
    this.#state = {
      ...this.#state,
      metricsLength: this.#state.metricsLength + Buffer.byteLength(text),
    };
  }

  finished(step: Step, seconds: number): void {
    this.#state = { ...this.#state, seconds: { ...this.#state.seconds, [step]: seconds } };
  }

  goTo(then: Unfinished): void {
    this.#state = then;
  }

  /**
   * Cuts off the lines that were logged after the present state was stored: they will be logged again. Only when
   * all that was stored has been read, for lines cut too early would be lost.
   */
  cut(): void {
    if (existsSync(this.#metrics)) truncateSync(this.#metrics, this.#state.metricsLength);
  }
}

/** Recipe, time of the start, and some of the key; a number where the same run was made in the same second. */
function newId(runs: string, recipe: string, key: string): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const id = `${recipe}-${time}-${key.slice(0, 6)}`;
  for (let again = 1; ; again++) {
    const free = again === 1 ? id : `${id}-${again}`;
    if (!existsSync(join(runs, free))) return free;
  }
}

const digestOf = (value: object): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);

/** What of a source decides the result: its content, and which sheet or table of it. */
const contentOf = ([name, { sha256, path }]: [string, RunSource]) => [name, sha256, path.split('#')[1] ?? ''];
