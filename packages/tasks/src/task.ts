/**
 * A task: what all recipes of one kind of learner share, as one object of plain functions over plain values.
 *
 *     const fitted = await task.fit(rows, options, context);            // rows with a label, or without where none is needed
 *     const { evaluation, heldOut } = await task.evaluate(fitted, rows, context);
 *     const opened = await task.open(task.bundle(fitted.model), writeOnnx(task.graph(fitted.model)));
 *     await opened.answer(['where is my parcel?']);
 *
 * Everything is fitted on training rows: split, candidates beside a simple baseline, calibration. What is measured is measured
 * on the other rows, beside the baseline, with an interval, and says so where the model is no better.
 */
import type { Localized, Random } from '@gradus/base';
import type { Graph, Tensor } from '@gradus/engine';
import type { Features, Verdict } from '@gradus/loop';
import type { ModelCard, Section } from '@gradus/report';
import type { z } from 'zod';
import type { TaskEvaluation } from './shared/evaluation.ts';
import type { Answers, HeldOut } from './shared/held-out.ts';
import type { Reason } from './shared/reasons.ts';

/** The types that a task is made of. */
export interface TaskTypes {
  /** What the model gets: a text, a row of values. */
  readonly input: unknown;
  /** What it learns from: a list of `TaskRow`, or a table by columns. Plain data. */
  readonly rows: unknown;
  readonly options: unknown;
  /** What was learnt; plain data, so that a step can store it. */
  readonly model: unknown;
  /** What of it the graph cannot hold; survives JSON. */
  readonly bundle: unknown;
  readonly fitted: Fitted;
  readonly evaluation: TaskEvaluation;
  readonly answer: unknown;
}

/** A row of a user's file, of tasks that learn from such a list. */
export interface TaskRow<Input> {
  /** Its number; the first row under the header is 1. */
  readonly row: number;
  readonly input: Input;
  /** Absent where the file does not say. */
  readonly label?: string;
  /** Milliseconds since 1970, UTC. */
  readonly time?: number;
  /** Values of columns that slices are made of. */
  readonly slices?: Readonly<Record<string, string | null>>;
}

/** What a model would get of some rows of a list. */
export const inputsOfRows = <Input>(rows: readonly TaskRow<Input>[], at: Int32Array): Input[] =>
  Array.from(at, (i) => rows[i]!.input);

/** What people said of an input: it is learnt, or held back to compare on. */
export interface TaskCorrection<Input> {
  readonly input: Input;
  readonly label: string;
}

/** Where and how a task is fitted; a recipe's run gives it. */
export interface TaskContext {
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  readonly checkpoint?: { save(state: unknown): void; load(): unknown };
  progress?(what: Localized, done: number, total?: number): void;
  metric?(line: Readonly<Record<string, number | string>>): void;
}

export interface FitContext<Input> extends TaskContext {
  /** The run that is retrained: it holds out the same rows, else the two could not be compared. */
  readonly parent?:
    | {
        /** Row numbers. */
        readonly heldOut: readonly number[];
        /** Rows that its file had. */
        readonly rows: number;
        /** Of its model. */
        readonly bundle: unknown;
      }
    | undefined;
  readonly corrections?: readonly TaskCorrection<Input>[];
  /** The newest corrections, which neither this run nor its parent learns. */
  readonly recent?: readonly TaskCorrection<Input>[];
}

export interface Fitted {
  readonly model: unknown;
  /** Places among the rows that nothing was fitted on. */
  readonly test: Int32Array;
  readonly trainedOn: number;
  readonly notes: readonly Localized[];
}

/** A model that answers. */
export interface Opened<T extends TaskTypes = TaskTypes> {
  /** The labels that it can give, and that corrections may have. */
  readonly labels?: readonly string[];
  answer(inputs: readonly T['input'][]): Promise<T['answer'][]>;
  /** What it says of rows whose truth is known, in the form of held-out answers. */
  judge(inputs: readonly T['input'][], truth: Answers): Promise<Answers>;
  /** What monitoring watches of one input and its answer. */
  describe(input: T['input'], answer: T['answer']): { readonly inputs: Features; readonly outputs: Features };
  /** Which parts of each input carried its answer, the strongest first. */
  reasons?(inputs: readonly T['input'][]): Promise<Reason[][]>;
  close(): Promise<void>;
}

export interface Task<T extends TaskTypes = TaskTypes> {
  readonly name: string;
  readonly title: Localized;
  /** Whether rows must have labels. */
  readonly needsLabels: boolean;
  readonly options: z.ZodType<T['options']>;
  /** One element of a request, and what is answered to it. */
  readonly input: z.ZodType<T['input']>;
  readonly answer: z.ZodType<T['answer']>;
  /** The answer's fields that are columns of predictions. */
  readonly columns: Readonly<Record<string, Localized>>;
  /** @throws UserError where the rows cannot be learnt from */
  fit(rows: T['rows'], options: T['options'], context: FitContext<T['input']>): Promise<T['fitted']>;
  /** @param at Places among the rows @returns what the model would get of each */
  inputs(rows: T['rows'], at: Int32Array): T['input'][];
  /** The model as one graph. What turns an input into the graph's inputs is in the bundle. */
  graph(model: T['model']): Graph<Tensor>;
  bundle(model: T['model']): T['bundle'];
  /** @throws ZodError where the value is no bundle */
  parseBundle(value: unknown): T['bundle'];
  /** @param graph The bytes of the model's graph */
  open(bundle: T['bundle'], graph: Uint8Array): Promise<Opened<T>>;
  evaluate(
    fitted: T['fitted'],
    rows: T['rows'],
    context: TaskContext,
  ): Promise<{ readonly evaluation: T['evaluation']; readonly heldOut: HeldOut }>;
  /**
   * Weighs a challenger against the champion, both by what they said of the same held-out rows.
   *
   * @param recent What the champion says of the challenger's newest rows
   */
  compare(champion: HeldOut, challenger: HeldOut, recent?: Answers): Verdict;
  /** What was found, as lines for a terminal. */
  findings(evaluation: T['evaluation']): Localized[];
  sections(evaluation: T['evaluation']): Section[];
  card(evaluation: T['evaluation']): Pick<ModelCard, 'metrics' | 'limits' | 'made'>;
}
