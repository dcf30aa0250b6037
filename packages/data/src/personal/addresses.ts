/**
 * Postal addresses. An English one goes from the small to the large: flat, number, street, town, postcode; a Chinese one from the
 * large to the small (chinese-addresses.ts).
 */
import { findChineseAddresses } from './chinese-addresses.ts';
import type { Detector } from './kinds.ts';
import { matches, precededBy } from './matches.ts';

const SUFFIXES =
  'Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Square|Sq|Highway|Hwy|Parkway|Pkwy|Way|Close|Crescent|Mews|Gardens|Grove|Hill';
const SUFFIX = `${SUFFIXES}|${SUFFIXES.toUpperCase()}`;
const POSTCODE = String.raw`[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}(?!\w)`;
const ZIP = String.raw`[A-Z]{2}\s+\d{5}(?:-\d{4})?`;
/** Only whole words: no "London SW" of "London SW1A", and no state with a zip code behind it. */
const TOWN = String.raw`[A-Z][A-Za-z'’-]{1,20}\.?(?: (?!${ZIP})[A-Z][A-Za-z'’-]{1,20}){0,3}(?![\w])`;
const FLAT_WORD = 'Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm';
const FLAT_BEFORE = String.raw`(?:(?:${FLAT_WORD})\.?\s?\d{0,4}[A-Za-z]?,\s*(?:[A-Z][A-Za-z]+ (?:House|Court|Lodge|Building|Mansions),\s*)?)?`;
const FLAT_AFTER = String.raw`(?:,?\s*(?:(?:${FLAT_WORD})\b|#)\.?\s*[\w-]{1,6})?`;
const REST = String.raw`(?:,\s*(?!${ZIP})(?!${POSTCODE})${TOWN}){0,3}(?:,?\s+(?:${ZIP}|${POSTCODE}))?`;
const STREET = new RegExp(
  String.raw`(?<![\w.])${FLAT_BEFORE}\d{1,5}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?(?<name>(?:(?:[A-Z][A-Za-z'’-]{1,20}|\d{1,3}(?:st|nd|rd|th))\.?\s+){1,4})(?:${SUFFIX})\b\.?${FLAT_AFTER}${REST}`,
  'g',
);
/** Written without capitals, behind a word that says so. */
const PLAIN_STREET = new RegExp(
  String.raw`(?:\b(?:live[sd]?|living|reside[sd]?|address|deliver(?:ed)?|ship(?:ped)?|send|sent|mailed?|house)\b[^\d.!?\n]{0,20}\s)(?<it>\d{1,5}[a-z]?\s+(?<name>(?:[a-z'’-]{2,20}\s+){1,3})(?:${SUFFIXES.toLowerCase()})\b(?:,?\s*(?:apt|apartment|suite|unit|flat)\.?\s*[\w-]{1,6})?(?:,?\s+${POSTCODE})?)`,
  'dgi',
);
/** What stands between a number and "drive" or "road" and makes it none: 30 Minutes Drive, 5 Star Road trip, 500 GB Hard Drive. */
const NO_STREET =
  /\b(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|miles?|km|kms|metres?|meters?|feet|foot|ft|inch|inches|stars?|wheels?|[gtmk]b|bits?|steps?|times?|percent|people|persons?|pieces?|packs?|sets?|dollars?|bed(?:room)?s?|bath(?:room)?s?|rooms?|cars?|lanes?|hard|disk|disc|solid|flash|usb|thumb|test|best|worst|better|great|good|bad|of|the|other|ways?|long|short|whole|full|only|main way|way)\b/i;
/** What follows such a word where no street was meant. */
const NO_STREET_AFTER =
  /^\s+(?:trips?|tests?|rage|shows?|movies?|works?|trains?|shaft|time|through|thru|race|bike|map|safety)\b/i;
/** A British postcode is some fifteen houses; a word, a flat or a town beside it says that it is one. */
const LONE_POSTCODE =
  /(?<![\w-])(?<it>(?:[A-PR-UWYZ]\d[A-HJKPSTUW\d]?|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY\d]?) \d[ABD-HJLNP-UW-Z]{2})(?![\w-])/dg;
const PLACE_WORD =
  /post ?code|address|\blive|living|flat|apartment|street|road|\blane|london|deliver|\bmove|based (?:in|at)/i;
const FLAT_AND_POSTCODE = new RegExp(
  String.raw`\b(?:Flat|Apartment|Apt|Unit)\.?\s?\d{1,4}[A-Za-z]?,?\s+(?:${TOWN},?\s+){0,3}${POSTCODE}`,
  'g',
);
const BOX = /\bP\.?\s?O\.?\s+Box\s+\d{1,6}\b/gi;

export const addresses: Detector = {
  kind: 'address',
  *find(text) {
    if (/\p{Script=Han}/u.test(text)) yield* findChineseAddresses(text);
    if (!/\d/.test(text) || !/[A-Za-z]{2}/.test(text)) return;
    const street = (_: string, { groups, index, 0: all }: RegExpExecArray) => {
      if (NO_STREET.test(groups!.name!)) return 0;
      return NO_STREET_AFTER.test(text.slice(index + all.length, index + all.length + 12)) ? 0 : 0.85;
    };
    yield* matches(text, STREET, street);
    yield* matches(text, PLAIN_STREET, street);
    yield* matches(text, FLAT_AND_POSTCODE, 0.86);
    yield* matches(text, LONE_POSTCODE, (_, { index }) => (precededBy(text, index, PLACE_WORD) ? 0.75 : 0));
    yield* matches(text, BOX, 0.85);
  },
};
