/**
 * Encodings older than Unicode, told apart by how likely the text is that each makes of the bytes.
 *
 * Nearly every pair of bytes is a character in GB18030, and every byte is one in windows-1252: that bytes can be decoded says
 * nothing. So each encoding has a model of the characters beyond ASCII that its languages use, the frequent ones first, and the
 * encoding is taken that makes the text likeliest (naive Bayes; Li & Momoi, "A composite approach to language/encoding
 * detection", 2001, is the same idea with pairs of letters).
 */
import type { Encoding } from '../table/table.ts';

/** A group of characters with its share of a text's characters beyond ASCII. */
interface Tier {
  readonly share: number;
  /** The most frequent first, by Zipf's law. */
  readonly ranked?: string;
  /** All alike. */
  readonly alike?: () => Iterable<string>;
}

interface Model {
  readonly encoding: Encoding;
  /** How much less likely than others it is before anything is seen, as a logarithm. */
  readonly rare: number;
  /** Its languages, each with the characters of its texts. */
  readonly languages: readonly (readonly Tier[])[];
}

/** Cost (minus the logarithm of the probability) of a character that no tier has. */
const UNKNOWN = 9;
const UNKNOWN_WIDE = 13.8;
/** A control character of C1: no text has one. */
const CONTROL = 14;
/** A capital within a word, as only the wrong encoding has them: `cafÈ`. */
const CAPITAL_INSIDE = 5;
const CAPITAL = 1.5;
/** A word of two alphabets. */
const MIXED = 4;

const TYPOGRAPHY: Tier = { share: 0.3, ranked: '’“”–—…‘€•£°™®©«»·„‚§½²' };
const latin = (...alphabets: string[]): (readonly Tier[])[] => [
  [{ ...TYPOGRAPHY, share: 0.95 }],
  ...alphabets.map((ranked) => [TYPOGRAPHY, { share: 0.69, ranked }]),
];
const script = (...alphabets: string[]): (readonly Tier[])[] =>
  alphabets.map((ranked) => [
    { share: 0.02, ranked: TYPOGRAPHY.ranked! },
    { share: 0.97, ranked },
  ]);

// Letters beyond ASCII by their frequency: French, German, Spanish, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian, Dutch.
const WESTERN = latin(
  'éèàêçâîôùûëïœ',
  'äüöß',
  'óíáéñú¿¡ü',
  'ãçáéóõíêâúàô',
  'àèòùìé',
  'äöåé',
  'øåæéó',
  'ëéïöüè',
);
// Polish, Czech, Slovak, Hungarian, Romanian, Croatian and Slovenian.
const CENTRAL = latin('łąężśćóńź', 'íáěéžčšřýůúťďňó', 'áíčžéšýúľťôďňä', 'áéóőöíüúű', 'ăîâşţ', 'čšžćđ');
const TURKISH = latin('ıüşğçöİ');
// Russian, Ukrainian, Bulgarian, Serbian.
const CYRILLIC = script(
  'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё№',
  'оаинвітерсклудмпязьбгчйхцїжєшющґф',
  'аеиотнрсвлкдпмзяъубгчщжцхюйшфь',
  'аоиенртсјкудвмлпзбгљчњхцжшћфђџ',
);
const GREEK = script('αοιετσνηυρπκμλςίόάγέήθδχωύφβώξζψϊ');
const HEBREW = script('יולהאמתברשנכדקחפעגטםסןצזךףץ');
const ARABIC = script('اليمنرتبوةعدسهفكقحأشجصطخضذزثىغئءظؤإآ،');
const THAI = script('านรกอเงมยลวดท่้สตะบัคิีปหแไจพชขใโซผถ็ำธุณูษฉฝ');

/** Everyday Chinese, by frequency (Jun Da, Modern Chinese Character Frequency List), and what reviews and forms are full of. */
const SIMPLIFIED =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运评价质服客户送餐味店吃菜快慢差钱退货订单商买卖太失望满意喜欢喝错棒推荐咖啡饭鱼肉酒茶城街号码姓编订日期地址电话备注';
const TRADITIONAL =
  '這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產報結論處義幾認條氣題爾別變總電數員給門兒聲場務計資統區隊決馬書則聽卻達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運評價質戶餐錢貨訂單買賣滿歡錯薦飯魚號編碼備註開關閉壞雖續購網頁請謝麗離寶廣東線寫嗎熱愛聯週歲號';
const JAPANESE_KANA =
  'のいにるはてとたしをがでかなもこれらあまさっうりすくそえおけつだんちどょやせよきみばわめじげろゃへほひねぶむべゆゅふずびぬごぼぞぐざぱぎーンスルトリアイラドクシレジタフロカバッマムプテメチコィサキデュパウグニブオセナャソワハツビペミモヤノエゴポネダボガズェケァホベヘヨギザピユ';
