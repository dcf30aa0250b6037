/** Vocabularies as OpenAI's tiktoken ships them, tokens by rank, as a tokenizer file: an independent source for tests. */
import { BYTE_CODES } from '../byte-level.ts';
import type { TokenizerFile } from '../tokenizer.ts';

export interface Ranks {
  /** Lines of "! FIRST-RANK base64 base64 …". */
  readonly bpe_ranks: string;
  readonly special_tokens: Readonly<Record<string, number>>;
  readonly pat_str: string;
}

export function tokenizerFromRanks({ bpe_ranks, special_tokens, pat_str }: Ranks): TokenizerFile {
  // Bytes as Latin-1 strings.
  const ranks = new Map<string, number>();
  for (const line of bpe_ranks.split('\n')) {
    const [, first, ...tokens] = line.split(' ');
    for (const [i, token] of tokens.entries())
      ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(first) + i);
  }
  const written = (bytes: string) =>
    Array.from(bytes, (byte) => String.fromCharCode(BYTE_CODES[byte.charCodeAt(0)]!)).join('');
  const merges: [string, string][] = [];
  for (const [token, rank] of [...ranks].sort(([, a], [, b]) => a - b)) {
    if (token.length === 1) continue;
    const parts = lastPair(token, rank, ranks);
    if (parts) merges.push([written(parts[0]), written(parts[1])]);
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  return {
    added_tokens: Object.entries(special_tokens).map(([content, id]) => ({
      id,
      content,
      special: true,
      normalized: false,
      single_word: false,
      lstrip: false,
      rstrip: false,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pat_str }, behavior: 'Isolated', invert: false },
        byteLevel,
      ],
    },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      // A few tokens of the vocabulary cannot be reached by merges; tiktoken takes a whole word first.
      ignore_merges: true,
      vocab: Object.fromEntries([...ranks].map(([token, id]) => [written(token), id])),
      merges,
    },
  };
}

/** What the token is made of by the merges that come before it: two parts, if it can be made. */
function lastPair(
  token: string,
  rank: number,
  ranks: ReadonlyMap<string, number>,
): [string, string] | undefined {
  const parts = token.split('');
  while (parts.length > 2) {
    let best = rank;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const found = ranks.get(parts[i]! + parts[i + 1]!) ?? rank;
      if (found < best) {
        best = found;
        at = i;
      }
    }
    if (at < 0) return undefined;
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
  return parts as [string, string];
}
