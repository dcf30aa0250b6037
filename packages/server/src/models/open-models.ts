/**
 * The models of a workspace that are open: each opens with its first request, and stays. Where there are more than may be
 * open, or memory is short, the idle one whose last request is longest ago is closed; it opens again with its next
 * request. The model that the server was started with is never closed.
 */
import { freemem, totalmem } from 'node:os';
import { type Localized, UserError } from '@gradus/base';
import { redactText } from '@gradus/data';
import {
  type Database,
  DatabaseBusy,
  DatabaseUnavailable,
  isModelReference,
  type Metrics,
  Monitoring,
  type MonitoringOptions,
  NotFound,
  recipeOf,
  resolveServed,
  type Served,
} from '@gradus/lifecycle';
import { findRun, type Recipe } from '@gradus/loop';
import { type AnswerOptions, Deployment } from './deployment.ts';
import { Inference } from './inference.ts';
import { type TextForm, textForm } from './texts.ts';

/** A model that is open, with what counts and watches its answers. */
export interface OpenModel {
  readonly name: string;
  /** What is served, as MLflow writes it. */
  readonly uri: string;
  readonly recipe: Recipe;
  /** Undefined where its requests are no list of texts. */
  readonly texts: TextForm | undefined;
  readonly deployment: Deployment;
  readonly monitoring: Monitoring;
  readonly inference: Inference;
}

interface Held extends OpenModel {
  users: number;
  usedAt: number;
}

/** The model is there and cannot be opened: its run is gone, or damaged. */
export class ModelUnavailable extends UserError {}

/** As many as may be are open and in use. */
export class TooManyModels extends UserError {}

export interface OpenModelsOptions {
  readonly database: Database;
  readonly runs: string;
  /** Address of a Postgres database. */
  readonly url: string | undefined;
  readonly recipes: readonly Recipe[];
  readonly monitoring: MonitoringOptions;
  readonly metrics: Metrics;
  readonly answers: AnswerOptions;
  /** The server's token: pseudonyms are made with it. */
  readonly secret: string;
  /** Models that are open at once, at most. */
  readonly most: number;
  /** For the audit log: opening a run's model registers its lineage. */
  readonly by: string;
}

/** Of the machine's memory; with less free, models that rest are closed. */
const LITTLE_MEMORY = 0.05;
/** Names that are remembered for what they stand for. */
const MOST_NAMES = 1000;

export class OpenModels {
  readonly #options: OpenModelsOptions;
  /** By URI: several names may stand for one model. */
  readonly #open = new Map<string, Held>();
  readonly #opening = new Map<string, Promise<Held>>();
  readonly #names = new Map<string, string>();
  #main: Held | undefined;

  constructor(options: OpenModelsOptions) {
    this.#options = options;
  }

  /** The model that the server was started with. */
  get main(): OpenModel | undefined {
    return this.#main;
  }

  /** Opens the model that the old addresses of one model are about. @throws UserError where it cannot be opened */
  async openMain(reference: string): Promise<OpenModel> {
    const { database, runs, by } = this.#options;
    const served = await resolveServed(database, { runs, reference, by });
    this.#main = await this.#hold(served);
    this.#names.set(this.#main.name, served.uri);
    return this.#main;
  }

  /**
   * Lends a model for as long as `work` takes.
   *
   * @param name Of a registered model, or a run's id
   * @throws NotFound where there is none; ModelUnavailable where it cannot be opened
   */
  use<T>(name: string, work: (model: OpenModel) => Promise<T>): Promise<T> {
    const open = this.#known(name);
    // The main model is never closed, so nobody need count who uses it.
    if (open && open === this.#main) return work(open);
    return this.#lend(name, work);
  }

  async #lend<T>(name: string, work: (model: OpenModel) => Promise<T>): Promise<T> {
    let model = await this.#find(name);
    // It may have been closed to make room while this was waiting for it.
    while (this.#open.get(model.uri) !== model) model = await this.#find(name);
    model.users += 1;
    model.usedAt = performance.now();
    try {
      return await work(model);
    } finally {
      model.users -= 1;
    }
  }

  /** A model that is open at present. */
  find(name: string): OpenModel | undefined {
    return this.#known(name);
  }

  #known(name: string): Held | undefined {
    const uri = this.#names.get(name);
    return uri === undefined ? undefined : this.#open.get(uri);
  }

