/**
 * The needs of a file: which of the lexicon's it speaks of, which of its own nouns are judged often enough to be needs, and what each clause is
 * about by them. Plain data, so that a deployed run reads new texts as the file was read.
 */
import type { Localized } from '@gradus/base';
import { z } from 'zod';
import { learntJudgement } from './learnt-words.ts';
import { type Judgement, l } from './lexicon/judgement.ts';
import { JUDGEMENTS } from './lexicon/judgements.ts';
import { DOMAINS, type Need } from './lexicon/need.ts';
import { NEEDS } from './lexicon/needs.ts';
import { SELECTIONAL_RESTRICTIONS } from './lexicon/selectional-restrictions.ts';
import { type ClauseReading, type NeedScope, readClause, type Statement } from './read-clause.ts';

export type ReadingLanguage = 'en' | 'zh';

const Model = z.object({
  /** Films, books and the like are judged, not things or services: words such as "slow" and "dry" mean something else. */
  isOfWorks: z.boolean(),
  /** Lemmas of the file's own nouns that are needs. */
  nouns: z.array(z.string()).readonly(),
  /** Lemmas of the file's own words that blame. Absent from runs of before they were learnt. */
  blame: z.array(z.string()).readonly().default([]),
  /** Works are judged as things that are bought, too: books, by their print and paper. */
  isSold: z.boolean().default(false),
  /** What the file is about, of what not every file is. Runs of before this was asked read all words alike. */
  domains: z
    .array(z.enum(DOMAINS))
    .readonly()
    .default([...DOMAINS]),
  /** The need that is meant by "too slow" where none is named; null where the file speaks of none that may be slow. */
  slow: z.string().nullable().default('delivery'),
  /** Whether what is judged is operated, so that it may fail. */
  isOperated: z.boolean().default(true),
  /** Whether it comes in portions, so that too little and too small mean these. */
  isServed: z.boolean().default(true),
  /** Whether people stay in what is judged, rather than eat there. */
  isStayedIn: z.boolean().default(true),
  /** Ids of needs that are told of far more than judged: clauses are about them where they judge them. */
  told: z.array(z.string()).readonly().default([]),
});

/** Runs of before parcels were a domain speak of them whatever domains they name. */
const withParcels = (value: unknown): unknown =>
  typeof value === 'object' &&
  value !== null &&
  !('told' in value) &&
  'domains' in value &&
  Array.isArray(value.domains)
    ? { ...value, domains: [...value.domains, 'parcels'] }
    : value;

export const NeedModelSchema = z.preprocess(withParcels, Model);
export type NeedModel = z.infer<typeof NeedModelSchema>;

/** What a clause or a point is about. */
export interface Subject {
  /** Stable from run to run. */
  readonly id: string;
  readonly name: Localized;
  readonly subject: Localized;
}

/** Judgements of nothing in particular. */
export const WHOLE: Subject = {
  id: 'whole',
  name: { en: 'The whole', zh: '整体' },
  subject: { en: 'it', zh: '整体' },
};

export interface Said extends Statement {
  readonly about: Subject;
}

export interface Resolved {
  /** Null where the clause speaks of no need. */
  readonly about: Subject | null;
  readonly said: readonly Said[];
}

/** What is said of needs: −1 mostly blame, 1 mostly praise, 0 nothing or both. What steps have stored is no longer the same object. */
export const needBalance = (said: readonly Said[]): number =>
  Math.sign(
    said.reduce((sum, { about, isBlame }) => (about.id === WHOLE.id ? sum : sum + (isBlame ? -1 : 1)), 0),
  );

/** Easy or hard: to use, where the words say so; else of whatever is done with a thing. */
export const isEase = ({ id }: Judgement): boolean => id === 'hard-to-use';

const IS_USING =
  /\bus(?:e|ed|es|ing|er)|intuitive|operat|navigat|follow|figure|learn|understand|install|assembl|set ?up|用|操作|安装|懂|上手/u;
export const isOfUse = (words: string): boolean => IS_USING.test(words);

