/**
 * Points: what is said of a need, as one sentence, and how many reviews say it (key point analysis: Bar-Haim et al., "Every Bite Is an Experience",
 * 2021). A complaint point is what an action is made of: it names what is wrong, and only complaints stand under it.
 *
 * What a point costs is told by the file's own labels or ratings, not by the sentiment model.
 */
import type { Localized } from '@gradus/base';
import { benjaminiHochberg, fisherExact, wilsonInterval } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import { isLearnt } from '../needs/learnt-words.ts';
import { type Judgement, l } from '../needs/lexicon/judgement.ts';
import { type Said, subjectOf, WHOLE } from '../needs/need-model.ts';
import type { Review } from '../review.ts';
import { findingsByProduct, type ProductSummary } from './by-product.ts';
import type { Jump } from './change-point.ts';
import { isSure } from './confidence.ts';
import { type Consequence, consequencesOf } from './consequences.ts';
import { type Effect, effectsOf } from './effect.ts';
import { distinctQuotes, type Evidence } from './evidence.ts';
import type { AnalysisInput } from './input.ts';
import type { Mention } from './mentions.ts';
import type { Outcome } from './outcome.ts';
import { severityOf } from './severity.ts';
import type { Timeline } from './timeline.ts';
import { jumpOfMentions } from './trend.ts';

export interface Point {
  /** Theme and judgement: stable from run to run. */
  readonly id: string;
  /** The theme's id. */
  readonly theme: string;
  readonly themeName: Localized;
  readonly kind: 'complaint' | 'praise';
  readonly sentence: Localized;
  /** What follows from a complaint, to stand behind its sentence; null where nothing stands out. */
  readonly consequence: Consequence | null;
  /** What to do about a complaint. */
  readonly fix: Localized;
  /** In the words of the file, most often first. */
  readonly words: readonly string[];
  /** Whether it names what is wrong; else it gathers what is complained of in words that neither lexicon nor file has. */
  readonly isSpecific: boolean;
  /** The share of its clauses that surely say it: they name what it is about, or say what is said of nothing else. */
  readonly sureness: number;
  /** Reviews that say it. */
  readonly count: number;
  readonly share: Estimate;
  /** The share of them that the file itself calls dissatisfied; null where it says so of too few. */
  readonly dissatisfied: Estimate | null;
  /** Whether they are dissatisfied more often than the others beyond chance, corrected for the number of points. */
  readonly isClear: boolean;
  /** How the rating of reviews that say it differs, other points and the product being equal. */
  readonly effect: Effect | null;
  readonly severity: Estimate | null;
  /** Where the share of reviews that say it became another one at once; null where it did not, and of praise. */
  readonly jump: Jump | null;
  /** Products whose reviews say it more often than the others' beyond chance. */
  readonly products: readonly string[];
  readonly evidence: readonly Evidence[];
  /** The clauses that say it. */
  readonly clauses: readonly number[];
}

const FEWEST_LABELLED = 10;
const SIGNIFICANT = 0.05;
const MOST_WORDS = 4;
/** Longer, they are no phrase. */
const LONGEST_WORDS = { en: 32, zh: 10 } as const;
/** A clause that praises by all else that is known of it makes no complaint of a word that may be one. */
const PRAISES = 0.8;
/** Below this a clause that is told as neutral leans to complaint. */
const LEANS = 0.4;

interface Gathered {
  readonly said: Said;
  /** All statements of it, one after another: whether each is sure. */
  readonly sure: boolean[];
  readonly mentions: Map<number, number[]>;
  readonly words: Map<string, number>;
}

