/**
 * Copies: one text under many names. Counts and intervals take each review for a voice, so ninety copies of an advertisement
 * would be the largest theme of the file, and a complaint sent twice is two complaints. A copy is set aside; its first stays, but
 * of an advertisement none.
 *
 * Short texts are no copies however often they occur ("very tasty" is what many say), nor are the phrases that a form offers:
 * where a few texts make up most of a file, they are how people answer there.
 */
import type { Localized } from '@gradus/base';

export interface CopyGroup {
  readonly first: number;
  readonly size: number;
  /** No customer's voice at all. */
  readonly isAdvert: boolean;
}

export interface Copies {
  /** By text: the index of the one that it copies; its own where it is none. */
  readonly firstOf: Int32Array;
  /** What was copied, most often first. */
  readonly groups: readonly CopyGroup[];
}

/** So long a text, in letters, a Han character counting for two and a half, nobody writes twice by chance. */
const LONG = 35;
const LETTERS_OF_HAN = 2.5;
/** Texts that are alike and not equal are copies from this many on: forms with a number or a name filled in. */
const FEWEST_ALIKE = 5;
/** An advertisement is copied from this many on, short or not. */
const FEWEST_ADVERTS = 3;
/** A file of phrases: this share of its texts say one of at least so many things, in at least so many letters. */
const PHRASES_SHARE = 0.5;
const FEWEST_PHRASES = 5;
const PHRASE = 15;

const ADVERT =
  /https?:|www\.|\b[\w-]+\.(?:com|net|org|shop|xyz|top|club|online|site|info|io|me|ly|ru|cn|example)\b|\b(?:promo|discount|coupon|referral|invite) ?code|\d ?% off\b|\btelegram\b|\bwhats ?app\b|\bt\.me\b|make money|earn \$|click (?:here|the link|on the link)|加微信|微信号|加v信?|加我|扫码|qq群|加群|公众号|代练|兼职|刷单|领红包|点击链接/iu;

/**
 * @param texts Cleaned
 * @param duplicates By text: the index of the first one like it (`findDuplicates`)
 */
export function copiesOf(texts: readonly string[], duplicates: Int32Array): Copies {
  const groups = [...Map.groupBy(texts.keys(), (i) => duplicates[i]!).values()].filter(
    (group) => group.length > 1,
  );
  const phrases = groups.filter(
    (group) => group.length >= FEWEST_ALIKE && lettersOf(texts[group[0]!]!) >= PHRASE,
  );
  const repeated = phrases.reduce((sum, { length }) => sum + length, 0);
  const isOfPhrases = phrases.length >= FEWEST_PHRASES && repeated > PHRASES_SHARE * texts.length;
  const firstOf = Int32Array.from(texts.keys());
  const found: CopyGroup[] = [];
  for (const group of groups) {
    const isAdvert = group.length >= FEWEST_ADVERTS && ADVERT.test(texts[group[0]!]!);
    for (const same of isAdvert ? [group] : copiedTogether(group, texts, isOfPhrases)) {
      for (const i of same) firstOf[i] = same[0]!;
      found.push({ first: same[0]!, size: same.length, isAdvert });
    }
  }
  return { firstOf, groups: found.sort((a, b) => b.size - a.size || a.first - b.first) };
}

/** The copies in a group of texts that are alike: all of it, or those that are equal. */
function copiedTogether(
  group: readonly number[],
  texts: readonly string[],
  isOfPhrases: boolean,
): number[][] {
  const [first] = group;
  if (isOfPhrases || lettersOf(texts[first!]!) < LONG) return [];
  if (group.length >= FEWEST_ALIKE) return [[...group]];
  return [...Map.groupBy(group, (i) => keyOf(texts[i]!)).values()].filter((same) => same.length > 1);
}

const keyOf = (text: string): string => text.toLowerCase().replace(/[\s\p{P}]+/gu, '');

function lettersOf(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const others = text.match(/(?!\p{Script=Han})[\p{L}\p{N}]/gu)?.length ?? 0;
  return han * LETTERS_OF_HAN + others;
}

/** Why a copy is set aside. @param row The first's */
export const copyReason = (row: number): Localized => ({
  en: `copies the text of row ${row}`,
  zh: `与第 ${row} 行的文本相同`,
});

export const advertReason = (copies: number): Localized => ({
  en: `an advertisement, copied ${copies} times`,
  zh: `广告，共 ${copies} 条相同文本`,
});
