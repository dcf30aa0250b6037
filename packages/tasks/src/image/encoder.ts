/**
 * What turns a photograph into numbers: a trained network that somebody brings, or fixed statistics of strokes and colours. Either is a
 * graph from pixels; neither is changed by what is learnt from its numbers.
 */
import { createHash } from 'node:crypto';
import { input, type Tensor } from '@gradus/engine';
import {
  type EncoderMaps,
  type ImportedEncoder,
  importedFeatures,
  importedMaps,
} from './imported-encoder.ts';
import { STATISTICS_SIZE, statisticsFeatures, statisticsMaps } from './statistics.ts';

/** Plain data. */
export type ImageEncoder = { readonly kind: 'statistics' } | ImportedEncoder;

export const STATISTICS: ImageEncoder = { kind: 'statistics' };

/** Height and width that photographs are brought to. */
export const encoderSize = (encoder: ImageEncoder): readonly [height: number, width: number] =>
  encoder.kind === 'statistics' ? [STATISTICS_SIZE, STATISTICS_SIZE] : encoder.size;

/** Pixels as an input of a graph: uint8 [batch, 3, height, width], red, green, blue. */
export const pixelInput = (encoder: ImageEncoder, name: string): Tensor =>
  input(name, ['batch', 3, ...encoderSize(encoder)], 'uint8');

/** @param pixels uint8 [batch, 3, height, width] @returns float32 [batch, features] */
export const encoderFeatures = (encoder: ImageEncoder, pixels: Tensor): Tensor =>
  encoder.kind === 'statistics'
    ? statisticsFeatures(pixels.cast('float32').div(255))
    : importedFeatures(encoder, pixels);

/** What it sees where. @param pixels float32 [batch, 3, height, width], 0 to 255 @returns float32 [batch, channels, height, width] each */
export const encoderMaps = (encoder: ImageEncoder, pixels: Tensor): EncoderMaps =>
  encoder.kind === 'statistics' ? { maps: [statisticsMaps(pixels.div(255))] } : importedMaps(encoder, pixels);

/** Two encoders with one name give the same numbers. */
export function encoderName(encoder: ImageEncoder): string {
  if (encoder.kind === 'statistics') return 'statistics-1';
  const { onnx, file: _, ...facts } = encoder;
  const hash = createHash('sha256').update(onnx).update(JSON.stringify(facts));
  return `onnx-${hash.digest('hex').slice(0, 16)}`;
}
