/**
 * Text classification: which of several classes a text belongs to, learnt from texts that have one. A linear model of terms and
 * small convolutional networks, stacked and calibrated; it says nothing where it would break its promised error rate.
 */
import { UserError } from '@gradus/base';
import { cleanText, findDuplicates, stratifiedSplit } from '@gradus/data';
import { compile } from '@gradus/engine/node';
import { wilsonInterval } from '@gradus/stats';
import { z } from 'zod';
import { type Abstention, abstentionSchema, fitAbstention, isAnswered } from '../shared/abstention.ts';
import { evaluateClassifier } from '../shared/classifier.ts';
import { compareHeldOut } from '../shared/compare.ts';
import type { Estimate } from '../shared/estimate.ts';
import type { Answers, HeldOut } from '../shared/held-out.ts';
import { confidences, decide, hits, pickRows } from '../shared/probabilities.ts';
import type { Reason } from '../shared/reasons.ts';
import { rounded } from '../shared/rounded.ts';
import { slicesOf } from '../shared/slices.ts';
import { standingOf } from '../shared/standing.ts';
import {
  type FitContext,
  type Fitted,
  inputsOfRows,
  type Opened,
  type Task,
  type TaskCorrection,
  type TaskRow,
} from '../task.ts';
import { baselineProbabilities, orBaseline } from './baselines.ts';
import { textDescriber } from './describe.ts';
import type { TextEvaluation } from './evaluation.ts';
import type { TextFeatures } from './features.ts';
import { FEWEST_OF_CLASS, type Learning, learningOf, type TextCorrection } from './learning.ts';
import { type TextModel, textGraph } from './model.ts';
import { predictTexts } from './predict.ts';
import { textReasons } from './reasons.ts';
import { textCard, textFindings, textSections } from './report.ts';
import { runTexts } from './session.ts';
import { trainTexts } from './train.ts';
import { COLUMNS, learningNote, OPTION, tooFewClasses, tooFewTexts } from './words.ts';

const LONGEST_TEXT = 20_000;
/** Training texts that the abstention threshold is chosen on, and the fewest that can tell one. */
const CALIBRATION_SHARE = 0.15;
const FEWEST_CALIBRATION = 40;

export const TextOptions = z.strictObject({
  /** The error rate promised among answers; 1 promises nothing, so every text is answered. */
  errors: z.number().min(0.001).max(1).default(1).meta(OPTION.errors),
});
export type TextOptions = z.infer<typeof TextOptions>;

const Answer = z.object({
  /** Null where the model does not know: it would break its promised error rate. */
  label: z.string().nullable(),
  likeliest: z.string(),
  /** Of the likeliest class. */
  probability: z.number().min(0).max(1),
});
export type TextAnswer = z.infer<typeof Answer>;

const Bundle = z.object({
  format: z.literal('gradus-text-1'),
  classes: z.array(z.string()).min(2),
  vocabulary: z.array(z.string()),
  terms: z.array(z.string()),
  idf: z.array(z.number()),
  /** Absent from bundles of before there were two. */
  kind: z.enum(['runs', 'words']).default('runs'),
  abstention: abstentionSchema.nullable(),
});
export type TextBundle = z.infer<typeof Bundle>;

export interface TextTaskModel {
  readonly text: TextModel;
  /** Null where nothing was promised, or too few texts could tell a threshold. */
  readonly abstention: Abstention | null;
}

export interface TextFitted extends Fitted {
  readonly model: TextTaskModel;
  readonly recent: Learning['recent'];
  /** Each baseline's probabilities for the test texts. */
  readonly baselines: Readonly<Record<string, Float32Array>>;
}

export interface TextTypes {
  readonly input: string;
  readonly rows: readonly TaskRow<string>[];
  readonly options: TextOptions;
  readonly model: TextTaskModel;
  readonly bundle: TextBundle;
  readonly fitted: TextFitted;
  readonly evaluation: TextEvaluation;
  readonly answer: TextAnswer;
}

export const textClassification: Task<TextTypes> = {
  name: 'text',
  title: { en: 'Text classification', zh: '文本分类' },
  needsLabels: true,
  options: TextOptions,
  input: z.string().max(LONGEST_TEXT),
  answer: Answer,
  columns: COLUMNS,
  fit,
  inputs: inputsOfRows,
  graph: ({ text }) => textGraph(text),
  bundle: ({ text: { classes, features }, abstention }) => ({
    format: 'gradus-text-1',
    classes: [...classes],
    vocabulary: [...features.vocabulary.tokens],
    terms: [...features.terms.terms],
    idf: Array.from(features.terms.idf),
    kind: features.kind,
    abstention,
  }),
  parseBundle: (value) => Bundle.parse(value),
  open,
  evaluate,
  compare: (champion, challenger, recent) => compareHeldOut(champion, challenger, { recent }),
  findings: textFindings,
  sections: textSections,
  card: textCard,
};