const BY_ID = new Map(NEEDS.map((need) => [need.id, need]));
/** What is late in these words was to arrive, whatever the file is about. */
const IS_COMING = /late|delay|overdue|送|到|迟|晚|催|几天才|天才|星期才|礼拜才|地方|路/u;

/** "Touching" praises a film, whatever bores in it is its story. */
const WHOLE_IF_PRAISED = new Set(['boring', 'shallow']);
/** Where people stay, too little is no portion, too small no size of clothes, what is missing no order, and convenient no program. */
const NOT_OF_PLACES = new Set([
  'little',
  'too-small',
  'too-large',
  'missing',
  'wrong',
  'stale',
  'hard-to-use',
  'undelivered',
  'not-new',
  'fake',
  'refused',
]);
/** Where people stay, such words are of better rooms, and of guests who pay for what they broke; who finds a place disgusting has tasted nothing. */
const MEANS_ROOMS = /^(?:升级|upgrad\w*|更新|赔偿|赔付)$/u;
const IS_DISGUST = /恶心|腻|disgust|gross|nasty/u;
/** What breaks where people stay is a facility; what is cleaned there is the place. */
const BREAKS = new Set(['fails', 'crashes', 'broken']);
const HYGIENE = BY_ID.get('hygiene')!;
/** What fails is operated. */
const OF_OPERATED = new Set(['fails', 'crashes']);
/** By what is slow: words that say so where nothing is named. What happens quickly in a film is no pace of it, and who arrives late has not waited. */
const IS_SLOW: Readonly<Record<string, RegExp>> = {
  pace: /slow|plod|sluggish|glacial|drag|long|forever|interminabl|慢|拖|长|久/u,
  queue: /slow|wait|queue|long|forever|hours|days|慢|等了|等待|久|排队/u,
};
/** Not slow at what they do: not there in time. */
const IS_LATE = /late|delay|overdue|迟|晚/u;
const DELIVERY = BY_ID.get('delivery')!;
const TRIPS = BY_ID.get('trips')!;
export const PORTION = BY_ID.get('portion')!;
const FACILITIES = BY_ID.get('facilities')!;
const judgementOf = (of: string): Judgement => JUDGEMENTS.find(({ id }) => id === of)!;
const [LITTLE, SHALLOW, BAD, OUT_OF_ORDER] = [
  judgementOf('little'),
  judgementOf('shallow'),
  judgementOf('bad'),
  judgementOf('no-facilities'),
];
/** What is broken about a packaging, as the same complaint in words that say what to do. */
const CRUSHED: Judgement = {
  ...judgementOf('broken'),
  says: l('The packaging arrives damaged', '包装到货时已破损'),
  fix: l('Pack it so that it arrives whole', '加固包装'),
};
/** May be said of works as of things. */
const OF_BOTH = new Set(['slow', 'worse']);
const isOfThings = ({ id, implies }: Judgement): boolean =>
  implies !== undefined && !OF_BOTH.has(id) && BY_ID.get(implies)?.of !== 'works';

const NOUN = 'noun-';

const nounSubject = (noun: string): Subject => ({
  id: `${NOUN}${noun}`,
  name: { en: noun.charAt(0).toUpperCase() + noun.slice(1), zh: noun },
  subject: { en: /^[a-z]/.test(noun) ? `the ${noun}` : `“${noun}”`, zh: noun },
});

/** What a file's model means for what its clauses say. */
interface FileSense {
  readonly model: NeedModel;
  readonly nouns: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
  readonly isWork: boolean;
  readonly isOfPlaces: boolean;
  /** Of what the file is not about. */
  readonly isAbsent: (need: Need | undefined) => boolean;
  /** Of the file's kind. */
  readonly isOf: (need: Need) => boolean;
}

