/**
 * A recipe: one object that takes product data round the loop's seven steps.
 *
 *     prepare -> process -> build -> train -> evaluate -> deploy -> iterate -> (prepare …)
 *
 * The first six make a run; each is a function of one object: the run's context and what earlier steps returned. What a
 * step returns is a checkpoint: it is stored before the next step starts, and after a crash the run goes on from there. It
 * must therefore be plain data (anything the structured clone algorithm holds: objects, arrays, Maps, typed arrays; no
 * functions, no class instances). What is large goes into artifacts (`run.artifact`), files beside the checkpoints.
 * `compare` weighs a run against the one it should replace.
 *
 * A recipe declares itself once: the command line, HTTP, OpenAPI, the client, forms, reports and manual pages are all made
 * from this object.
 */
import type { Localized } from '@gradus/base';
import type { Profile } from '@gradus/data';
import type { ModelCard, Report } from '@gradus/report';
import { z } from 'zod';
import type { RunContext } from './run.ts';
import type { HandOver, ServiceDeclaration } from './service.ts';
import { roleOptions, type Takes } from './takes.ts';
import type { Verdict } from './verdict.ts';

export const STEPS = ['prepare', 'process', 'build', 'train', 'evaluate', 'deploy'] as const;
export type Step = (typeof STEPS)[number];

/** What each step of a recipe returns, by step. A recipe declares its own extension of this. */
export interface StepOutputs {
  prepare: unknown;
  process: unknown;
  build: unknown;
  train: unknown;
  evaluate: unknown;
  /** The run's headline figures: stored in run.json, printed by `gradus show`. */
  deploy: Summary;
}

/** The figures and findings a run is known by; must survive JSON. */
export interface Summary {
  readonly metrics: Readonly<Record<string, number>>;
  readonly [finding: string]: unknown;
}

/** What a step gets: the run, and the outputs of the steps before it. */
export type StepInput<Options, Outputs extends StepOutputs, S extends Step> = {
  readonly run: RunContext<Options>;
} & Readonly<Pick<Outputs, Earlier<S>>>;

/**
 * The type of a method, whose parameter may be narrower than another's: so recipes of all kinds stand in one list. The loop gives
 * a step only options that its own recipe has parsed, and outputs of its own steps.
 */
type StepFunction<Options, Outputs extends StepOutputs, S extends Step> = {
  step(input: StepInput<Options, Outputs, S>): Promise<Outputs[S]> | Outputs[S];
}['step'];

type Earlier<S extends Step> = {
  prepare: never;
  process: 'prepare';
  build: 'prepare' | 'process';
  train: 'prepare' | 'process' | 'build';
  evaluate: 'prepare' | 'process' | 'build' | 'train';
  deploy: 'prepare' | 'process' | 'build' | 'train' | 'evaluate';
}[S];

/** What reports and cards are made from: all that the steps returned, and which run it is. */
export type Made<Options, Outputs extends StepOutputs> = Readonly<Outputs> & {
  readonly run: { readonly id: string; readonly seed: number; readonly options: Options };
};

/** How well a recipe fits a table: what a studio suggests. */
export interface Fit {
  /** From 0, not at all, to 1, made for it. */
  readonly score: number;
  readonly reasons: readonly Localized[];
  /** The columns by role, as far as they can be seen. */
  readonly columns: Readonly<Record<string, string>>;
}

/** One of the runs that a command makes. */
export interface RunOf<Options> {
  /** Which of several it is: the column that it learns. */
  readonly of?: string;
  readonly options: Options;
}

export interface Recipe<Options = unknown, Outputs extends StepOutputs = StepOutputs> {
  /** As typed on the command line: `gradus NAME SOURCE`. */
  readonly name: string;
  readonly title: Localized;
  /** What it does for whom, in a sentence or two. */
  readonly about: Localized;
  /** Raised when the same input would give another result; a half-finished run of an older version is not resumed. */
  readonly version: number;
  /** A file or folder to try it on, which its package brings. */
  readonly sample?: URL;
  readonly takes: Takes;
  fits(profile: Profile): Fit;
  /** Options and their defaults, those that name columns included. Everything that changes the result is in here, the sources excepted. */
  readonly options: z.ZodType<Options>;
  /**
   * The runs that one command makes: several where an option names several things that are learnt one by one, such as columns to
   * predict. Default: one run, of the given options.
   *
   * @param columns Reads the names of the main source's columns
   * @throws UserError where an option names something that is not there
   */
  runsOf?(options: Options, columns: () => Promise<readonly string[]>): Promise<readonly RunOf<Options>[]>;
  readonly steps: { readonly [S in Step]: StepFunction<Options, Outputs, S> };
  readonly summary: z.ZodType;
  /** The summary's main findings as lines for a terminal: what was found, how sure, what to do. */
  findings(summary: Summary): readonly Localized[];
  /** Whether what was judged fails: the command then ends with exit code 3. Of recipes that give a verdict. */
  fails?(summary: Summary): boolean;
  /** Kept as report.json, and beside it as report.html. */
  report?(made: Made<Options, Outputs>): Report;
  card?(made: Made<Options, Outputs>): ModelCard;
  readonly service: ServiceDeclaration;
  /** The folder of a run's files that people take away: `--out` copies it. */
  readonly gives?: { readonly folder: string; readonly title: Localized };
  /** What goes along with a finished run's model.onnx to those who run it without Gradus; undefined: nothing need. */
  handOver?(directory: string): Promise<HandOver | undefined>;
  /** Weighs a finished challenger run against the champion it was retrained from, on the same held-out rows. */
  compare(champion: string, challenger: string): Promise<Verdict>;
}

/** A recipe as its author writes it: the options that name columns come from what it takes. */
export type RecipeDeclaration<T extends Takes, Own extends z.ZodObject, Outputs extends StepOutputs> = Omit<
  Recipe<OptionsOf<T, Own>, Outputs>,
  'options' | 'takes'
> & { readonly takes: T; readonly options: Own };

/** A recipe's options: its own, and a column's name for each role. */
export type OptionsOf<T extends Takes, Own extends z.ZodObject> = z.infer<Own> & {
  readonly [R in RoleNames<T>]?: string | undefined;
};

/** By the role itself where it is of the main source, else behind the source's name; types know no order of sources. */
type RoleNames<T extends Takes> = {
  [S in keyof T & string]: (keyof T[S]['roles'] & string) | `${S}${Capitalize<keyof T[S]['roles'] & string>}`;
}[keyof T & string];

/** Makes a recipe from its declaration. */
export function recipe<const T extends Takes, Own extends z.ZodObject, Outputs extends StepOutputs>(
  declaration: RecipeDeclaration<T, Own, Outputs>,
): Recipe<OptionsOf<T, Own>, Outputs> {
  const options = z.strictObject({ ...roleOptions(declaration.takes), ...declaration.options.shape });
  return { ...declaration, options: options as unknown as z.ZodType<OptionsOf<T, Own>> };
}
