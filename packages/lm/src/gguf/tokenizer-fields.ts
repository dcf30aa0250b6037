/** A tokenizer as the fields of a GGUF file: the way back from tokenizer.ts. */
import { UserError } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import { z } from 'zod';
import { CUTS } from './tokenizer.ts';
import type { GgufField } from './write.ts';

const FORM = z.looseObject({
  added_tokens: z
    .array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean().default(false) }))
    .default([]),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  model: z.looseObject({
    type: z.string().default('BPE'),
    vocab: z.record(z.string(), z.int()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
    unk_token: z.string().nullish(),
  }),
});

const [NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE] = [1, 2, 3, 4, 5, 6];

/**
 * @param rows of the embedding, each of which is a token there
 * @throws UserError where llama.cpp has no tokenizer of this kind
 */
export function tokenizerFields(path: string, tokenizer: Tokenizer, rows: number): Map<string, GgufField> {
  const parsed = FORM.safeParse(tokenizer.toJSON());
  if (!parsed.success || parsed.data.model.type !== 'BPE') {
    throw new UserError({
      en: `${path}: its tokenizer is no BPE, which GGUF files need here`,
      zh: `${path}：其分词器不是 BPE，无法写入 GGUF`,
    });
  }
  const { added_tokens: added, model, pre_tokenizer: cut, normalizer } = parsed.data;
  const bytes = model.byte_fallback === true;
  const tokens = Array.from({ length: rows }, (_, id) => `[PAD${id}]`);
  const types: number[] = new Array(rows).fill(UNUSED);
  for (const [token, id] of Object.entries(model.vocab)) {
    tokens[id] = token;
    types[id] =
      bytes && /^<0x[\dA-F]{2}>$/.test(token) ? BYTE! : token === model.unk_token ? UNKNOWN! : NORMAL!;
  }
  for (const { id, content, special } of added) {
    tokens[id] = content;
    types[id] = content === model.unk_token ? UNKNOWN! : special ? CONTROL! : USER_DEFINED!;
  }
  const merges = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  const fields = new Map<string, GgufField>([
    ['tokenizer.ggml.model', { text: bytes ? 'llama' : 'gpt2' }],
    ['tokenizer.ggml.tokens', { texts: tokens }],
    ['tokenizer.ggml.token_type', { ints: types }],
  ]);
  if (bytes) {
    fields.set('tokenizer.ggml.scores', { floats: scoresOf(tokens, merges) });
    fields.set('tokenizer.ggml.add_space_prefix', {
      bool: JSON.stringify(normalizer ?? '').includes('Prepend'),
    });
  } else {
    fields.set('tokenizer.ggml.pre', { text: nameOfCut(path, cut, model.ignore_merges ?? false) });
    fields.set('tokenizer.ggml.merges', { texts: merges });
  }
  return fields;
}

/** SentencePiece merges what gives the token of the best score: so a token's score is the place of its first merge. */
function scoresOf(tokens: readonly string[], merges: readonly string[]): number[] {
  const place = new Map<string, number>();
  for (const [rank, merge] of merges.entries()) {
    const token = merge.replace(' ', '');
    if (!place.has(token)) place.set(token, rank);
  }
  return tokens.map((token) => {
    const rank = place.get(token);
    return rank === undefined ? 0 : -1 - rank;
  });
}

function nameOfCut(path: string, cut: unknown, whole: boolean): string {
  const wanted = relevant(cut);
  const named = Object.entries(CUTS).filter(
    ([name, of]) => name !== 'default' && relevant(of.cut) === wanted,
  );
  // Of those that cut alike the one that takes words as they are, or the one that does not, where there are both.
  const [found] = named.find(([, of]) => (of.whole ?? false) === whole) ?? named[0] ?? [];
  if (found !== undefined) return found;
  throw new UserError({
    en: `${path}: how its tokenizer cuts text before encoding has no name in GGUF files that is known here`,
    zh: `${path}：其分词器的预切分方式在 GGUF 中没有已知的名称`,
  });
}

/** What makes a difference: patterns, and whether digits stand alone. */
function relevant(cut: unknown): string {
  const parts = (cut as { pretokenizers?: unknown[] })?.pretokenizers ?? [cut];
  return parts
    .map((part) => {
      const { type, pattern, use_regex, individual_digits } = part as Record<string, unknown>;
      if (type === 'Split') return (pattern as { Regex?: string })?.Regex;
      return type === 'ByteLevel' ? `bytes ${use_regex !== false}` : `${type} ${individual_digits ?? ''}`;
    })
    .join('|');
}
