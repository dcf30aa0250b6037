/** Embeddings of tokens, categories and ids. */
import type { Tensor } from '@gradus/engine';
import { type Initializer, normal } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

export interface EmbeddingOptions {
  readonly initializer?: Initializer;
}

/** A table of vectors, looked up by whole numbers: int64 [..] -> [.., dimensions]. */
export function embedding(rows: number, dimensions: number, options: EmbeddingOptions = {}): Embedding {
  return new Embedding(rows, dimensions, options);
}

export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(rows: number, dimensions: number, { initializer = normal(0.1) }: EmbeddingOptions) {
    super();
    this.weight = new Parameter([rows, dimensions], initializer);
  }

  forward(ids: Tensor): Tensor {
    return this.weight.gather(ids);
  }
}
