/**
 * A recipe from a task: everything that a recipe declares but its name, its words and what it takes.
 *
 *     recipe({
 *       name: 'tickets', title, about, version: 1, takes: TAKES, options: TextOptions,
 *       ...textLearner(textClassification, { takes: TAKES, title, example: ['where is my parcel?'] }),
 *     })
 */
import { join } from 'node:path';
import { count, type Localized } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { type Graph, writeOnnx } from '@gradus/engine';
import {
  type Made,
  MODEL_FILE,
  mainSource,
  REFERENCE_FILE,
  type Recipe,
  type RunContext,
  referenceJson,
  type ServiceDeclaration,
  type StepOutputs,
  type Summary,
  type Takes,
} from '@gradus/loop';
import type { Section } from '@gradus/report';
import { z } from 'zod';
import { HELD_OUT_FILE, type HeldOut, readHeldOut } from '../shared/held-out.ts';
import { referenceOf } from '../shared/reference.ts';
import type { FitContext, Task, TaskContext, TaskCorrection, TaskTypes } from '../task.ts';
import { fitsRoles } from './columns.ts';
import { readTextRows, type TaskData } from './read.ts';
import { BUNDLE_FILE, openTask, readBundle, type TextTypesOf, taskService } from './service.ts';
import { readTaskSummary, TaskSummary } from './summary.ts';

export interface LearnerOptions {
  readonly takes: Takes;
  /** The recipe's title, for its report and card. */
  readonly title: Localized;
  /** What the model is meant for, on its card. Default: the task's title. */
  readonly purpose?: Localized;
}

export interface TextLearnerOptions extends LearnerOptions {
  /** Texts of ordinary size: a request to try. */
  readonly example: readonly string[];
}

/** What of a learner depends on what its task learns from. */
export interface LearnerParts<T extends TaskTypes> {
  read(run: RunContext): Promise<TaskData<T['rows']>>;
  readonly service: ServiceDeclaration;
  /** An input and a label of a correction that the service's schema has checked. */
  correction(correction: unknown): TaskCorrection<T['input']>;
  handOver?: Recipe['handOver'];
  /** What the run's summary has beside what it has of every task. */
  readonly summary?: {
    readonly schema: z.ZodObject;
    of(made: Pick<LearnerOutputs<T>, 'prepare' | 'train' | 'evaluate'>): Readonly<Record<string, unknown>>;
  };
  /** Of the report and the card, before the file's name. Default: the recipe's title. */
  title?(data: TaskData<T['rows']>): Localized;
  /** Sections of the report, where they need more than the evaluation. */
  sections?(made: Pick<LearnerOutputs<T>, 'prepare' | 'train' | 'evaluate'>): readonly Section[];
}

/** What the steps of such a recipe return. */
export interface LearnerOutputs<T extends TaskTypes> extends StepOutputs {
  readonly prepare: TaskData<T['rows']>;
  readonly process: null;
  readonly build: null;
  readonly train: T['fitted'];
  readonly evaluate: { readonly evaluation: T['evaluation']; readonly heldOut: HeldOut };
  readonly deploy: TaskSummary;
}

type Learner<T extends TaskTypes> = Pick<
  Recipe<unknown, LearnerOutputs<T>>,
  'fits' | 'steps' | 'summary' | 'report' | 'card' | 'service' | 'handOver' | 'compare'
> & { findings(summary: Summary): readonly Localized[] };

/** A learner from texts. */
export function textLearner<T extends TextTypesOf>(
  task: Task<T>,
  { example, ...options }: TextLearnerOptions,
): Learner<T> {
  const { roles } = options.takes[mainSource(options.takes)]!;
  const role = Object.keys(roles).find((name) => roles[name]!.kind === 'text')!;
  return learner(task, options, {
    read: (run) => readTextRows(run, options.takes),
    service: taskService(task, { example, role }),
    correction: (correction) => {
      const { text, label } = correction as { readonly text: string; readonly label: string };
      return { input: text, label };
    },
  });
}

export function learner<T extends TaskTypes>(
  task: Task<T>,
  { takes, title, purpose = task.title }: LearnerOptions,
  parts: LearnerParts<T>,
): Learner<T> {
  const { roles } = takes[mainSource(takes)]!;
  return {
    fits: (profile) => fitsRoles(profile, roles),
    steps: {
      prepare: ({ run }) => parts.read(run),
      process: () => null,
      build: () => null,
      train: ({ run, prepare: { rows } }) =>
        task.fit(rows, optionsOf(task, run), fitContext(task, run, parts.correction)),
      evaluate: ({ run, prepare: { rows }, train }) => task.evaluate(train, rows, taskContext(run)),
      deploy: async ({ run, ...made }) => ({
        ...(await deploy(task, run, made)),
        ...parts.summary?.of(made),
      }),
    },
    summary: TaskSummary.extend(parts.summary?.schema.shape ?? {}),
    findings: (summary) => {
      const { findings, notes } = TaskSummary.parse(summary);
      return [...findings, ...notes];
    },
    report: (made) => {
      const findings = task.findings(made.evaluate.evaluation);
      return {
        title: inFile(parts.title?.(made.prepare) ?? title, made.prepare),
        lead: findings[0] ?? title,
        sections: [
          ...(parts.sections?.(made) ?? task.sections(made.evaluate.evaluation)),
          dataSection(made.prepare, roles),
        ],
      };
    },
    card: (made) => ({
      ...task.card(made.evaluate.evaluation),
      title: inFile(parts.title?.(made.prepare) ?? title, made.prepare),
      purpose,
      data: [readInWords(made.prepare), ...notesOf(made)],
    }),
    service: parts.service,
    ...(parts.handOver && { handOver: parts.handOver }),
    compare: async (champion, challenger) => {
      const [old, fresh] = [readHeldOut(champion), readHeldOut(challenger)];
      if (!fresh.recent) return task.compare(old, fresh);
      const opened = await openTask(task, champion);
      try {
        const inputs = fresh.recent.inputs.map((input) => task.input.parse(input));
        return task.compare(old, fresh, await opened.judge(inputs, fresh.recent.answers));
      } finally {
        await opened.close();
      }
    },
  };
}