export function pointsOf(
  input: AnalysisInput,
  outcome: Outcome | null,
  products: readonly ProductSummary[],
  timeline: Timeline | null,
): Point[] {
  const gathered = [...withRareTogether(gather(input))].sort(
    ([a, x], [b, y]) => y.mentions.size - x.mentions.size || (a < b ? -1 : 1),
  );
  const mentions = gathered.map(([, { mentions, said }]): Mention[] =>
    [...mentions]
      .sort(([a], [b]) => a - b)
      .map(([review, clauses]) => ({ review, clauses, satisfaction: said.isBlame ? 0 : 1 })),
  );
  const effects = outcome ? effectsOf(mentions, input.reviews, products, outcome) : null;
  const byProduct = findingsByProduct(mentions, input.reviews, products);
  const contrasts = mentions.map((of, i) => contrastOf(of, input.reviews, gathered[i]![1].said.isBlame));
  const pValues = benjaminiHochberg(contrasts.map(({ pValue }) => pValue));
  const complaints = [...gathered.keys()].filter((i) => gathered[i]![1].said.isBlame);
  const consequences = consequencesOf(
    complaints.map((i) => ({ id: gathered[i]![0], mentions: mentions[i]! })),
    input,
  );
  const consequenceOf = new Map(complaints.map((i, k) => [i, consequences[k]!]));
  return gathered.map(([id, { said, sure, words }], i): Point => {
    const own = mentions[i]!;
    const { about, judgement, isBlame } = said;
    return {
      id,
      theme: about.id,
      themeName: about.name,
      kind: isBlame ? 'complaint' : 'praise',
      isSpecific: judgement !== OTHERWISE,
      ...sentencesOf(said),
      consequence: consequenceOf.get(i) ?? null,
      words: phrasesOf(words),
      sureness: sure.filter(Boolean).length / sure.length,
      count: own.length,
      share: {
        value: own.length / input.reviews.length,
        interval: wilsonInterval(own.length, input.reviews.length),
      },
      dissatisfied: contrasts[i]!.dissatisfied,
      isClear: pValues[i]! <= SIGNIFICANT,
      effect: effects?.[i]?.mention ?? null,
      severity: isBlame ? severityOf(own, outcome, input.reviewSatisfaction) : null,
      jump: isBlame && timeline ? jumpOfMentions(own, timeline) : null,
      products: byProduct[i]!.flatMap(({ product, mentioned }) => (mentioned === 'more' ? [product] : [])),
      evidence: quotesOf(own, judgement.id, isBlame, input),
      clauses: own.flatMap(({ clauses }) => clauses),
    };
  });
}

/** By id, what is said and where. */
function gather(input: AnalysisInput): Map<string, Gathered> {
  const { clauses, statements = [], clauseSentiment, reviews, isUnproven } = input;
  const found = new Map<string, Gathered>();
  // "Delivery was quick, it came in two days": what may blame does not where its review surely praises the same.
  const praised = new Set(
    statements.flatMap((said, clause) =>
      said
        .filter(({ isBlame, depends }) => !isBlame && !depends)
        .map(({ judgement }) => `${clauses[clause]!.review} ${judgement.id}`),
    ),
  );
  for (const [clause, said] of statements.entries()) {
    const { review } = clauses[clause]!;
    const meant = said.filter(
      (one) =>
        isMeant(one, clauseSentiment?.[clause], isUnproven ? undefined : reviews[review]!.label) &&
        !(!clauseSentiment && one.depends && one.isBlame && praised.has(`${review} ${one.judgement.id}`)),
    );
    // Where blame may be of anything, it is of the need that is named beside it.
    if (!meant.some(({ isBlame, about }) => isBlame && about.id !== WHOLE.id))
      meant.push(...saidOtherwise(clause, input));
    for (const one of meant) {
      const id = `${one.about.id}.${one.isBlame ? '' : 'not-'}${one.judgement.id}`;
      const own: Gathered = found.get(id) ?? { said: one, sure: [], mentions: new Map(), words: new Map() };
      found.set(id, own);
      const at = own.mentions.get(review);
      if (!at) own.mentions.set(review, [clause]);
      else if (!at.includes(clause)) at.push(clause);
      own.sure.push(isSure(one));
      own.words.set(one.words, (own.words.get(one.words) ?? 0) + 1);
    }
  }
  return found;
}

