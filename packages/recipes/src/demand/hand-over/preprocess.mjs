/**
 * Texts as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and vocabulary.json beside this
 * file. It does what Gradus does (a test holds the two together), and is written to be read: in another language, do the same.
 */
import { readFileSync } from 'node:fs';

const { vocabulary, terms, idf, kind } = JSON.parse(
  readFileSync(new URL('vocabulary.json', import.meta.url), 'utf8'),
);
const numberOf = new Map(vocabulary.map((token, i) => [token, i + 2]));
const placeOf = new Map(terms.map((term, i) => [term, i]));

const LONGEST_CELL = 100_000;
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
  if (kind === 'words') return runsOf(wordsOf(text), 2);
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

/** Words of languages that put spaces between them, numbers, and emoji. */
const SPACED_WORDS = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{N}+(?:[.,:]\p{N}+)*|\p{Extended_Pictographic}/gu;

/** Scripts without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** Words by Unicode's rules and dictionary (ICU), which other languages have as well: PyICU, ICU4J. */
function wordsOf(text) {
  const lower = text.toLowerCase().replaceAll('’', "'");
  if (!UNSPACED.test(lower)) return lower.match(SPACED_WORDS) ?? [];
  return [...segmenter.segment(lower)]
    .filter(({ segment, isWordLike }) => isWordLike || /\p{Extended_Pictographic}/u.test(segment))
    .map(({ segment }) => segment);
}

/** Names of HTML's elements. */
const ELEMENTS =
  'a|abbr|article|aside|audio|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|noscript|object|ol|option|p|path|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr|[a-z]{1,3}:[a-z]+|!doctype|\\?xml';

/** What is taken away and what remains in its place: HTML, places of templates, BBCode, Markdown. */
const MARKUP = [
  [/<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[|\]\]>/g, ' '],
  [
    /<(script|style|noscript|template|svg)\b[^<>]{0,2000}>([\s\S]*?)(<\/\1\s*>|$)/gi,
    // A cell that was cut off may not close it; but somebody may also write of a "<script> tag".
    (_, __, inside, end) => (end || /[{};]/.test(inside) ? ' ' : ` ${inside}`),
  ],
  [new RegExp(`<[/]?(?:${ELEMENTS})\\b[^<>]{0,2000}>`, 'gi'), ' '],
  [/\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|<%[^<>]{0,500}%>|\$\{[^{}\s]{1,100}\}|\*\|[\w:]{1,60}\|\*/g, ' '],
  [/\[img[^\][]{0,200}\][^\][]{0,500}\[\/img\]/gi, ' '],
  [
    /\[\/?(?:b|i|u|s|url|quote|code|color|size|font|list|spoiler|center|left|right|youtube)(?:=[^\][]{0,500})?\]|\[\*\]/g,
    ' ',
  ],
  [/!\[([^\][]{0,300})\]\([^()\s]{0,1000}(?:\s"[^"()]{0,300}")?\)/g, ' $1 '],
  [/\[([^\][]{1,300})\]\((?:https?:|mailto:|www\.|[/#])[^()\s]{0,1000}(?:\s"[^"()]{0,300}")?\)/g, '$1'],
  [/```\w*/g, ' '],
  [/(\*\*|__|~~)(?=\S)([^*_~\n]{1,500})\1/g, '$2'],
  [/^[ \t]{0,3}(?:#{1,6}|[>*+-])[ \t]+/gm, ' '],
];

const ENTITIES = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwnj: '',
  zwj: '\u200d',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  iexcl: '¡',
  iquest: '¿',
  bull: '•',
  middot: '·',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  deg: '°',
  times: '×',
  frac12: '½',
  frac14: '¼',
  hearts: '♥',
  szlig: 'ß',
  aelig: 'æ',
  oelig: 'œ',
  oslash: 'ø',
};
const MARKS = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  uml: '\u0308',
  tilde: '\u0303',
  cedil: '\u0327',
  ring: '\u030a',
};

/** No markup, no entities, no invisible characters, one form of each (NFKC), single spaces. */
function cleaned(text) {
  let plain = text.slice(0, LONGEST_CELL);
  for (let round = 0; round < 2; round++) {
    plain = withoutMarkup(plain).replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z0-9]{1,7}));/gi, decoded);
  }
  return withoutMarkup(plain)
    .slice(0, LONGEST_TEXT)
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(/(?!\u200d)[\p{Cc}\p{Cf}\p{Co}]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
}

function withoutMarkup(text) {
  return MARKUP.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

function decoded(whole, decimal, hex, name) {
  if (name) {
    const [, letter, mark] = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring)$/i.exec(name) ?? [];
    return letter && mark ? letter + MARKS[mark.toLowerCase()] : (ENTITIES[name.toLowerCase()] ?? whole);
  }
  const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : ' ';
}
