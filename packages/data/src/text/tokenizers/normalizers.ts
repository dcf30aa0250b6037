/**
 * Normalizers: texts that mean the same written the same way, before they are cut. Each is a function from text to
 * text that keeps where everything stood.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { Aligned } from './aligned.ts';
import { buildAll, type Component, type Components, component } from './component.ts';
import { matcher, PATTERN, replaceAll } from './matcher.ts';
import type { Normalizer } from './normalizer.ts';
import { precompiled } from './precompiled.ts';

export const NORMALIZERS: Components<Normalizer> = {
  NFC: unicode('NFC'),
  NFD: unicode('NFD'),
  NFKC: unicode('NFKC'),
  NFKD: unicode('NFKD'),
  Lowercase: component({}, () => lowercase),
  StripAccents: component({}, () => (text) => without(text, MARK)),
  Strip: component(
    { strip_left: z.boolean().default(true), strip_right: z.boolean().default(true) },
    ({ strip_left, strip_right }) =>
      (source) => {
        const { text } = source;
        let [from, to] = [0, text.length];
        if (strip_left) while (from < to && WHITE.test(text[from]!)) from++;
        if (strip_right) while (to > from && WHITE.test(text[to - 1]!)) to--;
        return source.slice(from, to);
      },
  ),
  Replace: component({ pattern: PATTERN, content: z.string() }, ({ pattern, content }) => {
    const matches = matcher(pattern);
    // The usual case, a space by the block that SentencePiece writes for it, needs no new places.
    if ('String' in pattern && pattern.String.length === 1 && content.length === 1)
      return (source) => source.withText(source.text.replaceAll(pattern.String, () => content));
    return (source) => replaceAll(source, matches, content);
  }),
  Prepend: component({ prepend: z.string() }, ({ prepend }) => (source) => {
    if (source.text === '') return source;
    return prepended(source, prepend);
  }),
  Nmt: component({}, () => (source) => {
    const spaced =
      source.text.search(NMT_SPACES) < 0 ? source : source.withText(source.text.replace(NMT_SPACES, ' '));
    return without(spaced, NMT_DROPPED);
  }),
  Precompiled: component(
    { precompiled_charsmap: z.base64().max(4_000_000) },
    ({ precompiled_charsmap }, place) => precompiled(Buffer.from(precompiled_charsmap, 'base64'), place),
  ),
  BertNormalizer: component(
    {
      clean_text: z.boolean().default(true),
      handle_chinese_chars: z.boolean().default(true),
      strip_accents: z.boolean().nullish(),
      lowercase: z.boolean().default(true),
    },
    (fields) => {
      const decomposed = unicodeForm('NFD');
      return (text) => {
        let done = text;
        if (fields.clean_text) {
          done = without(done, BERT_DROPPED);
          if (SPACE.test(done.text)) done = done.withText(done.text.replace(SPACES, ' '));
        }
        if (fields.handle_chinese_chars && BERT_HAN.test(done.text))
          done = done.mapCharacters((c) => (BERT_HAN.test(c) ? ` ${c} ` : c));
        if (fields.strip_accents ?? fields.lowercase) done = without(decomposed(done), NONSPACING);
        return fields.lowercase ? lowercase(done) : done;
      };
    },
  ),
  Sequence: component({ normalizers: z.array(z.unknown()).max(100) }, ({ normalizers }, place) => {
    const all = buildAll(NORMALIZERS, normalizers, `${place}.normalizers`);
    return (text) => all.reduce((done, normalize) => normalize(done), text);
  }),
};

const MARK = /\p{M}/u;
const NONSPACING = /\p{Mn}/u;
const WHITE = /\p{White_Space}/u;
/** White space that is not the space itself. */
const SPACE = /(?! )\p{White_Space}/u;
const SPACES = /(?! )\p{White_Space}/gu;
/** Control, format and private characters, as BERT's tokenizer drops them; tab and line ends are spaces. */
const BERT_DROPPED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\ufffd]/u;
const BERT_HAN =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is dropped.
const NMT_DROPPED = /[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/;
const NMT_SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;

function unicode(form: string): Component<Normalizer> {
  return component({}, () => unicodeForm(form));
}

/**
 * What may join with the characters before it: marks, the vowels and finals of Hangul, half-width marks and Hangul of
 * Japanese and Korean.
 */
const JOINED =
  /[^\p{M}\u1160-\u11ff\uff9e\uff9f\uffa0-\uffdc][\p{M}\u1160-\u11ff\uff9e\uff9f\uffa0-\uffdc]*|[\s\S]/gu;

/**
 * Marks on one character. Putting them in order takes the square of their number; text of people has at most 30 (Unicode's
 * stream-safe format, UAX #15).
 */
const TOO_MANY_MARKS = /\p{M}{1000}/u;

function unicodeForm(form: string): Normalizer {
  return (source) => {
    const { text } = source;
    if (TOO_MANY_MARKS.test(text)) {
      throw new UserError({
        en: 'The text has 1,000 combining marks on one character, which nobody writes. Take the text out.',
        zh: '文本中有一个字符带 1,000 个以上的组合符号，这不是正常文字。请移除该文本。',
      });
    }
    if (text.normalize(form) === text) return source;
    const builder = new Aligned.Builder(source);
    let kept = 0;
    for (const { 0: joined, index } of text.matchAll(JOINED)) {
      const normal = joined.normalize(form);
      if (normal === joined) continue;
      builder.keep(kept, index);
      kept = index + joined.length;
      // What begins and ends alike keeps its place; of the rest it is not known what came from where.
      if (form === 'NFD' || form === 'NFKD') decompose(builder, joined, index, form);
      else builder.put(normal, index, kept);
    }
    builder.keep(kept, text.length);
    return builder.done();
  };
}

/** Character by character where their order does not change. */
function decompose(
  builder: InstanceType<typeof Aligned.Builder>,
  joined: string,
  index: number,
  form: string,
): void {
  const parts = Array.from(joined, (character) => character.normalize(form));
  const normal = joined.normalize(form);
  if (parts.join('') !== normal) {
    // Marks were put in order; what they stand on is still the first.
    const base = String.fromCodePoint(normal.codePointAt(0)!);
    const first = String.fromCodePoint(joined.codePointAt(0)!).length;
    builder.put(base, index, index + first);
    builder.put(normal.slice(base.length), index, index + joined.length);
    return;
  }
  let at = index;
  for (const [i, character] of Array.from(joined).entries()) {
    builder.put(parts[i]!, at, at + character.length);
    at += character.length;
  }
}

/** Character by character: Σ is σ also at the end of a word. */
const lowercase: Normalizer = (source) => {
  const { text } = source;
  const lower = text.toLowerCase();
  if (lower === text) return source;
  if (lower.length === text.length && !text.includes('Σ')) return source.withText(lower);
  return source.mapCharacters((character) => character.toLowerCase());
};

function without(source: Aligned, dropped: RegExp): Aligned {
  return dropped.test(source.text) ? source.mapCharacters((c) => (dropped.test(c) ? '' : c)) : source;
}

export function prepended(source: Aligned, prefix: string): Aligned {
  const builder = new Aligned.Builder(source);
  const first = String.fromCodePoint(source.text.codePointAt(0)!).length;
  builder.put(prefix, 0, first);
  builder.keep(0, source.text.length);
  return builder.done();
}
