/**
 * What a large model knows, in a small one that takes microseconds: of an encoder static embeddings; of a model that tells classes static
 * embeddings with a head, trained to say what it says of people's own texts. Both stand in one table with the teacher and with words
 * alone (TF-IDF), on texts held out: how right, how large, how fast.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import { fitSoftmaxRegression, softmaxScores } from '@gradus/classical';
import { readTable, type Tokenizer, termFeatures } from '@gradus/data';
import { type Interval, wilsonInterval } from '@gradus/stats';
import { z } from 'zod';
import { Embedder } from '../embed/embed.ts';
import { checkedFields } from '../json.ts';
import { isEncoderModel, loadAny } from '../model/load-any.ts';
import { isClassifier } from '../texts/class-head.ts';
import { Classifier } from '../texts/classifier.ts';
import { requireFree } from '../tune/learn.ts';
import { completeFolder } from '../written.ts';
import { staticEmbeddings } from './static-embeddings.ts';
import { StaticModel } from './static-model.ts';
import { trainStudent } from './student.ts';
import { largest, nearest, type Vectors, votes } from './vectors.ts';

export const DISTIL = z.strictObject({
  /** Numbers of a vector. */
  dimensions: z.int().min(2).max(4096).default(256),
  /** Of a student that tells classes. */
  epochs: z.int().min(1).max(1000).default(20),
  /** Share of the texts that is not learnt from. */
  heldOut: z.number().gt(0).max(0.5).default(0.2),
  seed: z.union([z.int(), z.string().max(1000)]).default(0),
});

export type DistilOptions = z.input<typeof DISTIL> & {
  /** The column of texts. Default text. */
  readonly column?: string;
  readonly out: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
};

/** One line of the table. */
export interface Compared {
  readonly model: 'teacher' | 'student' | 'words';
  /** Of texts held out: how often the class is the label's, or where there are no labels the teacher's. Of encoders: by the nearest texts that were learnt from. */
  readonly accuracy?: number;
  readonly interval?: Interval;
  /** Bytes of the model's files. */
  readonly bytes: number;
  /** Of one text at a time. */
  readonly milliseconds: number;
  /** By how many bytes the process grew to hold it. */
  readonly memory?: number;
}

export interface Distilled {
  readonly kind: 'classes' | 'embeddings';
  readonly out: string;
  readonly texts: number;
  readonly heldOut: number;
  /** Whether people's labels were there to judge by. */
  readonly labelled: boolean;
  readonly table: readonly Compared[];
  /** How often student and teacher agree: on the class, or on the nearest other text held out. */
  readonly agreement: number;
}

const LABELS = ['label', 'class', 'category', 'intent', 'sentiment'];
const MOST_HELD_OUT = 1000;
const TIMED = 50;
const C = 4;
const WORDS = termFeatures({ tokens: 'words', longestRun: 2 });

interface Data {
  readonly texts: readonly string[];
  /** Of each text; empty where there is no such column. */
  readonly labels: readonly string[];
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
}

/** What static embeddings are made of: vectors of texts, and the tokenizer whose tokens get one each. */
export interface Teacher {
  readonly tokenizer: Tokenizer;
  readonly bytes: number;
  /** [texts, dimensions] */
  embed(texts: readonly string[]): Promise<Vectors>;
}

/**
 * @param from a folder of an encoder, or of one that tells classes; or an encoder that is read in another way
 * @throws UserError where the teacher is neither, or there are too few texts
 */
export async function distil(from: string | Teacher, data: string, given: DistilOptions): Promise<Distilled> {
  const { out, column = 'text', threads, signal, ...asked } = given;
  const options = checkedFields('distil', asked, DISTIL);
  requireFree(out);
  const read = await readTexts(data, column, options, signal);
  const learnt = read.training.map((i) => read.texts[i]!);
  const { dimensions } = options;
  const before = process.memoryUsage.rss();
  const opened = typeof from === 'string' ? await openTeacher(from, { threads, signal }) : undefined;
  const teacher = opened ?? (from as Teacher);
  try {
    await teacher.embed(learnt.slice(0, TIMED));
    const memory = Math.max(0, process.memoryUsage.rss() - before);
    const { tokenizer } = teacher;
    const known = await teacher.embed(learnt);
    const table = await staticEmbeddings(tokenizer, learnt, {
      dimensions,
      embed: (texts) => teacher.embed(texts),
      known,
      seed: options.seed,
    });
    const found =
      opened?.tellsClasses === true
        ? await ofClassifier(from as string, read, { tokenizer, table, how: { threads, signal, ...options } })
        : await ofEncoder(teacher, read, new StaticModel(tokenizer, table), known);
    const { kind, agreement, student, judged } = found;
    completeFolder(out, `${out}.unfinished`, (folder) => student.write(folder));
    return {
      kind,
      agreement,
      out,
      texts: read.texts.length,
      heldOut: read.heldOut.length,
      labelled: read.labels.length > 0,
      table: [
        { model: 'teacher', ...judged.teacher, bytes: teacher.bytes, ...(opened && { memory }) },
        {
          model: 'student',
          ...judged.student,
          bytes: bytesOf(out),
          memory: student.table.data.byteLength,
        },
        ...(judged.words ? [{ model: 'words' as const, ...judged.words }] : []),
      ],
    };
  } finally {
    await opened?.close();
  }
}

