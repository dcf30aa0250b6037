/**
 * A trained network of others as an encoder: which of its inputs takes pixels, how they lie, and which of its values describes a
 * photograph. What classifiers compute last but one describes photographs of other classes too (Donahue et al., "DeCAF", 2014).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import {
  apply,
  constant,
  type Graph,
  readOnnx,
  rebuild,
  type Tensor,
  topologicalOrder,
  type Value,
} from '@gradus/engine';
import { findRange, type PixelRange, RANGE, rangeInWords } from './pixel-range.ts';

/** Plain data. */
export interface ImportedEncoder {
  readonly kind: 'imported';
  readonly file: string;
  readonly onnx: Uint8Array;
  readonly input: string;
  readonly layout: 'channels first' | 'channels last';
  readonly size: readonly [height: number, width: number];
  readonly range: PixelRange;
}

/** Where the file says nothing: what most networks are trained on. */
const USUAL_SIZE = 224;
const MOST_NOTES = 65_536;
const MOST_BYTES = 2 ** 30;
const FEATURE_NAMES = /feature|embed|pool|represent/i;

/** @param range Default: what the file's metadata or the notes beside it say, else what is usual @throws UserError where the file is no such network */
export function readEncoder(
  path: string,
  range?: PixelRange,
): { readonly encoder: ImportedEncoder; readonly note: Localized } {
  const file = basename(path);
  if (statSync(path).size > MOST_BYTES)
    throw new UserError({
      en: `${path} is larger than 1 GiB. Use a smaller network to describe images.`,
      zh: `${path} 超过 1 GiB。请使用更小的网络来描述图像。`,
    });
  const onnx = new Uint8Array(readFileSync(path));
  const { graph, metadata } = readOnnx(onnx);
  const images = Object.entries(graph.inputs).filter(([, { shape }]) => shape.length === 4);
  const [name, value] = images[0] ?? [];
  const shape = value?.shape ?? [];
  const isChannelsLast = shape[1] !== 3 && shape[3] === 3;
  const isFirst = shape[1] === 3;
  if (images.length !== 1 || Object.keys(graph.inputs).length !== 1 || (!isFirst && !isChannelsLast))
    throw new UserError({
      en: `${path} does not take an image: expected one input of the form [batch, 3, height, width] or [batch, height, width, 3], found ${inputsInWords(graph)}.`,
      zh: `${path} 的输入不是图像：应只有一个形如 [batch, 3, height, width] 或 [batch, height, width, 3] 的输入，实际为 ${inputsInWords(graph)}。`,
    });
  const [height, width] = (isFirst ? shape.slice(2) : shape.slice(1, 3)).map((dim) =>
    typeof dim === 'number' ? dim : USUAL_SIZE,
  ) as [number, number];
  const found =
    range === undefined
      ? findRange(
          [
            ...Object.entries(metadata ?? {}).map(([key, text]) => [`${file}: ${key}`, text] as const),
            ...notesBeside(path),
          ],
          isChannelsLast,
        )
      : { range, from: '--pixels' };
  const encoder: ImportedEncoder = {
    kind: 'imported',
    file,
    onnx,
    input: name!,
    layout: isFirst ? 'channels first' : 'channels last',
    size: [height, width],
    range: found.range,
  };
  const dims = featuresValue(graph, path).shape.slice(1);
  const words = rangeInWords[found.range];
  return {
    encoder,
    note: {
      en: `Images are described by ${file}: ${dims[0]} numbers from its value before the last layer, at ${height} × ${width}, ${words.en} (${found.from === undefined ? 'a guess, as nothing says it; --pixels decides otherwise' : `as ${found.from} says`}).`,
      zh: `图像由 ${file} 描述：取其最后一层之前的 ${dims[0]} 个数值，尺寸 ${height} × ${width}，${words.zh}（${found.from === undefined ? '没有说明，系推测；可用 --pixels 指定' : `依据 ${found.from}`}）。`,
    },
  };
}

/** @param pixels uint8 [batch, 3, height, width] @returns float32 [batch, features] */
export function importedFeatures(encoder: ImportedEncoder, pixels: Tensor): Tensor {
  const { graph } = readOnnx(encoder.onnx);
  const value = featuresValue(graph, encoder.file);
  const [features] = rebuild([value], {
    values: new Map([[graph.inputs[encoder.input]!, asInput(encoder, graph, pixels)]]),
  });
  return flat(features!);
}

/** Pixels in the network's own range and order. */
function asInput({ input, layout, range }: ImportedEncoder, graph: Graph, pixels: Tensor): Tensor {
  const { scale, shift } = RANGE[range];
  const byColour = (values: readonly number[]) =>
    constant({ dtype: 'float32', dims: [1, 3, 1, 1], data: Float32Array.from(values) });
  const { dtype } = graph.inputs[input]!;
  const scaled =
    dtype === 'uint8'
      ? pixels.cast('uint8')
      : pixels.cast('float32').mul(byColour(scale)).add(byColour(shift)).cast(dtype);
  return layout === 'channels first' ? scaled : scaled.transpose([0, 2, 3, 1]);
}

/**
 * What the network sees where on a photograph: of its maps near a sixteenth of the photograph's size the last that joins (narrow) and the
 * last of all (wide). Maps of that depth tell good surfaces from bad ones best (Rippel et al., "Modeling the Distribution of Normal Data in
 * Pre-Trained Deep Features for Anomaly Detection", 2020).
 *
 * @param pixels [batch, 3, height, width], 0 to 255 @returns one or two maps, and of one the last of twice its size too; float32 [batch, channels, height, width]
 */
