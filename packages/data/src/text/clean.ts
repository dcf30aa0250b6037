/**
 * Text as people typed it, made plain: one form for characters that look the same (Unicode NFKC), no markup, no
 * invisible characters, single spaces. What it says is kept, emoji included.
 */

/** Longer texts are cut: a review of this many characters has said what it has to say. */
const LONGEST = 20_000;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
// Names of real elements only: "<3" and "price < 5" are not markup.
const TAGS =
  /<\/?(?:a|b|br|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|script|span|strong|style|table|td|th|tr|u|ul)\b[^<>]{0,2000}>/gi;
// Control, format (zero-width joiner apart, which holds emoji together) and private characters.
const INVISIBLE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Co}]/gu;

export function cleanText(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(TAGS, ' ')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, decodeEntity)
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/ +/g, ' ')
    .trim();
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal ? Number(decimal) : Number.parseInt(hex!, 16);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : ' ';
}
