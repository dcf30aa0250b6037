/**
 * What of two transcripts is compared: words of languages with spaces, characters of Chinese. Case, punctuation, full-width
 * letters, and the spelling of numbers, percentages, times and amounts make no difference. (As OpenAI's Whisper is judged: Radford
 * et al., 2022, appendix C; for text that mixes Chinese and English this is the mixed error rate.)
 */
import { englishNumbersInDigits, hanNumbersInDigits } from './spoken-numbers.ts';

const HAN = /\p{Script=Han}/u;
const CHARACTER_SCRIPTS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const CURRENCIES: readonly (readonly [RegExp, string])[] = [
  [/\$\s?(\d+(?:\.\d+)?)/g, '$1 dollars'],
  [/€\s?(\d+(?:\.\d+)?)/g, '$1 euros'],
  [/£\s?(\d+(?:\.\d+)?)/g, '$1 pounds'],
  [/[¥￥]\s?(\d+(?:\.\d+)?)/g, '$1元'],
];

const HYPHEN_BETWEEN_LETTERS = /(?<=\p{L})[-‐‑](?=\p{L})/gu;
const ABBREVIATION = /\b(?:\p{L}\.){2,}/gu;
const THOUSANDS = /(?<=\d),(?=\d{3}(?!\d))/g;
const CLOCK = /(?<=\d):(?=\d{2}(?!\d))/g;
/** A point between digits, a percent sign behind one, an apostrophe between letters stay. */
const PUNCTUATION = /(?<!\d)\.|\.(?!\d)|(?<!\d)%|(?<!\p{L})'|'(?!\p{L})|[^\p{L}\p{M}\p{N}\s.%']/gu;
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\d+(?:\.\d+)?%?(?:st|nd|rd|th)?|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** Whether errors are counted by character: more of the letters are Chinese or Japanese than are not. */
export function isCharacterText(text: string): boolean {
  let [characters, letters] = [0, 0];
  for (const one of text) {
    if (CHARACTER_SCRIPTS.test(one)) characters++;
    else if (/\p{L}/u.test(one)) letters++;
  }
  // A word of a language with spaces weighs as much as two characters.
  return characters > 0 && characters * 2 >= letters / 2.5;
}

/** Whether a text has Chinese and words of another script. */
export const isMixedText = (text: string): boolean => HAN.test(text) && /\p{Script=Latin}{2,}/u.test(text);

/**
 * A transcript without what makes no difference, as tokens. By character each digit is a token, as each character is.
 *
 * @param byCharacter Two texts that are compared are cut the same way: that of the reference
 */
export function speechTokens(text: string, byCharacter = isCharacterText(text)): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  let spoken = plain;
  for (const [sign, words] of CURRENCIES) spoken = spoken.replace(sign, words);
  spoken = spoken
    .replace(ABBREVIATION, (letters) => letters.replaceAll('.', ''))
    .replace(THOUSANDS, '')
    .replace(CLOCK, '')
    .replace(HYPHEN_BETWEEN_LETTERS, ' ')
    .replace(PUNCTUATION, ' ');
  if (HAN.test(spoken)) spoken = hanNumbersInDigits(spoken);
  const tokens = englishNumbersInDigits(spoken.match(TOKEN) ?? []);
  return byCharacter ? tokens.flatMap((token) => (/^\d/.test(token) ? [...token] : [token])) : tokens;
}

/** Characters as they are written, punctuation and all: what `jiwer.cer` compares. */
export const writtenCharacters = (text: string): string[] => [...text.trim()];

/** Words as they are written: what `jiwer.wer` compares. */
export const writtenWords = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean);
