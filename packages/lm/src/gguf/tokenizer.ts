/**
 * The tokenizer inside a GGUF file, in the form of tokenizer.json. `gpt2`: byte-level BPE with its merges, and a name for how text is cut
 * before. `llama`: SentencePiece's BPE, whose merges follow from the scores of tokens.
 */
import { UserError } from '@gradus/base';
import { GPT4_PATTERN, type TokenizerFile } from '@gradus/data';
import type { Gguf, GgufValue } from './read.ts';

/** `tokenizer.ggml.token_type` */
const [UNKNOWN, CONTROL, USER_DEFINED] = [2, 3, 4];

const QWEN2_PATTERN = GPT4_PATTERN.replace('\\p{N}{1,3}', '\\p{N}');
/** Marks belong to the letters before them. */
const QWEN35_PATTERN = QWEN2_PATTERN.replace('?\\p{L}+', '?[\\p{L}\\p{M}]+').replace(
  '\\s\\p{L}\\p{N}',
  '\\s\\p{L}\\p{M}\\p{N}',
);
const [UPPER, LOWER] = ['[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]', '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'];
/** Words begin where small letters end. @param behind what may follow a word, such as its contraction */
const byCase = (behind: string, digits: string) =>
  [
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${behind}`,
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${behind}`,
    digits,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|');

const split = (pattern: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});
const GPT2_CUT = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const DIGITS_CUT = {
  type: 'Sequence',
  pretokenizers: [{ type: 'Digits', individual_digits: true }, GPT2_CUT],
};

interface Cut {
  readonly cut: unknown;
  /** Whether a word that is a token is taken as it is; then a text begins with the token for that too, unless the file says otherwise. */
  readonly whole?: boolean;
}
const [GPT2, GPT4, LLAMA3, QWEN2]: readonly [Cut, Cut, Cut, Cut] = [
  { cut: GPT2_CUT },
  { cut: split(GPT4_PATTERN) },
  { cut: split(GPT4_PATTERN), whole: true },
  { cut: split(QWEN2_PATTERN) },
];

/**
 * How text is cut before it is encoded, by `tokenizer.ggml.pre`.
 *
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
 */
export const CUTS: Readonly<Record<string, Cut>> = {
  default: GPT2,
  'gpt-2': GPT2,
  gpt2: GPT2,
  phi: GPT2,
  'phi-2': GPT2,
  olmo: GPT2,
  'llama-bpe': LLAMA3,
  'llama-v3': LLAMA3,
  llama3: LLAMA3,
  falcon3: LLAMA3,
  pixtral: LLAMA3,
  dbrx: GPT4,
  'smaug-bpe': GPT4,
  smaug: GPT4,
  qwen2: QWEN2,
  'deepseek-r1-qwen': QWEN2,
  qwen35: { cut: split(QWEN35_PATTERN) },
  tekken: { cut: split(byCase('', '\\p{N}')), whole: true },
  'gpt-4o': { cut: split(byCase("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", '\\p{N}{1,3}')) },
  smollm: { cut: DIGITS_CUT },
  starcoder: { cut: DIGITS_CUT },
  refact: { cut: DIGITS_CUT },
};

