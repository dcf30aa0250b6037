/**
 * A recipe: one object that takes product data round the loop's seven steps.
 *
 *     prepare -> process -> build -> train -> evaluate -> deploy -> iterate -> (prepare …)
 *
 * The first six make a run; each is a function of the run's context and of what earlier steps returned. What a
 * step returns is a checkpoint: it is stored before the next step starts, and after a crash the run goes on
 * from there. It must therefore be plain data (anything the structured clone algorithm holds: objects, arrays,
 * Maps, typed arrays; no functions, no class instances). `iterate` compares a run with the one it should replace.
 */

import type { Localized } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { z } from 'zod';
import type { RunContext } from './run.ts';

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

/** The outputs of the steps before S. */
export type Before<Outputs extends StepOutputs, S extends Step> = Pick<Outputs, Earlier<S>>;

type Earlier<S extends Step> = {
  prepare: never;
  process: 'prepare';
  build: 'prepare' | 'process';
  train: 'prepare' | 'process' | 'build';
  evaluate: 'prepare' | 'process' | 'build' | 'train';
  deploy: 'prepare' | 'process' | 'build' | 'train' | 'evaluate';
}[S];

export interface Recipe<Options = unknown, Outputs extends StepOutputs = StepOutputs> {
  /** As typed on the command line: `gradus NAME FILE`. */
  readonly name: string;
  readonly title: Localized;
  /** Raised when the same input would give another result; a half-finished run of an older version is not resumed. */
  readonly version: number;
  /** Options and their defaults. Everything that changes the result is in here, the input path excepted. */
  readonly options: z.ZodType<Options>;
  readonly steps: {
    readonly [S in Step]: (
      run: RunContext<Options>,
      before: Before<Outputs, S>,
    ) => Promise<Outputs[S]> | Outputs[S];
  };
  /** The summary's main findings as lines for a terminal: what was found, how sure, what to do. */
  findings(summary: Summary): readonly Localized[];
  /** Opens a finished run for serving. */
  open(directory: string): Promise<Service>;
  /** What goes along with a finished run's model.onnx to those who run it without Gradus; undefined: nothing need. */
  handOver?(directory: string): Promise<HandOver | undefined>;
  /** Weighs a finished challenger run against the champion it was retrained from, on the same held-out rows. */
  compare(champion: string, challenger: string): Promise<Verdict>;
}

/** A finished run, ready to answer requests. */
export interface Service {
  /** What a request's JSON body must look like; the server answers 400 with the schema's own words otherwise. */
  readonly request: z.ZodType;
  /** Takes a parsed request; returns the response's JSON value. */
  answer(request: unknown): Promise<unknown>;
  /** A request of ordinary size, to measure how long an answer takes. */
  readonly example?: unknown;
  /** Which columns of a file like the one it was made from hold the fields of a request. */
  readonly columns?: Readonly<Record<string, string>>;
  /**
   * What can be told of a request and its answer in numbers and categories, a row for each thing asked about. It is
   * watched for drift, and outcomes that become known later are compared with the row's `outputs`.
   */
  describe?(request: unknown, answer: unknown): readonly Described[];
  /** Of services that know texts: each as a point of a space where those of like meaning are near. */
  embed?(texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** What one correction must look like: a line of `gradus feedback`'s file or of POST /v1/feedback. */
  readonly correction: z.ZodType;
  /**
   * The correction that lies in what came of one thing asked about (`row`, from 0); undefined where it teaches nothing.
   *
   * @param request As the prediction log has it: redacted, and with `…` for what was cut
   */
  correctionOf?(request: unknown, row: number, outcome: unknown): unknown;
  close(): Promise<void>;
}

/** What the graph cannot hold of a model, in a form that needs no Gradus. */
export interface HandOver {
  /**
   * Content by name: plain JSON, and `preprocess.mjs` where lines of a file can be made into inputs: a program for any
   * Node that exports `tensorsOf(lines)`, the inputs as the Open Inference Protocol writes them in JSON.
   */
  readonly files: Readonly<Record<string, string>>;
  /** What these are, and how inputs are made with them. */
  readonly notes: Localized;
  /** Inputs that mean something, by the graph's names. */
  readonly example: Readonly<Record<string, HostTensor>>;
}

/** A figure of both runs on the same rows. */
export interface Measured {
  readonly champion: number;
  readonly challenger: number;
  /** Two-sided p-value of the difference, where it was tested. */
  readonly pValue?: number;
}

/** The figures of a part of the rows. */
export interface Slice {
  readonly name: Localized;
  readonly n: number;
  /** The name of the figure, say accuracy: more is better. */
  readonly metric: string;
  readonly measured: Measured;
}
/** One thing asked about, and what was answered. */
export interface Described {
  readonly inputs: Features;
  /** What outcomes may be told of; one without a name is of the first. */
  readonly outputs: Features;
}

/** By name: a number, a category, or null where there is none. */
export type Features = Readonly<Record<string, number | string | null>>;

/** The outcome of comparing champion and challenger. */
export interface Verdict {
  readonly promote: boolean;
  readonly reason: Localized;
  /** Each figure for both, on the same `n` held-out rows. `calibrationError`, where it is among them, is watched by a gate. */
  readonly metrics: Readonly<Record<string, Measured>>;
  readonly n: number;
  /** Two-sided p-value of the difference in the deciding metric. */
  readonly pValue: number;
  /** The same on the newest rows, which neither run has learnt from; absent where they are too few. */
  readonly recent?: {
    readonly metrics: Readonly<Record<string, Measured>>;
    readonly n: number;
    readonly pValue: number;
  };
  /** Parts of the held-out rows: by product, language, time. */
  readonly slices?: readonly Slice[];
}
