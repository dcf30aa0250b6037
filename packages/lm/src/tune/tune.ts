/**
 * A model adapted to data: examples are read and set apart, the model is measured on those held out, trained on the others, and
 * measured again. What was stopped goes on where it stood, to the same result; the result is complete or absent.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import { cosine, warmUp } from '@gradus/nn';
import { z } from 'zod';
import { ChatTemplate } from '../chat/chat-template.ts';
import { weightsIn } from '../graph/quantized-weights.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { type ExampleSetAside, readExamples } from './examples.ts';
import { compareHeldOut, type HeldOut, lossesOf } from './held-out.ts';
import { batchOf, learntOf, packed, type Row } from './rows.ts';
import { cutTo, shownExample, type TokenExample, tokensOfExample } from './tokens.ts';
import { adaptedWeights, allWeights, type TrainedWeights } from './trained-weights.ts';
import { batchInputs, nextTokenLoss, tokenTrainer } from './tuning.ts';
import { writeResult } from './write-result.ts';

export const TUNE = z.strictObject({
  /** Width of the adapters. */
  lora: z.int().min(1).max(1024).default(16),
  /** Factor of the adapters, times 1 / width. Default: twice the width. */
  alpha: z.number().positive().max(10_000).optional(),
  /** Which matrices are adapted, by the last part of their names. Default: all of the layers. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /** All weights train, in place of adapters. */
  full: z.boolean().default(false),
  /** A whole model with the adapters merged, in place of the adapters. */
  merged: z.boolean().default(false),
  /** Bits of the weights that do not train, beside adapters (Dettmers et al., "QLoRA", 2023). */
  bits: z.union([z.literal(4), z.literal(8), z.literal(32)]).default(32),
  epochs: z.number().positive().max(1000).default(3),
  /** Default 2e-4 for adapters, 2e-5 for all weights. */
  learningRate: z.number().positive().max(1).optional(),
  /** Tokens of a row. Default: the longest example, 512 at most. */
  length: z
    .int()
    .min(8)
    .max(1 << 20)
    .optional(),
  /** Rows of a step. Default: 8, fewer where there are few. */
  batch: z.int().min(1).max(4096).optional(),
  weightDecay: z.number().min(0).max(1).default(0),
  clipNorm: z.number().positive().default(1),
  /** Share of the examples that is not trained on. */
  heldOut: z.number().gt(0).max(0.5).default(0.1),
  seed: z.union([z.int(), z.string().max(1000)]).default(0),
});

export type TuneOptions = z.input<typeof TUNE> & {
  /** Where the result goes. */
  readonly out: string;
  /** Reads and shows what would be learnt from, and stops. */
  readonly dryRun?: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Seconds between checkpoints. Default 60. */
  readonly checkpointEvery?: number;
  onPlan?(plan: TunePlan): void;
  onStep?(progress: TuneProgress): void;
};

/** What a training is going to do. */
export interface TunePlan {
  readonly kind: 'chat' | 'completion' | 'text';
  readonly examples: number;
  readonly heldOut: number;
  readonly setAside: readonly ExampleSetAside[];
  /** Examples of which the end was cut off. */
  readonly cut: number;
  readonly length: number;
  readonly rows: number;
  readonly steps: number;
  readonly rowsPerStep: number;
  readonly tokens: number;
  readonly learntTokens: number;
  readonly trainedParameters: number;
  /** Some examples as text, with what is learnt from between ⟦ and ⟧. */
  readonly shown: readonly string[];
}

export interface TuneProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

export interface TuneResult extends TunePlan {
  readonly out: string;
  readonly losses: readonly number[];
  readonly held: HeldOut;
  readonly seconds: number;
}

const DEFAULT_LENGTH = 512;
const MOST_HELD_OUT = 200;
const LEAST_EXAMPLES = 4;
const SHOWN = 2;
/** Numbers of a batch's logits at most: they and their slopes are the largest arrays. */
const MOST_LOGITS = 2 ** 26;

