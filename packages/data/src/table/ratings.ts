/**
 * One rating as tables write it: a number, stars, a number in words, each with the scale where the cell names it. What the
 * cells of a column mean together, its scale and its odd values, is `rating-scale.ts`.
 */

export interface Rating {
  readonly value: number;
  /** The best there is, where the cell says so: 5 in "4/5". */
  readonly best?: number;
  /** The least there is, where the cell's form says so: 0 in "80%". */
  readonly least?: number;
}

const CHINESE_DIGITS = '零一二三四五六七八九十';
const ENGLISH_DIGITS = 'zero one two three four five six seven eight nine ten'.split(' ');

const NUMBER = String.raw`[-+−]?\d+(?:\.\d+|,\d{1,2})?`;
/** What ratings are counted in. */
const UNIT =
  'stars?|points?|pts?|thumbs|hearts?|sternen?|punkten?|estrellas?|puntos?|estrelas?|pontos?|stelle|stella|étoiles?|[★⭐🌟]|颗?星(?:级|好评)?|つ星|分|点|별|점';
const OF = String.raw`\/|out of|of|von|sur|de|su|di|из`;

const exactly = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'iu');

/** Forms of a rating, and what each says; the first that fits counts. */
const FORMS: readonly { form: RegExp; rating(groups: readonly string[]): Rating | undefined }[] = [
  // 4, 4.5, 4,5, 4 stars, 4-star, 4 ★, 80分, rating: 4, ★ 4.5
  {
    form: exactly(
      `(?:rat(?:ed|ing)|scored?|评分|得分|打分)?\\s*[:=]?\\s*[★⭐🌟]?\\s*(${NUMBER})\\s*-?\\s*(?:${UNIT})?(?: ratings?| reviews?)?`,
    ),
    rating: ([value]) => ({ value: numberOf(value!) }),
  },
  // 4/5, 4 out of 5 stars, Rated 4 of 5, 4,0 von 5 Sternen, 4分/5分
  {
    form: exactly(
      `(?:rat(?:ed|ing)|scored?|评分|得分|打分)?\\s*[:=]?\\s*(${NUMBER})\\s*(?:${UNIT})?\\s*(?:${OF})\\s*(\\d+)(?:[.,]0+)?\\s*(?:${UNIT})?`,
    ),
    rating: ([value, best]) => ({ value: numberOf(value!), best: Number(best) }),
  },
  // 4.0分(满分5分), 4.0颗星,最多5颗星
  {
    form: exactly(
      `(?:评分|得分)?\\s*[:]?\\s*(${NUMBER})\\s*(?:${UNIT})?\\s*[(,]?\\s*(?:满分|总分|最多|共)\\s*(\\d+)\\s*(?:${UNIT})?\\s*\\)?`,
    ),
    rating: ([value, best]) => ({ value: numberOf(value!), best: Number(best) }),
  },
  // 5つ星のうち4.0
  {
    form: exactly(`(\\d+)\\s*(?:つ星|段階)\\s*(?:のうち|中)?\\s*(${NUMBER})`),
    rating: ([best, value]) => ({ value: numberOf(value!), best: Number(best) }),
  },
  {
    form: exactly(`(${NUMBER})\\s*%`),
    rating: ([value]) => ({ value: numberOf(value!), best: 100, least: 0 }),
  },
  { form: /^([★⭐🌟✭⭑]+)([☆✩✰⚝]*)$/u, rating: ([full, empty]) => starred(full!, empty!, 0) },
  { form: /^([★⭐🌟✭⭑]+)(?:½|⯨|1⁄2)([☆✩✰⚝]*)$/u, rating: ([full, empty]) => starred(full!, empty!, 0.5) },
  // five, four stars, four-star; 四星, 五星好评
  {
    form: exactly(`(${ENGLISH_DIGITS.join('|')})\\s*-?\\s*(?:stars?|points?)?`),
    rating: ([word]) => ({ value: ENGLISH_DIGITS.indexOf(word!) }),
  },
  {
    form: /^([零一二两三四五六七八九十])(半)?(?:颗?星(?:级|好评)?|分)(半)?$/u,
    rating: ([digit, half, halfBehind]) => ({
      value: CHINESE_DIGITS.indexOf(digit === '两' ? '二' : digit!) + (half || halfBehind ? 0.5 : 0),
    }),
  },
  // 5 - Excellent, 1 (very poor), 3: neutral
  {
    form: exactly(String.raw`(${NUMBER})\s*(?:[-–—:=.)]\s*|\()\s*\p{L}[^\d]*`),
    rating: ([value]) => ({ value: numberOf(value!) }),
  },
  // Excellent (5), 非常满意(5分)
  {
    form: exactly(`\\p{L}[^\\d]*\\(\\s*(${NUMBER})\\s*(?:${UNIT})?\\s*\\)`),
    rating: ([value]) => ({ value: numberOf(value!) }),
  },
];

/** What a cell says; undefined where it is no rating. */
export function parseRating(cell: string): Rating | undefined {
  const text = cell
    .slice(0, LONGEST)
    .replace(/(\d)\s?½/gu, '$1.5')
    .normalize('NFKC')
    // A phone's ⭐️ carries a mark for how it is drawn.
    .replace(/[\ufe0e\ufe0f]/gu, '')
    .trim()
    .toLowerCase();
  for (const { form, rating } of FORMS) {
    const match = form.exec(text);
    if (match) return rating(match.slice(1));
  }
  return undefined;
}

/** A longer cell is a text. */
const LONGEST = 80;

const numberOf = (digits: string): number => Number(digits.replace(',', '.').replace('−', '-'));

function starred(full: string, empty: string, half: number): Rating {
  const [filled, hollow] = [Array.from(full).length, Array.from(empty).length];
  return { value: filled + half, ...(hollow > 0 && { best: filled + hollow + (half > 0 ? 1 : 0) }) };
}
