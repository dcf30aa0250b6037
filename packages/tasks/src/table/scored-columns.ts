/** Columns of texts and of images in an encoding: fitted with names for the graph's inputs, and as columns of trees. */
import type { TreeColumn } from '@gradus/classical';
import type { ImageEncoder } from '../image/encoder.ts';
import type { TableColumn } from './columns.ts';
import { fitImageColumn, type ImageCellFeatures, type ImageScores } from './images/image-column.ts';
import type { StackingOptions } from './stacked-scores.ts';
import { fitTextColumn, type TextCellFeatures, type TextColumn } from './texts/text-column.ts';

/** @returns a function that makes a name that no column has */
export function freeNames(columns: readonly TableColumn[]): (name: string) => string {
  const taken = new Set(columns.map(({ name }) => name));
  return (name) => {
    let own = name;
    while (taken.has(own)) own += '_';
    taken.add(own);
    return own;
  };
}

export function fitImages(
  columns: readonly TableColumn[],
  free: (name: string) => string,
  encoder: ImageEncoder,
  options: StackingOptions,
) {
  return columns.flatMap(({ name, cells }) => {
    if (cells.kind !== 'image') return [];
    const inputs = {
      pixels: free(`${name} pixels`),
      isThere: free(`${name} is there`),
      features: free(`${name} features`),
    };
    const random = options.random.fork(name);
    return fitImageColumn({ name, inputs, encoder }, cells.values, { ...options, random }) ?? [];
  });
}

export function fitTexts(
  columns: readonly TableColumn[],
  free: (name: string) => string,
  options: StackingOptions,
) {
  return columns.flatMap(({ name, cells }) => {
    if (cells.kind !== 'text') return [];
    const inputs = {
      terms: free(`${name} terms`),
      weights: free(`${name} weights`),
      length: free(`${name} length`),
      ...(cells.vectors && { vector: free(`${name} vector`) }),
    };
    const random = options.random.fork(name);
    return fitTextColumn({ name, cells, inputs }, { ...options, random }) ?? [];
  });
}

/** The scores, and the length. */
export function textTreeColumns(
  { speaksOf }: TextColumn,
  { scores, lengths }: TextCellFeatures,
): TreeColumn[] {
  const numbers = (of: (row: number) => number): TreeColumn => ({
    kind: 'number',
    values: Float32Array.from(lengths, (_, row) => of(row)),
  });
  return [
    ...speaksOf.map((_, k) => numbers((row) => scores[row * speaksOf.length + k]!)),
    numbers((row) => lengths[row]!),
  ];
}

/** The scores, missing where there is no image, and whether there is one. */
export function imageTreeColumns(
  { speaksOf }: ImageScores,
  { scores, isThere }: ImageCellFeatures,
): TreeColumn[] {
  const numbers = (of: (row: number) => number): TreeColumn => ({
    kind: 'number',
    values: Float32Array.from(isThere, (_, row) => of(row)),
  });
  return [
    ...speaksOf.map((_, k) =>
      numbers((row) => (isThere[row] ? scores[row * speaksOf.length + k]! : Number.NaN)),
    ),
    numbers((row) => isThere[row]!),
  ];
}
