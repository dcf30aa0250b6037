/**
 * What a decoder that somebody else exported as ONNX calls its inputs and outputs. Optimum and onnx-community have one set of names
 * for all; ONNX Runtime GenAI writes its own into genai_config.json.
 */
import { UserError } from '@gradus/base';
import type { DType, ModelInterface, Port } from '@gradus/engine';

/** Names; %d stands for the number of a layer. */
export interface ExportNames {
  readonly ids: string;
  readonly mask: string;
  readonly positions: string;
  readonly past: { readonly key: string; readonly value: string };
  readonly present: { readonly key: string; readonly value: string };
  readonly logits: string;
}

export const OPTIMUM: ExportNames = {
  ids: 'input_ids',
  mask: 'attention_mask',
  positions: 'position_ids',
  past: { key: 'past_key_values.%d.key', value: 'past_key_values.%d.value' },
  present: { key: 'present.%d.key', value: 'present.%d.value' },
  logits: 'logits',
};

/** Of how many last tokens there are logits; 0: of all. */
export const LOGITS_KEPT = ['num_logits_to_keep', 'logits_to_keep'];
/** Whether the branch of a merged export is taken that reads the past. */
export const HAS_PAST = 'use_cache_branch';

export interface ExportLayout {
  readonly names: ExportNames;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  readonly cache: 'float32' | 'float16';
  readonly logits: DType;
  readonly inputs: ModelInterface['inputs'];
  /**
   * Keys and values of all places there are go in, and come out in place; else those of the tokens before go in, and come out with
   * the new ones behind them.
   */
  readonly inPlace: boolean;
  /** Whether texts of different lengths can run together. */
  readonly ragged: boolean;
}

export interface ExportedGraph {
  readonly file: string;
  readonly layout: ExportLayout;
}

/** Sizes that config.json says, where the file leaves them open. */
export interface StatedSizes {
  readonly vocabulary?: number | undefined;
  readonly kvHeads?: number | undefined;
  readonly headSize?: number | undefined;
}

export const layerName = (name: string, i: number): string => name.replace('%d', String(i));

const OWN_ATTENTION = 'com.microsoft:GroupQueryAttention';
/** Older ones write some ops in another way than what stands around them. */
const OLDEST_OPSET = 13;

/** @throws UserError naming the input or output that is missing, or not known */
export function exportLayout(
  file: string,
  found: ModelInterface,
  names: ExportNames,
  stated: StatedSizes,
): ExportLayout {
  const { inputs, outputs, opset } = found;
  if (opset < OLDEST_OPSET) {
    throw new UserError({
      en: `${file} is of opset ${opset}; expected ${OLDEST_OPSET} or newer. Export it again`,
      zh: `${file} 的 opset 为 ${opset}；应不低于 ${OLDEST_OPSET}。请重新导出`,
    });
  }
  let layers = 0;
  while (inputs.has(layerName(names.past.key, layers))) layers++;
  const each = Array.from({ length: layers }, (_, i) => i);
  const namesOf = ({ key, value }: { key: string; value: string }) =>
    each.flatMap((i) => [layerName(key, i), layerName(value, i)]);
  const [past, present] = [namesOf(names.past), namesOf(names.present)];
  const lacking = [
    ...(layers === 0 ? [layerName(names.past.key, 0)] : []),
    ...[names.ids, ...past].filter((name) => !inputs.has(name)),
    ...[names.logits, ...present].filter((name) => !outputs.has(name)),
  ];
  if (lacking.length > 0) {
    throw new UserError({
      en: `${file} is no decoder with keys and values: it has no ${lacking[0]}. Its inputs are ${listed(inputs)}; its outputs ${listed(outputs)}. Export it as text-generation-with-past`,
      zh: `${file} 不是带键值缓存的解码器：没有 ${lacking[0]}。其输入为 ${listed(inputs)}；输出为 ${listed(outputs)}。请以 text-generation-with-past 任务导出`,
    });
  }
  const known = [names.ids, names.mask, names.positions, ...past, ...LOGITS_KEPT, HAS_PAST];
  const unknown = [...inputs.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError({
      en: `${file} takes "${unknown}", which is not known; known are ${[names.ids, names.mask, names.positions, ...LOGITS_KEPT, HAS_PAST].join(', ')} and ${names.past.key}`,
      zh: `${file} 的输入 "${unknown}" 未知；已知的有 ${[names.ids, names.mask, names.positions, ...LOGITS_KEPT, HAS_PAST].join('、')} 和 ${names.past.key}`,
    });
  }
  const shapes = past.map((name) => inputs.get(name)!);
  const cache = shapes[0]!.dtype;
  if (cache !== 'float32' && cache !== 'float16') {
    throw new UserError({
      en: `${file}: ${past[0]} is of the type ${cache ?? 'unknown'}; expected float32 or float16`,
      zh: `${file}：${past[0]} 的类型为 ${cache ?? '未知'}；应为 float32 或 float16`,
    });
  }
  const size = (axis: number, or: number | undefined, field: string): number => {
    const own = shapes.map(({ shape }) => shape[axis] ?? or);
    const other = own.findIndex((value) => value !== own[0]);
    if (shapes.some(({ shape, dtype }) => shape.length !== 4 || dtype !== cache) || other > 0) {
      throw new UserError({
        en: `${file}: keys and values of all layers must have one shape [batch, heads, tokens, size]; ${past[Math.max(other, 0)]} has ${shown(shapes[Math.max(other, 0)]!)}, ${past[0]} has ${shown(shapes[0]!)}`,
        zh: `${file}：各层的键和值形状应相同，为 [批, 头, 词元, 大小]；${past[Math.max(other, 0)]} 为 ${shown(shapes[Math.max(other, 0)]!)}，${past[0]} 为 ${shown(shapes[0]!)}`,
      });
    }
    return own[0] ?? missing(file, past[0]!, field);
  };
  const kvHeads = size(1, stated.kvHeads, 'num_key_value_heads');
  const headSize = size(3, stated.headSize, 'head_dim');
  const vocabulary =
    outputs.get(names.logits)!.shape.at(-1) ?? stated.vocabulary ?? missing(file, names.logits, 'vocab_size');
  const inPlace = past.every((name) => {
    const readers = found.readersOf(name);
    return readers.length === 1 && readers[0] === OWN_ATTENTION;
  });
  const takesMany = inputs.get(names.ids)!.shape[0] === undefined && shapes[0]!.shape[0] === undefined;
  // Without positions and a mask, a file counts from the longest of the texts.
  const isTold = inputs.has(names.mask) && (inPlace || inputs.has(names.positions));
  return {
    names,
    layers,
    kvHeads,
    headSize,
    vocabulary,
    cache,
    logits: outputs.get(names.logits)!.dtype ?? 'float32',
    inputs,
    inPlace,
    ragged: takesMany && isTold,
  };
}

const listed = (ports: ReadonlyMap<string, Port>): string => {
  const names = [...ports.keys()];
  return names.length > 6 ? `${names.slice(0, 6).join(', ')}, … (${names.length})` : names.join(', ');
};
const shown = ({ dtype, shape }: Port): string => `${dtype ?? '?'}[${shape.map((dim) => dim ?? '?')}]`;

function missing(file: string, name: string, field: string): never {
  throw new UserError({
    en: `${file} leaves a size of ${name} open, and the configuration beside it has no ${field}`,
    zh: `${file} 未写明 ${name} 的大小，其配置文件中也没有 ${field}`,
  });
}