function senseOf(model: NeedModel): FileSense {
  const { isOfWorks, isSold, domains } = model;
  const isAbsent = (need: Need | undefined): boolean =>
    need?.domain !== undefined && !domains.includes(need.domain);
  return {
    model,
    nouns: new Set(model.nouns),
    told: new Set(model.told),
    isWork: isOfWorks && !isSold,
    isOfPlaces: model.slow === 'queue' && model.isStayedIn,
    isAbsent,
    isOf: (need) =>
      !isAbsent(need) && (need.of === 'both' || (need.of === 'works') === isOfWorks || (isOfWorks && isSold)),
  };
}

/** What a clause is about and says of it, in a file of this model. */
export function resolver(model: NeedModel): (reading: ClauseReading) => Resolved {
  const file = senseOf(model);
  return (reading) => {
    const names = namedIn(reading, file);
    const said = reading.statements
      .filter((statement) => isHeard(statement, file))
      .map((statement) => meant(statement, file));
    const judges = said.length > 0 || reading.judges;
    if (!said.some(({ isBlame }) => isBlame)) said.push(...learntBlame(model, reading, names[0]));
    const judged =
      said.find(({ about, isNamed }) => about !== WHOLE && isNamed) ??
      said.find(({ about }) => about !== WHOLE);
    const noun = reading.nouns.find(
      ({ lemma }) => file.nouns.has(lemma) && !file.told.has(nounSubject(lemma).id),
    );
    const about =
      judged?.about ??
      names.find(({ id }) => !file.told.has(id)) ??
      (noun ? nounSubject(noun.lemma) : judges ? WHOLE : null);
    return { about, said };
  };
}

/** The needs of the file's kind that a clause names, in their order. */
const namedIn = ({ needs }: ClauseReading, { isOf, isOfPlaces }: FileSense): readonly Need[] =>
  needs
    .filter(({ need, word }) => isOf(need) && !(isOfPlaces && MEANS_ROOMS.test(word)))
    .map(({ need }) => (isOfPlaces && need.id === 'cleaning' ? HYGIENE : need));

/** Whether a judgement means what it says in a file of this kind: "raw" and "cold" say nothing of taste where nobody eats. */
function isHeard(
  { judgement, isNamed, need, words }: Statement,
  { model, isWork, isOfPlaces, isAbsent }: FileSense,
): boolean {
  if (isWork && !isNamed && judgement.implies !== 'price' && isOfThings(judgement)) return false;
  if (judgement.id === 'slow') return (isNamed && !isWork) || isSlow(model, words);
  if (isAbsent(BY_ID.get(judgement.implies ?? '')) && (!isNamed || isAbsent(need))) return false;
  if (isNamed || isOfPlaces) return true;
  if (OF_OPERATED.has(judgement.id)) return model.isOperated;
  if (isEase(judgement)) return isOfUse(words);
  return judgement.implies !== PORTION.id || model.isServed;
}

/** What a judgement says of what, in a file of this kind. */
function meant(statement: Statement, file: FileSense): Said {
  const { need, noun, isNamed, judgement, words } = statement;
  const { model, isWork, isOfPlaces, isAbsent, isOf } = file;
  if (noun !== undefined) return { ...statement, about: file.nouns.has(noun) ? nounSubject(noun) : WHOLE };
  if (isOfPlaces && !isNamed && BREAKS.has(judgement.id))
    return { ...statement, judgement: OUT_OF_ORDER, need: FACILITIES, about: FACILITIES };
  if (isOfPlaces && !isNamed && isOfNoPlace(statement)) return { ...statement, judgement: BAD, about: WHOLE };
  if (isWork && !isNamed && !statement.isBlame && WHOLE_IF_PRAISED.has(judgement.id))
    return { ...statement, about: WHOLE };
  if (judgement.id === 'slow' && !isNamed && (!IS_COMING.test(words) || model.slow === TRIPS.id))
    return fitting(statement, BY_ID.get(slowNeed(model, words))!, isAbsent);
  // A thin story is no thin cloth, and what else is said of things is plain blame of a work.
  if (need?.of === 'works' && isWork && isOfThings(judgement))
    return { ...statement, judgement: judgement.id === 'thin' ? SHALLOW : BAD, about: need };
  if (judgement.id === 'broken' && need?.id === 'packaging')
    return { ...statement, judgement: CRUSHED, about: need };
  // Whoever brings it late is a late delivery.
  if (judgement.id === 'slow' && need?.id === 'staff' && IS_LATE.test(words))
    return { ...statement, need: DELIVERY, about: DELIVERY };
  // What is too small where people eat is the portion: "饼好小", "the pizza is tiny".
  if (judgement.id === 'too-small' && isServedIn(file) && /小|small|tiny/u.test(words)) {
    if (need?.id === 'size' && !isNamed)
      return { ...statement, judgement: LITTLE, need: PORTION, about: PORTION };
    if (need?.id === 'food') return { ...statement, judgement: LITTLE, about: need };
  }
  // Of a film, "not worth it" is about no price unless it names one.
  if (!need || !isOf(need) || (!isNamed && need.of === 'both' && isWork))
    return { ...statement, about: WHOLE };
  return isNamed ? fitting(statement, need, isAbsent) : { ...statement, about: need };
}

