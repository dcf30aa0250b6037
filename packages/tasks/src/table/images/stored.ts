/** Columns of images as a model's file keeps them. */
import { z } from 'zod';
import { encoderName, encoderSize } from '../../image/encoder.ts';
import { type ImageColumn, type ImageScores, MOST_IMAGES } from './image-column.ts';

/** What turns images into inputs: plain data that survives JSON. */
export const StoredImages = z
  .array(
    z.object({
      name: z.string(),
      inputs: z.object({ pixels: z.string(), isThere: z.string(), features: z.string() }),
      size: z.tuple([z.int().min(1), z.int().min(1)]),
      /** Numbers that the encoder makes of an image. */
      width: z.int().min(1),
      encoder: z.string(),
    }),
  )
  .max(MOST_IMAGES);
export type StoredImages = z.infer<typeof StoredImages>;
export type StoredImage = StoredImages[number];

export const storedImages = (columns: readonly ImageColumn[]): StoredImages =>
  columns.map(({ name, inputs, encoder, center }) => ({
    name,
    inputs: { ...inputs },
    size: [...encoderSize(encoder)] as [number, number],
    width: center.length,
    encoder: encoderName(encoder),
  }));

const numbers = z.array(z.number());

/** What the graph holds of a column of images, for reasons, which go by its scores. */
export const StoredImageModel = z
  .object({
    center: numbers,
    scale: numbers,
    weights: numbers,
    bias: numbers.min(1),
    speaksOf: z.array(z.int().min(0)),
    means: numbers,
    spreads: numbers,
  })
  .refine(
    ({ center, scale, weights, bias: { length }, speaksOf, means, spreads }) =>
      scale.length === center.length &&
      weights.length === center.length * length &&
      speaksOf.length === length &&
      means.length === length + 1 &&
      spreads.length === length + 1,
    { error: 'has lists that do not match' },
  );
export type StoredImageModel = z.infer<typeof StoredImageModel>;

export const storedImageModel = ({
  center,
  scale,
  linear: { weights, bias },
  speaksOf,
  means,
  spreads,
}: ImageColumn): StoredImageModel => ({
  center: [...center],
  scale: [...scale],
  weights: Array.from(weights),
  bias: [...bias],
  speaksOf: [...speaksOf],
  means: [...means],
  spreads: [...spreads],
});

export const readImageScores = (
  { name }: Pick<ImageScores, 'name'>,
  { weights, bias, ...others }: StoredImageModel,
): ImageScores => ({
  name,
  linear: { weights: Float32Array.from(weights), bias },
  ...others,
});