interface OpenTeacher extends Teacher {
  readonly tellsClasses: boolean;
  close(): Promise<void>;
}

/** @throws UserError where it is no encoder */
async function openTeacher(
  path: string,
  { threads, signal }: { threads: number | undefined; signal: AbortSignal | undefined },
): Promise<OpenTeacher> {
  const model = await loadAny(path);
  const tellsClasses = isClassifier(model.json);
  const { tokenizer } = model;
  model.close();
  if (!isEncoderModel(model)) {
    throw new UserError({
      en: `${path}: small models are made of encoders and of encoders that tell classes; this one writes text. To classify with it, tune it to classes`,
      zh: `${path}：只能由编码器及其分类模型提炼小模型，而该模型用于生成文本`,
    });
  }
  const embedder = await Embedder.open(path, { threads });
  return {
    tokenizer,
    tellsClasses,
    bytes: bytesOf(path),
    embed: (texts) => embedder.embed(texts, { ...(signal && { signal }) }),
    close: () => embedder.close(),
  };
}

type Judged = Pick<Compared, 'accuracy' | 'interval' | 'milliseconds'>;

interface Found extends Pick<Distilled, 'kind' | 'agreement'> {
  readonly student: StaticModel;
  /** On texts held out. */
  readonly judged: {
    readonly teacher: Judged;
    readonly student: Judged;
    readonly words?: Judged & Pick<Compared, 'bytes'>;
  };
}

async function ofClassifier(
  path: string,
  { texts, labels, training, heldOut }: Data,
  {
    tokenizer,
    table,
    how,
  }: {
    tokenizer: StaticModel['tokenizer'];
    table: StaticModel['table'];
    how: z.output<typeof DISTIL> & { threads: number | undefined; signal: AbortSignal | undefined };
  },
): Promise<Found> {
  const { threads, signal } = how;
  const classifier = await Classifier.open(path, { threads });
  try {
    const { classes } = classifier;
    const of = { ...(signal && { signal }) };
    const said = await classifier.probabilities(
      [...training, ...heldOut].map((i) => texts[i]!),
      of,
    );
    const soft = said.slice(0, training.length);
    const student = await trainStudent(
      tokenizer,
      table,
      training.map((i) => texts[i]!),
      soft,
      { classes, epochs: how.epochs, seed: how.seed, threads, signal },
    );
    const teachers = said.slice(training.length).map(largest);
    const own = heldOut.map((i) => largest(student.probabilities(texts[i]!)));
    const truth = labels.length > 0 ? heldOut.map((i) => classes.indexOf(labels[i]!)) : teachers;
    const wanted = labels.length > 0 ? training.map((i) => classes.indexOf(labels[i]!)) : soft.map(largest);
    const words = wordModel(
      training.map((i) => texts[i]!),
      wanted,
      classes.length,
    );
    const judged = heldOut.map((i) => texts[i]!);
    const some = judged.slice(0, TIMED);
    return {
      kind: 'classes',
      student,
      agreement: shareOf(own, teachers).value,
      judged: {
        teacher: {
          ...accuracyOf(teachers, truth),
          milliseconds: await timed(some, (text) => classifier.probabilities([text])),
        },
        student: {
          ...accuracyOf(own, truth),
          milliseconds: await timed(some, (text) => student.probabilities(text)),
        },
        words: await judgedWords(words, judged, truth),
      },
    };
  } finally {
    await classifier.close();
  }
}