  async #find(name: string): Promise<Held> {
    const open = this.#known(name);
    if (open) return open;
    if (!isModelReference(name) || /^(?:runs|models):/.test(name)) throw await this.#noModel(name);
    const { database, runs, by } = this.#options;
    let served: Served;
    try {
      served = await resolveServed(database, { runs, reference: name, by });
    } catch (error) {
      if (!(error instanceof UserError) || isAway(error)) throw error;
      throw await this.#noModel(name);
    }
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    this.#names.set(name, served.uri);
    return this.#hold(served);
  }

  async #hold(served: Served): Promise<Held> {
    const { uri } = served;
    const known = this.#open.get(uri) ?? this.#opening.get(uri);
    if (known) return known;
    const opening = this.#opened(served);
    this.#opening.set(uri, opening);
    try {
      const held = await opening;
      this.#open.set(uri, held);
      return held;
    } finally {
      // One that could not be opened may be there the next time.
      this.#opening.delete(uri);
    }
  }

  async #opened(served: Served): Promise<Held> {
    const { runs, recipes, metrics, answers, monitoring: options, ...rest } = this.#options;
    let deployment: Deployment | undefined;
    await this.#makeRoom();
    try {
      const { versions } = await served.desired();
      const recipe = recipeOf(recipes, findRun(runs, [...versions.values()][0]!.run));
      deployment = await Deployment.open({ ...served, runs, recipe, answers });
      const model = deployment.name;
      const monitoring = await Monitoring.start({
        ...rest,
        runs,
        model,
        options,
        redact: redactText,
        metrics,
      });
      return {
        name: model,
        uri: served.uri,
        recipe,
        texts: textForm(recipe.service),
        deployment,
        monitoring,
        inference: new Inference(deployment, metrics, monitoring.log),
        users: 0,
        usedAt: performance.now(),
      };
    } catch (error) {
      await deployment?.close();
      if (!(error instanceof UserError) || isAway(error)) throw error;
      throw new ModelUnavailable(unavailable(served.name, error), { cause: error });
    }
  }

  async #makeRoom(): Promise<void> {
    const { most } = this.#options;
    for (;;) {
      const isFull = this.#open.size + this.#opening.size >= most;
      if (!isFull && (this.#open.size === 0 || freemem() > LITTLE_MEMORY * totalmem())) return;
      const [idle] = [...this.#open.values()]
        .filter((model) => model !== this.#main && model.users === 0)
        .sort((a, b) => a.usedAt - b.usedAt);
      if (!idle && !isFull) return;
      if (!idle) {
        throw new TooManyModels({
          en: `${this.#open.size} models are open and in use, and no more may be. Try again later, or start the server with a larger --max-models.`,
          zh: `已有 ${this.#open.size} 个模型打开并正在使用，达到上限。请稍后再试，或以更大的 --max-models 启动服务器。`,
        });
      }
      this.#open.delete(idle.uri);
      await closed(idle);
    }
  }

  /** Names of what can be asked: registered models, and what is open. */
  async names(): Promise<string[]> {
    const rows = await this.#options.database.selectFrom('models').select('name').orderBy('name').execute();
    const names = rows.map(({ name }) => name);
    const main = this.#main?.name;
    return main === undefined || names.includes(main) ? names : [main, ...names];
  }

  async #noModel(name: string): Promise<NotFound> {
    const names = (await this.names()).slice(0, 10);
    const shown = name.slice(0, 100);
    return new NotFound({
      en: `there is no model "${shown}"; there are: ${names.join(', ') || 'none'}`,
      zh: `没有名为“${shown}”的模型；现有：${names.join('、') || '无'}`,
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const model of all) await closed(model);
  }
}

/** Nothing is said of the model, then. */
const isAway = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable || error instanceof DatabaseBusy;

async function closed({ monitoring, deployment }: OpenModel): Promise<void> {
  await monitoring.close();
  await deployment.close();
}

const unavailable = (name: string, { localized }: UserError): Localized => ({
  en: `The model "${name}" cannot be opened: ${localized.en}`,
  zh: `无法打开模型“${name}”：${localized.zh}`,
});
