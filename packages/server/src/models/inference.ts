/**
 * Answers of one model that are counted, logged and traced, whatever the protocol. The version that the request gets
 * answers; shadows do as well, unheard.
 */
import { describeTensors, type Metrics, type Prediction, type PredictionLog } from '@gradus/lifecycle';
import type { Described, Service } from '@gradus/loop';
import type { ServedModel } from '../inference/model.ts';
import type { RequestTrace } from '../tracing/tracing.ts';
import type { Deployment, OpenVersion } from './deployment.ts';

/** Who asks, as far as answers depend on it. */
export interface Asker {
  /** The key's name. */
  readonly caller: string;
  /** A user whose version shall not change from one request to the next. */
  readonly user: string | undefined;
  readonly trace: RequestTrace | undefined;
}

/** What a request asks, as the prediction log keeps it. */
export interface Question {
  readonly input: unknown;
  /** The answer in numbers and categories, for monitoring. */
  describe?(service: Service, answer: unknown): readonly Described[] | undefined;
}

/** What is asked of a recipe's service. */
export const questionOf = (request: unknown): Question => ({
  input: request,
  describe: (service, answer) => service.describe?.(request, answer),
});

export interface Answered<T> {
  readonly version: string;
  /** The id of the prediction; undefined where the log does not hold it. */
  readonly prediction: string | undefined;
  /** With the run's id, and the prediction's where there is one. */
  readonly body: T & { run: string; prediction?: string };
}

type Role = Prediction['role'];
type Kept = Pick<Prediction, 'input' | 'output' | 'described'>;

export class Inference {
  readonly #deployment: Deployment;
  readonly #metrics: Metrics;
  readonly #log: PredictionLog;

  constructor(deployment: Deployment, metrics: Metrics, log: PredictionLog) {
    this.#deployment = deployment;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** The answer comes when the log holds it, and with its id there. */
  answer<T extends object>(
    asker: Asker,
    question: Question,
    ask: (version: OpenVersion) => Promise<T>,
  ): Promise<Answered<T>> {
    const id = this.#log.draw();
    this.#deployment.shadow((open) => this.#counted(id, asker, question, ask, open, 'shadow'));
    return this.#deployment.use({ user: asker.user }, (open) =>
      this.#counted(id, asker, question, ask, open, 'answer'),
    )!;
  }

  async #counted<T extends object>(
    id: string | undefined,
    asker: Asker,
    question: Question,
    ask: (version: OpenVersion) => Promise<T>,
    open: OpenVersion,
    role: Role,
  ): Promise<Answered<T>> {
    const started = performance.now();
    const answer = await ask(open);
    if (role === 'answer')
      asker.trace?.part('model run', started, performance.now(), { version: open.number });
    const prediction = await this.#record(id, asker, open, role, started, () => ({
      input: question.input,
      output: answer,
      described: described(open.service, answer, question),
    }));
    const body = { run: open.run.id, ...(prediction !== undefined && { prediction }), ...answer };
    return { version: open.number, prediction, body };
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

/** A description that fails must not take the answer with it. */
function described(service: Service, answer: unknown, question: Question): readonly Described[] {
  try {
    return question.describe?.(service, answer) ?? [];
  } catch (error) {
    console.error(`An answer cannot be described: ${(error as Error).message}`);
    return [];
  }
}
