/**
 * Numbers as they are spoken, written in digits: "百分之五十" is 50%, "二零二四" is 2024, "twenty five" is 25. A recognizer may
 * write either form, and neither is an error, so both are brought to digits before they are compared (inverse text
 * normalization: Sproat and Jaitly, "RNN Approaches to Text Normalization", 2016, section 2; here by rules alone).
 */

const HAN_DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const HAN_TENS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };
const HAN_GROUPS: Readonly<Record<string, number>> = { 万: 1e4, 亿: 1e8 };

const HAN_NUMBER = '[零〇一二两三四五六七八九十百千万亿]+';
const HAN_PERCENT = new RegExp(`百分之(${HAN_NUMBER}(?:点${HAN_NUMBER})?|\\d+(?:\\.\\d+)?)`, 'g');
const HAN_DECIMAL = new RegExp(`(${HAN_NUMBER})点([零〇一二三四五六七八九]+)(?!十)`, 'g');
const HAN_WHOLE = new RegExp(HAN_NUMBER, 'g');
/** Units alone are no number: 万一, 千万, 亿 stand in words. */
const IS_UNIT = /^[百千万亿]/;

/** Chinese numerals in digits; what is no number by itself stays. */
export function hanNumbersInDigits(text: string): string {
  return text
    .replace(HAN_PERCENT, (_, of: string) => `${hanDecimal(of)}%`)
    .replace(HAN_DECIMAL, (_, whole: string, rest: string) => `${hanWhole(whole)}.${hanDigits(rest)}`)
    .replace(HAN_WHOLE, (run) => (IS_UNIT.test(run) ? run : hanWhole(run)));
}

const hanDigits = (run: string): string => Array.from(run, (one) => HAN_DIGITS[one] ?? one).join('');

function hanDecimal(text: string): string {
  const [whole = '', rest] = text.split('点');
  return rest === undefined ? hanWhole(whole) : `${hanWhole(whole)}.${hanDigits(rest)}`;
}

/** One run of numerals: digits one by one (二零二四), or with their units (两千零二十四). */
function hanWhole(run: string): string {
  if (/^\d/.test(run)) return run;
  if (!/[十百千万亿]/.test(run)) return hanDigits(run);
  let [total, group, digit, unit] = [0, 0, 0, 1];
  for (const one of run) {
    if (one in HAN_DIGITS) {
      digit = HAN_DIGITS[one]!;
      if (digit === 0) unit = 1;
    } else if (one in HAN_TENS) {
      group += (digit || 1) * HAN_TENS[one]!;
      unit = HAN_TENS[one]! / 10;
      digit = 0;
    } else {
      // 三亿五千万 is 3 × 亿 and 5000 × 万 beside it; 一万亿 is 1 万 times 亿.
      const section = group + digit;
      total = one === '亿' ? (total + section) * HAN_GROUPS[one]! : total + section * HAN_GROUPS[one]!;
      unit = HAN_GROUPS[one]! / 10;
      [group, digit] = [0, 0];
    }
  }
  // 三百二 is 320, 一万二 is 12000.
  return String(total + group + digit * Math.max(1, unit));
}

const WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth';
const SMALL = new Map(WORDS.split(' ').map((word, value) => [word, value]));
const TENS = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, i) => [word, 20 + 10 * i]),
);
const SCALES = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
const SMALL_ORDINALS = new Map(ORDINALS.split(' ').map((word, value) => [word, value]));
const TENS_ORDINALS = new Map([...TENS].map(([word, value]) => [word.replace(/y$/, 'ieth'), value]));

const suffixOf = (value: number): string => {
  const teens = Math.floor(value / 10) % 10 === 1;
  return teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
};

/**
 * English numerals among words, in digits. Numbers that follow each other are one: "twenty twenty four" is 2024, "five five
 * five" 555, "ten thirty" 1030.
 *
 * @param words In lower case, without punctuation
 */
export function englishNumbersInDigits(words: readonly string[]): string[] {
  const out: string[] = [];
  let digits = '';
  const flush = () => {
    if (digits !== '') out.push(digits);
    digits = '';
  };
  let i = 0;
  while (i < words.length) {
    const number = readNumber(words, i);
    if (number) {
      digits += number.text;
      i = number.next;
      if (number.isLast) flush();
      continue;
    }
    if (digits !== '' && (words[i] === 'percent' || words[i] === '%')) digits += '%';
    else {
      flush();
      out.push(words[i]!);
    }
    i++;
  }
  flush();
  return out;
}

interface ReadNumber {
  readonly text: string;
  readonly next: number;
  /** Nothing is joined to an ordinal. */
  readonly isLast: boolean;
}

/** The longest number that begins here: "two thousand and five", "twenty first". */
function readNumber(words: readonly string[], from: number): ReadNumber | undefined {
  let [total, group, i] = [0, 0, from];
  let [hasTens, hasSmall, seen] = [false, false, false];
  for (; i < words.length; i++) {
    const word = words[i]!;
    const ordinal = SMALL_ORDINALS.get(word) ?? TENS_ORDINALS.get(word);
    if (ordinal !== undefined && word !== 'second' && !hasSmall && !(hasTens && ordinal >= 10)) {
      const value = total + group + ordinal;
      return { text: `${value}${suffixOf(value)}`, next: i + 1, isLast: true };
    }
    const small = SMALL.get(word);
    const tens = TENS.get(word);
    if (small !== undefined && !hasSmall && !(hasTens && (small >= 10 || small === 0))) {
      group += small;
      hasSmall = true;
    } else if (tens !== undefined && !hasTens && !hasSmall) {
      group += tens;
      hasTens = true;
    } else if (word === 'hundred' && seen && group > 0 && group < 100) {
      group *= 100;
      [hasTens, hasSmall] = [false, false];
    } else if (SCALES.has(word) && seen && group > 0) {
      total += group * SCALES.get(word)!;
      group = 0;
      [hasTens, hasSmall] = [false, false];
    } else if (word === 'and' && isScale(words[i - 1]) && isNumberWord(words[i + 1])) {
      continue;
    } else break;
    seen = true;
  }
  if (seen) return { text: String(total + group), next: i, isLast: false };
  const word = words[from]!;
  return /^\d+$/.test(word) ? { text: word, next: from + 1, isLast: false } : undefined;
}

const isScale = (word: string | undefined): boolean =>
  word !== undefined && (word === 'hundred' || SCALES.has(word));
const isNumberWord = (word: string | undefined): boolean =>
  word !== undefined && (SMALL.has(word) || TENS.has(word));
