/**
 * What a clause says of which need: aspects (words of needs, and nouns of the file's own) and judgements are found by the lexicons and joined, each
 * judgement with the aspect beside it. "The lid leaks" is (tightness, leaks); "太贵" names no aspect and is about the price all the same.
 * Aspect-opinion pairs, as in Hu and Liu, "Mining and summarizing customer reviews" (2004), and key points as sentences with
 * counts, as in Bar-Haim et al. (2021).
 */
import { chineseTaggedWords, englishTaggedWords, isStopWord, type TaggedWord } from '@gradus/data';
import { asRead } from '../clauses.ts';
import { chineseLexicon, englishLexicon, type Found } from './lexicon/find-words.ts';
import { GENERIC_WORDS } from './lexicon/generic-words.ts';
import type { Judgement } from './lexicon/judgement.ts';
import { JUDGEMENTS } from './lexicon/judgements.ts';
import type { Need } from './lexicon/need.ts';
import { NEEDS } from './lexicon/needs.ts';
import { isAskedBack, opinionWords } from './lexicon/opinion-words.ts';

/** A noun that no need of the lexicon has. */
export interface FileNoun {
  readonly lemma: string;
  readonly word: string;
  readonly at: number;
  /** What stands before it: "this dress" is the thing that is reviewed, "the pockets" a part of it. */
  readonly pointedAt: 'this' | 'the' | null;
}

/** A word that no lexicon has, and that may be one of opinion. */
export interface FileWord extends Omit<FileNoun, 'pointedAt'> {
  readonly tag: 'noun' | 'adjective';
}

export interface Statement {
  readonly judgement: Judgement;
  /** Whether it blames; a wish for the better does. */
  readonly isBlame: boolean;
  readonly isWish: boolean;
  /** Blame only where all else that is known of the clause says so. */
  readonly depends: boolean;
  /** The need that it is about, else the noun; neither: it judges the whole. */
  readonly need?: Need;
  readonly noun?: string;
  /** Whether a word of the text names what it is about. */
  readonly isNamed: boolean;
  /** In the words of the text: what is judged and the judgement. */
  readonly words: string;
}

export interface ClauseReading {
  readonly statements: readonly Statement[];
  /** Needs that the clause names, with the word that does. */
  readonly needs: readonly { readonly need: Need; readonly word: string }[];
  readonly nouns: readonly FileNoun[];
  /** Nouns and adjectives that no lexicon has, without those that are negated. */
  readonly words: readonly FileWord[];
  /** Whether it praises or blames in words that do so of whatever they are said. */
  readonly judges: boolean;
}

type Sided = {
  readonly judgement: Judgement;
  readonly isBlame: boolean;
  /** Blame only where all else that is known of the clause says so. */
  readonly depends: boolean;
};

const sided = (language: 'en' | 'zh') =>
  JUDGEMENTS.flatMap((judgement): [string, Sided][] => {
    const depends = judgement.depends ?? false;
    return [true, false].flatMap((isBlame): [string, Sided][] => {
      const words = (isBlame ? judgement.blame : judgement.praise)?.[language].split(/\s+/) ?? [];
      const unsure = words.filter((word) => word.endsWith('?')).map((word) => word.slice(0, -1));
      const sure = words.filter((word) => !word.endsWith('?'));
      return [
        [sure.join(' '), { judgement, isBlame, depends }],
        [unsure.join(' '), { judgement, isBlame, depends: true }],
      ];
    });
  });

/** Which needs a text may speak of: those of things, those of works, or, before that is known of the file, all. */
export type NeedScope = 'things' | 'works' | 'all';

const inScope = (scope: NeedScope): readonly Need[] =>
  scope === 'all' ? NEEDS : NEEDS.filter(({ of }) => of === 'both' || of === scope);
const english = (scope: NeedScope) => englishLexicon(inScope(scope).map((need) => [need.en, need]));
const chinese = (scope: NeedScope) => chineseLexicon(inScope(scope).map((need) => [need.zh, need]));

