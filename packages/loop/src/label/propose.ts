/**
 * The rows whose labels would help most, and what is known so far (active learning: Settles, 2009): how many labels there are,
 * how often the model is right now, and what more of them has brought.
 */

import { type Localized, percent, Random } from '@gradus/base';
import { best, type CurvePoint, type Estimate, learningCurve, strataWeights, weighted } from './estimate.ts';
import { crossValidated, fitRows, type LabelledRows, probabilitiesOf, scoreRows } from './model.ts';
import { doubtfulRows, typicalRows } from './select.ts';
import { suspiciousLabels } from './suspicious.ts';
import { countLabels, type LabelOptions, type LabelTable } from './table.ts';

export type Reason = 'typical' | 'doubtful' | 'suspicious';

export interface Question {
  /** Its place in the table, and its number in the file. */
  readonly at: number;
  readonly row: number;
  readonly check: string;
  readonly read: string;
  readonly suggested?: string;
  readonly probability?: number;
  readonly reason: Reason;
  readonly why: Localized;
}

export interface Standing {
  readonly rows: number;
  readonly labelled: number;
  /** Most frequent first. */
  readonly classes: ReadonlyMap<string, number>;
  /** Of the rows without a label; absent while there are too few labels to say. */
  readonly estimate?: Estimate;
  /** The share of the most frequent label, that anyone could have had. */
  readonly baseline?: number;
  readonly curve: readonly CurvePoint[];
}

export interface Proposal {
  readonly standing: Standing;
  readonly questions: readonly Question[];
}

const FEWEST_LABELS = 20;
/** Labels for each class, on average, before doubt says more than chance. */
const FEWEST_OF_CLASS = 3;
/** Of the questions, at most this share are second looks. */
const SECOND_LOOKS = 0.1;

export interface ProposeOptions extends LabelOptions {
  /** Rows whose labels have just been given: no second look at them. */
  readonly settled?: ReadonlySet<number>;
}

/** There are no questions where every row has a label, or is the same as one that has. */
export function propose(
  labelTable: LabelTable,
  labels: readonly string[],
  { count = 50, seed = 0, signal, settled }: ProposeOptions = {},
): Proposal {
  const random = new Random(seed);
  const { features, looked } = labelTable;
  const names = [...countLabels(Array.from(looked, (row) => labels[row]!)).keys()];
  const labelOf = Array.from(looked, (row) => labels[row]!);
  const places = Int32Array.from(looked.keys());
  const rows = places.filter((at) => labelOf[at] !== '');
  const known: LabelledRows = {
    rows,
    labels: rows.map((at) => names.indexOf(labelOf[at]!)),
    classes: names.length,
  };
  const candidates = askable(features.alike, labelOf, places);
  const question = (
    at: number,
    rest: Pick<Question, 'reason' | 'why' | 'suggested' | 'probability'>,
  ): Question => {
    const row = looked[at]!;
    const { table, checks, read } = labelTable;
    return { at: row, row: table.numbers[row]!, check: checks[row]!, read: read(row), ...rest };
  };
  const standing = {
    rows: labels.length,
    labelled: labels.filter(Boolean).length,
    classes: countLabels(labels),
  };
  const counts = [...standing.classes.values()];
  // A model needs two classes with a few rows each.
  if (
    rows.length < Math.max(FEWEST_LABELS, FEWEST_OF_CLASS * names.length) ||
    counts.filter((count) => count > 1).length < 2
  ) {
    const found =
      candidates.length === 0 ? [] : typicalRows(features, candidates, rows, count, random.fork('typical'));
    const why = {
      en: 'stands for many rows unlike those labelled so far',
      zh: '代表许多与已标注行不同的行',
    };
    return {
      standing: { ...standing, curve: [] },
      questions: Array.from(found, (at: number) => question(at, { reason: 'typical', why })),
    };
  }

  const { probabilities: unseen, temperature } = crossValidated(
    features.matrix,
    known,
    features.alike,
    random.fork('folds'),
    signal,
  );
  const model = fitRows(features.matrix, known, signal);
  const open = places.filter((at) => labelOf[at] === '');
  const classes = names.length;
  const ofOpen = probabilitiesOf(scoreRows(model, features.matrix, open), classes, temperature);
  const weights = strataWeights(highest(unseen, classes), highest(ofOpen, classes));
  const right = Uint8Array.from(known.labels, (label, i) => Number(best(unseen, i, classes) === label));
  const curve = learningCurve(features.matrix, known, features.alike, weights, random.fork('curve'), signal);

  const seconds = suspiciousLabels(unseen, known.labels)
    .filter(({ at }) => !settled?.has(looked[rows[at]!]!))
    .slice(0, Math.floor(SECOND_LOOKS * count))
    .map(({ at, seems, probability, given }) =>
      question(rows[at]!, {
        reason: 'suspicious',
        suggested: names[seems]!,
        probability,
        why: {
          en: `a second look: it is labelled "${labelOf[rows[at]!]}" (${percent(given)}), like rows seem "${names[seems]}"`,
          zh: `请再看一遍：它标为“${labelOf[rows[at]!]}”（${percent(given)}），相似的行像是“${names[seems]}”`,
        },
      }),
    );
  const place = new Map(Array.from(open, (at, i) => [at, i]));
  const ofCandidates = new Float64Array(candidates.length * classes);
  for (const [i, at] of candidates.entries()) {
    const from = place.get(at)! * classes;
    ofCandidates.set(ofOpen.subarray(from, from + classes), i * classes);
  }
  const doubtful =
    candidates.length === 0
      ? []
      : doubtfulRows(features, candidates, ofCandidates, count - seconds.length, random.fork('doubtful'));
  const firsts = Array.from(doubtful, (at: number) => {
    const [first, second] = topTwo(ofOpen, place.get(at)!, classes);
    return question(at, {
      reason: 'doubtful',
      suggested: names[first.class]!,
      probability: first.p,
      why: {
        en: `in doubt between "${names[first.class]}" (${percent(first.p)}) and "${names[second.class]}" (${percent(second.p)})`,
        zh: `在“${names[first.class]}”（${percent(first.p)}）与“${names[second.class]}”（${percent(second.p)}）之间拿不准`,
      },
    });
  });
  return {
    standing: {
      ...standing,
      estimate: weighted(right, weights, random.fork('interval')),
      baseline: counts[0]! / standing.labelled,
      curve,
    },
    questions: [...firsts, ...seconds],
  };
}

/** Rows without a label, one of each family of duplicates, and none of a family that has a label. */
function askable(alike: Int32Array, labels: readonly string[], places: Int32Array): Int32Array {
  const known = new Set(places.filter((at) => labels[at] !== '').map((at) => alike[at]!));
  return places.filter((at) => {
    if (labels[at] !== '' || known.has(alike[at]!)) return false;
    known.add(alike[at]!);
    return true;
  });
}

const highest = (probabilities: Float64Array, classes: number): Float64Array =>
  Float64Array.from({ length: probabilities.length / classes }, (_, i) =>
    Math.max(...probabilities.subarray(i * classes, (i + 1) * classes)),
  );

function topTwo(probabilities: Float64Array, row: number, classes: number) {
  const of = Array.from(probabilities.subarray(row * classes, (row + 1) * classes), (p, k) => ({
    class: k,
    p,
  }));
  return of.sort((a, b) => b.p - a.p || a.class - b.class).slice(0, 2) as [
    { class: number; p: number },
    { class: number; p: number },
  ];
}
