/**
 * Words as tokens, for models that read a vocabulary of words (text/vocabulary.ts): Chinese is cut by dictionary or
 * character by character, other languages at their spaces. The ids are the vocabulary's: 0 padding, 1 unknown.
 */
import { PADDING, UNKNOWN, type Vocabulary } from '../vocabulary.ts';
import { Tokenizer } from './tokenizer.ts';

export type WordCut = 'words' | 'characters';

const CUTS: Readonly<Record<WordCut, string>> = { words: 'Words', characters: 'CharacterTokens' };

/** @param cut As the vocabulary was made: with `words`, or with `characterTokens`. */
export function wordTokenizer({ tokens }: Vocabulary, cut: WordCut = 'words'): Tokenizer {
  const special = ['<pad>', '<unk>'];
  return new Tokenizer({
    version: '1.0',
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    padding: { pad_id: PADDING, pad_token: special[PADDING]! },
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Lowercase' },
        ...(cut === 'words' ? [{ type: 'Replace', pattern: { String: '’' }, content: "'" }] : []),
      ],
    },
    pre_tokenizer: { type: CUTS[cut] },
    model: {
      type: 'WordLevel',
      unk_token: special[UNKNOWN]!,
      vocab: Object.fromEntries([...special, ...tokens].map((token, id) => [token, id])),
    },
  });
}
