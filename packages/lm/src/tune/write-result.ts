/** What a training made, as files: adapters in peft's layout, a whole model, or a model with a head as transformers reads it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Parameter } from '@gradus/nn';
import { writeAdapter } from '../adapters/adapter-files.ts';
import { mergeAdapter } from '../adapters/merge.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';
import type { EncoderModel } from '../model/encoder-model.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { AnyModel } from '../model/load-any.ts';
import { writeFolder } from '../model/write-folder.ts';
import type { ClassHead } from '../texts/class-head.ts';
import { type WeightEntry, writeSafetensorsFile } from '../weights/write-safetensors.ts';
import type { TrainedWeights } from './trained-weights.ts';

export interface ResultOptions {
  readonly rank: number;
  readonly alpha: number;
  readonly targets?: readonly string[] | undefined;
  readonly dropout?: number;
  /** All weights were trained. */
  readonly full: boolean;
  /** A whole model is to be written, in place of adapters. */
  readonly merged: boolean;
}

export function writeResult(
  folder: string,
  model: LanguageModel,
  { parameters }: TrainedWeights,
  options: ResultOptions,
): void {
  const { rank, alpha, dropout = 0, full, merged } = options;
  if (!full && !merged) {
    const linears = adaptedOf(model, options);
    writeAdapter(folder, parameters, { rank, alpha, dropout, base: resolve(model.path), linears });
    return;
  }
  writeFolder(folder, model, mergedReader(model, parameters, options));
}

const adaptedOf = ({ config }: AnyModel, { targets }: ResultOptions) =>
  linearsOf(config).filter((linear) => !targets || targets.includes(moduleOf(linear)));

/** Gives each weight as it is after the training. */
function mergedReader(
  model: AnyModel,
  parameters: ReadonlyMap<string, Parameter>,
  options: ResultOptions,
): (name: string) => Float32Array {
  const { rank, alpha, full } = options;
  const value = (name: string) => parameters.get(name)?.value?.data as Float32Array | undefined;
  const adapted = new Map(adaptedOf(model, options).map((linear) => [`${linear.name}.weight`, linear]));
  return (name) => {
    if (full) return value(name) ?? model.weights.read(name);
    const weight = model.weights.read(name);
    const linear = adapted.get(name);
    if (linear) {
      const [a, b] = [value(`${linear.name}.lora_A.weight`)!, value(`${linear.name}.lora_B.weight`)!];
      mergeAdapter(weight, linear, a, b, alpha / rank);
    }
    return weight;
  };
}

/** Heads of other tasks, which a model with a new one leaves out. */
const OTHER_HEADS = /(?:^|\.)(?:lm_head|cls|classifier|score|head|decoder)\./;

/** A model with a head that tells classes, as transformers' AutoModelForSequenceClassification reads it. */
export function writeClassifier(
  folder: string,
  model: AnyModel,
  { parameters }: TrainedWeights,
  options: ResultOptions,
  {
    head,
    own,
    classes,
  }: { head: ClassHead; own: ReadonlyMap<string, Parameter>; classes: readonly string[] },
): void {
  const read = mergedReader(model, parameters, options);
  const { torch_dtype: _, ...json } = model.json;
  const config = {
    ...json,
    ...head.fields,
    architectures: [head.architecture],
    id2label: Object.fromEntries(classes.map((label, i) => [i, label])),
    label2id: Object.fromEntries(classes.map((label, i) => [label, i])),
    problem_type: 'single_label_classification',
    dtype: 'float32',
  };
  const base = [...model.weights.shapes].filter(
    ([name]) => !head.weights.has(name) && !OTHER_HEADS.test(name.replace(model.config.prefix, '')),
  );
  const entries = [
    ...base.map(([name, dims]) => ({ name, dims, read: () => read(name) })),
    ...[...own].map(([name, { shape, value }]) => ({
      name,
      dims: shape as readonly number[],
      read: () => value!.data as Float32Array,
    })),
  ];
  writeModel(folder, config, withoutModules(model.files()), entries);
}

/** An encoder as sentence-transformers reads it, with the pooling that it was trained with. */
export function writeEmbedder(
  folder: string,
  model: EncoderModel,
  { parameters }: TrainedWeights,
  options: ResultOptions,
): void {
  const read = mergedReader(model, parameters, options);
  const { torch_dtype: _, ...json } = model.json;
  const { prefix, hidden } = model.config;
  // By the names of the file: a bare model stays one.
  const inFile = (name: string) => (model.file.shapes.has(name) ? name : name.slice(prefix.length));
  const entries = [...model.weights.shapes].map(([name, dims]) => ({
    name: inFile(name),
    dims,
    read: () => read(name),
  }));
  const modules = [
    ['Transformer', ''],
    ['Pooling', '1_Pooling'],
    ...(model.normalize ? [['Normalize', '2_Normalize']] : []),
  ].map(([type, path], idx) => ({
    idx,
    name: String(idx),
    path,
    type: `sentence_transformers.models.${type}`,
  }));
  const pooling = {
    word_embedding_dimension: hidden,
    pooling_mode_cls_token: model.pooling === 'cls',
    pooling_mode_mean_tokens: model.pooling === 'mean',
    pooling_mode_max_tokens: model.pooling === 'max',
  };
  const files = {
    ...model.files(),
    'modules.json': JSON.stringify(modules, undefined, 2),
    '1_Pooling/config.json': JSON.stringify(pooling, undefined, 2),
    'sentence_bert_config.json': JSON.stringify({ max_seq_length: model.length, do_lower_case: false }),
  };
  writeModel(folder, { ...json, dtype: 'float32' }, files, entries);
}

/** A classifier is no sentence-transformers model any more. */
const withoutModules = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !/modules\.json|Pooling|sentence/.test(name)));

function writeModel(
  folder: string,
  config: object,
  files: Readonly<Record<string, string>>,
  entries: readonly WeightEntry[],
): void {
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  writeSafetensorsFile(join(folder, 'model.safetensors'), entries, 'F32');
}
