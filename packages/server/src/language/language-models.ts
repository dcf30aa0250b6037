/**
 * Large models that are served by name, each from a file or folder. Adapters of one base share it: the base is held once, and each
 * text goes by its own adapter. A model whose files are replaced is opened anew beside the old one, takes over when it is ready, and
 * the old one ends when its texts are done.
 */
import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { redactText } from '@gradus/data';
import { type Database, logError, type Metrics, Monitoring, type MonitoringOptions } from '@gradus/lifecycle';
import { baseOfAdapter, isAdapter, type Rounding, type RunBits } from '@gradus/lm';
import { tunedModels } from '../tuning/tuned-models.ts';
import type { Abilities, RoundedBy } from './protocol.ts';
import { stampOf } from './stamp.ts';
import { LanguageThread } from './thread.ts';
import { TokenTally } from './token-tally.ts';

/** What is served under a name. */
export interface NamedPath {
  readonly name: string;
  /** A folder of Hugging Face, a GGUF file, or a folder of an adapter, whose base it names. */
  readonly path: string;
}

export interface LanguageModel {
  readonly name: string;
  readonly path: string;
  /** Where its base lies, of an adapter; else the same. */
  readonly base: string;
  /** The place of its adapter beside the base; undefined: it is the base itself. */
  readonly adapter: number | undefined;
  readonly kind: Abilities['kind'];
  /** Whether it says how well texts answer a query, though it writes. */
  readonly ranks: boolean;
  readonly monitoring: Monitoring;
  readonly tokens: TokenTally;
  readonly openedAt: Date;
  /** How often it has been opened. */
  readonly version: string;
  /** The thread that answers now. It stays until its questions are answered, also where another takes over. */
  thread(): Promise<LanguageThread>;
}

export interface LanguageModelsOptions {
  readonly models: readonly NamedPath[];
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
  /** Tokens that prompt and text may have together. */
  readonly places?: number | undefined;
  /** Texts that a model writes at once. */
  readonly slots?: number | undefined;
  /** Numbers that 4-bit weights are multiplied by are rounded to 8 bits where this allows it. Default: never. */
  readonly round?: RoundedBy | undefined;
  /** Told what rounding costs a model that writes, when it is opened. */
  onRounding?(path: string, found: Rounding): void;
  readonly database: Database;
  readonly runs: string;
  readonly url: string | undefined;
  readonly monitoring: MonitoringOptions;
  readonly metrics: Metrics;
  readonly secret: string;
}

/** Milliseconds between two looks at the files. */
const LOOK = 1000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/;

export class LanguageModels {
  readonly #options: LanguageModelsOptions;
  /** By where their bases lie. */
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #models: Map<string, LanguageModel>;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  /** @throws UserError where a name is taken or a model cannot be opened */
  static async open(options: LanguageModelsOptions): Promise<LanguageModels> {
    const { bits, places, slots, round, onRounding } = options;
    const models = options.models.map(({ name, path }) => ({ name, path: resolve(path) }));
    requireNames(models);
    const bases = models.map(({ path }) => (isAdapter(path) ? resolve(baseOfAdapter(path)) : path));
    // However their paths are written, adapters of one base share it.
    const groups = Map.groupBy(models.keys(), (i) => placeOf(bases[i]!));
    const hosts = new Map<string, Host>();
    const found = new Map<string, LanguageModel>();
    try {
      for (const [place, group] of groups) {
        const named = group.map((i) => models[i]!);
        const adapters = [...new Set(named.map((one) => one.path).filter(isAdapter))];
        const path = bases[group[0]!]!;
        const host = await Host.open({ path, adapters, bits, places, slots, round });
        if (host.rounding) onRounding?.(path, host.rounding);
        hosts.set(place, host);
        for (const one of named) found.set(one.name, await modelOf(host, one, options));
      }
      const opened = new LanguageModels(options, hosts, found);
      await opened.look();
      return opened;
    } catch (error) {
      await closed(hosts, found);
      throw error;
    }
  }

