/**
 * An operation: one thing that Gradus can do, declared once. The command, the route, its part of the OpenAPI document, the
 * client's method and the page of the manual are all made from the declaration:
 *
 *     export const promote = operation({
 *       name: 'models.promote',
 *       title: { en: 'make a version the champion', zh: '将某个版本设为冠军' },
 *       scope: 'admin',
 *       input: z.strictObject({ model: modelName, version: field(z.int().min(1), { en: 'its number', zh: '版本号' }) }),
 *       output: z.strictObject({ model: z.string(), version: z.int() }),
 *       http: { method: 'post', path: '/v1/models/:model/promote' },
 *       cli: { command: 'promote', positionals: ['model', 'version'], render: ({ model }) => [{ en: …, zh: … }] },
 *       run: async ({ model, version }, workspace) => …,
 *     });
 *
 * What differs between a command and a request is small, and is said by the hints `http` and `cli`; neither repeats the input.
 * (tRPC's procedures, one declaration of input, output and resolver, are the model: trpc.io/docs/server/procedures.)
 */
import type { Localized } from '@gradus/base';
import type { z } from 'zod';
import type { Scope } from '../keys/caller.ts';
import type { Workspace } from './workspace.ts';

/** A line for a terminal; `note` is not the answer but about it, and goes to stderr. */
export type Line = Localized & { readonly note?: true };

/** A line that is the same in both languages: a path, a row of a table. */
export const plainLine = (text: string): Line => ({ en: text, zh: text });

/** A value as JSON, a line for each of its own. */
export const jsonLines = (value: unknown): Line[] =>
  JSON.stringify(value, null, 2).split('\n').map(plainLine);

export interface HttpHint {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Parameters of the path, `:model`, are fields of the input. The rest is the query of GET and DELETE, and else the JSON body. */
  readonly path: string;
  /** The whole body is the field of this name. */
  readonly body?: string;
  /** The output is a list; it travels as the one field of this name, so that fields can be added beside it. */
  readonly list?: string;
  /** Of the answer. Default 200; jobs are answered with 202. */
  readonly status?: 200 | 201 | 202;
}

export interface CliHint<In, Out> {
  /** As it is typed: `models show`. */
  readonly command: string;
  /** Fields that are given by their place. A list or a record takes all that follow. */
  readonly positionals?: readonly (keyof In & string)[];
  /** Flags that are not the field's own name: `gates` is given as `--gate`, once for each. */
  readonly flags?: { readonly [F in keyof In & string]?: string };
  /** Fields that only programs give. */
  readonly hidden?: readonly (keyof In & string)[];
  /**
   * The output for people.
   *
   * @param wrote The file or folder that was written, of operations that write one
   */
  render(output: Out, input: In, wrote: string): readonly Line[];
  /** Whether the answer is that something fails: the command then ends with exit code 3. */
  fails?(output: Out): boolean;
}

/** That the operation takes long: over HTTP it is a job, whose result is the output. In a command it runs in its own process. */
export interface JobHint<In, Out> {
  /**
   * What the job is about, of which one at a time is enough, and the input as it shall be kept until the job begins.
   * Default: any number of jobs, and the input as it is.
   */
  about?(input: In, workspace: Workspace): Promise<{ readonly about: string; readonly input: In }>;
  /** Names of the files that it wrote, the main one first, for whoever fetches them. */
  files?(output: Out): readonly string[];
}

/** That the operation writes a file or a folder: a command names it with `--out`, a job has it in its own directory. */
export interface WriteHint {
  readonly title: Localized;
  readonly isRequired?: boolean;
}

/** The value as JSON has it, in any depth read-only: what functions return need not be what may be changed. */
export type Plain<T> = T extends readonly unknown[]
  ? { readonly [I in keyof T]: Plain<T[I]> }
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;

export interface OperationDeclaration<In extends z.ZodType, Out extends z.ZodType> {
  /** Unique; the client's method: `models.promote`. */
  readonly name: string;
  /** What it does, as a sentence without subject: "make a version the champion". */
  readonly title: Localized;
  /** What a key must be allowed to ask for it over HTTP. */
  readonly scope: Scope;
  readonly input: In;
  readonly output: Out;
  readonly http: HttpHint;
  /** Undefined where people have a better command: `train` is one command a recipe. */
  readonly cli?: CliHint<z.output<In>, z.output<Out>>;
  readonly job?: JobHint<z.output<In>, z.output<Out>>;
  readonly writes?: WriteHint;
  /** @throws UserError where the input cannot be worked with */
  run(input: z.output<In>, workspace: Workspace): Promise<Plain<z.input<Out>>>;
}

/** Any operation, as tables hold it. */
export type Operation = OperationDeclaration<z.ZodType, z.ZodType>;

/** Declares an operation: the types of its hints and of `run` follow from its schemas. */
export const operation = <In extends z.ZodType, Out extends z.ZodType>(
  declaration: OperationDeclaration<In, Out>,
): OperationDeclaration<In, Out> => declaration;