export async function tune(
  model: LanguageModel,
  data: string,
  { out, dryRun, threads, signal, checkpointEvery = 60, onPlan, onStep, ...given }: TuneOptions,
): Promise<TuneResult | TunePlan> {
  const began = performance.now();
  const options = checkedFields('tune', given, TUNE);
  if (existsSync(out)) throw alreadyThere(out);
  const read = await prepared(model, data, options, signal);
  const { training, heldOut, length } = read;
  const rows = packed(training, length);
  const { rowsPerBatch, accumulate } = batchSizes(model, options.batch, rows.length, length);
  const perStep = rowsPerBatch * accumulate;
  const steps = Math.max(1, Math.ceil((rows.length * options.epochs) / perStep));
  const trained = trainedOf(model, options);
  const tokens = (examples: readonly TokenExample[]) =>
    examples.reduce((sum, { ids }) => sum + ids.length, 0);
  const plan: TunePlan = {
    kind: read.kind,
    examples: training.length,
    heldOut: heldOut.length,
    setAside: read.setAside,
    cut: read.cut,
    length,
    rows: rows.length,
    steps,
    rowsPerStep: perStep,
    tokens: tokens(training),
    learntTokens: training.reduce((sum, example) => sum + learntOf(example), 0),
    trainedParameters: [...trained.parameters.values()].reduce(
      (sum, { shape }) => sum + (shape as readonly number[]).reduce((a, b) => a * b, 1),
      0,
    ),
    shown: training.slice(0, SHOWN).map((example) => shownExample(example, model)),
  };
  onPlan?.(plan);
  if (dryRun) return plan;

  const unfinished = `${out}.unfinished`;
  const fingerprint = fingerprintOf(model, training, heldOut, { ...options, length, perStep });
  const found = readCheckpoint(unfinished, fingerprint);
  const measure = { length, threads, signal };
  const before = found?.before ?? (await lossesOf(model.config, trained.weights, heldOut, measure));
  const losses = [...(found?.losses ?? [])];
  const rate = options.learningRate ?? (options.full ? 2e-5 : 2e-4);
  const warm = Math.min(Math.ceil(steps * 0.03), steps - 1);
  const trainer = tokenTrainer(
    model.config,
    trained,
    {
      learningRate: warmUp(warm, cosine(rate, steps - warm)),
      weightDecay: options.weightDecay,
      accumulate,
      clipNorm: options.clipNorm,
      seed: options.seed,
      threads,
    },
    found?.state,
  );
  try {
    let kept = performance.now();
    const save = () => writeCheckpoint(unfinished, fingerprint, { state: trainer.state(), losses, before });
    if (!found) save();
    for (let batch = trainer.steps; batch < steps * accumulate; batch++) {
      if (signal?.aborted) {
        save();
        signal.throwIfAborted();
      }
      const { loss } = await trainer.step({ ...batchAt(rows, batch, rowsPerBatch, length, options.seed) });
      losses.push(loss!);
      const ends = (batch + 1) % accumulate === 0;
      if (ends) onStep?.({ step: (batch + 1) / accumulate, steps, loss: meanOf(losses.slice(-accumulate)) });
      if (performance.now() - kept >= checkpointEvery * 1000) {
        save();
        kept = performance.now();
      }
    }
    trainer.sync();
  } finally {
    await trainer.close();
  }
  const after = await lossesOf(model.config, trained.weights, heldOut, measure);
  const result: TuneResult = {
    ...plan,
    out,
    losses: Array.from({ length: steps }, (_, i) =>
      meanOf(losses.slice(i * accumulate, (i + 1) * accumulate)),
    ),
    held: compareHeldOut(before, after, options.seed),
    seconds: (performance.now() - began) / 1000,
  };
  const made = join(unfinished, 'result');
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  writeResult(made, model, trained, { ...options, rank: options.lora, alpha: alphaOf(options) });
  writeFileSync(
    join(made, 'tuning.json'),
    `${JSON.stringify({ ...result, shown: undefined }, undefined, 2)}\n`,
  );
  renameSync(made, out);
  rmSync(unfinished, { recursive: true, force: true });
  return result;
}

type Options = z.output<typeof TUNE>;

const alphaOf = ({ alpha, lora }: Options): number => alpha ?? 2 * lora;

function trainedOf(model: LanguageModel, options: Options): TrainedWeights {
  const { config, weights } = model;
  if (options.full && options.bits !== 32) {
    throw new UserError({
      en: '--full trains all weights, which then have 32 bits; --bits is for adapters',
      zh: '--full 训练全部权重，权重须为 32 位；--bits 用于适配器',
    });
  }
  if (options.full) return allWeights(weights, (layers) => nextTokenLoss(config, layers, batchInputs(1, 8)));
  const lora = {
    rank: options.lora,
    alpha: alphaOf(options),
    ...(options.targets && { targets: options.targets }),
  };
  return adaptedWeights(config, weightsIn(weights, options.bits), lora, options.seed);
}

