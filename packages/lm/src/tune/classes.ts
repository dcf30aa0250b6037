/**
 * Texts and their classes: a head on a model, trained with adapters of its matrices or all of its weights. It is judged on texts held
 * out, beside what words alone come to: TF-IDF with logistic regression, fitted on the same training texts.
 */
import { Random, UserError } from '@gradus/base';
import { fitSoftmaxRegression, softmaxScores } from '@gradus/classical';
import { termFeatures } from '@gradus/data';
import type { Tensor } from '@gradus/engine';
import { crossEntropy } from '@gradus/nn';
import { bootstrapDifference, macroF1, wilsonInterval } from '@gradus/stats';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { type AnyModel, isEncoderModel } from '../model/load-any.ts';
import { classHead } from '../texts/class-head.ts';
import { headedWeights } from '../texts/headed-weights.ts';
import { runTexts } from '../texts/run-texts.ts';
import { batchOfTexts, hiddenOf, type TextBatch, textInputs } from '../texts/text-model.ts';
import type { ExampleOf, Examples } from './examples.ts';
import { headParameters } from './head-parameters.ts';
import { type HeldClasses, type Share, verdictOf } from './held.ts';
import { countOf, heldOutOf, type Learning } from './learn.ts';
import type { CheckedOptions } from './options.ts';
import { usableRows } from './read-rows.ts';
import { batchSizes, rowsAt } from './rows.ts';
import { cutTexts, seenText } from './texts-of-rows.ts';
import { fingerprintOf, resultOptions, trainedOf } from './trained.ts';
import type { OnLayer } from './trainer.ts';
import { writeClassifier } from './write-result.ts';

const SHOWN = 3;
const MOST_CLASSES = 1000;
const MOST_JUDGED = 2000;
/** Numbers of a batch's hidden states at most, over all layers. */
const MOST_HIDDEN = 2 ** 26;

/** Of each text held out, the class that is said. */
type Measured = readonly number[];