/** A word of the file's own that blames a need in fewer reviews is one of the other complaints about it. */
const FEWEST_OF_WORD = 5;

function withRareTogether(found: ReadonlyMap<string, Gathered>): Map<string, Gathered> {
  const kept = new Map<string, Gathered>();
  const put = (id: string, said: Said, { sure, mentions, words }: Gathered) => {
    const own: Gathered = kept.get(id) ?? { said, sure: [], mentions: new Map(), words: new Map() };
    kept.set(id, own);
    own.sure.push(...sure);
    for (const [review, clauses] of mentions)
      own.mentions.set(
        review,
        [...new Set([...(own.mentions.get(review) ?? []), ...clauses])].sort((a, b) => a - b),
      );
    for (const [word, n] of words) own.words.set(word, (own.words.get(word) ?? 0) + n);
  };
  for (const [id, one] of found) {
    const { said, mentions } = one;
    if (isLearnt(said.judgement) && mentions.size < FEWEST_OF_WORD)
      put(`${said.about.id}.${OTHERWISE.id}`, { ...said, judgement: OTHERWISE }, one);
    else put(id, said, one);
  }
  return kept;
}

/** A complaint of a need that no word of blame was found for. */
const OTHERWISE: Judgement = {
  id: 'otherwise',
  blame: { en: '', zh: '' },
  says: l('Other complaints about {}', '关于{}的其他抱怨'),
  fix: l('Find out what is wrong with {}', '查明{}的问题'),
};
/** A clause complains by all that is known of it, whatever its words. */
const COMPLAINS = 0.4;

function saidOtherwise(
  clause: number,
  { clauses, clauseSentiment, themes, themeOf, unnamed }: AnalysisInput,
): Said[] {
  const sentiment = clauseSentiment?.[clause];
  const theme = themes[themeOf[clause]!]?.id;
  const isNamed = theme !== undefined && theme !== WHOLE.id;
  const about = subjectOf((isNamed ? theme : unnamed?.[clause]) ?? '');
  if (!about || sentiment?.polarity !== 'negative' || sentiment.satisfied > COMPLAINS) return [];
  const words = clauses[clause]!.text.trim();
  return [
    {
      judgement: OTHERWISE,
      isBlame: true,
      isWish: false,
      depends: true,
      isNamed,
      words,
      about,
    },
  ];
}

type Sentiment = NonNullable<AnalysisInput['clauseSentiment']>[number];

/** @param label What the file says of the review; undefined where its labels are not shown to have to do with what is written */
function isMeant(
  { isBlame, isWish, depends }: Said,
  sentiment: Sentiment | undefined,
  label: Review['label'],
): boolean {
  if (!sentiment) return !(isBlame && (depends || isWish)) || label === 0;
  if (!isBlame) return sentiment.polarity !== 'negative';
  if (depends || isWish)
    return (
      sentiment.polarity === 'negative' ||
      // Told without a word of opinion, in a review that the file itself calls dissatisfied: "very little rice".
      (sentiment.polarity === 'neutral' && sentiment.satisfied < LEANS && label === 0)
    );
  return sentiment.polarity !== 'positive' || sentiment.satisfied < PRAISES;
}

function contrastOf(
  mentions: readonly Mention[],
  reviews: readonly Review[],
  isBlame: boolean,
): { dissatisfied: Estimate | null; pValue: number } {
  const own = new Set(mentions.map(({ review }) => review));
  let [bad, good, otherBad, otherGood] = [0, 0, 0, 0];
  for (const [i, { label }] of reviews.entries()) {
    if (label === undefined) continue;
    if (own.has(i)) label === 0 ? bad++ : good++;
    else label === 0 ? otherBad++ : otherGood++;
  }
  const n = bad + good;
  const isWorse = bad * (otherBad + otherGood) > otherBad * n;
  const pValue = n === 0 || isWorse !== isBlame ? 1 : fisherExact(bad, n, otherBad, otherBad + otherGood);
  return {
    dissatisfied: n < FEWEST_LABELLED ? null : { value: bad / n, interval: wilsonInterval(bad, n) },
    pValue,
  };
}