const isOfNoPlace = ({ judgement, words }: Statement): boolean =>
  NOT_OF_PLACES.has(judgement.id) || (judgement.id === 'bad-taste' && IS_DISGUST.test(words));

const isServedIn = ({ model, isOfPlaces }: FileSense): boolean =>
  model.domains.includes('food') && model.isServed && !isOfPlaces;

/** What is said of a need that is named, as something that can be said of it. */
function fitting(statement: Statement, need: Need, isAbsent: (need: Need | undefined) => boolean): Said {
  const rule = SELECTIONAL_RESTRICTIONS[statement.judgement.id];
  const other = rule?.is?.[need.id];
  if (other !== undefined) return { ...statement, judgement: judgementOf(other), about: need };
  if (!rule || (rule.needs?.includes(need.id) ?? true)) return { ...statement, about: need };
  const implied = BY_ID.get(statement.judgement.implies ?? '');
  if (rule.isProperty && implied && !isAbsent(implied))
    return { ...statement, need: implied, about: implied };
  return { ...statement, judgement: BAD, about: need };
}

/** Whether words that say so where nothing is named mean that something is slow here. */
const isSlow = ({ slow }: NeedModel, words: string): boolean =>
  slow === null ? IS_COMING.test(words) : (IS_SLOW[slow]?.test(words) ?? true);

/** Who waits for weeks waits for people, whatever the device. */
const slowNeed = ({ slow }: NeedModel, words: string): string =>
  (slow === 'performance' && /wait|week|days|等/.test(words)) ||
  (slow === TRIPS.id && /wait|hold|等/.test(words))
    ? 'queue'
    : (slow ?? 'delivery');

/** What a word of the file's own blames: a need that the clause names, and nothing where it names none. */
function learntBlame({ blame }: NeedModel, { words }: ClauseReading, named: Need | undefined): Said[] {
  const word = named && words.find(({ lemma }) => blame.includes(lemma));
  if (!word) return [];
  return [
    {
      judgement: learntJudgement(word),
      isBlame: true,
      isWish: false,
      depends: false,
      need: named,
      isNamed: true,
      words: word.word,
      about: named,
    },
  ];
}

/** What a theme of needs is about; undefined of other themes. */
export function subjectOf(id: string): Subject | undefined {
  if (id === WHOLE.id) return WHOLE;
  return id.startsWith(NOUN) ? nounSubject(id.slice(NOUN.length)) : BY_ID.get(id);
}

/** The name of a need's theme, in both languages; undefined of other themes. */
export const needName = (id: string): Localized | undefined => subjectOf(id)?.name;

/** What a text's clauses are about. @param language Null where the needs' words are of other languages */
export const readAll = (
  clauses: readonly string[],
  languageOf: (clause: number) => ReadingLanguage | null,
  scope: NeedScope,
): (ClauseReading | null)[] =>
  clauses.map((text, i) => {
    const language = languageOf(i);
    return language === null ? null : readClause(text, language, scope);
  });