const KOREAN =
  '이다는을의가에지고하기을사도한로은리서자대어나를시해그일아과만수인게부라제정보들있스으장주전상면와여요것원니구비동조안오공우경소선연성했거문무마음유생없치신적때모방진세중내위회같물개바차야할르명더작용미되국관너계호러간당좋말업입분통습품질배송';
const CHINESE_MARKS = '，。！？、：；“”（）《》…‘’—·【】～￥';

/** All characters of rows of a table of double bytes. */
const rows =
  (encoding: string, first: number, last: number, trails: readonly (readonly [number, number])[]) => () => {
    const bytes: number[] = [];
    for (let lead = first; lead <= last; lead++)
      for (const [from, to] of trails) for (let trail = from; trail <= to; trail++) bytes.push(lead, trail);
    return new TextDecoder(encoding).decode(Uint8Array.from(bytes));
  };
const GB_TRAILS = [[0xa1, 0xfe]] as const;
const BIG5_TRAILS = [
  [0x40, 0x7e],
  [0xa1, 0xfe],
] as const;
const SJIS_TRAILS = [
  [0x40, 0x7e],
  [0x80, 0xfc],
] as const;

/** The common characters, those of the standard's first level, and marks. */
const wide = (
  common: string,
  commonShare: number,
  firstLevel: () => Iterable<string>,
  marks: string,
): (readonly Tier[])[] => [
  [
    { share: commonShare, alike: () => common },
    { share: 0.8 - commonShare, alike: firstLevel },
    { share: 0.2, ranked: marks },
  ],
];

const HAN = SIMPLIFIED + TRADITIONAL;
const JAPANESE_MARKS = '、。「」・！？（）ー～【】『』：';
const JAPANESE_KANJI = `${SIMPLIFIED}${TRADITIONAL}気対応価発品購届悪良買思使商最届早円込`;

const MODELS: readonly Model[] = [
  {
    encoding: 'gb18030',
    rare: 0,
    languages: wide(HAN, 0.58, rows('gb18030', 0xb0, 0xd7, GB_TRAILS), CHINESE_MARKS),
  },
  {
    encoding: 'big5',
    rare: 0.5,
    languages: wide(HAN, 0.58, rows('big5', 0xa4, 0xc6, BIG5_TRAILS), CHINESE_MARKS),
  },
  {
    encoding: 'shift_jis',
    rare: 1,
    languages: [
      [
        { share: 0.55, ranked: JAPANESE_KANA },
        { share: 0.15, alike: () => JAPANESE_KANJI },
        { share: 0.15, alike: rows('shift_jis', 0x88, 0x97, SJIS_TRAILS) },
        { share: 0.15, ranked: JAPANESE_MARKS },
      ],
    ],
  },
  {
    encoding: 'euc-jp',
    rare: 2,
    languages: [
      [
        { share: 0.55, ranked: JAPANESE_KANA },
        { share: 0.15, alike: () => JAPANESE_KANJI },
        { share: 0.15, alike: rows('euc-jp', 0xb0, 0xcf, GB_TRAILS) },
        { share: 0.15, ranked: JAPANESE_MARKS },
      ],
    ],
  },
  {
    encoding: 'euc-kr',
    rare: 0.5,
    languages: wide(KOREAN, 0.6, rows('euc-kr', 0xb0, 0xc8, GB_TRAILS), '·“”‘’…'),
  },
  { encoding: 'windows-1252', rare: 0, languages: WESTERN },
  { encoding: 'windows-1250', rare: 1, languages: CENTRAL },
  { encoding: 'windows-1251', rare: 0.5, languages: CYRILLIC },
  { encoding: 'windows-1253', rare: 1, languages: GREEK },
  { encoding: 'windows-1254', rare: 2, languages: TURKISH },
  { encoding: 'windows-1255', rare: 1, languages: HEBREW },
  { encoding: 'windows-1256', rare: 1, languages: ARABIC },
  { encoding: 'windows-874', rare: 2, languages: THAI },
  { encoding: 'iso-8859-15', rare: 2, languages: WESTERN },
  { encoding: 'iso-8859-2', rare: 2, languages: CENTRAL },
  { encoding: 'koi8-r', rare: 2, languages: CYRILLIC },
  { encoding: 'ibm866', rare: 3, languages: CYRILLIC },
  { encoding: 'macintosh', rare: 3, languages: WESTERN },
];

/** Of characters of two bytes and more. */
const WIDE: ReadonlySet<Encoding> = new Set(['gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr']);

export const isSingleByte = (encoding: Encoding): boolean =>
  !WIDE.has(encoding) && !encoding.startsWith('utf-');

/** Cost of each character of a language that a tier has. */
type Costs = ReadonlyMap<string, number>;
const costsOf = new Map<readonly Tier[], Costs>();