const LEXICONS = {
  en: {
    needs: { things: english('things'), works: english('works'), all: english('all') },
    judgements: englishLexicon(sided('en')),
    negation:
      /(?:\b(?:not|no|never|without|cannot|hardly|barely|nothing)\b|n['’]t)(?:\W+at all)?(?:\W+\w+){0,2}\W+$/u,
    wish: /\b(?:i wish|wish (?:it|they|the|there|you)|would be (?:nice|better|great|good)|would have been|could be|could have been|should be|should have|if only|hope (?:it|they|you)|hopefully|needs? to be|please)\b/u,
  },
  zh: {
    needs: { things: chinese('things'), works: chinese('works'), all: chinese('all') },
    judgements: chineseLexicon(sided('zh')),
    negation:
      /(?:(?:[不没无未]|(?<!特)别)[很太是怎么那特别算有能够到会再]{0,4}|没有(?:那么|这么|什么|任何)?|没[^，,。；;]{0,6}(?:那么|那样)|不怎么|并不|不是很|没觉得|谈不上)$/u,
    wish: /希望|要是|如果|能不能|能否|可不可以|建议|就更?好了|最好|尽量|应该|请/u,
  },
} as const;
const HAN = /\p{Script=Han}/u;
/** Characters before a word that a negation is looked for in. */
const REACH = 40;
/** Chinese words in which characters of a lexicon mean something else. */
const NEITHER_ZH =
  /度假|放假|请假|休假|假期|假日|退房|不理想|糊掉了|破(?=商家|店|酒店|宾馆|地方|公司|玩意|东西)|洗(?:完|了|过|好|后|一次|几次)*(?:头发?|澡|脸|手)|小的时候|小时候|小事|(?<![在直我们你再要久干白还就都得让苦死们])等(?=[，,。;；、）)]|企业|地方|$)|关机(?=闹钟|键|时|后|重启|状态)|开关机|(?<=[洗护用吹染烫对油干中性长短]|洗[完了过好])头发|头发(?=[掉干油很变特柔顺也都越洗毛分叉的]|有头皮)|等(?:用|吃|穿|看|收到|试)[^，,。]{0,4}再|差不多|差点|差异|出差|时差|温差|不断|一般都|一般来说|香菜|香肠|香菇|香蕉|破费|慢慢|多少|不少|至少|很多|好多|好像|好几|只好|方便面|凉皮|凉面|凉菜|冷饮|冷面|快餐|年轻|轻松|重新|重要|严重|尽量|大量|质量|商量|方面|对面|里面|外面|上面|下面|见面|紧张|赶紧|要紧|不足为|不足以|美中不足|(?:期望|期望值|要求|期待)[不太过]?[太过]?高|饿坏|累坏|气坏|吓坏|急坏|不过如此|特价|评价|可以说|一般情况|天冷|天凉|着凉|冷天|天气(?:太|很|好|变)?[冷凉热]|个?(?:半|多)?(?:小时|钟头)就|分钟就|(?:怕|担心|以免|免得)(?:会|吃了)?(?:拉肚子|肚子疼|肚子痛|过敏|胃疼)|(?:胃疼|过敏|拉肚子)(?:不能|不敢|的人)|不通顺|多好|多么|不通风|差[了得的]?[很太好]远|(?:唯一|有[点些]|美中|稍|略|最大)[^，,。]{0,3}不足|不足(?:之处|的?(?:是|在于|就是|地方)|[:：])|值得(?=\p{Script=Han})(?!这个|这价|那个|了)|实在(?=比)|[扔丢倒吃卖关挂退忘用花喝洗拆换]掉了|几分不快|安全套|安全模式|拖[着鞋地把]|(?:正好|刚好)(?=[^的了吧，,。.！!…~～\s])|(?:步行|走路|开车|打车|车程)[^，,。]{0,5}?(?:分钟|小时|钟头)|每隔[^，,。]{0,4}(?:分钟|小时)|分钟[之以]?后(?![^，,。]*[送到才来])|实在(?=[是太不难没让无受忍很需要想看找]|有[点些])/gu;
/** Likewise: the weather is no meal's, a collar that lies flat deceives nobody, and a time after which something happens is no delay, unless something was to come. */
const NEITHER_EN =
  /\b(?:to be|let['’]?s be|be|being) (?:totally |completely )?honest\b|\bhonestly\b|\b(?:i|you|we|they|boy) (?:was|were|am|are)(?: i)? (?:so |totally |completely |very )*wrong\b|\bwas i (?:so )?wrong\b|\bwrong!|\bi(?: almost)? forg[eo]t\w*|\b(?:family|kid|child|user|budget|wallet|eco|environment\w*|bra|breastfeeding|nursing|dog|pet|beginner|work|office|travel|summer|figure|necklace)[ -]friendly\b|\b(?:look\w*|more|very|still) (?:very |more |so )?professional\b|\bprofessional (?:look|attire|wear|setting|enough)\b|\bdusty (?:rose|blue|pink|purple|green)\b|\bhair salon\b|\bstain remover\b|\bof late\b|\blate[ -](?:'?\d{2,4}s\b|teens|twenties|thirties|forties|fifties|spring|summer|fall|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december|night|evening|afternoon|morning)|\bdry[ -]?clean\w*|\bclean[ -](?:lines?|cut|look|feel|design|and (?:classic|simple|modern|crisp))\b|\b(?:all|in all) (?:the )?wrong\b|\bmy (?:own )?mistake\b|\bwrong (?:places?|spots?)\b|\blies? flat\b|\b(?:one of a |in )?kinds? of\b|\bof a kind\b|\bsome kinda?\b|\b(?:can['’]?t|cannot|couldn['’]?t|never) go wrong\b|\bnothing (?:is )?wrong\b|\bwork(?:s|ed|ing)? (?:out )?(?:\w+ ){0,2}?(?:for|on) (?:me|my|her|us|him)\b|\bhangs? (?:\w+ ){0,2}?(?:beautifully|nicely|well|better|funny|weird|strange\w*|odd\w*|off|on|down|low|loose\w*|straight|over|away|from|in|out)\b|\bworth \w+ing\b|\btear-?jerk\w*|\bwant(?:ed|ing)? to (?:love|like)\b|\b(?:when|if|while|as|once) it(?:['’]s| is| was| gets| got| turns) (?:too |so |very |really )?(?:cold|chilly|freezing)\b|\bcold (?:weather|outside|outdoors|days?|nights?|winters?|months|climates?|seasons?)\b|\bin the cold\b|\blight (?:mint|blue|green|pink|gr[ae]y|brown|tan|purple|yellow|colou?r\w*|eyes|hair)\b|\btop heavy\b|\bheavy (?:looking|chest\w*)\b/gu;
/** What names no need: bodies, the reviewer's own work, the dye of jeans, and a box that something is taken out of. */
const NO_NAMES_EN =
  /\bbelly button\b|\b(?:out of|open\w*|receiv\w+|got) (?:the|my|its|this|a) (?:box|packag\w+|packing)\b|\bpack\w* (?:it|them) (?:up|back)\b|\bi['’]?(?:m| am|ve been) an? (?:\w+ )?(?:teacher|employee|nurse|doctor|driver|manager|trainer)\b|\bdriver['’]?s seat\b|\bi(?:['’]?m| am|['’]?ve| have| was)(?: \S+){0,5}? (?:petite|torso|build|frame|hips?|bust|legs|arms|shoulders|waist|thighs|calves)\b|\b\d+["”]? ?(?:hips?|waist|bust|inseam)\b|\bmy (?:\w+ ){0,2}(?:torso|hips|bust|legs|arms|shoulders|waist|thighs|calves)\b|^(?:\W|and|with)*(?:short|long|broad|narrow|wide|big|large|small|athletic) (?:legs|arms|torso|shoulders|hips|waist|bust|build)\W*$|\bwash(?:es|ed|ing)? (?:me|you|us|her) out\b|\bwashed[ -]out\b|\b(?:dark|light|gr[ae]y|medium|darker|lighter|indigo|denim|blue|this|the) wash(?:es)?\b(?! (?:it|them|cycle|instructions))|\b(?:body|hourglass|pear|my|your|in good|in great) (?:body )?shapes?\b|\b(?:amount of|much|enough|arch|back|bra|breast|lumbar) support\b|\bsupport (?:with|my|for my)\b|\b(?:art|math|school|yoga|fellow) teachers?\b|\b(?:as|being) an? (?:\w+ )?(?:teacher|employee)\b|\b(?:good|right|great|perfect|better|personal|wise|my|only|first|second|obvious) choice\b/gu;
const TIME_AFTER_EN = /\b(?:after|for|every) (?:[\w-]+ ){0,3}(?:hours?|days?|weeks?|minutes?)\b/gu;
const COMING_EN =
  /\b(?:arriv|c[ao]m[ei]|deliver|ship|receiv|wait|repl|respon|answer|order|refund|serv|seat|queue|call|check|took|take|late|delay)/u;

/** @param language Of the whole text */
export function readClause(text: string, language: 'en' | 'zh', scope: NeedScope = 'all'): ClauseReading {
  const written = text.toLowerCase().replaceAll('’', "'");
  const { text: lower } = asRead(written, language);
  const lexicon = LEXICONS[language];
  const words = language === 'zh' ? chineseTaggedWords(lower) : englishTaggedWords(text);
  const shown =
    language === 'zh'
      ? masked(lower, NEITHER_ZH)
      : masked(COMING_EN.test(lower) ? lower : masked(lower, TIME_AFTER_EN), NEITHER_EN);
  const judged = lexicon.judgements.find(shown, words);
  // What is no judgement in English may name a need all the same: "you could nap for an hour".
  let rest = language === 'zh' ? shown : masked(lower, NO_NAMES_EN);
  for (const { word, at } of judged)
    rest = rest.slice(0, at) + '＿'.repeat(word.length) + rest.slice(at + word.length);
  // A judgement's own words may name the need as well ("味道大"): those are its implied need and need no second look.
  const all = lexicon.needs.all.find(rest, words);
  // A word of two kinds of needs ("material", "length") is of the file's kind; one of the other kind alone is none, and no noun of the file's own.
  const aspects = scope === 'all' ? all : lexicon.needs[scope].find(rest, words);
  const taken = [...judged, ...all, ...aspects];
  const nouns = words
    .filter((word) => isFileNoun(word, language) && !taken.some((other) => overlaps(other, word)))
    .map(({ word, lemma, at }): FileNoun => ({ word, lemma, at, pointedAt: pointer(lower, at, language) }));
  const isWish = lexicon.wish.test(lower);
  const meant = judged.filter(({ entry }) => entry.judgement.only?.test(lower) ?? true);
  const statements = meant.map((found) =>
    stated(found, { lower, written, aspects, nouns, isWish, negation: lexicon.negation, language }),
  );
  return {
    statements: once(statements),
    needs: aspects.map(({ entry, word, at }) => ({
      need: entry,
      word: written.slice(at, at + word.length),
    })),
    nouns,
    judges: opinionWords(text).count > 0,
    words: words.flatMap(({ word, lemma, tag, at }): FileWord[] => {
      const isOther =
        (tag === 'adjective' || tag === 'noun') && !taken.some((one) => overlaps(one, { word, at }));
      if (!isOther || !isTelling({ word, lemma, tag, at }, language)) return [];
      const isNegated = lexicon.negation.test(lower.slice(Math.max(0, at - REACH), at));
      return isNegated ? [] : [{ word, lemma, tag, at }];
    }),
  };
}

/** One word, or a measure, may stand in between: "this pretty dress", 这条裤子. */
const POINTERS = {
  en: { this: /\bth(?:is|ese)\s+(?:[\w'-]+\s+)?$/u, the: /\b(?:the|its|their)\s+(?:[\w'-]+\s+)?$/u },
  zh: { this: /这[一两几]?\p{Script=Han}?$/u, the: /[它其]的?$/u },
} as const;
const POINTER_REACH = 24;

function pointer(lower: string, at: number, language: 'en' | 'zh'): FileNoun['pointedAt'] {
  const before = lower.slice(Math.max(0, at - POINTER_REACH), at);
  if (POINTERS[language].this.test(before)) return 'this';
  return POINTERS[language].the.test(before) ? 'the' : null;
}

const masked = (text: string, what: RegExp): string =>
  text.replaceAll(what, (word) => (word === '质量' ? word : '＿'.repeat(word.length)));

/** A Chinese character by itself may be a piece of anything, but for adjectives (稀, 腥). */
const isTelling = (word: TaggedWord, language: 'en' | 'zh'): boolean =>
  word.tag === 'adjective'
    ? !isStopWord(word.word, language) && !GENERIC_WORDS[language].has(word.lemma)
    : isFileNoun(word, language);

/**
 * "等了两个小时" says once that it was slow, and "came two days early" not at all: what only may blame gives way to what surely says the
 * same or the reverse.
 */
function once(statements: readonly Statement[]): Statement[] {
  const sureFirst = statements.toSorted((a, b) => Number(a.depends) - Number(b.depends));
  return sureFirst.filter((one, i) => {
    const before = sureFirst.slice(0, i).filter(({ judgement }) => judgement === one.judgement);
    if (one.depends && before.some(({ depends, isBlame }) => !depends || isBlame !== one.isBlame))
      return false;
    return !before.some(
      ({ isBlame, need, noun }) => isBlame === one.isBlame && need === one.need && noun === one.noun,
    );
  });
}

const overlaps = (a: { word: string; at: number }, b: { word: string; at: number }): boolean =>
  a.at < b.at + b.word.length && b.at < a.at + a.word.length;

function isFileNoun({ word, lemma, tag }: TaggedWord, language: 'en' | 'zh'): boolean {
  return (
    tag === 'noun' &&
    !GENERIC_WORDS[language].has(lemma) &&
    !GENERIC_WORDS[language].has(word) &&
    !isStopWord(word, language) &&
    (HAN.test(word) ? word.length > 1 : /^[a-z][a-z-]{2,}$/.test(word))
  );
}

interface Around {
  readonly lower: string;
  /** The same in the text's own characters. */
  readonly written: string;
  readonly aspects: readonly Found<Need>[];
  readonly nouns: readonly FileNoun[];
  readonly isWish: boolean;
  readonly negation: RegExp;
  readonly language: 'en' | 'zh';
}

const BY_ID = new Map(NEEDS.map((need) => [need.id, need]));
const JUDGEMENT_BY_ID = new Map(JUDGEMENTS.map((judgement) => [judgement.id, judgement]));

function stated(
  { entry: { judgement: found, isBlame, depends }, word, at }: Found<Sided>,
  around: Around,
): Statement {
  const { lower, written, aspects, nouns, isWish, negation } = around;
  const before = Math.max(0, at - REACH);
  const turn = isAskedBack(lower, at) ? null : negation.exec(lower.slice(before, at));
  const isTurned = turn !== null;
  const blames = isTurned ? !isBlame : isBlame;
  const nearest = nearestOf(
    [
      ...aspects.map(({ entry, word, at }) => ({ need: entry, noun: undefined, word, at })),
      ...nouns.map(({ lemma, word, at }) => ({ need: undefined, noun: lemma, word, at })),
    ],
    { word, at },
    around.language,
  );
  const other =
    nearest &&
    found.beside?.find(({ words, said }) => words.test(nearest.word) && (said?.test(word) ?? true));
  const judgement = other === undefined ? found : JUDGEMENT_BY_ID.get(other.is)!;
  // "The more the better" wishes for nothing in particular.
  const wishes = isWish && !blames && judgement.implies !== undefined;
  const isNever = nearest?.need !== undefined && (judgement.never?.includes(nearest.need.id) ?? false);
  const implied = isNever || judgement.implies === undefined ? undefined : BY_ID.get(judgement.implies);
  const isSentence = !judgement.says.en.includes('{}');
  // A noun of the file's own is a detail of what the judgement implies: "the pancake was cold" is about food that arrives cold.
  const isMeant =
    nearest !== undefined &&
    !isNever &&
    !(implied && (isSentence || !nearest.need || judgement.notOf?.includes(nearest.need.id)));
  const from = Math.min(nearest?.at ?? at, turn ? before + turn.index : at);
  const to = nearest ? Math.max(nearest.at + nearest.word.length, at + word.length) : at + word.length;
  return {
    judgement,
    isBlame: blames || wishes,
    isWish: wishes,
    depends,
    ...(isMeant
      ? nearest.need
        ? { need: nearest.need }
        : { noun: nearest.noun! }
      : implied && { need: implied }),
    isNamed: isMeant,
    words: written.slice(from, to),
  };
}

interface Place {
  readonly word: string;
  readonly at: number;
}

/** In front of a judgement stands what is judged in Chinese; in English on either side. Farther off it is about something else. */
function nearestOf<T extends Place>(
  candidates: readonly T[],
  { word, at }: Place,
  language: 'en' | 'zh',
): T | undefined {
  let best: { candidate: T; distance: number } | undefined;
  for (const candidate of candidates) {
    const isBefore = candidate.at < at;
    const gap = isBefore ? at - candidate.at - candidate.word.length : candidate.at - at - word.length;
    const distance = language === 'zh' && !isBefore ? gap + BEHIND_ZH : gap;
    if (gap > FARTHEST[language] || (best && best.distance <= distance)) continue;
    best = { candidate, distance };
  }
  // English compounds end in what they are: "bad stage dialogue" is about the dialogue, which a need may name.
  const found = best?.candidate;
  if (!found || language === 'zh' || found.at < at) return found;
  return candidates.find((next) => next.at === found.at + found.word.length + 1) ?? found;
}

const FARTHEST = { en: 45, zh: 12 } as const;
const BEHIND_ZH = 4;
