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
import { NEITHER_EN, NEITHER_ZH, NO_NAMES_EN } from './lexicon/other-senses.ts';

export type Determiner = 'demonstrative' | 'definite';

/** A noun that no need of the lexicon has. */
export interface FileNoun {
  readonly lemma: string;
  readonly word: string;
  readonly at: number;
  /** "This dress" is the thing that is reviewed, "the pockets" a part of it. */
  readonly determiner: Determiner | null;
}

/** A word that no lexicon has, and that may be one of opinion. */
export interface FileWord extends Omit<FileNoun, 'determiner'> {
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
  const judged = lexicon.judgements
    .find(shown, words)
    .filter(({ word, at }) => word !== 'pretty' || !isAdverb(at + word.length, words));
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
    .map(
      ({ word, lemma, at }): FileNoun => ({ word, lemma, at, determiner: determinerOf(lower, at, language) }),
    );
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

const COLOURS = /^(?:red|blue|black|white|green|gr[ae]y|pink|yellow|orange|purple|brown|colou?r\w*)$/u;

/** "Pretty" in front of what it intensifies: "pretty warm", and not "a pretty dress" or "pretty blue flowers". @param end Where it ends */
function isAdverb(end: number, words: readonly TaggedWord[]): boolean {
  const next = words.find(({ at }) => at === end + 1);
  if (!next || COLOURS.test(next.lemma)) return false;
  return next.tag === 'adjective' || /^(?:much|well|sure)$|(?:ed|ly)$/u.test(next.word.toLowerCase());
}

/** One word, or a measure, may stand in between: "this pretty dress", 这条裤子. */
const DETERMINERS = {
  en: {
    demonstrative: /\bth(?:is|ese)\s+(?:[\w'-]+\s+)?$/u,
    definite: /\b(?:the|its|their)\s+(?:[\w'-]+\s+)?$/u,
  },
  zh: { demonstrative: /这[一两几]?\p{Script=Han}?$/u, definite: /[它其]的?$/u },
} as const;
const DETERMINER_REACH = 24;

function determinerOf(lower: string, at: number, language: 'en' | 'zh'): Determiner | null {
  const before = lower.slice(Math.max(0, at - DETERMINER_REACH), at);
  if (DETERMINERS[language].demonstrative.test(before)) return 'demonstrative';
  return DETERMINERS[language].definite.test(before) ? 'definite' : null;
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
