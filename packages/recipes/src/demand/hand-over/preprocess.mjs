/**
 * Texts as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and vocabulary.json beside this
 * file. It does what Gradus does (a test holds the two together), and is written to be read: in another language, do the same.
 */
import { readFileSync } from 'node:fs';

const { vocabulary, terms, idf } = JSON.parse(
  readFileSync(new URL('vocabulary.json', import.meta.url), 'utf8'),
);
const numberOf = new Map(vocabulary.map((token, i) => [token, i + 2]));
const placeOf = new Map(terms.map((term, i) => [term, i]));

const LONGEST_TEXT = 20_000;
const LONGEST_SEQUENCE = 160;
const [PADDING, UNKNOWN] = [0, 1];

/** @param lines One text each. @returns inputs in the JSON form of the Open Inference Protocol, one row a text */
export function tensorsOf(lines) {
  const texts = lines.map(cleaned);
  const sequences = texts.map((text) =>
    tokensOf(text)
      .slice(0, LONGEST_SEQUENCE)
      .map((token) => numberOf.get(token) ?? UNKNOWN),
  );
  const rows = texts.map(weightsOf);
  return [
    tensor('tokens', 'INT64', sequences, PADDING),
    tensor(
      'terms',
      'INT64',
      rows.map((row) => row.map(([place]) => place)),
      terms.length,
    ),
    tensor(
      'weights',
      'FP32',
      rows.map((row) => row.map(([, weight]) => weight)),
      0,
    ),
  ];
}

/** Rows of different lengths, each filled up to the longest. */
function tensor(name, datatype, rows, filling) {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const data = rows.flatMap((row) => [...row, ...new Array(width - row.length).fill(filling)]);
  return { name, shape: [rows.length, width], datatype, data };
}

/** The places of a text's terms, with their TF-IDF: (1 + ln tf) · idf, scaled to length 1. */
function weightsOf(text) {
  const counts = new Map();
  for (const term of termsOf(text)) {
    const place = placeOf.get(term);
    if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const row = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([place, count]) => [place, (1 + Math.log(count)) * idf[place]]);
  const length = Math.hypot(...row.map(([, weight]) => weight));
  return row.map(([place, weight]) => [place, weight / length]);
}

/** Runs of one to three tokens; what stands within four tokens behind a negation; for Chinese, a dictionary's words and pairs of them. */
function termsOf(text) {
  const tokens = tokensOf(text);
  const found = runsOf(tokens, 3);
  for (const [i, token] of tokens.entries()) {
    if (/^(?:[不没无未别]|not|no|never|none|nothing|without|hardly|cannot|\p{L}+n't)$/u.test(token)) {
      for (const negated of tokens.slice(i + 1, i + 5)) found.push(`n:${negated}`);
    }
  }
  if (/\p{Script=Han}/u.test(text)) for (const run of runsOf(wordsOf(text), 2)) found.push(`w:${run}`);
  return found;
}

function runsOf(tokens, longest) {
  const runs = [...tokens];
  for (let length = 2; length <= longest; length++) {
    for (let i = 0; i + length <= tokens.length; i++) runs.push(tokens.slice(i, i + length).join(' '));
  }
  return runs;
}

/** Chinese by character, other languages by word; punctuation and emoji one by one. */
function tokensOf(text) {
  return (
    text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{C}]/gu) ?? []
  );
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** Words by Unicode's rules and dictionary (ICU), which other languages have as well: PyICU, ICU4J. */
function wordsOf(text) {
  return [...segmenter.segment(text.toLowerCase().replaceAll('’', "'"))]
    .filter(({ segment, isWordLike }) => isWordLike || /\p{Extended_Pictographic}/u.test(segment))
    .map(({ segment }) => segment);
}

/** No markup, no entities, no invisible characters, one form of each (NFKC), single spaces. */
function cleaned(text) {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(
      /<\/?(?:a|b|br|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|script|span|strong|style|table|td|th|tr|u|ul)\b[^<>]{0,2000}>/gi,
      ' ',
    )
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, decoded)
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(/(?!\u200d)[\p{Cc}\p{Cf}\p{Co}]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
}

function decoded(whole, decimal, hex, name) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  if (name) return names[name.toLowerCase()] ?? whole;
  const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : ' ';
}
