/** Words as tokens: a piece is a token of the vocabulary, or unknown. */
import { z } from 'zod';
import { component } from '../component.ts';
import type { Model } from './model.ts';
import { readVocabulary, VOCABULARY } from './vocabulary.ts';

export const WORD_LEVEL = component(
  { vocab: VOCABULARY, unk_token: z.string().default('<unk>') },
  ({ vocab, unk_token }, place): Model => {
    const vocabulary = readVocabulary(vocab, place);
    const unknown = vocabulary.get(unk_token);
    return {
      vocabulary,
      encode(text, from, to, out) {
        const id = vocabulary.get(text.slice(from, to)) ?? unknown;
        if (id === undefined) return;
        out.push3(id, 0, to - from);
      },
    };
  },
);
