/**
 * What flows through a pipeline: blocks. A block is a column of the raw data, or what steps made of one: a traced tensor
 * with one row an example, of some kind, and the names of the features along its last axis. The same blocks are computed
 * in training and lie in the deployed graph.
 */

import { type Localized, UserError } from '@gradus/base';
import { type DType, input, type Shape, type Tensor } from '@gradus/engine';

interface KindInfo extends Localized {
  /** What a raw column of the kind is in a graph; absent where only steps make it. */
  readonly raw?: { readonly dtypes: readonly [DType, ...DType[]]; readonly shape: Shape };
}

/** Missing are: NaN among numbers, the empty text, and the time `MISSING_TIME`. */
export const KINDS = {
  number: { en: 'number', zh: '数值', raw: { dtypes: ['float64', 'float32'], shape: ['batch'] } },
  text: { en: 'text', zh: '文本', raw: { dtypes: ['string'], shape: ['batch'] } },
  /** Milliseconds since 1970, UTC. */
  time: { en: 'time', zh: '时间', raw: { dtypes: ['int64'], shape: ['batch'] } },
  /** Red, green and blue, 0 to 255; all of a batch of one size. */
  image: { en: 'image', zh: '图像', raw: { dtypes: ['uint8'], shape: ['batch', 'height', 'width', 3] } },
  /** A waveform of one channel. */
  sound: { en: 'sound', zh: '声音', raw: { dtypes: ['float32'], shape: ['batch', 'samples'] } },
  /** Values at regular times, the latest last. */
  series: { en: 'series', zh: '序列', raw: { dtypes: ['float64', 'float32'], shape: ['batch', 'time'] } },

  /** Numbers that are scaled already: 0 or 1, cycles, hashes. [batch, features] */
  encoded: { en: 'encoded', zh: '已编码' },
  /** Ids of tokens, int64. [batch, length] */
  tokens: { en: 'tokens', zh: '词元' },
  /** A class by its number, int64. [batch, 1] */
  class: { en: 'class', zh: '类别' },
  /** [batch, channels, height, width] */
  pixels: { en: 'pixels', zh: '像素' },
  /** [batch, frames, bands] */
  spectrogram: { en: 'spectrogram', zh: '频谱' },
  /** [batch, windows, length] */
  windows: { en: 'windows', zh: '窗口' },
  /** Joined features, what a model takes. [batch, features] */
  features: { en: 'features', zh: '特征' },
} as const satisfies Record<string, KindInfo>;

export type Kind = keyof typeof KINDS;

export const RAW_KINDS = ['number', 'text', 'time', 'image', 'sound', 'series'] as const;
export type RawKind = (typeof RAW_KINDS)[number];

/** A `target` is what a model is to say. Deployed graphs do not take it. */
export const COLUMN_ROLES = ['feature', 'target'] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** A raw column. */
export interface ColumnType {
  readonly name: string;
  readonly kind: RawKind;
  readonly role: ColumnRole;
  readonly dtype: DType;
}

export interface Block {
  readonly name: string;
  readonly kind: Kind;
  readonly role: ColumnRole;
  /** Names along the last axis; one name where that axis is time or space. */
  readonly features: readonly string[];
  readonly tensor: Tensor;
}

/** In the order of the columns. */
export type Blocks = ReadonlyMap<string, Block>;

/** The least number of 64 bits. */
export const MISSING_TIME = -(2n ** 63n);

export const rawShape = (kind: RawKind): Shape => KINDS[kind].raw.shape;

/** A raw column's place in a graph. Columns of a table become [batch, 1], so that all blocks have features last. */
export function rawBlock({ name, kind, role, dtype }: ColumnType): Block {
  const shape = rawShape(kind);
  const tensor = input(
    name,
    shape.map((dim, i) => (i > 0 && typeof dim === 'string' ? `${name} ${dim}` : dim)),
    dtype,
  );
  return {
    name,
    kind,
    role,
    features: [name],
    tensor: shape.length === 1 ? tensor.unsqueeze(1) : tensor,
  };
}

export function blockNamed(blocks: Blocks, name: string, step: string): Block {
  const block = blocks.get(name);
  if (block) return block;
  throw new UserError({
    en: `${step}: there is no column "${name}" at this step; there are ${[...blocks.keys()].map((key) => `"${key}"`).join(', ') || 'none'}`,
    zh: `${step}：此步骤中没有列“${name}”；现有的列：${[...blocks.keys()].map((key) => `“${key}”`).join('、') || '无'}`,
  });
}

/** The blocks without some and with others. @throws UserError where a new one has the name of one that stays */
export function replaced(
  blocks: Blocks,
  gone: readonly string[],
  made: readonly Block[],
  step: string,
): Blocks {
  const result = new Map(blocks);
  for (const name of gone) result.delete(name);
  for (const block of made) {
    if (result.has(block.name)) {
      throw new UserError({
        en: `${step}: would make a column "${block.name}", which is there already; rename that column`,
        zh: `${step}：将产生列“${block.name}”，但它已存在；请重命名该列`,
      });
    }
    result.set(block.name, block);
  }
  return result;
}