  private constructor(
    options: LanguageModelsOptions,
    hosts: ReadonlyMap<string, Host>,
    models: Map<string, LanguageModel>,
  ) {
    this.#options = options;
    this.#hosts = hosts;
    this.#models = models;
    this.#timer = setInterval(() => {
      for (const host of hosts.values()) void host.look();
      void this.look().catch((error: Error) =>
        logError('models that were tuned cannot be looked for', error),
      );
    }, LOOK);
    this.#timer.unref();
  }

  find(name: string): LanguageModel | undefined {
    return this.#models.get(name);
  }

  get all(): LanguageModel[] {
    return [...this.#models.values()];
  }

  /** Bits of a weight, while it runs. */
  get bits(): RunBits {
    return this.#options.bits ?? 32;
  }

  /** Finds what trainings have made of the models that are served: it is served as well. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    for (const tuned of tunedModels(this.#options.runs)) {
      if (this.#models.has(tuned.name) || this.#isClosed) continue;
      const host = this.#hosts.get(await realpath(baseOf(tuned.path)).catch(() => ''));
      if (host) this.#models.set(tuned.name, await modelOf(host, tuned, this.#options));
    }
  }

  /** Ends what is still under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isClosed = true;
    await this.#looking?.catch(() => undefined);
    await closed(this.#hosts, this.#models);
  }
}

/** Nothing where its base is gone. */
function baseOf(adapter: string): string {
  try {
    return baseOfAdapter(adapter);
  } catch {
    return '';
  }
}

async function modelOf(
  host: Host,
  { name, path }: NamedPath,
  { monitoring, metrics, database, runs, url, secret }: LanguageModelsOptions,
): Promise<LanguageModel> {
  const adapter = isAdapter(path) ? host.placeOfAdapter(path) : undefined;
  return {
    name,
    path,
    base: host.path,
    adapter,
    monitoring: await Monitoring.start({
      database,
      runs,
      url,
      secret,
      model: name,
      options: monitoring,
      redact: redactText,
      metrics,
    }),
    tokens: new TokenTally(),
    get kind() {
      return host.kind;
    },
    get ranks() {
      return host.ranks;
    },
    get openedAt() {
      return host.openedAt;
    },
    get version() {
      return String(host.version);
    },
    thread: () => host.thread(adapter),
  };
}

async function closed(
  hosts: ReadonlyMap<string, Host>,
  models: ReadonlyMap<string, LanguageModel>,
): Promise<void> {
  for (const host of hosts.values()) await host.close();
  for (const { monitoring } of models.values()) await monitoring.close();
}

function requireNames(models: readonly NamedPath[]): void {
  const seen = new Set<string>();
  for (const { name } of models) {
    if (!NAME.test(name)) {
      throw new UserError({
        en: `"${name}" cannot be a model's name: letters, digits and . _ : / - after a letter or digit, 100 at most`,
        zh: `“${name}”不能作为模型名称：以字母或数字开头，可含字母、数字和 . _ : / -，最多 100 个字符`,
      });
    }
    if (seen.has(name))
      throw new UserError({ en: `two models are named "${name}"`, zh: `有两个模型都名为“${name}”` });
    seen.add(name);
  }
}

/** Past links. @throws UserError where there is nothing */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new UserError({ en: `${path} is not there`, zh: `${path} 不存在` }, { cause: error });
  }
}

interface HostOptions {
  readonly path: string;
  readonly adapters: readonly string[];
  readonly bits: RunBits | undefined;
  readonly places: number | undefined;
  readonly slots: number | undefined;
  readonly round: RoundedBy | undefined;
}

/** One base with its adapters: the thread that answers, and its successor. */
class Host {
  readonly #options: HostOptions;
  /** Folders, in the order of their places. */
  readonly #adapters: string[];
  #thread: LanguageThread;
  /** Adapters that the thread has. */
  #held: number;
  #opening: Promise<LanguageThread> | undefined;
  /** Threads that finish what they have begun. */
  readonly #retiring = new Set<LanguageThread>();
  #stamp: string;
  /** What the files were at the last look, where that was not what is open: they may still be being written. */
  #changed: string | undefined;
  #isClosed = false;
  version = 1;
  openedAt = new Date();

  static async open(options: HostOptions): Promise<Host> {
    const stamp = await stampsOf(options);
    return new Host(options, await LanguageThread.start(options), stamp ?? '');
  }

  private constructor(options: HostOptions, thread: LanguageThread, stamp: string) {
    this.#options = options;
    this.#adapters = [...options.adapters];
    this.#thread = thread;
    this.#held = this.#adapters.length;
    this.#stamp = stamp;
  }

  get path(): string {
    return this.#options.path;
  }

  get kind(): Abilities['kind'] {
    return this.#thread.abilities.kind;
  }

  get ranks(): boolean {
    return this.#thread.abilities.ranks ?? false;
  }

  get rounding(): Rounding | undefined {
    return this.#thread.abilities.rounding;
  }

  /** The place of an adapter beside the base. One that is new is there when it is asked for. */
  placeOfAdapter(folder: string): number {
    const known = this.#adapters.indexOf(folder);
    return known >= 0 ? known : this.#adapters.push(folder) - 1;
  }

  /**
   * @param adapter the place of one that it must have
   * @throws UserError where it has ended, or lacks the adapter, and cannot be opened again
   */
  async thread(adapter = -1): Promise<LanguageThread> {
    while ((this.#thread.isGone || adapter >= this.#held) && !this.#isClosed) {
      this.#opening ??= this.#opened();
      await this.#opening;
    }
    return this.#thread;
  }

  async #opened(): Promise<LanguageThread> {
    try {
      const adapters = [...this.#adapters];
      const next = await LanguageThread.start({ ...this.#options, adapters });
      const before = this.#thread;
      this.#thread = next;
      this.#held = adapters.length;
      this.version += 1;
      this.openedAt = new Date();
      this.#retiring.add(before);
      void before.retire().finally(() => this.#retiring.delete(before));
      return next;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Opens the model anew where its files have changed, and stay as they are from one look to the next. */
  async look(): Promise<void> {
    const stamp = await stampsOf(this.#options);
    if (stamp === undefined || stamp === this.#stamp || this.#opening || this.#isClosed) return;
    const isStill = stamp === this.#changed;
    this.#changed = stamp;
    if (!isStill) return;
    this.#stamp = stamp;
    this.#opening = this.#opened();
    // What is open goes on serving.
    await this.#opening.catch((error: Error) =>
      logError(`${this.#options.path} has changed, and cannot be opened`, error),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => undefined);
    for (const thread of [this.#thread, ...this.#retiring]) await thread.end();
  }
}

async function stampsOf({ path, adapters }: HostOptions): Promise<string | undefined> {
  const stamps = await Promise.all([path, ...adapters].map(stampOf));
  return stamps.includes(undefined) ? undefined : stamps.join('\n');
}