async function fit(
  rows: readonly TaskRow<string>[],
  { errors }: TextOptions,
  context: FitContext<string>,
): Promise<TextFitted> {
  const { random, signal, checkpoint, parent } = context;
  const counts = Map.groupBy(
    rows.filter(({ label }) => label !== undefined),
    ({ label }) => label!,
  );
  const frequent = [...counts].filter(([, of]) => of.length >= FEWEST_OF_CLASS).map(([name]) => name);
  // A retrained run keeps the classes of its parent, else the two could not be compared.
  const classes = parent ? Bundle.parse(parent.bundle).classes : frequent.sort();
  if (classes.length < 2) throw new UserError(tooFewClasses(counts.size));
  const unlearnt = [...counts.keys()].filter((name) => !classes.includes(name));

  const texts = rows.map(({ row, input, label }) => {
    const index = label === undefined ? -1 : classes.indexOf(label);
    return { row, text: cleanText(input), ...(index >= 0 && { label: index }) };
  });
  const { learning, notes } = learningOf(texts, {
    classes: classes.length,
    groups: findDuplicates(texts.map(({ text }) => text)),
    random,
    parent,
    corrections: known(context.corrections, classes),
    recent: known(context.recent, classes),
  });
  if (!learning) {
    const labelled = texts.filter(({ label }) => label !== undefined).length;
    throw new UserError(notes[0] ? learningNote(notes[0]) : tooFewTexts(labelled));
  }
  const { train, calibration } = divide(learning, errors, context);
  const tested = Array.from(learning.test, (i) => texts[i]!.text);
  const trained = await trainTexts(train.texts, train.labels, {
    classes,
    random: random.fork('text'),
    groups: train.groups,
    ...(signal && { signal }),
    ...(checkpoint && { checkpoint }),
    onProgress: (done, total) => context.progress?.({ en: 'texts', zh: '文本' }, done, total),
    onEpoch: (line) => context.metric?.(line),
  });
  const baselines = baselineProbabilities(train.texts, train.labels, tested, classes.length);
  const { model: text, isBaseline } = await orBaseline(trained, {
    train,
    test: { texts: tested, labels: Array.from(learning.test, (i) => texts[i]!.label!) },
    baseline: baselines.tfidfLogistic,
    signal,
  });
  return {
    model: { text, abstention: calibration && (await abstentionOf(text, calibration, errors, signal)) },
    test: learning.test,
    recent: learning.recent,
    trainedOn: train.texts.length,
    baselines,
    notes: [
      ...(unlearnt.length > 0 ? [learningNote({ code: 'unlearnt', classes: unlearnt })] : []),
      ...notes.map(learningNote),
      ...(isBaseline ? [learningNote({ code: 'baseline' })] : []),
      ...(errors < 1 && !calibration ? [learningNote({ code: 'no-promise' })] : []),
    ],
  };
}

type Texts = Pick<Learning, 'texts' | 'labels' | 'groups'>;

/** Texts to train on, and texts that the model does not meet, to choose the abstention threshold on. */
function divide(
  learning: Learning,
  errors: number,
  { random }: FitContext<string>,
): { readonly train: Texts; readonly calibration: Texts | null } {
  if (errors === 1 || learning.texts.length * CALIBRATION_SHARE < FEWEST_CALIBRATION)
    return { train: learning, calibration: null };
  const { labels, groups } = learning;
  const split = stratifiedSplit(
    labels,
    { test: CALIBRATION_SHARE, validation: 0, groups },
    random.fork('calibration'),
  );
  const pick = (rows: Int32Array): Texts => ({
    texts: Array.from(rows, (row) => learning.texts[row]!),
    labels: Uint16Array.from(rows, (row) => labels[row]!),
    groups: rows.map((row) => groups[row]!),
  });
  return { train: pick(split.train), calibration: pick(split.test) };
}

async function abstentionOf(
  text: TextModel,
  { texts, labels }: Texts,
  errorRate: number,
  signal: AbortSignal | undefined,
): Promise<Abstention> {
  const probabilities = await predictTexts(text, texts, signal);
  const classes = text.classes.length;
  return fitAbstention(confidences(probabilities, classes), hits(labels, probabilities, classes), {
    errorRate,
  });
}

const known = (
  corrections: readonly TaskCorrection<string>[] = [],
  classes: readonly string[],
): TextCorrection[] =>
  corrections.flatMap(({ input, label }) => {
    const index = classes.indexOf(label);
    return index < 0 ? [] : [{ text: input, label: index }];
  });