/** The task's own among a recipe's options. */
function optionsOf<T extends TaskTypes>(task: Task<T>, { options }: RunContext): T['options'] {
  const given: Readonly<Record<string, unknown>> = { ...(options as object) };
  const names = task.options instanceof z.ZodObject ? Object.keys(task.options.shape) : [];
  return task.options.parse(Object.fromEntries(names.map((name) => [name, given[name]])));
}

const taskContext = ({ random, signal, checkpoint, progress, metric }: RunContext): TaskContext => ({
  random,
  signal,
  checkpoint,
  progress,
  metric,
});

function fitContext<T extends TaskTypes>(
  task: Task<T>,
  run: RunContext,
  corrected: LearnerParts<T>['correction'],
): FitContext<T['input']> {
  const { parent } = run;
  return {
    ...taskContext(run),
    parent: parent && {
      heldOut: readHeldOut(parent.directory).rows,
      rows: readTaskSummary(parent).rows.read,
      bundle: readBundle(task, parent.directory),
    },
    corrections: run.corrections.map(corrected),
    recent: run.recent.map(corrected),
  };
}

/** Inputs that are raw columns of numbers, in which not-a-number is a missing cell, for whoever serves the file; one a line. */
const columnsOfNumbers = ({ inputs }: Graph): string =>
  Object.keys(inputs)
    .filter((name) => inputs[name]!.dtype === 'float64')
    .join('\n');

async function deploy<T extends TaskTypes>(
  task: Task<T>,
  run: RunContext,
  {
    prepare,
    train: { model, test, notes },
    evaluate: { evaluation, heldOut },
  }: Pick<LearnerOutputs<T>, 'prepare' | 'train' | 'evaluate'>,
): Promise<TaskSummary> {
  const { rows, used, file, read, setAside, columns } = prepare;
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(run.directory, name), content);
  const traced = task.graph(model);
  const graph = writeOnnx(traced, { task: task.name, run: run.id, missing: columnsOfNumbers(traced) });
  const bundle = task.bundle(model);
  write(MODEL_FILE, graph);
  write(BUNDLE_FILE, JSON.stringify(bundle));
  write(HELD_OUT_FILE, JSON.stringify(heldOut));
  const opened = await task.open(bundle, graph);
  try {
    const reference = await referenceOf({
      run,
      inputs: task.inputs(rows, test),
      source: { en: 'rows held out of training', zh: '未用于训练的数据' },
      describe: async (inputs) => {
        const answers = await opened.answer(inputs);
        return inputs.map((input, i) => opened.describe(input, answers[i]!));
      },
    });
    write(REFERENCE_FILE, referenceJson(reference));
  } finally {
    await opened.close();
  }
  const { metrics, figure, baseline, pValue, standing, n, trainedOn } = evaluation;
  const { name, value, interval } = figure;
  return {
    metrics: { ...metrics },
    file,
    rows: { read, used, setAside },
    columns: { ...columns },
    figure: { name, value, interval: [...interval] },
    baseline: { ...baseline },
    pValue,
    standing,
    n,
    trainedOn,
    findings: task.findings(evaluation),
    notes: [...prepare.notes, ...notes],
  };
}

const inFile = ({ en, zh }: Localized, { file }: TaskData<unknown>): Localized => ({
  en: `${en}: ${file}`,
  zh: `${zh}：${file}`,
});

const notesOf = <T extends TaskTypes>({
  prepare,
  train,
}: Pick<Made<unknown, LearnerOutputs<T>>, 'prepare' | 'train'>): Localized[] => [
  ...prepare.notes,
  ...train.notes,
];

const readInWords = ({ file, read, used, setAside }: TaskData<unknown>): Localized => ({
  en: `${file}: ${count(read)} rows read, ${count(used)} used, ${count(setAside)} set aside.`,
  zh: `${file}：读取 ${count(read)} 行，使用 ${count(used)} 行，搁置 ${count(setAside)} 行。`,
});

/** Which columns were taken for what. */
function dataSection(data: TaskData<unknown>, roles: Takes[string]['roles']): Section {
  return {
    id: 'data',
    title: { en: 'Data', zh: '数据' },
    blocks: [
      { kind: 'text', text: readInWords(data) },
      {
        kind: 'table',
        columns: [{ label: { en: 'Role', zh: '角色' } }, { label: { en: 'Column', zh: '列' } }],
        rows: Object.entries(roles).map(([name, { title }]) => [title, data.columns[name] ?? '–']),
      },
    ],
  };
}
