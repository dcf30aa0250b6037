/** Step 2: clauses to find themes in, and rows to learn and to test sentiment on. */
import { cleanText, findDuplicates, stratifiedSplit } from '@gradus/data';
import type { Localized, RunContext } from '@gradus/loop';
import { clausesOf } from './clauses.ts';
import type { Correction, DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
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
  readonly texts: readonly string[];
  readonly labels: Uint8Array;
  /** Training texts that nearly repeat each other share a number. */
  readonly groups: Int32Array;
}

/** What sentiment learning needs at least, in all and of each class. */
const FEWEST_LABELLED = 60;
const FEWEST_OF_CLASS = 10;
const TEST_SHARE = 0.2;
/** More training texts than this cost time and gain next to nothing. */
const MOST_TRAINING_TEXTS = 24_000;

export function process(run: RunContext<DemandOptions>, { reviews }: Prepared): Processed {
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
  const split = stratifiedSplit(
    labelled.map((i) => reviews[i]!.label!),
    { test: TEST_SHARE, validation: 0, groups: labelled.map((i) => duplicates[i]!) },
    run.random.fork('split'),
  );
  const test = split.test.map((i) => labelled[i]!);
  let train = split.train.map((i) => labelled[i]!);
  if (train.length > MOST_TRAINING_TEXTS) {
    train = run.random.fork('training texts').shuffle(train).slice(0, MOST_TRAINING_TEXTS).sort();
    notes.push({
      en: `Sentiment was learnt from ${MOST_TRAINING_TEXTS.toLocaleString('en')} reviews, chosen by chance among those not held out.`,
      zh: `情感模型从未留作测试的评价中随机选取 ${MOST_TRAINING_TEXTS.toLocaleString('en')} 条进行学习。`,
    });
  }
  const corrected = correctedTexts(run.corrections as Correction[], reviews, test, notes);
  // A correction takes the place of what the file said of the same text.
  const kept = train.filter((i) => !corrected.has(keyOf(reviews[i]!.text)));
  return {
    test,
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
