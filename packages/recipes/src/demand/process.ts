/** Step 2: clauses to find themes in, and rows to learn and to test sentiment on. */
import { count, type Localized } from '@gradus/base';
import { languageOf } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { HELD_OUT_FILE, type Learning, learningOf, type TextCorrection } from '@gradus/tasks';
import type { AnyWarning } from './analysis/warning-data.ts';
import { clausesOf } from './clauses.ts';
import { readHeldOut } from './held-out.ts';
import { type FileKind, kindOfFile } from './needs/file-kind.ts';
import type { Correction, DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import { learningNote } from './process-words.ts';
import { readSummary } from './report/summary.ts';
import type { Clause, Review } from './review.ts';
import { REVIEW, TEXT } from './row-noun.ts';
import { SENTIMENTS } from './sentiment.ts';

export interface Processed {
  readonly kind: FileKind;
  readonly clauses: readonly Clause[];
  /** What sentiment is learnt from; null where the file says too little. */
  readonly learning: Learning | null;
  readonly notes: readonly Localized[];
  readonly cautions: readonly AnyWarning[];
}

export function process({
  run,
  prepare: { reviews, duplicates },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
}): Processed {
  const notes: Localized[] = [];
  const unknown = reviews.map(({ text }) => /\p{L}/u.test(text) && languageOf(text) === 'other');
  const kind = kindOfFile(reviews);
  const clauses = reviews.flatMap(({ text }, review) =>
    unknown[review] ? [] : clausesOf(text, kind.isWhole).map((clause): Clause => ({ review, text: clause })),
  );
  const foreign = unknown.filter(Boolean).length;
  const cautions: AnyWarning[] = [
    ...(kind.asks ? [{ id: 'asks', data: { isWhole: kind.isWhole } } as const] : []),
    ...(foreign > 0
      ? [{ id: 'not-analysed', data: { reviews: foreign, share: foreign / reviews.length } } as const]
      : []),
  ];
  const repeated = duplicates.filter((first, i) => first !== i && reviews[i]!.text.length >= 12).length;
  if (repeated > 0) {
    const noun = kind.asks ? TEXT : REVIEW;
    notes.push({
      en: `${repeated === 1 ? `One ${noun.en} repeats` : `${count(repeated)} ${noun.en}s repeat`} another, or nearly. ${repeated === 1 ? 'It is counted, and the two never stand' : 'They are counted, and never stand'} in both training and test data.`,
      zh: `有 ${repeated} 条${noun.zh}与其他${noun.zh}相同或几乎相同。它们仍计入统计，但不会同时出现在训练集和测试集中。`,
    });
  }
  const learnt = learning(run, reviews, duplicates);
  notes.push(...learnt.notes.map(learningNote));
  return { kind, clauses, learning: learnt.learning, notes, cautions };
}

/** Labels are those of the file, or what people have corrected them to. */
function learning(
  { parent, corrections, recent, random }: RunContext<DemandOptions>,
  reviews: readonly Review[],
  groups: Int32Array,
): ReturnType<typeof learningOf> {
  return learningOf(reviews, {
    classes: SENTIMENTS.length,
    groups,
    random,
    parent: parent && {
      heldOut: parent.files.includes(HELD_OUT_FILE) ? readHeldOut(parent.directory).rows : undefined,
      rows: readSummary(parent).rows.read,
    },
    corrections: labelled(corrections as readonly Correction[]),
    recent: labelled(recent as readonly Correction[]),
  });
}

const labelled = (corrections: readonly Correction[]): TextCorrection[] =>
  corrections.flatMap(({ text, sentiment }) =>
    sentiment === undefined ? [] : [{ text, label: SENTIMENTS.indexOf(sentiment) }],
  );