function costs(tiers: readonly Tier[]): Costs {
  const known = costsOf.get(tiers);
  if (known) return known;
  const costs = new Map<string, number>();
  const add = (character: string, cost: number) => {
    if (cost < (costs.get(character) ?? Number.POSITIVE_INFINITY)) costs.set(character, cost);
  };
  for (const { share, ranked, alike } of tiers) {
    const characters = [...new Set(ranked ?? alike!())].filter((character) => character !== '\uFFFD');
    const whole =
      ranked === undefined ? characters.length : characters.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
    for (const [i, character] of characters.entries())
      add(character, -Math.log(share / whole / (ranked === undefined ? 1 : i + 1)));
  }
  costsOf.set(tiers, costs);
  return costs;
}

const decoders = new Map<Encoding, InstanceType<typeof TextDecoder>>();

/** The text, or undefined where the bytes are not text of this encoding. */
export function decodeStrictly(bytes: Uint8Array, encoding: Encoding): string | undefined {
  let decoder = decoders.get(encoding);
  if (!decoder) {
    // A mark within a file is a character of it.
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  try {
    const text = decoder.decode(bytes);
    return encoding === 'big5' && PRIVATE_USE.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The text, with U+FFFD for what is none of this encoding. */
export function decodeLoosely(bytes: Uint8Array, encoding: Encoding): string {
  const text = new TextDecoder(encoding).decode(bytes);
  return encoding === 'big5' ? text.replace(new RegExp(PRIVATE_USE, 'g'), '\uFFFD') : text;
}

/** What Node's TextDecoder makes of Hong Kong's supplement to Big5 (HKSCS) is no text. */
const PRIVATE_USE = /[\ue000-\uf8ff]/;

export interface Guess {
  readonly encoding: Encoding;
  /** Others that make other text, nearly as likely. */
  readonly doubt: readonly Encoding[];
}

/** Bytes that are looked at: what a language is shows early. */
const MOST_BYTES = 16_384;
/** Costs apart, as logarithms, below which two encodings cannot be told apart. */
const CLOSE = 3;
/** Mean cost of a letter, at most, of what is text: the entropy of alphabets is about 3, of Chinese 8 to 9; chance costs more. */
const PLAUSIBLE = 4.6;
const PLAUSIBLE_WIDE = 10.6;

/**
 * The encoding of lines that are not UTF-8.
 *
 * @returns undefined where none of the encodings makes text of them
 */
export function guessEncoding(lines: readonly Uint8Array[]): Guess | undefined {
  const sample: { line: Uint8Array; high: number }[] = [];
  let length = 0;
  for (const line of lines) {
    sample.push({ line, high: line.reduce((sum, byte) => sum + (byte >> 7), 0) });
    length += line.length;
    if (length > MOST_BYTES) break;
  }
  const scored = MODELS.flatMap((model) => {
    let text = '';
    let high = 0;
    let broken = 0;
    let read = 0;
    for (const { line, high: own } of sample) {
      const decoded = decodeStrictly(line, model.encoding);
      if (decoded === undefined) broken += own;
      else {
        text += decoded;
        high += own;
        read += 1;
      }
    }
    // Some lines may be damaged, or in yet another encoding.
    if (high === 0 || read < sample.length / 2) return [];
    const isWide = WIDE.has(model.encoding);
    const own = model.rare + Math.min(...model.languages.map((tiers) => costOf(text, costs(tiers), isWide)));
    const units = isWide ? (text.match(/[^\0-\x7f]/g)?.length ?? 0) : high;
    const isPlausible = own - model.rare <= units * (isWide ? PLAUSIBLE_WIDE : PLAUSIBLE);
    return [{ encoding: model.encoding, text, cost: own + broken * UNKNOWN, isPlausible }];
  }).sort((a, b) => a.cost - b.cost);
  const [best] = scored;
  if (!best?.isPlausible) return undefined;
  const close = scored.slice(1).filter(({ cost, text }) => cost - best.cost < CLOSE && text !== best.text);
  return { encoding: best.encoding, doubt: close.map(({ encoding }) => encoding) };
}

function costOf(text: string, costs: Costs, isWide: boolean): number {
  let cost = 0;
  let before = '';
  for (const character of text) {
    if (character > '\x7f') cost += characterCost(character, before, costs, isWide);
    if (isMixed(character, before) || isMixed(before, character)) cost += MIXED;
    before = character;
  }
  return cost;
}

/** A Latin letter beside one of another alphabet. */
const isMixed = (latin: string, other: string): boolean =>
  /[a-z]/i.test(latin) && other >= '\u0370' && other < '\u2000' && /\p{L}/u.test(other);

function characterCost(character: string, before: string, costs: Costs, isWide: boolean): number {
  if (character <= '\x9f') return CONTROL;
  const known = costs.get(character);
  if (isWide) return known ?? UNKNOWN_WIDE;
  const small = character.toLowerCase();
  if (small === character) return known ?? UNKNOWN;
  const inside = before !== before.toUpperCase();
  return (known ?? (costs.get(small) ?? UNKNOWN - CAPITAL) + CAPITAL) + (inside ? CAPITAL_INSIDE : 0);
}