/** @throws UserError naming the kind of tokenizer that is not known */
export function tokenizerOfGguf({ file, metadata }: Gguf): TokenizerFile {
  const at = (field: string) => metadata.get(`tokenizer.ggml.${field}`);
  const tokens = list(at('tokens')).map(String);
  if (tokens.length === 0)
    throw new UserError({ en: `${file.path} has no tokenizer`, zh: `${file.path} 中没有分词器` });
  const types = list(at('token_type')).map(Number);
  const kind = String(at('model'));
  const known = { gpt2: byteLevel, llama: sentencePiece };
  if (!Object.hasOwn(known, kind))
    throw new UserError({
      en: `${file.path}: a tokenizer of kind "${kind}" is not known; known are ${Object.keys(known).join(', ')}`,
      zh: `${file.path}：不支持类型为“${kind}”的分词器；支持 ${Object.keys(known).join('、')}`,
    });
  const added = tokens.flatMap((content, id) =>
    [UNKNOWN, CONTROL, USER_DEFINED].includes(types[id] ?? 1) && content !== ''
      ? [{ ...PLAIN, id, content, special: types[id] !== USER_DEFINED }]
      : [],
  );
  const pre = String(at('pre') ?? 'default');
  const whole = kind === 'gpt2' && Object.hasOwn(CUTS, pre) && CUTS[pre]!.whole === true;
  const begins = at('add_bos_token') ?? (kind === 'llama' || whole);
  const bos = at('bos_token_id');
  const first = begins && typeof bos === 'number' ? tokens[bos] : undefined;
  return {
    version: '1.0',
    added_tokens: added,
    ...(first !== undefined && { post_processor: beginning(first, bos as number) }),
    ...known[kind as keyof typeof known](),
  };

  function byteLevel() {
    if (!Object.hasOwn(CUTS, pre))
      throw new UserError({
        en: `${file.path}: text that is cut as "${pre}" before is not known; known are ${Object.keys(CUTS).join(', ')}`,
        zh: `${file.path}：不支持预切分方式“${pre}”；支持 ${Object.keys(CUTS).join('、')}`,
      });
    const special = new Set(added.filter(({ special }) => special).map(({ id }) => id));
    return {
      pre_tokenizer: CUTS[pre]!.cut,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        vocab: vocabulary(tokens, (id) => !special.has(id)),
        merges: list(at('merges')).map(String),
        ignore_merges: whole,
      },
    };
  }

  function sentencePiece() {
    const scores = list(at('scores')).map(Number);
    const spaced = at('add_space_prefix') ?? true;
    const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
    const unknown = at('unknown_token_id');
    return {
      normalizer: spaced
        ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] }
        : replace,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          ...(spaced ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
        ],
      },
      model: {
        type: 'BPE',
        vocab: vocabulary(tokens, () => true),
        merges: mergesOf(tokens, scores, types),
        ...(typeof unknown === 'number' && { unk_token: tokens[unknown] }),
        fuse_unk: true,
        byte_fallback: true,
      },
    };
  }
}

/** What other programs want to be told of an added token. */
const PLAIN = { single_word: false, lstrip: false, rstrip: false, normalized: false };

const list = (value: GgufValue | undefined): readonly GgufValue[] => (Array.isArray(value) ? value : []);

function vocabulary(tokens: readonly string[], keeps: (id: number) => boolean): Record<string, number> {
  const entries: [string, number][] = [];
  const seen = new Set<string>();
  for (const [id, token] of tokens.entries()) {
    if (!keeps(id) || seen.has(token)) continue;
    seen.add(token);
    entries.push([token, id]);
  }
  return Object.fromEntries(entries);
}

const beginning = (token: string, id: number) => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [
    { SpecialToken: { id: token, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: token, type_id: 1 } },
    { Sequence: { id: 'B', type_id: 1 } },
  ],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
});

/** Each way to make a token of two others, those of the best scores first: what SentencePiece does when it encodes. */
function mergesOf(
  tokens: readonly string[],
  scores: readonly number[],
  types: readonly number[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const found: { id: number; left: string; right: string; order: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    if ((types[id] ?? 1) !== 1 || token.length > MOST_CHARACTERS) continue;
    const characters = [...token];
    for (let at = 1; at < characters.length; at++) {
      const [left, right] = [characters.slice(0, at).join(''), characters.slice(at).join('')];
      const [a, b] = [ids.get(left), ids.get(right)];
      if (a !== undefined && b !== undefined) found.push({ id, left, right, order: a * tokens.length + b });
    }
  }
  found.sort((a, b) => scores[b.id]! - scores[a.id]! || a.order - b.order);
  return found.map(({ left, right }) => [left, right]);
}

/** Longer tokens are no words, and would have very many ways to be made. */
const MOST_CHARACTERS = 128;
