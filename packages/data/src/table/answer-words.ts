/**
 * The words of answer scales (Likert, 1932): "very satisfied", "strongly disagree", 非常不满意. An answer has a level, from
 * −3 (the worst) to 3, 0 for what lies in the middle: the sign is what it says, the size how strongly.
 */

/**
 * Whether the words say by themselves that somebody is pleased. "Yes", "always", "agree" and "good" depend on what was asked
 * for: the condition of goods, a verified purchase.
 */
export type Bearing = 'feeling' | 'depends';

export interface Answer {
  readonly level: number;
  readonly bearing: Bearing;
}

const list = (line: string): string[] => line.split('|');

/** Whole answers, by level. */
const FIXED: readonly { bearing: Bearing; levels: Readonly<Record<number, readonly string[]>> }[] = [
  {
    bearing: 'feeling',
    levels: {
      3: list('love|loved|delighted|力荐|强烈推荐|完美|😍|🥰|🤩|❤|♥|💯'),
      2: list(
        'positive|pos|positiv|positivo|positif|like|liked|likes|good|great|recommended|praise|promoter|thumbs up|👍|😀|😃|😄|😁|🙂|😊|☺|😆|🤗|好评|正面|正向|积极|好|推荐者|赞|点赞|褒义|优秀',
      ),
      0: list(
        'neutral|neu|neutro|neutre|mixed|passive|neither|indifferent|so-so|so so|meh|neither satisfied nor dissatisfied|neither satisfied nor unsatisfied|neither like nor dislike|neither happy nor unhappy|😐|😶|😑|中评|中性|中立|一般|一般般|一般满意|被动者|还行|还可以|无所谓|既不满意也不不满意',
      ),
      [-2]: list(
        'negative|neg|negativ|negativo|négatif|dislike|disliked|dislikes|bad|not recommended|complaint|detractor|thumbs down|👎|🙁|☹|😞|😟|😕|😒|😔|😢|😭|😠|😡|🤬|🤮|差评|负面|负向|消极|差|坏|不好|不推荐|投诉|贬损者|批评者|踩|贬义|不行',
      ),
      [-3]: list('hate|hated|disgusted|强烈不推荐|垃圾'),
    },
  },
  {
    bearing: 'depends',
    levels: {
      3: list(
        'excellent|outstanding|exceptional|perfect|superb|always|definitely|definitely yes|definitely would|certainly|一定会|肯定会|总是|优',
      ),
      2: list(
        'very good|often|usually|frequently|very often|almost always|mostly|yes|y|true|t|是|对|会|愿意|经常|常常|良|良好|合格',
      ),
      1: list('above average|probably|probably yes|probably would|可能会|大概会'),
      0: list(
        'average|fair|ok|okay|moderate|acceptable|sometimes|occasionally|maybe|perhaps|possibly|undecided|might or might not|neither agree nor disagree|neither likely nor unlikely|neither good nor bad|about the same|partly|普通|中等|中|有时|偶尔|也许|可能|不好说|既不同意也不反对|没意见',
      ),
      [-1]: list('below average|probably not|probably would not|可能不会|大概不会|不太会'),
      [-2]: list(
        'poor|weak|rarely|seldom|hardly ever|no|n|false|f|否|不是|不对|不会|不愿意|很少|不常|较少|不合格',
      ),
      [-3]: list(
        'terrible|awful|horrible|very poor|extremely poor|worst|never|definitely not|definitely would not|certainly not|从不|从未|从来不|一定不会|肯定不会|绝不',
      ),
    },
  },
];

