/**
 * Which labelled texts a classifier learns from, and which it is judged by: split by chance or like the run that it retrains,
 * with duplicates in one part; corrections take the place of what the file said; the newest texts are held back from both
 * runs that are to be compared.
 */
import type { Random } from '@gradus/base';
import { cleanText } from '@gradus/data';
import {
  type Divided,
  FEWEST_RECENT,
  newestRows,
  type SplitRows,
  splitByChance,
  splitLikeParent,
} from '../shared/split.ts';

export interface LabelledText {
  /** Row number in the file; the first row under the header is 1. */
  readonly row: number;
  /** Cleaned text. */
  readonly text: string;
  /** Class index; absent where the file does not say. */
  readonly label?: number;
}

export interface TextCorrection {
  readonly text: string;
  readonly label: number;
}

export interface Learning {
  /** Indices of texts that nothing is fitted on. */
  readonly test: Int32Array;
  /** The newest texts, which neither this run nor its parent learns from; null where they are too few. */
  readonly recent: { readonly texts: readonly string[]; readonly labels: readonly number[] } | null;
  readonly texts: readonly string[];
  readonly labels: Uint16Array;
  /** Training texts that nearly repeat each other share a number. */
  readonly groups: Int32Array;
}

export interface LearningOptions {
  readonly classes: number;
  /** By text: those that nearly repeat each other share a number. */
  readonly groups: Int32Array;
  readonly random: Random;
  /** The run that this one retrains: the rows that it held out, where it did, and how many rows its file had. */
  readonly parent?: { readonly heldOut?: readonly number[] | undefined; readonly rows: number } | undefined;
  readonly corrections: readonly TextCorrection[];
  /** The newest corrections, which are held back. */
  readonly recent: readonly TextCorrection[];
}

/** What people should know of it, as codes with data; a `words` file has the sentences. */
export type LearningNote =
  | { readonly code: 'too-few'; readonly ofClass: readonly number[] }
  /** Nearly all texts are duplicates, so none can be held out. */
  | { readonly code: 'repeats'; readonly labelled: number }
  | { readonly code: 'sampled'; readonly texts: number }
  | { readonly code: 'recent'; readonly texts: number }
  | { readonly code: 'corrected'; readonly learnt: number; readonly leftOut: number };

/** What learning needs at least, in all and of each class. */
export const FEWEST_LABELLED = 60;
export const FEWEST_OF_CLASS = 10;
/** More training texts than this cost time and gain next to nothing. */
const MOST_TRAINING_TEXTS = 24_000;

export function learningOf(
  texts: readonly LabelledText[],
  options: LearningOptions,
): { learning: Learning | null; notes: LearningNote[] } {
  const { groups, random, parent } = options;
  const labelled = Int32Array.from([...texts.keys()].filter((i) => texts[i]!.label !== undefined));
  if (labelled.length === 0) return { learning: null, notes: [] };
  const ofClass = Array.from(
    { length: options.classes },
    (_, label) => labelled.filter((i) => texts[i]!.label === label).length,
  );
  if (labelled.length < FEWEST_LABELLED || Math.min(...ofClass) < FEWEST_OF_CLASS)
    return { learning: null, notes: [{ code: 'too-few', ofClass }] };

  const notes: LearningNote[] = [];
  const rows = {
    labelled,
    numbers: texts.map(({ row }) => row),
    labels: texts.map(({ label }) => label),
    groups,
  };
  const { test, train: others } = divide(rows, parent?.heldOut, random);
  const learnable = new Set(Array.from(others, (i) => texts[i]!.label));
  if (test.length === 0 || learnable.size < options.classes)
    return { learning: null, notes: [{ code: 'repeats', labelled: labelled.length }] };
  const newest = parent ? newestRows(rows, others, parent.rows) : new Set<number>();
  let train = others.filter((i) => !newest.has(i));
  if (train.length > MOST_TRAINING_TEXTS) {
    train = random.fork('training texts').shuffle(train).slice(0, MOST_TRAINING_TEXTS).sort();
    notes.push({ code: 'sampled', texts: MOST_TRAINING_TEXTS });
  }
  const corrected = correctedTexts(options.corrections, texts, test, notes);
  // A correction takes the place of what the file said of the same text.
  const kept = train.filter((i) => !corrected.has(keyOf(texts[i]!.text)));
  const recent = recentOf(options.recent, texts, newest, corrected, notes);
  return {
    learning: {
      test,
      recent,
      texts: [
        ...Array.from(kept, (i) => texts[i]!.text),
        ...Array.from(corrected.values(), ({ text }) => text),
      ],
      labels: Uint16Array.from([
        ...Array.from(kept, (i) => texts[i]!.label!),
        ...Array.from(corrected.values(), ({ label }) => label),
      ]),
      groups: Int32Array.from([
        ...Array.from(kept, (i) => groups[i]!),
        ...Array.from(corrected.values(), (_, k) => texts.length + k),
      ]),
    },
    notes,
  };
}

function divide(rows: SplitRows, heldOut: readonly number[] | undefined, random: Random): Divided {
  return heldOut ? splitLikeParent(rows, heldOut) : splitByChance(rows, random.fork('split'));
}

/** The newest rows, and the corrections that were held back: those whose text neither run has met. */
function recentOf(
  recent: readonly TextCorrection[],
  texts: readonly LabelledText[],
  newest: ReadonlySet<number>,
  corrected: ReadonlyMap<string, unknown>,
  notes: LearningNote[],
): Learning['recent'] {
  const kept = new Map<string, TextCorrection>();
  for (const i of newest) {
    const { text, label } = texts[i]!;
    kept.set(keyOf(text), { text, label: label! });
  }
  const met = new Set(texts.map(({ text }) => keyOf(text)));
  for (const { text, label } of recent) {
    const key = keyOf(text);
    if (!met.has(key) && !corrected.has(key)) kept.set(key, { text: cleanText(text), label });
  }
  if (kept.size < FEWEST_RECENT) return null;
  notes.push({ code: 'recent', texts: kept.size });
  const all = [...kept.values()];
  return { texts: all.map(({ text }) => text), labels: all.map(({ label }) => label) };
}

/** Corrected texts by their key; the last correction of a text counts. Held-out texts stay out of training. */
function correctedTexts(
  corrections: readonly TextCorrection[],
  texts: readonly LabelledText[],
  test: Int32Array,
  notes: LearningNote[],
): Map<string, TextCorrection> {
  const heldOut = new Set(Array.from(test, (i) => keyOf(texts[i]!.text)));
  const corrected = new Map<string, TextCorrection>();
  let leftOut = 0;
  for (const { text, label } of corrections) {
    const key = keyOf(text);
    if (heldOut.has(key)) leftOut += 1;
    else corrected.set(key, { text: cleanText(text), label });
  }
  if (corrected.size > 0 || leftOut > 0) notes.push({ code: 'corrected', learnt: corrected.size, leftOut });
  return corrected;
}

const keyOf = (text: string): string => cleanText(text).toLowerCase();
