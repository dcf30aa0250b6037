/**
 * Pairs of texts that belong together: an encoder learns to find each text's partner among those of the others in its batch
 * (multiple negatives ranking; Henderson et al., 2017). It is judged by how many texts held out find their partner among all partners
 * held out, before and after, beside what words alone find (TF-IDF).
 */
import { Random, UserError } from '@gradus/base';
import { termFeatures } from '@gradus/data';
import type { HostTensor, Tensor } from '@gradus/engine';
import { infoNce } from '@gradus/nn';
import { bootstrapDifference, wilsonInterval } from '@gradus/stats';
import { pooled } from '../graph/encoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { type AnyModel, isEncoderModel } from '../model/load-any.ts';
import { runTexts } from '../texts/run-texts.ts';
import { batchOfTexts, hiddenOf, type TextBatch, textInputs } from '../texts/text-model.ts';
import type { ExampleOf, Examples } from './examples.ts';
import { type HeldPairs, type Share, verdictOf } from './held.ts';
import { countOf, heldOutOf, type Learning } from './learn.ts';
import type { CheckedOptions } from './options.ts';
import { usableRows } from './read-rows.ts';
import { rowsAt } from './rows.ts';
import { cutTexts, seenText } from './texts-of-rows.ts';
import { fingerprintOf, resultOptions, trainedOf } from './trained.ts';
import type { OnLayer } from './trainer.ts';
import { writeEmbedder } from './write-result.ts';

const SHOWN = 2;
const MOST_JUDGED = 1000;
/** Pairs of a step: each is told apart from all others in it. */
const BATCH = 32;
/** That of sentence-transformers: a scale of 20. */
const TEMPERATURE = 0.05;
const KS = [1, 5, 10];

/** Of each pair held out, the rank of its partner, from 1; and by words alone. */
interface Measured {
  readonly ranks: readonly number[];
  readonly words: readonly number[];
}