export function importedMaps(encoder: ImportedEncoder, pixels: Tensor): EncoderMaps {
  const { graph } = readOnnx(encoder.onnx);
  const [last] = rebuild([featuresValue(graph, encoder.file)], {
    values: new Map([[graph.inputs[encoder.input]!, asInput(encoder, graph, pixels)]]),
  });
  const isLast = encoder.layout === 'channels last';
  const maps = topologicalOrder([last!]).flatMap(({ op, outputs: [value] }) => {
    const { shape } = value!;
    const [height, width] = isLast ? shape.slice(1, 3) : shape.slice(2);
    if (shape.length !== 4 || typeof height !== 'number' || typeof width !== 'number') return [];
    return height >= SMALLEST_MAP && width >= SMALLEST_MAP ? [{ op, value: value as Tensor, height }] : [];
  });
  const wanted = encoder.size[0] / MAP_PART;
  const off = ({ height }: (typeof maps)[number]) => Math.abs(Math.log(height / wanted));
  const nearest = Math.min(...maps.map(off));
  const near = maps.filter((map) => off(map) === nearest);
  const wide = near.at(-1);
  if (!wide)
    throw new UserError({
      en: `${encoder.file} has no maps of a photograph: only networks of convolutions show where something is odd.`,
      zh: `${encoder.file} 没有特征图：只有卷积网络才能指出异常位置。`,
    });
  const narrow = near.findLast(({ op }) => op === 'Add');
  const chosen = narrow && narrow.value !== wide.value ? [narrow.value, wide.value] : [wide.value];
  const fine = maps.findLast(({ height }) => height === 2 * wide.height);
  const upright = (value: Tensor): Tensor => {
    const real = value.cast('float32');
    return isLast ? real.transpose([0, 3, 1, 2]) : real;
  };
  const widthOf = ({ value }: (typeof maps)[number]) => value.shape[isLast ? 3 : 1] as number;
  const sizes = [wide.height, Math.ceil(wide.height / 2)];
  const deep = sizes.flatMap((size) => {
    const own = maps.filter(({ height }) => height === size);
    const widest = Math.max(...own.map(widthOf));
    const isWide = own.filter((map) => widthOf(map) >= WIDE * widest);
    return [...new Map(isWide.map((map) => [widthOf(map), map])).values()];
  });
  return {
    maps: chosen.map(upright),
    deep: deep.map(({ value }) => upright(value)),
    ...(fine && {
      fine: apply('MaxPool', [upright(fine.value)], { kernel_shape: [2, 2], strides: [2, 2] }),
    }),
  };
}

/** What an encoder sees where. */
export interface EncoderMaps {
  /** The narrowest first. */
  readonly maps: readonly Tensor[];
  /** Of the same and half the size, the last of each large number of channels: where most is told apart, and whole things beside places. */
  readonly deep?: readonly Tensor[];
  /** Of twice the size, its maxima over two by two places. */
  readonly fine?: Tensor;
}

/** Of the channels of the widest map of a size: networks squeeze their maps between the wide ones. */
const WIDE = 0.4;
/** Of the photograph's height. */
const MAP_PART = 16;
const SMALLEST_MAP = 4;

/** Maps become means over the photograph. */
function flat(features: Tensor): Tensor {
  const real = features.cast('float32');
  if (real.rank === 4) {
    const [, second, third, fourth] = real.shape;
    const isMap = typeof fourth === 'number' && typeof third === 'number' && (fourth > 1 || third > 1);
    return isMap && typeof second === 'number' ? real.mean([2, 3]) : real.flatten();
  }
  return real;
}

/** By a name that says so, else what the last product of matrices takes, else the last mean over the photograph, else the output. */
function featuresValue(graph: Graph, path: string): Value {
  const outputs = Object.entries(graph.outputs);
  const named = outputs.find(([name, { shape }]) => FEATURE_NAMES.test(name) && shape.length === 2)?.[1];
  if (named) return checked(named, path);
  const order = topologicalOrder(outputs.map(([, value]) => value));
  const last = order.findLast(
    ({ op, inputs }) => (op === 'Gemm' || op === 'MatMul') && inputs[0]?.shape.length === 2,
  );
  const pooled = order.findLast(({ op }) => op === 'GlobalAveragePool' || op === 'ReduceMean');
  return checked(last?.inputs[0] ?? pooled?.outputs[0] ?? outputs[0]![1], path);
}

function checked(value: Value, path: string): Value {
  const { shape } = value;
  if ((shape.length === 2 || shape.length === 4) && typeof shape[1] === 'number') return value;
  throw new UserError({
    en: `${path} has no value that describes an image as a row of numbers. Expected a classifier, or a network with an output such as "features".`,
    zh: `${path} 中没有以一行数值描述图像的结果。应为分类网络，或具有名为“features”之类输出的网络。`,
  });
}

function notesBeside(path: string): (readonly [string, string])[] {
  const folder = dirname(path);
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(?:md|txt)$/i.test(entry.name) && !/licen[cs]e|label/i.test(entry.name),
    )
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, 5)
    .filter(({ name }) => statSync(join(folder, name)).size <= MOST_NOTES)
    .map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')] as const);
}

const inputsInWords = ({ inputs }: Graph): string =>
  Object.entries(inputs)
    .slice(0, 5)
    .map(([name, { shape }]) => `${name} [${shape.join(', ')}]`)
    .join(', ');
