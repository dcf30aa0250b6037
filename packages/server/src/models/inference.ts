/**
 * Answers of one model that are counted, logged and traced, whatever the protocol. The version that the request gets
 * answers; shadows do as well, unheard.
 */
import { describeTensors, type Metrics, type Prediction, type PredictionLog } from '@gradus/lifecycle';
import type { Answers, AskOptions } from '../answers/answers.ts';
import type { ServedModel } from '../inference/model.ts';
import type { RequestTrace } from '../tracing/tracing.ts';
import type { Deployment, OpenVersion } from './deployment.ts';

/** Who asks, as far as answers depend on it. */
export interface Asker extends AskOptions {
  /** The key's name. */
  readonly caller: string;
  /** A user whose version shall not change from one request to the next. */
  readonly user: string | undefined;
  readonly trace: RequestTrace | undefined;
}

export interface Answered<T> {
  readonly version: string;
  readonly run: string;
  /** The id of the prediction; undefined where the log does not hold it. */
  readonly prediction: string | undefined;
  readonly answer: T;
}

/** An answer, and what the prediction log keeps of it. */
interface Loggable<T> extends Partial<Kept> {
  readonly answer: T;
}

type Role = Prediction['role'];
type Kept = Pick<Prediction, 'input' | 'output' | 'described'>;

const answerTo =
  (request: unknown) =>
  async ({ answers }: OpenVersion, options: AskOptions): Promise<Loggable<Uint8Array>> => {
    const { json, preview, described } = await answers.answer(request, options);
    return { answer: json, output: preview, described };
  };

export class Inference {
  readonly #deployment: Deployment;
  readonly #metrics: Metrics;
  readonly #log: PredictionLog;

  constructor(deployment: Deployment, metrics: Metrics, log: PredictionLog) {
    this.#deployment = deployment;
    this.#metrics = metrics;
    this.#log = log;
  }

  /**
   * The recipe's answer, as JSON. It comes when the log holds it.
   *
   * @param request As the recipe's schema has parsed it
   */
  answer(asker: Asker, request: unknown): Promise<Answered<Uint8Array>> {
    return this.#asked(asker, request, answerTo(request));
  }

  /**
   * The same by a version that is lent.
   *
   * @param shadowed Whether shadows are shown what it is asked
   */
  answerBy(
    open: OpenVersion,
    asker: Asker,
    request: unknown,
    { shadowed }: { readonly shadowed: boolean },
  ): Promise<Answered<Uint8Array>> {
    return this.#askedOf(open, asker, request, answerTo(request), shadowed);
  }

  /** What else a version can be asked, logged by its input alone. */
  ask<T>(asker: Asker, input: unknown, ask: (answers: Answers) => Promise<T>): Promise<Answered<T>> {
    return this.#asked(asker, input, async ({ answers }) => ({ answer: await ask(answers) }));
  }

  #asked<T>(
    asker: Asker,
    input: unknown,
    ask: (version: OpenVersion, options: AskOptions) => Promise<Loggable<T>>,
  ): Promise<Answered<T>> {
    return this.#deployment.use({ user: asker.user }, (open) =>
      this.#askedOf(open, asker, input, ask, true),
    )!;
  }

  #askedOf<T>(
    lent: OpenVersion,
    asker: Asker,
    input: unknown,
    ask: (version: OpenVersion, options: AskOptions) => Promise<Loggable<T>>,
    shadowed: boolean,
  ): Promise<Answered<T>> {
    const id = this.#log.draw();
    if (shadowed) {
      this.#deployment.shadow((open) => this.#counted(id, asker, input, () => ask(open, {}), open, 'shadow'));
    }
    return this.#counted(id, asker, input, () => ask(lent, asker), lent, 'answer');
  }

  async #counted<T>(
    id: string | undefined,
    asker: Asker,
    input: unknown,
    ask: () => Promise<Loggable<T>>,
    open: OpenVersion,
    role: Role,
  ): Promise<Answered<T>> {
    const started = performance.now();
    const { answer, output, described = [] } = await ask();
    if (role === 'answer')
      asker.trace?.part('model run', started, performance.now(), { version: open.number });
    const prediction = await this.#record(id, asker, open, role, started, () => ({
      input,
      output,
      described,
    }));
    return { version: open.number, run: open.run.id, prediction, answer };
  }

  /**
   * A version's model by itself, whose answers are logged.
   *
   * @param shadowed Whether shadows are shown what it is asked
   * @param logged Told the prediction's id, where the log holds it
   */
  model(
    open: OpenVersion,
    asker: Asker,
    { shadowed, logged }: { readonly shadowed: boolean; logged(prediction: string): void },
  ): ServedModel {
    return {
      ...open.model!,
      infer: (feeds) => {
        const id = this.#log.draw();
        const run = async (version: OpenVersion, role: Role) => {
          const started = performance.now();
          const timed = role === 'answer' ? asker.trace?.batch : undefined;
          const outputs = await version.model!.infer(feeds, timed);
          const kept = () => ({ described: describeTensors(feeds, outputs) });
          const prediction = await this.#record(id, asker, version, role, started, kept);
          if (role === 'answer' && prediction !== undefined) logged(prediction);
          return outputs;
        };
        if (shadowed) this.#deployment.shadow(async (shadow) => shadow.model && run(shadow, 'shadow'));
        return run(open, 'answer');
      },
    };
  }

  /** Counts and logs what a version made of a request. @returns the prediction's id where the log holds it for good */
  async #record(
    id: string | undefined,
    { caller, user, trace }: Asker,
    version: OpenVersion,
    role: Role,
    started: number,
    kept: () => Kept,
  ): Promise<string | undefined> {
    const ended = performance.now();
    this.#metrics.predictions.inc({ model: this.#deployment.name, version: version.number, role });
    if (id === undefined) return undefined;
    const logged = await this.#log.add({ id, role, version, ms: ended - started, caller, user, ...kept() });
    if (role === 'answer') trace?.part('log commit', ended, performance.now());
    return logged ? id : undefined;
  }
}
