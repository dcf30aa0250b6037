/** Embeddings of tokens, categories and ids. */
import { checkOptions } from '@gradus/base';
import { asTensor, type Tensor, type TensorLike } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { requireRange } from '../index-ranges.ts';
import { type Initializer, normal } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

export interface EmbeddingOptions {
  readonly initializer?: Initializer;
}

/** A table of vectors, looked up by whole numbers from 0: [..] -> [.., dimensions]. */
export function embedding(rows: number, dimensions: number, options: EmbeddingOptions = {}): Embedding {
  checkOptions('embedding', options, { initializer: true });
  checkWhole('embedding', 'rows', rows, { least: 1 });
  checkWhole('embedding', 'dimensions', dimensions, { least: 1 });
  return new Embedding(rows, dimensions, options);
}

export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(rows: number, dimensions: number, { initializer = normal(0.1) }: EmbeddingOptions) {
    super();
    this.weight = new Parameter([rows, dimensions], initializer);
  }

  /** @throws UserError where a known id is no row, and in training where a batch holds one */
  forward(ids: TensorLike): Tensor {
    const given = asTensor(ids, 'int64');
    requireRange(given, {
      where: 'embedding',
      what: 'id',
      from: 0,
      to: (this.weight.shape[0] as number) - 1,
    });
    return this.weight.gather(given.dtype === 'int32' ? given : given.cast('int64'));
  }
}
