/**
 * Pre-tokenizers: text cut into the pieces, words mostly, within which a model looks for its tokens. Each is a function
 * from pieces to smaller ones. Most differ only in the pattern they look for and in what becomes of a match.
 */
import { z } from 'zod';
import { findCharacterTokens, findWords } from '../words.ts';
import { Aligned } from './aligned.ts';
import { toByteLevel } from './byte-level.ts';
import { buildAll, type Components, component } from './component.ts';
import { Literal, type Matcher, matcher, PATTERN } from './matcher.ts';
import { prepended } from './normalizers.ts';
import { Numbers } from './numbers.ts';
import { Pattern } from './pattern/pattern.ts';

/** A text and where its pieces begin and end in it, pair by pair; good until the next text is cut. */
export interface Pieces {
  readonly text: Aligned;
  readonly spans: Int32Array;
}

export type PreTokenizer = (pieces: Pieces) => Pieces;

/** How GPT-2 cuts text into words: contractions, a space with what follows it, letters, digits, the rest. */
export const GPT2_PATTERN =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
/** How GPT-4 does: digits by threes, line ends apart. */
export const GPT4_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** \w of Rust's regex crate. */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const PUNCTUATION = '\\p{P}$+<=>^`|~';

/** What becomes of the matches of a pattern: pieces of their own, dropped, or joined to a neighbour. */
const BEHAVIORS = {
  Isolated: isolated,
  Removed: removed,
  MergedWithPrevious: merging((matched, before) => matched && !before),
  MergedWithNext: merging((matched, before) => before && !matched),
  Contiguous: merging((matched, before) => matched === before),
};
type Behavior = keyof typeof BEHAVIORS;
const BEHAVIOR = z.enum(Object.keys(BEHAVIORS) as [Behavior, ...Behavior[]]);

export const BYTE_LEVEL = {
  add_prefix_space: z.boolean().default(true),
  use_regex: z.boolean().default(true),
};

export const PRE_TOKENIZERS: Components<PreTokenizer> = {
  ByteLevel: component(BYTE_LEVEL, (fields) => {
    const split = byteLevelSplit(fields);
    return (pieces) => rewritten(split(pieces), (piece) => piece.mapCharacters(toByteLevel));
  }),
  Split: component(
    { pattern: PATTERN, behavior: BEHAVIOR, invert: z.boolean().default(false) },
    ({ pattern, behavior, invert }) => split(matcher(pattern), behavior, invert),
  ),
  Whitespace: component({}, () => split(new Pattern(`[${WORD}]+|[^\\s${WORD}]+`), 'Removed', true)),
  WhitespaceSplit: component({}, () => split(new Pattern('\\s+'), 'Removed')),
  Punctuation: component({ behavior: BEHAVIOR.default('Isolated') }, ({ behavior }) =>
    split(new Pattern(`[${PUNCTUATION}]`), behavior),
  ),
  Digits: component({ individual_digits: z.boolean().default(false) }, ({ individual_digits }) =>
    split(new Pattern('\\p{N}'), individual_digits ? 'Isolated' : 'Contiguous'),
  ),
  BertPreTokenizer: component({}, () =>
    split(new Pattern(`[${PUNCTUATION}]|[^\\s${PUNCTUATION}]+`), 'Removed', true),
  ),
  CharDelimiterSplit: component({ delimiter: z.string().min(1).max(2) }, ({ delimiter }) =>
    split(new Literal(delimiter), 'Removed'),
  ),
  Metaspace: component(
    {
      replacement: z.string().min(1).max(2).default('▁'),
      prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
      add_prefix_space: z.boolean().default(true),
      split: z.boolean().default(true),
    },
    ({ replacement, prepend_scheme, add_prefix_space, split: cut }) => {
      const scheme = prepend_scheme ?? (add_prefix_space ? 'always' : 'never');
      const cutting = split(new Literal(replacement), 'MergedWithNext');
      return (pieces) => {
        const spaced =
          replacement.length === 1
            ? { ...pieces, text: pieces.text.withText(pieces.text.text.replaceAll(' ', replacement)) }
            : rewritten(pieces, (piece) => piece.mapCharacters((c) => (c === ' ' ? replacement : c)));
        const marked = prefixed(
          spaced,
          replacement,
          (start) => scheme === 'always' || (scheme === 'first' && spaced.text.startOf(start) === 0),
        );
        return cut ? cutting(marked) : marked;
      };
    },
  ),
  /** Gradus' own words, of Chinese and of languages with spaces (text/words.ts), in lower-cased text. */
  Words: component({}, () => segmented(findWords)),
  CharacterTokens: component({}, () => segmented(findCharacterTokens)),
  Sequence: component({ pretokenizers: z.array(z.unknown()).max(100) }, ({ pretokenizers }, place) => {
    const all = buildAll(PRE_TOKENIZERS, pretokenizers, `${place}.pretokenizers`);
    return (pieces) => all.reduce((done, cut) => cut(done), pieces);
  }),
};

/** What ByteLevel does before it writes bytes as characters, which a model of bytes has no need of. */
export function byteLevelSplit({
  add_prefix_space,
  use_regex,
}: z.output<z.ZodObject<typeof BYTE_LEVEL>>): PreTokenizer {
  const cut = use_regex ? split(new Pattern(GPT2_PATTERN), 'Isolated') : undefined;
  return (pieces) => {
    const begun = add_prefix_space ? prefixed(pieces, ' ', () => true) : pieces;
    return cut ? cut(begun) : begun;
  };
}

function split(matches: Matcher, behavior: Behavior, invert = false): PreTokenizer {
  const behave = BEHAVIORS[behavior];
  // Used again for each text: pieces are read before the next text is cut.
  const cut = new Numbers(1024);
  return ({ text, spans }) => {
    cut.length = 0;
    for (let i = 0; i < spans.length; i += 2)
      behave(text.text, spans[i]!, spans[i + 1]!, matches, invert, cut);
    return { text, spans: cut.values };
  };
}

type Behave = (
  text: string,
  low: number,
  high: number,
  matches: Matcher,
  invert: boolean,
  out: Numbers,
) => void;

function isolated(text: string, low: number, high: number, matches: Matcher, _: boolean, out: Numbers): void {
  let kept = low;
  let at = low;
  while (at < high && matches.find(text, at, low, high)) {
    const { start, end } = matches;
    if (start > kept) out.push2(kept, start);
    if (end > start) out.push2(start, end);
    kept = end;
    at = end > start ? end : end + 1;
  }
  if (high > kept) out.push2(kept, high);
}

function removed(
  text: string,
  low: number,
  high: number,
  matches: Matcher,
  invert: boolean,
  out: Numbers,
): void {
  let kept = low;
  let at = low;
  while (at < high && matches.find(text, at, low, high)) {
    const { start, end } = matches;
    if (invert) {
      if (end > start) out.push2(start, end);
    } else if (start > kept) out.push2(kept, start);
    kept = end;
    at = end > start ? end : end + 1;
  }
  if (!invert && high > kept) out.push2(kept, high);
}

/** Matches and what is between them, each joined to what stands before it where `joins` says so. */
function merging(joins: (matched: boolean, before: boolean) => boolean): Behave {
  return (text, low, high, matches, invert, out) => {
    const first = out.length;
    let before: boolean | undefined;
    const put = (from: number, to: number, matched: boolean) => {
      if (before !== undefined && out.length > first && joins(matched, before)) out.data[out.length - 1] = to;
      else out.push2(from, to);
      before = matched;
    };
    let kept = low;
    while (kept < high && matches.find(text, kept, low, high)) {
      const { start, end } = matches;
      if (end === start) break;
      if (start > kept) put(kept, start, invert);
      put(start, end, !invert);
      kept = end;
    }
    if (high > kept) put(kept, high, invert);
  };
}

/** The pieces that a function finds within each. */
function segmented(find: (text: string) => Iterable<{ word: string; at: number }>): PreTokenizer {
  return ({ text, spans }) => {
    const cut = new Numbers(2 * spans.length + 16);
    for (let i = 0; i < spans.length; i += 2) {
      const from = spans[i]!;
      for (const { word, at } of find(text.text.slice(from, spans[i + 1])))
        cut.push2(from + at, from + at + word.length);
    }
    return { text, spans: cut.values };
  };
}

/** The pieces, each rewritten. */
function rewritten({ text, spans }: Pieces, rewrite: (piece: Aligned) => Aligned): Pieces {
  const cut = new Numbers(spans.length);
  const parts: Aligned[] = [];
  let length = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const part = rewrite(text.slice(spans[i]!, spans[i + 1]!));
    cut.push2(length, length + part.text.length);
    length += part.text.length;
    parts.push(part);
  }
  return { text: Aligned.join(parts), spans: cut.values };
}

/** A prefix before each piece that does not begin with it, where the piece's start calls for one. */
function prefixed(pieces: Pieces, prefix: string, applies: (start: number) => boolean): Pieces {
  const lacks = (start: number) => applies(start) && !pieces.text.text.startsWith(prefix, start);
  let any = false;
  for (let i = 0; i < pieces.spans.length && !any; i += 2) any = lacks(pieces.spans[i]!);
  if (!any) return pieces;
  let at = 0;
  return rewritten(pieces, (piece) => {
    const start = pieces.spans[2 * at++]!;
    return lacks(start) ? prepended(piece, prefix) : piece;
  });
}