/** Examples as tokens, those that train and those held out apart. */
async function prepared(model: LanguageModel, data: string, options: Options, signal?: AbortSignal) {
  const { kind, examples, setAside: unread } = await readExamples(data, signal);
  const setAside = [...unread];
  const template =
    kind !== 'text' && (kind === 'chat' || model.template) ? new ChatTemplate(model) : undefined;
  const most = Math.min(options.length ?? DEFAULT_LENGTH, model.config.context);
  const usable: TokenExample[] = [];
  let cut = 0;
  try {
    for (const example of examples) {
      signal?.throwIfAborted();
      const tokens = await tokensOfExample(example, model, template);
      const fitted = 'reason' in tokens ? tokens : cutTo(tokens, most);
      if ('reason' in fitted) setAside.push(fitted);
      else {
        usable.push(fitted);
        if ('cut' in fitted && fitted.cut) cut++;
      }
    }
  } finally {
    await template?.close();
  }
  if (usable.length < LEAST_EXAMPLES) {
    const first = mostCommon(setAside);
    throw new UserError({
      en: `${data}: ${usable.length} of ${examples.length + unread.length} rows can be learnt from; at least ${LEAST_EXAMPLES} are needed${first ? `. Row ${first.row}: ${first.reason.en}` : ''}`,
      zh: `${data}：${examples.length + unread.length} 行中只有 ${usable.length} 行可用于学习；至少需要 ${LEAST_EXAMPLES} 行${first ? `。第 ${first.row} 行：${first.reason.zh}` : ''}`,
    });
  }
  const order = new Random(options.seed).fork('held out').permutation(usable.length);
  const count = Math.min(MOST_HELD_OUT, Math.max(2, Math.round(usable.length * options.heldOut)));
  const held = new Set(order.subarray(0, count));
  const longest = usable.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  return {
    kind,
    setAside,
    cut,
    training: usable.filter((_, i) => !held.has(i)),
    heldOut: usable.filter((_, i) => held.has(i)),
    length: options.length === undefined ? Math.min(most, Math.ceil(longest / 8) * 8) : most,
  };
}

/** The first of those set aside for the reason that most are. */
function mostCommon(setAside: readonly ExampleSetAside[]): ExampleSetAside | undefined {
  const groups = Map.groupBy(setAside, ({ reason }) => reason.en);
  return [...groups.values()].sort((a, b) => b.length - a.length)[0]?.[0];
}

/** Few rows make small steps, so that there are some; large vocabularies small batches, so that their logits fit. */
function batchSizes(model: LanguageModel, wished: number | undefined, rows: number, length: number) {
  const perStep = wished ?? Math.min(8, Math.max(1, Math.floor(rows / 10)));
  const most = Math.max(1, Math.floor(MOST_LOGITS / (length * model.config.vocabulary)));
  const rowsPerBatch = Math.min(perStep, most);
  return { rowsPerBatch, accumulate: Math.ceil(perStep / rowsPerBatch) };
}

/** Batch `n` of the training: rows in an order that each epoch has of its own. */
function batchAt(rows: readonly Row[], n: number, size: number, length: number, seed: number | string) {
  const orders = new Map<number, Int32Array>();
  const chosen = Array.from({ length: size }, (_, i) => {
    const at = n * size + i;
    const epoch = Math.floor(at / rows.length);
    const order = orders.get(epoch) ?? new Random(seed).fork(`epoch ${epoch}`).permutation(rows.length);
    orders.set(epoch, order);
    return rows[order[at % rows.length]!];
  });
  return batchOf(chosen, length);
}

function fingerprintOf(
  model: LanguageModel,
  training: readonly TokenExample[],
  heldOut: readonly TokenExample[],
  options: object,
): string {
  const hash = createHash('sha256').update(JSON.stringify([model.json, options]));
  for (const { ids, learnt } of [...training, ...heldOut]) hash.update(JSON.stringify([ids, learnt]));
  return hash.digest('hex');
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const alreadyThere = (out: string): UserError =>
  new UserError({
    en: `${out} is already there. Choose another place with --out`,
    zh: `${out} 已存在。请用 --out 指定其他位置`,
  });