async function evaluate(
  { model: { text, abstention }, test, recent, baselines, trainedOn }: TextFitted,
  rows: readonly TaskRow<string>[],
  { random, signal }: Pick<FitContext<string>, 'random' | 'signal'>,
): Promise<{ evaluation: TextEvaluation; heldOut: HeldOut }> {
  const classes = [...text.classes];
  const tested = Array.from(test, (i) => rows[i]!);
  const texts = tested.map(({ input }) => cleanText(input));
  const labels = tested.map(({ label }) => classes.indexOf(label!));
  const probabilities = await predictTexts(text, texts, signal);
  const classifier = evaluateClassifier(
    { labels, probabilities, baselines, temperature: text.temperature, trainedOn, classes: classes.length },
    random.fork('evaluation'),
  );
  const answers = (of: readonly number[], said: Float32Array): Answers => ({
    kind: 'classes',
    classes,
    labels: [...of],
    probabilities: Array.from(said),
  });
  const columns = new Set(tested.flatMap(({ slices = {} }) => Object.keys(slices)));
  const heldOut: HeldOut = {
    rows: tested.map(({ row }) => row),
    answers: answers(labels, probabilities),
    slices: Object.fromEntries(
      [...columns].map((column) => [column, tested.map(({ slices }) => slices?.[column] ?? null)]),
    ),
    times: tested.map(({ time }) => time ?? null),
    ...(recent && {
      recent: {
        inputs: [...recent.texts],
        answers: answers(recent.labels, await predictTexts(text, recent.texts, signal)),
      },
    }),
  };
  const right = hits(labels, probabilities, classes.length);
  const { accuracy, baselines: scores, bestBaseline, pValue } = classifier;
  const baseline = scores[bestBaseline]!.accuracy.value;
  return {
    evaluation: {
      classes,
      classifier,
      figure: { name: 'accuracy', isGain: true, ...accuracy },
      baseline: { name: bestBaseline, value: baseline },
      pValue,
      standing: standingOf(accuracy.value - baseline, pValue),
      n: classifier.n,
      trainedOn,
      slices: slicesOf(heldOut).map(({ name, rows }) => ({
        name,
        n: rows.length,
        ...shareOf(pickRows(right, rows)),
      })),
      metrics: {
        accuracy: accuracy.value,
        macroF1: classifier.macroF1.value,
        ...(classifier.auc && { auc: classifier.auc.value }),
        calibrationError: classifier.calibrationError,
      },
      abstention: abstention && promiseKept(abstention, probabilities, right, classes.length),
    },
    heldOut,
  };
}

function promiseKept(
  rule: Abstention,
  probabilities: Float32Array,
  right: Uint8Array,
  classes: number,
): NonNullable<TextEvaluation['abstention']> {
  const isGiven = Array.from(confidences(probabilities, classes), (p) => isAnswered(rule, p));
  const wrong = Array.from(right)
    .filter((_, i) => isGiven[i])
    .map((hit) => 1 - hit);
  return { errorRate: rule.errorRate, coverage: shareOf(isGiven.map(Number)), observed: shareOf(wrong) };
}

function shareOf(values: ArrayLike<number>): Estimate {
  const n = values.length;
  const sum = Array.from(values).reduce((a, b) => a + b, 0);
  return { value: n === 0 ? 0 : sum / n, interval: n === 0 ? [0, 1] : wilsonInterval(sum, n) };
}

async function open(bundle: TextBundle, graph: Uint8Array): Promise<Opened<TextTypes>> {
  const { classes, abstention } = bundle;
  const features: TextFeatures = {
    vocabulary: { tokens: bundle.vocabulary },
    terms: { terms: bundle.terms, idf: Float32Array.from(bundle.idf) },
    kind: bundle.kind,
  };
  // One thread: requests share the cores, and a short text is not worth dividing.
  const model = await compile(graph, { threads: 1 });
  const describeText = textDescriber(features);
  /** [texts, classes] */
  const probabilitiesOf = (texts: readonly string[]) =>
    runTexts(model, features, texts.map(cleanText), 'probabilities');
  /** As held-out answers have them: of two classes the second alone. */
  const narrow = (probabilities: Float32Array) =>
    classes.length === 2 ? probabilities.filter((_, i) => i % 2 === 1) : probabilities;
  return {
    labels: classes,
    answer: async (texts) => {
      const probabilities = narrow(await probabilitiesOf(texts));
      const sure = confidences(probabilities, classes.length);
      return Array.from(decide(probabilities, classes.length), (index, i): TextAnswer => {
        const likeliest = classes[index]!;
        const isGiven = !abstention || isAnswered(abstention, sure[i]!);
        return { label: isGiven ? likeliest : null, likeliest, probability: sure[i]! };
      });
    },
    judge: async (texts, truth) =>
      truth.kind === 'classes'
        ? { ...truth, probabilities: Array.from(narrow(await probabilitiesOf(texts))) }
        : truth,
    describe: (text, { likeliest, probability }) => ({
      inputs: describeText(text),
      outputs: { label: likeliest, probability: rounded(probability) },
    }),
    reasons: async (texts) => {
      const reasons: Reason[][] = [];
      for (const text of texts)
        reasons.push(await textReasons(cleanText(text), classes.length, probabilitiesOf));
      return reasons;
    },
    close: () => model.close(),
  };
}
