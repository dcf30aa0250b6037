/** BERT's tokenizer (Devlin et al., 2019) from its vocabulary: vocab.txt, one token a line, the line its id. */
import { UserError } from '@gradus/base';
import { Tokenizer } from './tokenizer.ts';

export interface BertOptions {
  /** Whether text is lower-cased and loses its accents, as the "uncased" models have it. Default true. */
  readonly lowercase?: boolean;
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** @param vocabulary The text of vocab.txt. @throws UserError where it lacks [UNK], [CLS] or [SEP]. */
export function bertTokenizer(vocabulary: string, { lowercase = true }: BertOptions = {}): Tokenizer {
  const lines = vocabulary.replace(/\r?\n$/, '').split(/\r?\n/);
  const ids = new Map(lines.map((token, id) => [token, id]));
  for (const token of ['[UNK]', '[CLS]', '[SEP]'])
    if (!ids.has(token))
      throw new UserError({
        en: `The vocabulary has no ${token}: is it a vocab.txt of BERT, one token a line?`,
        zh: `词表中没有 ${token}：它是 BERT 的 vocab.txt（每行一个词元）吗？`,
      });
  const [cls, sep] = [ids.get('[CLS]')!, ids.get('[SEP]')!];
  return new Tokenizer({
    version: '1.0',
    added_tokens: SPECIAL.filter((token) => ids.has(token)).map((content) => ({
      id: ids.get(content)!,
      content,
      special: true,
      normalized: false,
    })),
    normalizer: { type: 'BertNormalizer', lowercase },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', sep], cls: ['[CLS]', cls] },
    decoder: { type: 'WordPiece' },
    model: { type: 'WordPiece', vocab: Object.fromEntries(ids) },
  });
}