export async function pairsOf(
  model: AnyModel,
  data: string,
  read: Examples,
  options: CheckedOptions,
  { threads, signal }: { threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<Learning<Measured>> {
  if (!isEncoderModel(model)) {
    throw new UserError({
      en: `${data} has pairs of texts, which embedders learn from; ${model.path} is a model that writes. Bring an encoder, or rows of prompt and completion`,
      zh: `${data} 中是成对文本，用于训练嵌入模型；而 ${model.path} 是生成模型。请改用编码器，或提供 prompt 与 completion 数据`,
    });
  }
  const { usable, setAside } = await usableRows(
    data,
    read,
    async (example) => example as ExampleOf<'pair'>,
    signal,
  );
  const { tokens, length } = cutTexts(
    model,
    usable.flatMap(({ text, partner }) => [text, partner]),
    options.length,
  );
  const { config, pooling } = model;
  const held = heldOutOf(usable.length, options, MOST_JUDGED);
  const places = [...usable.keys()];
  const heldOut = places.filter((i) => held.has(i));
  // A partner that is also asked for among those held out would be learnt.
  const asked = new Set(heldOut.flatMap((i) => [usable[i]!.text, usable[i]!.partner]));
  const training = places.filter(
    (i) => !held.has(i) && !asked.has(usable[i]!.text) && !asked.has(usable[i]!.partner),
  );
  if (training.length < 2) {
    throw new UserError({
      en: `${data}: ${training.length} pairs are left to learn from when those with texts held out are left out`,
      zh: `${data}：去掉含有留出文本的配对后，只剩 ${training.length} 对可供学习`,
    });
  }
  const rowsPerBatch = Math.min(options.batch ?? BATCH, training.length);
  const vectors = (layers: LayerWeights, batch: TextBatch, onLayer?: OnLayer): Tensor =>
    pooled(hiddenOf(config, layers, batch, onLayer), batch.mask, pooling, true);
  const trained = trainedOf(model, options, (layers) => vectors(layers, textInputs(1, 8)));
  const learnt = training.reduce(
    (sum, i) => sum + tokens[2 * i]!.ids.length + tokens[2 * i + 1]!.ids.length,
    0,
  );
  return {
    plan: {
      kind: 'pair',
      examples: training.length,
      heldOut: heldOut.length,
      setAside,
      cut: tokens.filter(({ cut }) => cut).length,
      length,
      rows: training.length,
      steps: Math.max(1, Math.ceil((training.length * options.epochs) / rowsPerBatch)),
      rowsPerStep: rowsPerBatch,
      tokens: learnt,
      learntTokens: learnt,
      trainedParameters: countOf(trained.parameters),
      shown: training
        .slice(0, SHOWN)
        .map((i) => `${seenText(model, tokens[2 * i]!)} ~ ${seenText(model, tokens[2 * i + 1]!)}`),
    },
    fingerprint: fingerprintOf(
      model,
      { ...options, length, rowsPerBatch },
      [...training, ...heldOut].map((i) => [tokens[2 * i]!.ids, tokens[2 * i + 1]!.ids]),
    ),
    parameters: trained.parameters,
    loss({ counted, ...batch }, onLayer) {
      const both = vectors(trained.weights, batch as unknown as TextBatch, onLayer);
      const [own, partners] = both.split([rowsPerBatch, rowsPerBatch], 0) as [Tensor, Tensor];
      return infoNce(own, partners, TEMPERATURE, counted!);
    },
    accumulate: 1,
    learningRate: options.learningRate ?? (options.full ? 2e-5 : 2e-4),
    batchAt(n) {
      const rows = rowsAt(training, n, rowsPerBatch, options.seed);
      const texts = [...rows.map((i) => 2 * i), ...rows.map((i) => 2 * i + 1)];
      return {
        ...batchOfTexts(
          config,
          texts.map((i) => tokens[i]!.ids),
          length,
        ),
        counted: countedOnce(rows.map((i) => usable[i]!)),
      };
    },
    async measure(when) {
      const found = await runTexts(
        config,
        (batch) => vectors(trained.weights, batch),
        heldOut.flatMap((i) => [tokens[2 * i]!.ids, tokens[2 * i + 1]!.ids]),
        { threads, signal },
      );
      const rows = heldOut.map((i) => usable[i]!);
      const like = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
      return {
        ranks: ranksOf(rows, (i, j) => like(found[2 * i]!, found[2 * j + 1]!)),
        words: when === 'before' ? wordRanks(rows) : [],
      };
    },
    judge: (before, after) => ({
      held: judged(before, after, new Set(heldOut.map((i) => usable[i]!.partner)).size, options.seed),
    }),
    write: (folder) => writeEmbedder(folder, model, trained, resultOptions(options)),
  };
}

/** 0 for a pair one of whose texts stands in the batch before: it would count as no partner of that one. */
function countedOnce(rows: readonly ExampleOf<'pair'>[]): HostTensor {
  const seen = new Set<string>();
  const data = Float32Array.from(rows, ({ text, partner }) => {
    const isNew = !seen.has(text) && !seen.has(partner);
    seen.add(text).add(partner);
    return Number(isNew);
  });
  return { dtype: 'float32', dims: [rows.length], data };
}

/** The rank of each row's partner among the partners of all, each text once. */
function ranksOf(rows: readonly ExampleOf<'pair'>[], likeness: (i: number, j: number) => number): number[] {
  const first = new Map<string, number>();
  for (const [i, { partner }] of rows.entries()) if (!first.has(partner)) first.set(partner, i);
  const partners = new Map<string, Set<string>>();
  for (const { text, partner } of rows) partners.set(text, (partners.get(text) ?? new Set()).add(partner));
  return rows.map(({ text, partner }, i) => {
    const own = likeness(i, first.get(partner)!);
    let rank = 1;
    for (const [other, j] of first) {
      // What is as near counts as nearer; another partner of the same text does not.
      if (other !== partner && !partners.get(text)!.has(other) && likeness(i, j) >= own) rank++;
    }
    return rank;
  });
}

const WORDS = termFeatures({ tokens: 'words', longestRun: 2 });

function wordRanks(rows: readonly ExampleOf<'pair'>[]): number[] {
  const texts = rows.flatMap(({ text, partner }) => [text, partner]);
  const { matrix } = WORDS.fitTransform(texts, { minDocuments: 1 });
  const terms = texts.map((_, row) => {
    const [from, to] = [matrix.offsets[row]!, matrix.offsets[row + 1]!];
    return new Map(
      Array.from({ length: to - from }, (_, k) => [matrix.indices[from + k]!, matrix.values[from + k]!]),
    );
  });
  return ranksOf(rows, (i, j) => {
    const other = terms[2 * j + 1]!;
    let sum = 0;
    for (const [term, value] of terms[2 * i]!) sum += value * (other.get(term) ?? 0);
    return sum;
  });
}

function judged(before: Measured, after: Measured, candidates: number, seed: number | string): HeldPairs {
  const n = before.ranks.length;
  const within = (ranks: readonly number[], k: number) => ranks.map((rank) => Number(rank <= k));
  const share = (right: readonly number[]): Share => {
    const count = right.reduce((a, b) => a + b, 0);
    return { value: count / n, interval: wilsonInterval(count, n) };
  };
  const mean = (right: readonly number[]) => (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length;
  const { difference, interval } = bootstrapDifference(
    mean(within(after.ranks, 1)),
    mean(within(before.ranks, 1)),
    n,
    new Random(seed).fork('pairs'),
  );
  return {
    measure: 'recall',
    examples: n,
    candidates,
    gain: difference,
    gainInterval: interval,
    verdict: verdictOf(interval),
    recall: KS.filter((k) => k === 1 || k < candidates).map((k) => ({
      k,
      before: share(within(before.ranks, k)),
      after: share(within(after.ranks, k)),
      words: share(within(before.words, k)).value,
    })),
  };
}