async function ofEncoder(
  teacher: Teacher,
  { texts, labels, training, heldOut }: Data,
  student: StaticModel,
  known: Vectors,
): Promise<Found> {
  const [learnt, judged] = [training, heldOut].map((rows) => rows.map((i) => texts[i]!)) as [
    string[],
    string[],
  ];
  const classes = [...new Set(labels)].sort();
  const truth = heldOut.map((i) => classes.indexOf(labels[i]!));
  const wanted = training.map((i) => classes.indexOf(labels[i]!));
  const [ofTeacher, ofStudent] = [await teacher.embed(judged), student.embed(judged)];
  const probe = (before: Vectors, own: Vectors) =>
    labels.length === 0 ? {} : accuracyOf(votes(before, wanted, own, classes.length), truth);
  const words = labels.length === 0 ? undefined : wordModel(learnt, wanted, classes.length);
  const some = judged.slice(0, TIMED);
  return {
    kind: 'embeddings',
    student,
    agreement: shareOf(nearest(ofStudent), nearest(ofTeacher)).value,
    judged: {
      teacher: {
        ...probe(known, ofTeacher),
        milliseconds: await timed(some, (text) => teacher.embed([text])),
      },
      student: {
        ...probe(student.embed(learnt), ofStudent),
        milliseconds: await timed(some, (text) => student.embed([text])),
      },
      ...(words && { words: await judgedWords(words, judged, truth) }),
    },
  };
}

async function judgedWords(
  { bytes, say }: ReturnType<typeof wordModel>,
  texts: readonly string[],
  truth: readonly number[],
): Promise<Judged & Pick<Compared, 'bytes'>> {
  return {
    ...accuracyOf(texts.map(say), truth),
    bytes,
    milliseconds: await timed(texts.slice(0, TIMED), say),
  };
}

async function readTexts(
  path: string,
  column: string,
  { heldOut: share, seed }: z.output<typeof DISTIL>,
  signal?: AbortSignal,
): Promise<Data> {
  const table = await readTable(path, { ...(signal && { signal }) });
  const lower = table.columns.map((name) => name.trim().toLowerCase());
  const [text, label] = [
    lower.indexOf(column.toLowerCase()),
    lower.findIndex((name) => LABELS.includes(name)),
  ];
  if (text < 0) {
    throw new UserError({
      en: `${path} has the columns ${table.columns.join(', ')}. Expected "${column}"; --column names another`,
      zh: `${path} 的列为 ${table.columns.join('、')}。应有 ${column}；可用 --column 指定`,
    });
  }
  // A text that stands twice would be learnt and judged.
  const rows = [...new Map(table.rows.map((cells) => [cells[text] ?? '', cells])).values()].filter(
    (cells) => (cells[text] ?? '').trim() !== '',
  );
  if (rows.length < 10) {
    throw new UserError({
      en: `${path} has ${rows.length} different texts; at least 10 are needed`,
      zh: `${path} 只有 ${rows.length} 条不同的文本；至少需要 10 条`,
    });
  }
  const order = [...new Random(seed).fork('held out').permutation(rows.length)];
  const count = Math.min(MOST_HELD_OUT, Math.max(2, Math.round(rows.length * share)));
  return {
    texts: rows.map((cells) => cells[text]!),
    labels: label < 0 ? [] : rows.map((cells) => (cells[label] ?? '').trim()),
    training: order.slice(count),
    heldOut: order.slice(0, count),
  };
}

function wordModel(texts: readonly string[], wanted: readonly number[], classes: number) {
  const known = [...wanted.keys()].filter((i) => wanted[i]! >= 0);
  const { model, matrix } = WORDS.fitTransform(
    known.map((i) => texts[i]!),
    { minDocuments: texts.length < 200 ? 1 : 2 },
  );
  const fitted = fitSoftmaxRegression(
    matrix,
    known.map((i) => wanted[i]!),
    { classes, c: C },
  );
  return {
    bytes: fitted.weights.byteLength + fitted.bias.byteLength,
    say: (text: string) => largest(softmaxScores(fitted, WORDS.transform(model, [text]))),
  };
}

function shareOf(a: readonly number[], b: readonly number[]) {
  const count = a.filter((one, i) => one === b[i]).length;
  return { value: count / a.length, interval: wilsonInterval(count, a.length) };
}

function accuracyOf(
  said: readonly number[],
  truth: readonly number[],
): Pick<Compared, 'accuracy' | 'interval'> {
  const { value, interval } = shareOf(said, truth);
  return { accuracy: value, interval };
}

/** Milliseconds of a text, one at a time. */
async function timed(texts: readonly string[], run: (text: string) => unknown): Promise<number> {
  await run(texts[0]!);
  const began = performance.now();
  for (const text of texts) await run(text);
  return (performance.now() - began) / texts.length;
}

const bytesOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
