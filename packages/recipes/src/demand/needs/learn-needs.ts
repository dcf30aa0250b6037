/**
 * What a file teaches about its needs: whether it judges works or things, what it is about, which nouns of its own are needs, which needs are told of and
 * seldom judged, and which of its own words blame.
 */
import { blameWords } from './learnt-words.ts';
import { DOMAINS, type Domain, type Need } from './lexicon/need.ts';
import { isEase, isOfUse, type NeedModel, PORTION, resolver, WHOLE } from './need-model.ts';
import type { ClauseReading, NeedScope } from './read-clause.ts';

/** Works where at least this share of the needs that are named and judged is of works. */
const OF_WORKS = 0.5;
/** A noun is a need of the file if so many reviews judge it, at least and as a share. */
const FEWEST_JUDGING = 5;
const LEAST_JUDGING = 0.003;
/** Of the clauses that name it, at least so many judge it: what is told of all the time and judged now and then is part of the story. */
const LEAST_JUDGED = 1 / 12;
/**
 * A noun is the thing itself, and no need, if it is pointed at: 0.08 – 0.43 of the mentions of clothes and devices are (in Chinese 0.05 – 0.13), 0.00 – 0.03 of
 * those of their parts. As a share of its mentions, and of those with "this" or "the".
 */
const LEAST_DEMONSTRATIVE = { en: 0.08, zh: 0.04 } as const;
const RATHER_THAN_DEFINITE = 0.3;
/** A file is about food, or places, if this share of its reviews names a need of theirs. */
const LEAST_OF_DOMAIN = 0.03;
/** Below this share of its clauses that judge it, a need is part of the stories that are told ("I called them again", "the director of"); of so many clauses at least. */
const TOLD = 1 / 3;
const FEWEST_TOLD = 20;
/** Words of such needs that many files use in other senses: "room in the shoulders", "a taste for", Windows. They show no domain by themselves. */
const SHOWS_NO_DOMAIN =
  /^(?:rooms?|windows?|showers?|beds?|amounts?|quantit\w+|portions?|tast\w+|flavou?rs?|recipes?|sauces?|fresh\w*|drinks?|dish|lifts?|pools?|equipment|environment|interior|vibe|views?|located|location|stations?|味|味儿|味道|口味|口感|量|数量|面|粉|鸡|鸭|鱼|虾|汤|床|窗|设备|硬件|面积|环境|电视|空气|视野|位置|arriv\w+|box|boxes|package|packages|padding|packing|carrier|tracking|送来|送到|送达|送餐|到货|小哥|预定时间|预订时间|预约时间|约定时间|盒子|箱子|袋子|bags?|seats?|seating|aisle|trains?|luggage|行李|座位|座椅|过道|靠窗|飞机|托运|列车|高铁)$/u;
/** What is said of no other. */
const SHOWS_DOMAIN: Readonly<Record<string, Domain>> = { 'bad-taste': 'food' };
/** Likewise, reviews speak of what is slow, and of using it. */
const LEAST_SPEAKING = 0.05;
const LEAST_OPERATED = 0.01;
/** Of the reviews that say "little" or "too small", or name the portion, so many name it where it is meant. */
const LEAST_SERVED = 0.15;
/** Likewise, works are sold in print. */
const LEAST_PRINTED = 0.02;
/** What is slow where nothing is named: whichever of these the file's reviews speak of most. */
const SLOW: Readonly<Record<string, readonly string[]>> = {
  delivery: ['delivery', 'packaging', 'order'],
  performance: ['app', 'performance', 'interface', 'account', 'features', 'screen', 'battery', 'camera'],
  trips: ['trips', 'luggage', 'seats'],
  queue: ['room', 'facilities', 'location', 'atmosphere', 'queue', 'teaching', 'health'],
};

/** What kind of thing a file judges. */
export type FileOf = Pick<NeedModel, 'isOfWorks' | 'isSold'>;

/** @param readings Of clauses in the scope of all needs @param reviewOf By reading: its review */
export function judgedKind(readings: readonly (ClauseReading | null)[], reviewOf: ArrayLike<number>): FileOf {
  const [works, things] = [new Set<string>(), new Set<string>()];
  for (const [i, reading] of readings.entries())
    for (const { need, isNamed } of reading?.statements ?? [])
      if (need && isNamed && need.of !== 'both')
        (need.of === 'works' ? works : things).add(`${reviewOf[i]} ${need.id}`);
  const printed = readings.flatMap((reading, i) =>
    [...(reading?.needs ?? []), ...(reading?.statements ?? [])].some(({ need }) => need?.id === 'print')
      ? [reviewOf[i]!]
      : [],
  );
  return {
    isOfWorks: works.size > OF_WORKS * (works.size + things.size),
    isSold:
      new Set(printed).size >= LEAST_PRINTED * new Set(Array.from(readings, (_, i) => reviewOf[i]!)).size,
  };
}

export const scopeOf = ({ isOfWorks, isSold }: FileOf): NeedScope =>
  isOfWorks ? (isSold ? 'all' : 'works') : 'things';

/**
 * @param readings In the file's scope
 * @param reviewOf By reading: its review
 * @param labels By review: whether it is satisfied (1) or dissatisfied (0), where the file says so
 */
