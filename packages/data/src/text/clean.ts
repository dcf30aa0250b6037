/**
 * Text as people typed it, made plain: one form for characters that look the same (Unicode NFKC), no markup, no
 * invisible characters, single spaces. What it says is kept, emoji included.
 *
 * Markup is HTML, also where it was escaped once or twice on its way; BBCode of forums; Markdown; and the places that templates
 * fill in, `{{name}}`. What a page does not show is no text: scripts, styles, comments.
 */

/** A longer cell is cut before its markup is taken away, which may be the most of it. */
const LONGEST_CELL = 100_000;
/** Longer texts are cut: a review of this many characters has said what it has to say. */
const LONGEST = 20_000;

// Names of real elements only: "<3" and "price < 5" are not markup.
const ELEMENTS =
  'a|abbr|article|aside|audio|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|noscript|object|ol|option|p|path|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr|[a-z]{1,3}:[a-z]+|!doctype|\\?xml';

type Replacement = string | ((whole: string, ...groups: (string | undefined)[]) => string);

/** What is taken away and what remains in its place, in this order. Each takes time that grows with the text only. */
const MARKUP: readonly (readonly [RegExp, Replacement])[] = [
  [/<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[|\]\]>/g, ' '],
  [
    /<(script|style|noscript|template|svg)\b[^<>]{0,2000}>([\s\S]*?)(<\/\1\s*>|$)/gi,
    // A cell that was cut off may not close it; but somebody may also write of a "<script> tag".
    (_, __, inside, end) => (end || /[{};]/.test(inside!) ? ' ' : ` ${inside}`),
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

const ENTITIES: Readonly<Record<string, string>> = {
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
/** Letters with a mark, `&eacute;`: the letter, and the mark that NFKC puts on it. */
const MARKS: Readonly<Record<string, string>> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  uml: '\u0308',
  tilde: '\u0303',
  cedil: '\u0327',
  ring: '\u030a',
};
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z0-9]{1,7}));/gi;

// Control, format (zero-width joiner apart, which holds emoji together) and private characters.
const INVISIBLE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Co}]/gu;

export function cleanText(text: string): string {
  let plain = text.slice(0, LONGEST_CELL);
  // Twice: feeds escape markup, and some escape it once more.
  for (let round = 0; round < 2; round++) plain = withoutMarkup(plain).replace(ENTITY, decodeEntity);
  return withoutMarkup(plain)
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/ +/g, ' ')
    .trim();
}

function withoutMarkup(text: string): string {
  // Most texts have none.
  if (!/[<[{`*_~#>+-]|\$\{/.test(text)) return text;
  return MARKUP.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement as string), text);
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name) {
    const [, letter, mark] = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring)$/i.exec(name) ?? [];
    return letter && mark ? letter + MARKS[mark.toLowerCase()]! : (ENTITIES[name.toLowerCase()] ?? whole);
  }
  const code = decimal ? Number(decimal) : Number.parseInt(hex!, 16);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : ' ';
}