/** Words that take a strength ("very", 非常) and a negation before them, with their sign. */
const STEMS: readonly { bearing: Bearing; stems: readonly string[]; sign: 1 | -1 }[] = [
  {
    bearing: 'feeling',
    sign: 1,
    stems: list(
      'satisfied|happy|pleased|content|positive|satisfactory|zufrieden|satisfait|satisfaite|satisfecho|satisfecha|satisfeito|satisfeita|soddisfatto|满意|喜欢|开心|高兴|推荐|赞|棒',
    ),
  },
  {
    bearing: 'feeling',
    sign: -1,
    stems: list(
      'dissatisfied|unsatisfied|unhappy|displeased|disappointed|negative|unsatisfactory|unzufrieden|insatisfait|insatisfaite|insatisfecho|insatisfecha|insatisfeito|insatisfeita|insoddisfatto|不满|失望|讨厌|糟糕|糟|坏',
    ),
  },
  {
    bearing: 'depends',
    sign: 1,
    stems: list('agree|likely|good|easy|important|useful|helpful|同意|赞同|认同|愿意|可能|容易|好|有用'),
  },
  {
    bearing: 'depends',
    sign: -1,
    stems: list('disagree|unlikely|bad|poor|difficult|hard|useless|反对|困难|差'),
  },
];

const STRONG =
  'very|extremely|completely|totally|fully|highly|strongly|absolutely|really|most|super|sehr|muy|très|muito|molto|非常|很|十分|极其|极为|极|特别|超级|超|完全|太|强烈|最';
const SLIGHT =
  'somewhat|slightly|fairly|rather|quite|mostly|moderately|partly|partially|generally|a little|a bit|tend to|eher|etwas|plutôt|algo|比较|较为|较|有点|有些|稍微|略|还算|基本|基本上';
const NOT = 'not at all|not|nicht|no|pas|não|non|不';

const stemsOf = (sign: 1 | -1): string =>
  STEMS.filter((one) => one.sign === sign)
    .flatMap(({ stems }) => stems)
    .join('|');
/** "not at all", "not very", 很不, 不太: a negation before or behind the strength. */
const PHRASE = new RegExp(
  `^(?:(?<not>${NOT})\\s*)?(?:(?<strong>${STRONG})|(?<slight>${SLIGHT}))?\\s*(?:(?<behind>${NOT})\\s*)?(?<stem>${stemsOf(1)}|${stemsOf(-1)})$`,
  'u',
);

const ANSWERS: ReadonlyMap<string, Answer> = new Map(
  FIXED.flatMap(({ bearing, levels }) =>
    Object.entries(levels).flatMap(([level, words]) =>
      words.map((word): [string, Answer] => [word, { level: Number(level), bearing }]),
    ),
  ),
);

const STEM: ReadonlyMap<string, { readonly bearing: Bearing; readonly sign: 1 | -1 }> = new Map(
  STEMS.flatMap(({ bearing, sign, stems }) => stems.map((stem) => [stem, { bearing, sign }])),
);

const LONGEST = 60;

/** @returns undefined where the text is no answer of a scale */
export function parseAnswer(cell: string): Answer | undefined {
  const text = plain(cell);
  return ANSWERS.get(text) ?? phrase(text);
}

/** Without what numbers, drawing marks and skin tones add: "5 - Very satisfied", "👍🏽". */
const plain = (cell: string): string =>
  cell
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '')
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/^\s*[-+]?\d+\s*(?:[-–—:=.)]\s*|\s(?=\p{L}))|\s*\(\s*[-+]?\d+\s*分?\s*\)$/gu, '')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s([]+|[\s)\].!。]+$/gu, '');

function phrase(text: string): Answer | undefined {
  const parts = PHRASE.exec(text)?.groups;
  if (!parts) return undefined;
  const { not, strong, slight, behind, stem } = parts;
  const { bearing, sign } = STEM.get(stem!)!;
  // "not very satisfied", 不太满意: turned, and weakened; "not at all satisfied", 很不满意: turned and strong.
  const turned = Boolean(not) !== Boolean(behind);
  const weakened = Boolean(slight) || (Boolean(not) && Boolean(strong));
  const isStrong = not === 'not at all' || (Boolean(strong) && !weakened);
  const size = isStrong ? 3 : weakened ? 1 : 2;
  return { level: size * (turned ? -sign : sign), bearing };
}
