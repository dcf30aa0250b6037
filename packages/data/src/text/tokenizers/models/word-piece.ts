/**
 * WordPiece (Schuster and Nakajima, 2012) as BERT reads it: of each word the longest token that it begins with, then
 * the longest that goes on, written with ##. A word that cannot be read to its end is unknown as a whole.
 */
import { z } from 'zod';
import { component } from '../component.ts';
import type { Model } from './model.ts';
import { idOfNamed, readVocabulary, VOCABULARY } from './vocabulary.ts';

export const WORD_PIECE = component(
  {
    vocab: VOCABULARY,
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().max(100).default('##'),
    max_input_chars_per_word: z.number().int().min(1).max(1000).default(100),
  },
  ({ vocab, unk_token, continuing_subword_prefix: prefix, max_input_chars_per_word }, place): Model => {
    const vocabulary = readVocabulary(vocab, place);
    const unknown = idOfNamed(vocabulary, unk_token, `${place}.unk_token`);
    let longest = 1;
    for (const token of vocabulary.keys()) longest = Math.max(longest, token.length);
    return {
      vocabulary,
      encode(text, from, to, out) {
        const before = out.length;
        if (characters(text, from, to) <= max_input_chars_per_word) {
          let at = from;
          while (at < to) {
            let end = Math.min(to, at + longest);
            let id: number | undefined;
            for (; end > at; end--) {
              const part = text.slice(at, end);
              id = vocabulary.get(at > from ? prefix + part : part);
              if (id !== undefined) break;
            }
            if (id === undefined) break;
            out.push3(id, at - from, end - from);
            at = end;
          }
          if (at === to) return;
        }
        out.length = before;
        out.push3(unknown, 0, to - from);
      },
    };
  },
);

function characters(text: string, from: number, to: number): number {
  let count = to - from;
  for (let i = from + 1; i < to; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  return count;
}