/** The sentence and what to do, the first letter a capital. */
function sentencesOf({ about, judgement, isBlame }: Said): Pick<Point, 'sentence' | 'fix'> {
  const isImplied = about.id === judgement.implies;
  const says = (isImplied && judgement.alone) || judgement.says;
  const fix = (isImplied && judgement.fixAlone) || judgement.fix;
  const agree = PLURAL.test(about.subject.en) ? inPlural : (text: string) => text;
  const fill = ({ en, zh }: Localized): Localized => ({
    en: capital(agree(en).replace('{}', about.subject.en)),
    zh: zh.replace('{}', about.subject.zh),
  });
  return isBlame ? { sentence: fill(says), fix: fill(fix) } : { sentence: about.name, fix: about.name };
}

/** Of the subjects of needs. */
const PLURAL = /^the (?:characters|visuals|features|facilities|accessories)$/u;
const PLURAL_VERBS: Readonly<Record<string, string>> = {
  is: 'are',
  does: 'do',
  has: 'have',
  arrives: 'arrive',
  breaks: 'break',
  comes: 'come',
  fades: 'fade',
  shrinks: 'shrink',
  pills: 'pill',
  itches: 'itch',
  feels: 'feel',
  crashes: 'crash',
  freezes: 'freeze',
  it: 'they',
};
const inPlural = (text: string): string =>
  text.startsWith('{}') ? text.replace(/\b[a-z]+\b/gu, (word) => PLURAL_VERBS[word] ?? word) : text;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const HAN = /\p{Script=Han}/u;

function phrasesOf(words: ReadonlyMap<string, number>): string[] {
  const kept: string[] = [];
  for (const [phrase] of [...words].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))) {
    if (phrase.length > LONGEST_WORDS[HAN.test(phrase) ? 'zh' : 'en'] || /[,，。.!！?？~]/u.test(phrase))
      continue;
    if (kept.some((other) => other.includes(phrase) || phrase.includes(other))) continue;
    kept.push(phrase);
    if (kept.length === MOST_WORDS) break;
  }
  return kept;
}

/** Whole clauses; of those that complain by the file's own label first, then those that say little else. */
function quotesOf(
  mentions: readonly Mention[],
  judgement: string,
  isBlame: boolean,
  { clauses, unnamed, statements = [], clauseSentiment, reviews }: AnalysisInput,
): Evidence[] {
  const scored = mentions
    .flatMap(({ review, clauses: own }) => {
      const agrees = reviews[review]!.label === undefined || reviews[review]!.label === Number(!isBlame);
      return own.map((clause) => {
        const { length } = clauses[clause]!.text;
        const lean = clauseSentiment
          ? isBlame
            ? 1 - clauseSentiment[clause]!.satisfied
            : clauseSentiment[clause]!.satisfied
          : 0.5;
        const said = statements[clause]!;
        const isNamed = said.some((one) => one.judgement.id === judgement && one.isNamed);
        // What says other things as well shows the point less clearly.
        const others = said.filter((one) => one.judgement.id !== judgement).length;
        // What names no need shows it least of all.
        const isUnnamed = judgement === OTHERWISE.id && unnamed?.[clause] != null;
        const isMixed = said.some((one) => one.isBlame !== isBlame);
        const readable = length >= 8 && length <= 90 ? 1 : 0;
        return {
          clause,
          score:
            2 * Number(agrees) +
            lean +
            1.5 * readable +
            0.5 * Number(isNamed) -
            Number(isMixed) -
            2 * Number(isUnnamed) -
            0.4 * others,
        };
      });
    })
    .sort((a, b) => b.score - a.score || a.clause - b.clause)
    .map(({ clause }) => clause);
  return distinctQuotes(scored, clauses, reviews);
}
