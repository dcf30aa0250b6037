/** Step 2: clauses to find themes in, and rows to learn and to test sentiment on. */

import { count, type Localized } from '@gradus/base';
import { cleanText, findDuplicates, stratifiedSplit } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { clausesOf } from './clauses.ts';
import { HELD_OUT_FILE, readHeldOut } from './held-out.ts';
import type { Correction, DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { DemandSummary } from './report/summary.ts';
import type { Clause, Review } from './review.ts';

export interface Processed {
  readonly clauses: readonly Clause[];
  /** What sentiment is learnt from; null where the file says too little. */
  readonly learning: Learning | null;
  readonly notes: readonly Localized[];
}

export interface Learning {
  /** Indices of reviews that nothing is fitted on. */
  readonly test: Int32Array;
  /** The newest texts, which neither this run nor its parent learns from; null where they are too few. */
  readonly recent: Labelled | null;
  readonly texts: readonly string[];
  readonly labels: Uint8Array;
  /** Training texts that nearly repeat each other share a number. */
  readonly groups: Int32Array;
}

export interface Labelled {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
}

/** What sentiment learning needs at least, in all and of each class. */
const FEWEST_LABELLED = 60;
const FEWEST_OF_CLASS = 10;
const TEST_SHARE = 0.2;
/** More training texts than this cost time and gain next to nothing. */
const MOST_TRAINING_TEXTS = 24_000;

export function process({
  run,
  prepare: { reviews },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
}): Processed {
  const notes: Localized[] = [];
  const clauses = reviews.flatMap(({ text }, review) =>
    clausesOf(text).map((clause): Clause => ({ review, text: clause })),
  );
  run.progress({ en: 'duplicates', zh: '重复' }, 0, 1);
  const duplicates = findDuplicates(reviews.map(({ text }) => text));
  const repeated = duplicates.filter((first, i) => first !== i && reviews[i]!.text.length >= 12).length;
  if (repeated > 0) {
    notes.push({
      en: `${repeated} reviews repeat another, or nearly. They are counted, and never stand in both training and test data.`,
      zh: `有 ${repeated} 条评价与其他评价相同或几乎相同。它们仍计入统计，但不会同时出现在训练集和测试集中。`,
    });
  }
  return { clauses, learning: learningOf(run, reviews, duplicates, notes), notes };
}

function learningOf(
  run: RunContext<DemandOptions>,
  reviews: readonly Review[],
  duplicates: Int32Array,
  notes: Localized[],
): Learning | null {
  const labelled = Int32Array.from([...reviews.keys()].filter((i) => reviews[i]!.label !== undefined));
  if (labelled.length === 0) return null;
  const ofClass = [0, 1].map((label) => labelled.filter((i) => reviews[i]!.label === label).length);
  if (labelled.length < FEWEST_LABELLED || Math.min(...ofClass) < FEWEST_OF_CLASS) {
    notes.push({
      en: `Sentiment was not learnt: the file marks ${ofClass[1]} reviews as satisfied and ${ofClass[0]} as dissatisfied; at least ${FEWEST_LABELLED} in all and ${FEWEST_OF_CLASS} of each are needed.`,
      zh: `未学习情感：文件中标为满意的有 ${ofClass[1]} 条，不满意的有 ${ofClass[0]} 条；总共至少需要 ${FEWEST_LABELLED} 条，且每类至少 ${FEWEST_OF_CLASS} 条。`,
    });
    return null;
  }
  const { test, train: others } =
    splitLikeParent(run, reviews, labelled, duplicates) ?? splitByChance(run, reviews, labelled, duplicates);
  const newest = newestRows(run, reviews, others, duplicates);
  let train = others.filter((i) => !newest.has(i));
  if (train.length > MOST_TRAINING_TEXTS) {
    train = run.random.fork('training texts').shuffle(train).slice(0, MOST_TRAINING_TEXTS).sort();
    notes.push({
      en: `Sentiment was learnt from ${count(MOST_TRAINING_TEXTS)} reviews, chosen by chance among those not held out.`,
      zh: `情感模型从未留作测试的评价中随机选取 ${count(MOST_TRAINING_TEXTS)} 条进行学习。`,
    });
  }
  const corrected = correctedTexts(run.corrections as Correction[], reviews, test, notes);
  // A correction takes the place of what the file said of the same text.
  const kept = train.filter((i) => !corrected.has(keyOf(reviews[i]!.text)));
  return {
    test,
    recent: recentOf(run, reviews, newest, corrected, notes),
    texts: [
      ...Array.from(kept, (i) => reviews[i]!.text),
      ...Array.from(corrected.values(), ({ text }) => text),
    ],
    labels: Uint8Array.from([
      ...Array.from(kept, (i) => reviews[i]!.label!),
      ...Array.from(corrected.values(), ({ label }) => label),
    ]),
    groups: Int32Array.from([
      ...Array.from(kept, (i) => duplicates[i]!),
      ...Array.from(corrected.values(), (_, k) => reviews.length + k),
    ]),
  };
}

interface Divided {
  readonly test: Int32Array;
  readonly train: Int32Array;
}

function splitByChance(
  run: RunContext<DemandOptions>,
  reviews: readonly Review[],
  labelled: Int32Array,
  duplicates: Int32Array,
): Divided {
  const { test, train } = stratifiedSplit(
    labelled.map((i) => reviews[i]!.label!),
    { test: TEST_SHARE, validation: 0, groups: labelled.map((i) => duplicates[i]!) },
    run.random.fork('split'),
  );
  return { test: test.map((i) => labelled[i]!), train: train.map((i) => labelled[i]!) };
}

/** A retrained run holds out what its parent did, though the file may have grown; and nothing that repeats it is learnt. */
function splitLikeParent(
  { parent }: RunContext<DemandOptions>,
  reviews: readonly Review[],
  labelled: Int32Array,
  duplicates: Int32Array,
): Divided | undefined {
  if (!parent?.files.includes(HELD_OUT_FILE)) return undefined;
  const rows = new Set(readHeldOut(parent.directory).rows);
  const test = labelled.filter((i) => rows.has(reviews[i]!.row));
  const groups = new Set(Array.from(test, (i) => duplicates[i]!));
  return { test, train: labelled.filter((i) => !groups.has(duplicates[i]!)) };
}

/** The newest of everything new that is held back, and the fewest that tell anything. */
const RECENT_SHARE = 0.3;
const FEWEST_RECENT = 30;

/** Of the rows that a file has gained since its parent's run the last ones, unless they repeat one that is learnt from. */
function newestRows(
  { parent }: RunContext<DemandOptions>,
  reviews: readonly Review[],
  train: Int32Array,
  duplicates: Int32Array,
): Set<number> {
  if (!parent) return new Set();
  const { read } = (parent.summary as unknown as DemandSummary).rows;
  const gained = train.filter((i) => reviews[i]!.row > read);
  const newest = new Set(gained.slice(gained.length - Math.floor(RECENT_SHARE * gained.length)));
  const learnt = new Set(Array.from(train, (i) => (newest.has(i) ? -1 : duplicates[i]!)));
  for (const i of newest) if (learnt.has(duplicates[i]!)) newest.delete(i);
  return newest.size < FEWEST_RECENT ? new Set() : newest;
}

/** The newest rows, and the corrections that were held back: those whose text neither run has met. */
function recentOf(
  { recent }: RunContext<DemandOptions>,
  reviews: readonly Review[],
  newest: ReadonlySet<number>,
  corrected: ReadonlyMap<string, unknown>,
  notes: Localized[],
): Labelled | null {
  const found = new Map<string, { text: string; label: number }>();
  for (const i of newest) {
    const { text, label } = reviews[i]!;
    found.set(keyOf(text), { text, label: label! });
  }
  const met = new Set(reviews.map(({ text }) => keyOf(text)));
  for (const { text, sentiment } of recent as Correction[]) {
    const key = keyOf(text);
    if (!sentiment || met.has(key) || corrected.has(key)) continue;
    found.set(key, { text: cleanText(text), label: sentiment === 'satisfied' ? 1 : 0 });
  }
  if (found.size < FEWEST_RECENT) return null;
  notes.push({
    en: `The ${found.size} newest texts were held back, to compare this model with the one before on them.`,
    zh: `最新的 ${found.size} 条文本被留出，用于与之前的模型比较。`,
  });
  const all = [...found.values()];
  return { texts: all.map(({ text }) => text), labels: all.map(({ label }) => label) };
}

const keyOf = (text: string): string => cleanText(text).toLowerCase();

/** Corrected texts by their key; the last correction of a text counts. Held-out texts stay out of training. */
function correctedTexts(
  corrections: readonly Correction[],
  reviews: readonly Review[],
  test: Int32Array,
  notes: Localized[],
): Map<string, { text: string; label: 0 | 1 }> {
  const heldOut = new Set(Array.from(test, (i) => keyOf(reviews[i]!.text)));
  const corrected = new Map<string, { text: string; label: 0 | 1 }>();
  let leftOut = 0;
  for (const { text, sentiment } of corrections) {
    if (!sentiment) continue;
    const key = keyOf(text);
    if (heldOut.has(key)) leftOut += 1;
    else corrected.set(key, { text: cleanText(text), label: sentiment === 'satisfied' ? 1 : 0 });
  }
  if (corrected.size > 0 || leftOut > 0) {
    notes.push({
      en: `${corrected.size} corrected texts were learnt from.${leftOut > 0 ? ` ${leftOut} more are of held-out reviews and were left out, so that the comparison stays fair.` : ''}`,
      zh: `已学习 ${corrected.size} 条更正。${leftOut > 0 ? `另有 ${leftOut} 条属于留出的评价，为保证比较公平未用于训练。` : ''}`,
    });
  }
  return corrected;
}
