/** The kinds of model that a tokenizer file may hold. */
import type { Components } from '../component.ts';
import { BPE } from './bpe.ts';
import type { Model } from './model.ts';
import { UNIGRAM } from './unigram.ts';
import { WORD_LEVEL } from './word-level.ts';
import { WORD_PIECE } from './word-piece.ts';

export const MODELS: Components<Model> = {
  BPE,
  WordPiece: WORD_PIECE,
  Unigram: UNIGRAM,
  WordLevel: WORD_LEVEL,
};