export function learnNeeds(
  { isOfWorks, isSold }: FileOf,
  readings: readonly (ClauseReading | null)[],
  reviewOf: ArrayLike<number>,
  labels: readonly (number | undefined)[],
): NeedModel {
  const reviewsOf = (isMeant: (reading: ClauseReading) => boolean) =>
    new Set(readings.flatMap((reading, i) => (reading && isMeant(reading) ? [reviewOf[i]!] : []))).size;
  const naming = (isMeant: (need: Need) => boolean) =>
    reviewsOf(({ needs }) => needs.some(({ need }) => isMeant(need)));
  const isShown = ({ needs }: ClauseReading, isMeant: (need: Need) => boolean) =>
    needs.some(({ need, word }) => isMeant(need) && !SHOWS_NO_DOMAIN.test(word.toLowerCase()));
  const showing = (domain: Domain) =>
    reviewsOf(
      (reading) =>
        isShown(reading, (need) => need.domain === domain) ||
        reading.statements.some(({ judgement }) => SHOWS_DOMAIN[judgement.id] === domain),
    );
  const speaking = Object.entries(SLOW).map(([id, needs]) => ({
    id,
    size: reviewsOf((reading) => isShown(reading, (need) => needs.includes(need.id))),
  }));
  const slowest = speaking.reduce((most, one) => (one.size > most.size ? one : most));
  const operated = reviewsOf(
    ({ needs, statements }) =>
      needs.some(({ need }) => need.id === 'interface') ||
      statements.some(({ judgement, words }) => isEase(judgement) && isOfUse(words)),
  );
  const portion = naming(({ id }) => id === PORTION.id);
  const served =
    portion >=
    LEAST_SERVED *
      reviewsOf(
        ({ needs, statements }) =>
          needs.some(({ need }) => need.id === PORTION.id) ||
          statements.some(({ judgement, isNamed }) => judgement.implies === PORTION.id && !isNamed),
      );
  const model: NeedModel = {
    isOfWorks,
    isSold,
    domains: DOMAINS.filter(
      (domain: Domain) => showing(domain) >= Math.max(1, LEAST_OF_DOMAIN * labels.length),
    ),
    slow: isOfWorks && !isSold ? 'pace' : slowest.size >= LEAST_SPEAKING * labels.length ? slowest.id : null,
    isServed: served,
    isStayedIn: naming(({ id }) => id === 'room' || id === 'facilities') > naming(({ id }) => id === 'food'),
    isOperated: operated >= LEAST_OPERATED * labels.length,
    nouns: nounsOf(readings, reviewOf, labels.length),
    blame: blameWords(readings, reviewOf, labels),
    told: [],
  };
  return { ...model, told: toldOf(model, readings) };
}

/** @param model In which nothing is told yet */
function toldOf(model: NeedModel, readings: readonly (ClauseReading | null)[]): string[] {
  const resolve = resolver(model);
  const clauses = new Map<string, { all: number; judged: number }>();
  for (const reading of readings) {
    const { about, said } = reading ? resolve(reading) : { about: null, said: [] };
    if (!about || about.id === WHOLE.id) continue;
    const own = clauses.get(about.id) ?? { all: 0, judged: 0 };
    own.all++;
    if (said.some((one) => one.about.id === about.id)) own.judged++;
    clauses.set(about.id, own);
  }
  return [...clauses]
    .filter(([, { all, judged }]) => all >= FEWEST_TOLD && judged < TOLD * all)
    .map(([id]) => id)
    .sort();
}

/** Lemmas of the file's own nouns that are needs, sorted. */
function nounsOf(
  readings: readonly (ClauseReading | null)[],
  reviewOf: ArrayLike<number>,
  reviews: number,
): string[] {
  const seen = new Map<
    string,
    { named: number; judged: number; demonstrative: number; definite: number; by: Set<number> }
  >();
  for (const [i, reading] of readings.entries()) {
    for (const { lemma, determiner } of reading?.nouns ?? []) {
      const own = seen.get(lemma) ?? { named: 0, judged: 0, demonstrative: 0, definite: 0, by: new Set() };
      own.named++;
      if (determiner) own[determiner]++;
      seen.set(lemma, own);
    }
    for (const { noun } of reading?.statements ?? []) {
      const own = noun === undefined ? undefined : seen.get(noun);
      own?.by.add(reviewOf[i]!);
      if (own) own.judged++;
    }
  }
  const least = Math.max(FEWEST_JUDGING, LEAST_JUDGING * reviews);
  const isThing = (
    lemma: string,
    { named, demonstrative, definite }: { named: number; demonstrative: number; definite: number },
  ) =>
    demonstrative >= LEAST_DEMONSTRATIVE[/^[a-z]/u.test(lemma) ? 'en' : 'zh'] * named &&
    demonstrative >= RATHER_THAN_DEFINITE * (demonstrative + definite);
  return [...seen]
    .filter(
      ([lemma, own]) =>
        own.by.size >= least && own.judged >= LEAST_JUDGED * own.named && !isThing(lemma, own),
    )
    .map(([lemma]) => lemma)
    .sort();
}
