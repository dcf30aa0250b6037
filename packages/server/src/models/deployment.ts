/**
 * The versions of one model that are open at present, and which of them answers. What should be open is looked up every
 * second, since another process may have promoted a version: new ones are opened and warmed before they take over, old ones
 * are closed when the requests under way on them are done, so that no request is lost.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Desired } from '@gradus/lifecycle';
import { assign, DatabaseUnavailable, logError, shadowsOf } from '@gradus/lifecycle';
import { type FoundRun, findRun, MODEL_FILE, type Recipe } from '@gradus/loop';
import type { AnswerProgram } from '../answers/answer-thread.ts';
import { type Answers, answersOf } from '../answers/answers.ts';
import { ThreadPool } from '../answers/thread-pool.ts';
import { openModel, type ServedModel } from '../inference/model.ts';

/** A version that is open. */
export interface OpenVersion {
  /** As clients see it. */
  readonly number: string;
  readonly run: FoundRun;
  readonly answers: Answers;
  /** The run's model.onnx by itself; undefined where it has none. */
  readonly model: ServedModel | undefined;
}

interface Held extends OpenVersion {
  users: number;
  retired: boolean;
}

/** How versions answer. */
export interface AnswerOptions {
  /** Answers in threads of this program. Default: on the thread of the server. */
  readonly program?: AnswerProgram | undefined;
  /** Milliseconds that a request may take. */
  readonly within: number;
}

/** Milliseconds. */
const WATCH = 1000;

export class Deployment {
  readonly name: string;
  readonly #runs: string;
  readonly #recipe: Recipe;
  readonly #desired: () => Promise<Desired>;
  readonly #answers: AnswerOptions;
  /** By run. */
  #open = new Map<string, Held>();
  #now: Desired;
  readonly #timer: NodeJS.Timeout;
  #checking: Promise<void> | undefined;

  static async open(options: {
    readonly name: string;
    readonly runs: string;
    readonly recipe: Recipe;
    readonly answers: AnswerOptions;
    desired(): Promise<Desired>;
  }): Promise<Deployment> {
    const first = await options.desired();
    const deployment = new Deployment(options, first);
    try {
      await deployment.#changeTo(first);
    } catch (error) {
      await deployment.close();
      throw error;
    }
    return deployment;
  }

  private constructor(
    {
      name,
      runs,
      recipe,
      desired,
      answers,
    }: { name: string; runs: string; recipe: Recipe; answers: AnswerOptions; desired(): Promise<Desired> },
    first: Desired,
  ) {
    this.name = name;
    this.#runs = runs;
    this.#recipe = recipe;
    this.#desired = desired;
    this.#answers = answers;
    this.#now = first;
    this.#timer = setInterval(() => void this.check(), WATCH);
    this.#timer.unref();
  }

  /** The version that most requests get. */
  get main(): OpenVersion {
    const { traffic } = this.#now;
    const [first] = traffic.answer.toSorted((a, b) => b.percent - a.percent);
    return this.#held(first!.version);
  }

  /** Numbers of the versions that can be requested. */
  get numbers(): string[] {
    return [...this.#open.values()].map(({ number }) => number);
  }

  /**
   * Lends the version that this request gets; it is not closed while in use.
   *
   * @param number Asked for by number; undefined: as the traffic goes
   * @returns undefined where no version of this number is open
   */
  use<T>(
    { number, user }: { readonly number?: string | undefined; readonly user?: string | undefined },
    work: (version: OpenVersion) => Promise<T>,
  ): Promise<T> | undefined {
    const held =
      number === undefined
        ? this.#held(assign(this.#now.traffic, this.name, user))
        : [...this.#open.values()].find((version) => version.number === number);
    return held && this.#lend(held, work);
  }

  /** The same request for the shadows of the moment; what they answer or throw is only for `work` to see. */
  shadow(work: (version: OpenVersion) => Promise<unknown>): void {
    for (const name of shadowsOf(this.#now.traffic)) {
      void this.#lend(this.#held(name), work).catch(() => undefined);
    }
  }

  async #lend<T>(held: Held, work: (version: OpenVersion) => Promise<T>): Promise<T> {
    held.users += 1;
    try {
      return await work(held);
    } finally {
      held.users -= 1;
      if (held.retired && held.users === 0) await closed(held);
    }
  }

  #held(name: string): Held {
    return this.#open.get(this.#now.versions.get(name)!.run)!;
  }

  /** Looks up what should be served, and changes to it. */
  check(): Promise<void> {
    this.#checking ??= this.#desired()
      .then((desired) => this.#changeTo(desired))
      // What is open goes on serving; the next check tries again.
      .catch((error: Error) => {
        // The connections have told of that, once.
        if (!(error instanceof DatabaseUnavailable)) logError('the new version cannot be opened', error);
      })
      .finally(() => {
        this.#checking = undefined;
      });
    return this.#checking;
  }

  async #changeTo(desired: Desired): Promise<void> {
    const next = new Map<string, Held>();
    try {
      for (const { number, run } of desired.versions.values()) {
        if (next.has(run)) continue;
        const open = this.#open.get(run);
        next.set(run, open?.number === number ? open : await this.#opened(number, run));
      }
    } catch (error) {
      for (const held of next.values()) if (this.#open.get(held.run.id) !== held) await closed(held);
      throw error;
    }
    const retired = [...this.#open.values()].filter((held) => next.get(held.run.id) !== held);
    this.#open = next;
    this.#now = desired;
    for (const held of retired) {
      held.retired = true;
      if (held.users === 0) await closed(held);
    }
  }

  async #opened(number: string, id: string): Promise<Held> {
    const run = findRun(this.#runs, id);
    const answers = await this.#openAnswers(run.directory);
    try {
      const file = join(run.directory, MODEL_FILE);
      const model = existsSync(file) ? await openModel(file) : undefined;
      return { number, run, answers, model, users: 0, retired: false };
    } catch (error) {
      await answers.close();
      throw error;
    }
  }

  async #openAnswers(directory: string): Promise<Answers> {
    const { name, service } = this.#recipe;
    const { program, within } = this.#answers;
    if (program) return ThreadPool.open({ program, recipe: name, directory, within });
    return answersOf(await service.open(directory), service);
  }

  /** Finishes what is under way elsewhere first: it is closed whole. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
    for (const held of this.#open.values()) await closed(held);
    this.#open.clear();
  }
}

async function closed({ answers, model }: OpenVersion): Promise<void> {
  await answers.close();
  await model?.close();
}
