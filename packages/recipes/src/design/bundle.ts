/**
 * What a finished run makes more with: bundle.json holds the originals, their rules and which n-gram model was the best (which is counted
 * again when it is opened), weights.safetensors the transformer's parameters where it has one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { type HostTensor, readSafetensors, writeSafetensors } from '@gradus/engine';
import { fitNgram, type SequenceModel, Vocabulary } from '@gradus/tasks';
import { z } from 'zod';
import { KINDS } from './kinds/kinds.ts';
import type { Maker } from './make.ts';
import type { Prepared, Processed } from './prepare.ts';

export const BUNDLE_FILE = 'bundle.json';
const WEIGHTS_FILE = 'weights.safetensors';

const whole = z.int().min(0);
const Bundle = z.object({
  kind: z.enum(['names', 'levels', 'sheets', 'sprites']),
  items: z.array(z.string()).min(1),
  train: z.array(whole),
  rules: z.unknown(),
  characters: z.array(z.string()),
  context: z.object({ offsets: z.array(whole), stride: whole.exactOptional() }),
  weight: z.number(),
  /** Absent of runs of before: 1. */
  temperature: z.number().positive().default(1),
  patterns: z
    .object({ stride: whole, weights: z.map(whole, z.number().positive()) })
    .nullable()
    .default(null),
  ranker: z
    .object({
      patterns: z.array(z.string()),
      numbers: z.record(z.string(), z.tuple([z.number(), z.number()]).readonly()),
      weights: z.array(z.number()),
      bias: z.number(),
      auc: z.number(),
      marks: whole,
    })
    .nullable()
    .default(null),
  shape: z
    .object({ vocabulary: whole, length: whole, layers: whole, features: whole, heads: whole })
    .nullable(),
});

/** Everything that makes items. */
export interface Opened {
  readonly maker: Maker;
  readonly model: SequenceModel;
}

export function writeBundle(
  directory: string,
  { corpus, train }: Prepared,
  { characters }: Processed,
  { ngram, transformer, weight }: SequenceModel,
  { ranker, temperature, patterns }: Pick<Maker, 'ranker' | 'temperature' | 'patterns'>,
): void {
  const { offsets, stride } = ngram;
  const bundle: z.input<typeof Bundle> = {
    kind: corpus.kind,
    items: [...corpus.items],
    train: [...train],
    rules: corpus.rules,
    characters: [...characters],
    context: { offsets: [...offsets], ...(stride !== undefined && { stride }) },
    weight,
    temperature,
    patterns: patterns && { stride: patterns.stride, weights: new Map(patterns.weights) },
    ranker: ranker && {
      ...ranker,
      patterns: [...ranker.patterns],
      numbers: { ...ranker.numbers },
      weights: [...ranker.weights],
    },
    shape: transformer?.shape ?? null,
  };
  writeWhole(join(directory, BUNDLE_FILE), JSON.stringify(bundle, mapsAsLists));
  if (transformer) writeWhole(join(directory, WEIGHTS_FILE), writeSafetensors(transformer.state));
}

/** @throws UserError where the run's files are missing or damaged */
export function openBundle(directory: string): Opened {
  const damaged = (cause?: unknown) =>
    new UserError(
      {
        en: `${directory} makes no designs: ${BUNDLE_FILE} is missing or damaged. Make the run again.`,
        zh: `${directory} 无法生成设计：${BUNDLE_FILE} 缺失或已损坏。请重新运行。`,
      },
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(directory, BUNDLE_FILE), 'utf8'), listsAsMaps);
  } catch (error) {
    throw damaged(error);
  }
  const parsed = Bundle.safeParse(json);
  if (!parsed.success) throw damaged(parsed.error);
  const {
    kind: name,
    items,
    train,
    rules,
    characters,
    context,
    weight,
    temperature,
    patterns,
    ranker,
    shape,
  } = parsed.data;
  const kind = KINDS[name];
  const vocabulary = new Vocabulary(characters);
  const learnt = train.map((place) => items[place]!);
  const forms = learnt.flatMap((item) => kind.variants?.(item, rules) ?? [item]);
  const sequences = forms.map((item) => vocabulary.encode(kind.sequenceOf(item, rules)));
  const weights = join(directory, WEIGHTS_FILE);
  return {
    maker: { kind, rules, vocabulary, originals: items, learnt, ranker, temperature, patterns },
    model: {
      ngram: fitNgram(sequences, vocabulary.size, context),
      weight,
      ...(shape &&
        existsSync(weights) && { transformer: { shape, state: stateOf(weights), nats: Number.NaN } }),
    },
  };
}

const stateOf = (file: string): Readonly<Record<string, HostTensor>> =>
  readSafetensors(readFileSync(file)).tensors;

const MAP = 'map';

const mapsAsLists = (_: string, value: unknown): unknown =>
  value instanceof Map ? { [MAP]: [...value] } : value;

function listsAsMaps(_: string, value: unknown): unknown {
  if (
    typeof value !== 'object' ||
    value === null ||
    !Object.hasOwn(value, MAP) ||
    Object.keys(value).length !== 1
  )
    return value;
  return new Map((value as { [MAP]: [unknown, unknown][] })[MAP]);
}