export async function classesOf(
  model: AnyModel,
  data: string,
  read: Examples,
  options: CheckedOptions,
  { threads, signal }: { threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<Learning<Measured>> {
  const { usable, setAside } = await usableRows(
    data,
    read,
    async (example) => example as ExampleOf<'class'>,
    signal,
  );
  const classes = [...new Set(usable.map(({ label }) => label))].sort();
  checkClasses(data, classes, usable.length);
  const labels = usable.map(({ label }) => classes.indexOf(label));
  const { tokens, length } = cutTexts(
    model,
    usable.map(({ text }) => text),
    options.length,
  );
  const held = heldOutOf(usable.length, options, MOST_JUDGED);
  const places = [...usable.keys()];
  const [training, heldOut] = [places.filter((i) => !held.has(i)), places.filter((i) => held.has(i))];
  const { config, json } = model;
  const { rowsPerBatch, accumulate } = batchSizes(
    options.batch ?? (training.length >= 160 ? 16 : undefined),
    training.length,
    Math.floor(MOST_HIDDEN / (length * config.hidden * config.layers.length)),
  );
  const perStep = rowsPerBatch * accumulate;
  const head = classHead(config, json, classes.length);
  const own = headParameters(head.weights, isEncoderModel(model) ? model.file : model.weights, options.seed);
  const logitsWith = (layers: LayerWeights, batch: TextBatch, onLayer?: OnLayer) =>
    head.logits(
      headedWeights(layers, own.weights, (name) => head.weights.has(name)),
      hiddenOf(config, layers, batch, onLayer),
      batch,
    );
  const trained = trainedOf(model, options, (layers) => logitsWith(layers, textInputs(1, 8)));
  const parameters = new Map([...trained.parameters, ...own.parameters]);
  const seen = training.reduce((sum, i) => sum + tokens[i]!.ids.length, 0);
  return {
    plan: {
      kind: 'class',
      classes,
      examples: training.length,
      heldOut: heldOut.length,
      setAside,
      cut: tokens.filter(({ cut }) => cut).length,
      length,
      rows: training.length,
      steps: Math.max(1, Math.ceil((training.length * options.epochs) / perStep)),
      rowsPerStep: perStep,
      tokens: seen,
      learntTokens: seen,
      trainedParameters: countOf(parameters),
      shown: training.slice(0, SHOWN).map((i) => `${seenText(model, tokens[i]!)} → ${classes[labels[i]!]}`),
    },
    fingerprint: fingerprintOf(
      model,
      { ...options, length, perStep },
      [...training, ...heldOut].map((i) => [tokens[i]!.ids, labels[i]]),
    ),
    parameters,
    loss({ labels: wanted, ...texts }, onLayer) {
      return crossEntropy(logitsWith(trained.weights, texts as unknown as TextBatch, onLayer), wanted!);
    },
    accumulate,
    learningRate: options.learningRate ?? (options.full ? 2e-5 : 5e-4),
    batchAt(n) {
      const rows = rowsAt(training, n, rowsPerBatch, options.seed);
      const wanted = BigInt64Array.from(rows, (i) => BigInt(labels[i]!));
      return {
        ...batchOfTexts(
          config,
          rows.map((i) => tokens[i]!.ids),
          length,
        ),
        labels: { dtype: 'int64', dims: [rows.length], data: wanted },
      };
    },
    async measure(when) {
      // Before, the head says nothing: the classes that are compared with come from words.
      if (when === 'before') return wordsAlone(usable, labels, training, heldOut, classes.length);
      const scores = await runTexts(
        config,
        (batch): Tensor => logitsWith(trained.weights, batch),
        heldOut.map((i) => tokens[i]!.ids),
        { threads, signal },
      );
      return scores.map(largest);
    },
    judge: (before, after) => ({
      held: judged(
        heldOut.map((i) => labels[i]!),
        { before, after, most: largestClass(labels, training), classes: classes.length },
        options.seed,
      ),
    }),
    write: (folder) =>
      writeClassifier(folder, model, trained, resultOptions(options), { head, own: own.parameters, classes }),
  };
}

/** @throws UserError where the labels are no classes */
function checkClasses(data: string, classes: readonly string[], rows: number): void {
  if (classes.length < 2) {
    throw new UserError({
      en: `${data}: all rows have the label "${classes[0]}"; there is nothing to tell apart`,
      zh: `${data}：所有行的标签都是“${classes[0]}”；没有可区分的类别`,
    });
  }
  if (classes.length > MOST_CLASSES || classes.length > rows / 2) {
    throw new UserError({
      en: `${data}: the label has ${classes.length} values in ${rows} rows: these are no classes. At most half as many as rows, and ${MOST_CLASSES}, can be learnt`,
      zh: `${data}：标签在 ${rows} 行中有 ${classes.length} 个取值，不是类别。类别数最多为行数的一半，且不超过 ${MOST_CLASSES}`,
    });
  }
}

const largest = (scores: ArrayLike<number>): number => {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[best]!) best = k;
  return best;
};

function largestClass(labels: readonly number[], training: readonly number[]): number {
  const counts: number[] = [];
  for (const i of training) counts[labels[i]!] = (counts[labels[i]!] ?? 0) + 1;
  return largest(Array.from(counts, (count) => count ?? 0));
}

/** The penalty of the words' regression, as that of the text recipes' baseline. */
const C = 4;
const WORDS = termFeatures({ tokens: 'words', longestRun: 2 });

function wordsAlone(
  rows: readonly ExampleOf<'class'>[],
  labels: readonly number[],
  training: readonly number[],
  heldOut: readonly number[],
  classes: number,
): number[] {
  const text = (i: number) => rows[i]!.text;
  const minDocuments = training.length < 200 ? 1 : 2;
  const { model, matrix } = WORDS.fitTransform(training.map(text), { minDocuments });
  const wanted = training.map((i) => labels[i]!);
  const fitted = fitSoftmaxRegression(matrix, wanted, { classes, c: C });
  const scores = softmaxScores(fitted, WORDS.transform(model, heldOut.map(text)));
  return heldOut.map((_, i) => largest(scores.subarray(i * classes, (i + 1) * classes)));
}

function judged(
  wanted: readonly number[],
  { before, after, most, classes }: { before: Measured; after: Measured; most: number; classes: number },
  seed: number | string,
): HeldClasses {
  const n = wanted.length;
  const rightOf = (said: Measured) => said.map((one, i) => Number(one === wanted[i]));
  const share = (right: readonly number[]): Share => {
    const count = right.reduce((a, b) => a + b, 0);
    return { value: count / n, interval: wilsonInterval(count, n) };
  };
  const [own, words, constant] = [after, before, wanted.map(() => most)].map(rightOf) as [
    number[],
    number[],
    number[],
  ];
  const [ofWords, ofConstant] = [share(words), share(constant)];
  const baseline = ofWords.value >= ofConstant.value ? words : constant;
  const mean = (right: readonly number[]) => (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length;
  const { difference, interval } = bootstrapDifference(
    mean(own),
    mean(baseline),
    n,
    new Random(seed).fork('classes'),
  );
  return {
    measure: 'accuracy',
    examples: n,
    gain: difference,
    gainInterval: interval,
    verdict: verdictOf(interval),
    accuracy: share(own),
    baseline: ofWords.value >= ofConstant.value ? ofWords : ofConstant,
    largestClass: ofConstant.value,
    macroF1: macroF1(wanted, after, classes),
  };
}
