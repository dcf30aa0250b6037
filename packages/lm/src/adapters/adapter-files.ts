/**
 * Adapters as peft keeps them: `adapter_config.json`, and `adapter_model.safetensors` with the matrices A and B of each adapted matrix.
 * A folder with one is a model by itself: its base with the adapter merged as weights are read.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '@gradus/base';
import type { Parameter } from '@gradus/nn';
import { z } from 'zod';
import type { DecoderConfig, LinearConfig } from '../families/decoder-config.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';
import { readJson } from '../json.ts';
import { safetensorsFiles } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';
import { writeSafetensorsFile } from '../weights/write-safetensors.ts';
import { mergeAdapter } from './merge.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, type AdapterFields, adapterConfig, adapterName } from './peft.ts';

const FIELDS = z.looseObject({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string().nullish(),
  r: z.int().min(1),
  lora_alpha: z.number().positive(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.literal(false).nullish(),
  bias: z.literal('none').nullish(),
  modules_to_save: z.null().optional(),
  rank_pattern: z.record(z.string(), z.int()).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
});

export const isAdapter = (folder: string): boolean => existsSync(join(folder, ADAPTER_CONFIG));

/** Where the adapter's base lies. @throws UserError where it is not there */
export function baseOfAdapter(folder: string): string {
  const { base_model_name_or_path: base } = readJson(join(folder, ADAPTER_CONFIG), FIELDS);
  const path = base == null ? undefined : [base, resolve(folder, base)].find((one) => existsSync(one));
  if (path !== undefined) return path;
  throw new UserError({
    en: `${folder} is an adapter of "${base ?? 'no model'}", which is no folder or file here. Write its place into base_model_name_or_path of ${ADAPTER_CONFIG}`,
    zh: `${folder} 是“${base ?? '未知模型'}”的适配器，但这里没有该文件或文件夹。请在 ${ADAPTER_CONFIG} 的 base_model_name_or_path 中写明其位置`,
  });
}

/** An adapter in its files: of a matrix that it adapts, what is added. */
export interface LoadedAdapter {
  /** Width of what is added to a matrix; undefined where nothing is. */
  rank(linear: LinearConfig): number | undefined;
  /** A [rank, inputs], B [outputs, rank] and the factor of their product. */
  read(
    linear: LinearConfig,
  ): { readonly a: Float32Array; readonly b: Float32Array; readonly scale: number } | undefined;
  close(): void;
}

/** @throws UserError where the adapter is of another base */
export function readAdapter(folder: string, config: DecoderConfig): LoadedAdapter {
  const fields = readJson(join(folder, ADAPTER_CONFIG), FIELDS);
  const adapter = safetensorsFiles(folder, [join(folder, ADAPTER_WEIGHTS)]);
  const linears = new Map(linearsOf(config).map((linear) => [linear.name, linear]));
  const ranks = new Map<string, number>();
  for (const [name, shape] of adapter.shapes) {
    const [, module, part] = /^base_model\.model\.(.+)\.lora_([AB])\.(?:default\.)?weight$/.exec(name) ?? [];
    const linear = module === undefined ? undefined : linears.get(module);
    const [inputs, outputs] = linear ? [linear.inputs, linear.outputs] : [];
    const fits = part === 'A' ? shape[1] === inputs : shape[0] === outputs;
    if (!linear || !fits) {
      adapter.close();
      throw new UserError({
        en: `${folder}: "${name}" [${shape}] fits no matrix of the model${linear ? `, whose ${module} has ${inputs} inputs and ${outputs} outputs` : ''}: the adapter is of another base`,
        zh: `${folder}：“${name}” [${shape}] 与模型的矩阵不符${linear ? `（${module} 有 ${inputs} 个输入、${outputs} 个输出）` : ''}：该适配器属于另一个基础模型`,
      });
    }
    ranks.set(linear.name, shape[part === 'A' ? 0 : 1]!);
  }
  const read = (linear: LinearConfig, part: string) => {
    const name = adapterName(`${linear.name}.lora_${part}.weight`);
    return adapter.read(adapter.shapes.has(name) ? name : name.replace(/weight$/, 'default.weight'));
  };
  return {
    rank: ({ name }) => ranks.get(name),
    read(linear) {
      const rank = ranks.get(linear.name);
      if (rank === undefined) return undefined;
      const alpha = fields.alpha_pattern?.[moduleOf(linear)] ?? fields.lora_alpha;
      const scale = alpha / (fields.use_rslora ? Math.sqrt(rank) : rank);
      return { a: read(linear, 'A'), b: read(linear, 'B'), scale };
    },
    close: () => adapter.close(),
  };
}

/** The base's weights with the adapter added as they are read. @throws UserError where the adapter is of another base */
export function mergedWeights(folder: string, base: Weights, config: DecoderConfig): Weights {
  const adapter = readAdapter(folder, config);
  const linears = new Map(linearsOf(config).map((linear) => [`${linear.name}.weight`, linear]));
  return {
    ...base,
    read(name) {
      const weight = base.read(name);
      const linear = linears.get(name);
      const added = linear && adapter.read(linear);
      if (added) mergeAdapter(weight, linear, added.a, added.b, added.scale);
      return weight;
    },
    close() {
      adapter.close();
      base.close();
    },
  };
}

/** Writes an adapter into a folder. */
export function writeAdapter(
  folder: string,
  parameters: ReadonlyMap<string, Parameter>,
  fields: AdapterFields,
): void {
  const entries = [...parameters].map(([name, parameter]) => ({
    name: adapterName(name),
    dims: parameter.shape as readonly number[],
    read: () => parameter.value!.data as Float32Array,
  }));
  writeSafetensorsFile(join(folder, ADAPTER_WEIGHTS), entries, 'F32');
  writeFileSync(join(folder, ADAPTER_CONFIG), `${JSON.stringify(adapterConfig(fields), undefined, 2)}\n`);
}
