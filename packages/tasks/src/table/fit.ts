/** Fits a table: split, encoding, search, mixture, calibration and promises, all on training rows. */
import type { Localized } from '@gradus/base';
import { UserError } from '@gradus/base';
import { noSuchColumn } from '@gradus/data';
import { fitAbstention } from '../shared/abstention.ts';
import type { EncoderRef } from '../shared/brought-encoder.ts';
import { confidences, hits } from '../shared/probabilities.ts';
import { FEWEST_RECENT, newestRows } from '../shared/split.ts';
import type { FitContext, Fitted } from '../task.ts';
import type { Answered, Judged } from './answers.ts';
import { answersOf, calibrate } from './calibrate.ts';
import type { TrainingRows, TrainingTarget } from './candidates/candidate.ts';
import { pickColumns, pickTarget, type RawRow, rawRows, type TableRows, type Target } from './columns.ts';
import { type CorrectedRows, withCorrections } from './corrections.ts';
import { pickTreeColumns } from './encoding.ts';
import { requireMeasurable } from './evaluation/evaluate.ts';
import { type MetricName, measure } from './evaluation/metrics.ts';
import { rowsOf as judgedRows } from './evaluation/rows.ts';
import { type Candidates, whatIfCandidates } from './explain/what-if.ts';
import { type FoldRows, fittedRows, foldRows, laterRows } from './fold-rows.ts';
import { fitIntervals } from './intervals.ts';
import { doubtfulColumns } from './leaks/doubtful.ts';
import { findLeaks } from './leaks.ts';
import { type Compared, chooseModel } from './mixture.ts';
import type { Member, TableModel } from './model.ts';
import type { ColumnForm } from './read/column-form.ts';
import { duplicateGroups } from './read/duplicates.ts';
import { columnForm } from './read/forms.ts';
import { type StoredReasons, storedReasons } from './reasons.ts';
import type { CandidateNote, SplitNote } from './report/input.ts';
import { CANDIDATE_OF, type Search, type Searched, searchModels } from './search.ts';
import { splitTable, type TableSplit } from './split.ts';
import { textNotes } from './texts/notes.ts';
import { typicalRow } from './typical-row.ts';

export interface TableFitOptions {
  readonly metric: MetricName;
  readonly minutes: number;
  /** The error rate promised among answers; 1 promises nothing. Default: two thirds of the model's own. */
  readonly errors: number | undefined;
  /** Columns that are learnt from though they seem to give the target away. */
  readonly keep: readonly string[];
}

/** Plain data. */
export interface TableFitted extends Fitted {
  readonly model: FittedTable;
  readonly metric: MetricName;
  readonly split: SplitNote;
  readonly candidates: readonly CandidateNote[];
  /** What was not learnt from, by column. */
  readonly leftOut: TableRows['leftOut'];
  /** Of columns that may give the target away; among the notes too. */
  readonly doubts: readonly Localized[];
  /** What each baseline says of the test rows. */
  readonly baselines: Readonly<Record<string, Answered>>;
  /** By place among the test rows; absent where each row stands for itself. */
  readonly testGroups?: Int32Array;
  /** The newest rows and corrections, which neither this run nor its parent has learnt from; absent where they are few. */
  readonly recent?: { readonly inputs: readonly RawRow[]; readonly target: Target };
}

/** A model, and how rows are read for it. */
export interface FittedTable {
  readonly table: TableModel;
  readonly forms: readonly ColumnForm[];
  /** A request to try. */
  readonly example: Readonly<Record<string, string | number | null>>;
  /** Whose vectors of texts the model takes; null where it takes none. */
  readonly encoder: EncoderRef | null;
  /** Null where the model has no exact reasons. */
  readonly reasons: StoredReasons | null;
  /** What is tried where somebody asks what would change an answer. */
  readonly candidates: Candidates;
}

/** Below this a promise rests on too few rows. */
const FEWEST_FOR_PROMISE = 100;

export async function fitTable(
  given: TableRows,
  { metric, minutes, errors, keep }: TableFitOptions,
  context: FitContext<RawRow>,
): Promise<TableFitted> {
  const { random, signal, parent } = context;
  const corrected = await withCorrections(
    given,
    given.columns.map(columnForm),
    context.corrections ?? [],
    context.recent ?? [],
  );
  const groups = duplicateGroups(corrected.rows);
  const whole = splitTable(corrected.rows, groups, { heldOut: parent?.heldOut, random });
  context.progress?.(LEAKS, 0, 1);
  const { rows, doubts } = await withoutLeaks(corrected.rows, whole.train, keep, { random, signal });
  const forms = rows.columns.map(columnForm);
  const newest = parent ? heldBack(corrected, whole, groups, parent.rows) : [];
  const left = new Set([...newest, ...corrected.recent, ...corrected.replaced]);
  const split = { ...whole, train: whole.train.filter((i) => !left.has(i)) };
  requireEnough(split, rows.target);
  requireMeasurable(metric, pickTarget(rows.target, split.test));
  const error = errorOf(metric);
  const encodingOptions = (label: string) => ({
    withTrend: !split.isOrdered,
    groups,
    random: random.fork(`encoding ${label}`),
    signal,
  });

  const folds: FoldRows[] = [];
  for (const [k, { train, validation }] of split.folds.entries()) {
    context.progress?.(PREPARING, k, split.folds.length);
    const kept = {
      train: train.filter((i) => !left.has(i)),
      validation: validation.filter((i) => !left.has(i)),
    };
    folds.push(await foldRows(rows, kept, encodingOptions(`fold ${k}`)));
  }
  const search = await searchModels(folds, {
    error,
    isCount: rows.target.kind === 'numbers' && rows.target.nature === 'count',
    minutes,
    random: random.fork('search'),
    signal,
    onProgress: (what, done, total) => context.progress?.(what, done, total),
  });
  const searchedGroups = search.places.map((i) => groups[i]!);
  const { chosen, compared } = chooseModel(search, searchedGroups, error);

  const { encoding, training } = await fittedRows(rows, split.train, encodingOptions('final'));
  const members: Member[] = [];
  for (const { name, weight } of chosen.members) {
    context.progress?.(FINAL, members.length, chosen.members.length);
    members.push({ name, weight, state: await refit(search, name, training, error, context) });
  }
  const calibration = calibrate(search, chosen.scores, searchedGroups);
  const limits = limitsOf(rows.target, split.train);
  const answered = (scores: Float64Array, target: TrainingTarget) =>
    answersOf(scores, target, { calibration, ...limits });
  const outOfFold = answered(chosen.scores, search.target);

  const test = await laterRows(rows, split.test, encoding);
  const linear =
    members.find(({ name }) => name === 'linear')?.state ??
    (await refit(search, 'linear', training, error, context));
  const linearSearched = search.searched.find(({ name }) => name === 'linear')!;
  const linearScores = await CANDIDATE_OF.linear.scores(linear, test.encoded);
  const linearCalibration = calibrate(search, linearSearched.scores, searchedGroups);
  const baselines = {
    ...guess(training.target, training.weights, split.test.length),
    linear: answersOf(linearScores, test.target, { calibration: linearCalibration, ...limits }),
  };
  const { target } = rows;
  return {
    model: {
      forms,
      example: typicalRow(pickColumns(rows.columns, split.train)),
      encoder: encoding.texts.some(({ vectors }) => vectors) ? rows.textEncoder! : null,
      reasons: storedReasons(encoding, members, training.encoded),
      candidates: whatIfCandidates(pickColumns(rows.columns, split.train)),
      table: {
        encoding,
        members,
        target:
          target.kind === 'classes'
            ? {
                kind: 'classes',
                name: target.name,
                classes: target.classes,
                calibration,
                abstention: abstentionOf(outOfFold, search.target, errors),
              }
            : {
                kind: 'numbers',
                name: target.name,
                ...limits,
                intervals: await fitIntervals(
                  {
                    columns: pickTreeColumns(training.encoded.trees, placesIn(split.train, search.places)),
                    residuals: (search.target as Extract<TrainingTarget, { kind: 'numbers' }>).values.map(
                      (value, i) => value - outOfFold[i]!,
                    ),
                    groups: searchedGroups,
                    isOrdered: split.isOrdered,
                  },
                  { random: random.fork('intervals'), signal },
                ),
              },
      },
    },
    metric,
    test: split.test,
    trainedOn: split.train.length,
    split: splitNote(split, rows, folds.length),
    candidates: candidateNotes(search, compared, rows.target, metric, searchedGroups),
    leftOut: rows.leftOut,
    baselines,
    ...(isClustered(split.test, groups) && { testGroups: split.test.map((i) => groups[i]!) }),
    ...(newest.length > 0 && {
      recent: { inputs: rawRows(rows, newest), target: pickTarget(rows.target, newest) },
    }),
    notes: [...corrected.notes, ...textNotes(encoding.texts, target, rows.textEncoder), ...doubts],
    doubts,
  };
}

/**
 * Places of the newest rows and corrections that two runs are compared on, but for copies of what is learnt from.
 *
 * @param read Rows that the files had when the parent was made
 */
function heldBack(
  { rows: { numbers, isTest }, recent }: CorrectedRows,
  { train }: TableSplit,
  groups: Int32Array,
  read: number,
): readonly number[] {
  const tested = isTest?.reduce((sum, is) => sum + is, 0) ?? 0;
  const isRecent = new Set(recent);
  const others = train.filter((i) => !isRecent.has(i));
  const rows = { labelled: others, numbers, labels: [], groups };
  const newest = newestRows(rows, others, read - tested);
  const learnt = new Set(
    Array.from(
      others.filter((i) => !newest.has(i)),
      (i) => groups[i]!,
    ),
  );
  const all = [...newest, ...recent.filter((i) => train.includes(i) && !learnt.has(groups[i]!))];
  return all.length < FEWEST_RECENT ? [] : all;
}

/** What numbers are learnt by, so that the chosen figure becomes good. */
export const errorOf = (metric: MetricName): 'squared' | 'absolute' =>
  metric === 'mae' || metric === 'medianAbsoluteError' || metric === 'mape' ? 'absolute' : 'squared';

async function withoutLeaks(
  rows: TableRows,
  train: Int32Array,
  keep: readonly string[],
  { random, signal }: Pick<FitContext<RawRow>, 'random' | 'signal'>,
): Promise<{ readonly rows: TableRows; readonly doubts: readonly Localized[] }> {
  const names = rows.columns.map(({ name }) => name);
  for (const name of keep) if (!names.includes(name)) throw noSuchColumn('--keep', name, names);
  const found = await findLeaks(rows, train, { random: random.fork('leaks'), ...(signal && { signal }) });
  for (const name of keep) found.delete(name);
  const columns = rows.columns.filter(({ name }) => !found.has(name));
  if (columns.length === 0) throw new UserError(allLeaks([...found.keys()]));
  const leaks = [...found].map(([name, leak]) => [name, { code: 'leak', leak }] as const);
  const kept = { ...rows, columns, leftOut: { ...rows.leftOut, ...Object.fromEntries(leaks) } };
  return { rows: kept, doubts: doubtfulColumns(kept, train).map(({ reason }) => reason) };
}

const allLeaks = (names: readonly string[]): Localized => ({
  en: `Nothing is left to learn from: each column seems to give the target away (${names.slice(0, 10).join(', ')}). Add columns that are known before the outcome, or say --keep COLUMN for one that is.`,
  zh: `没有可供学习的列：每一列都似乎泄露了目标（${names.slice(0, 10).join('、')}）。请补充结果发生之前已知的列，或对确属此类的列使用 --keep 列名。`,
});

const LEAKS: Localized = { en: 'columns that give the target away', zh: '泄露目标的列' };
const PREPARING: Localized = { en: 'folds', zh: '折' };
const FINAL: Localized = { en: 'final fit', zh: '最终拟合' };

const refit = async (
  search: Search,
  name: Searched['name'],
  training: TrainingRows,
  error: 'squared' | 'absolute',
  { random, signal }: FitContext<RawRow>,
): Promise<unknown> => {
  const { config, rounds } = search.searched.find((one) => one.name === name)!;
  const { state } = await CANDIDATE_OF[name].fit(training, {
    config,
    rounds,
    error,
    random: random.fork(`final ${name}`),
    signal,
  });
  return state;
};

/** What anyone could have said: each class as often as it is, or the mean. */
function guess(
  target: TrainingTarget,
  weights: Float64Array | undefined,
  rows: number,
): Record<string, Answered> {
  const weightOf = (i: number) => weights?.[i] ?? 1;
  if (target.kind === 'numbers') {
    let [sum, total] = [0, 0];
    for (const [i, value] of target.values.entries()) {
      sum += weightOf(i) * value;
      total += weightOf(i);
    }
    return { mean: new Float64Array(rows).fill(sum / total) };
  }
  const shares = new Float64Array(target.classes);
  for (const [i, label] of target.labels.entries()) shares[label]! += weightOf(i);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const said = target.classes === 2 ? shares.subarray(1) : shares;
  return {
    majority: Float64Array.from({ length: rows * said.length }, (_, i) => said[i % said.length]! / total),
  };
}

/** Within which numbers answers are kept: none is below 0 where none was. */
function limitsOf(target: Target, train: Int32Array): { least: number | null; most: number | null } {
  if (target.kind === 'classes') return { least: null, most: null };
  const isPositive = train.every((i) => target.values[i]! >= 0);
  return { least: isPositive ? 0 : null, most: target.nature === 'share' ? 1 : null };
}

function abstentionOf(answers: Answered, target: TrainingTarget, errors: number | undefined) {
  if (target.kind === 'numbers' || errors === 1 || target.labels.length < FEWEST_FOR_PROMISE) return null;
  const { classes, labels } = target;
  const right = hits(labels, answers, classes);
  const wrong = 1 - right.reduce((sum, hit) => sum + hit, 0) / right.length;
  const errorRate =
    errors ?? Math.max(LEAST_PROMISE, Math.ceil(PROMISED_SHARE * wrong * PROMISE_STEPS) / PROMISE_STEPS);
  return fitAbstention(confidences(answers, classes), right, { errorRate });
}

/** In steps of half a percent. */
const PROMISE_STEPS = 200;
/** Of the model's own error rate, what is promised: half of it would leave few answers of most models. */
const PROMISED_SHARE = 2 / 3;
const LEAST_PROMISE = 0.01;

function splitNote({ kind, test }: TableSplit, { times, groups }: TableRows, folds: number): SplitNote {
  if (kind === 'time' && times) {
    const of = test.reduce(
      ([from, to], i) => [Math.min(from!, times.values[i]!), Math.max(to!, times.values[i]!)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    return {
      kind: 'time',
      column: times.column,
      ...(!times.isNumber && { from: of[0]!, to: of[1]! }),
      folds,
    };
  }
  if (kind === 'parent') return { kind, ...(groups && { column: groups.column }), folds };
  if (groups && kind !== 'given') {
    return { kind: 'group', column: groups.column, groups: new Set(groups.values).size, folds };
  }
  return { kind: kind === 'given' ? kind : 'chance', folds };
}

/** Where each of `places` stands in `all`. */
function placesIn(all: Int32Array, places: Int32Array): Int32Array {
  const at = new Map(Array.from(all, (place, i) => [place, i]));
  return places.map((place) => at.get(place)!);
}

/** Each candidate's chosen figure on the rows that its folds did not see. */
function candidateNotes(
  search: Search,
  compared: readonly Compared[],
  target: Target,
  metric: MetricName,
  groups: Int32Array,
): CandidateNote[] {
  const judgedNotes = compared.map(({ name, scores, isChosen }): CandidateNote => {
    const answers = answersOf(scores, search.target, {
      calibration: calibrate(search, scores, groups),
      least: null,
      most: null,
    });
    const judged: Judged = {
      target: pickTarget(target, search.places),
      answers,
      baselines: {},
      slices: {},
      ...(search.weights && { weights: search.weights }),
    };
    const { value } = measure(metric, judgedRows(judged));
    return { name, score: Number.isFinite(value) ? value : null, chosen: isChosen };
  });
  return [...judgedNotes, ...search.givenUp.map((name) => ({ name, score: null, chosen: false }))];
}

/** Some rows stand or fall together. */
const isClustered = (test: Int32Array, groups: Int32Array): boolean =>
  new Set(Array.from(test, (i) => groups[i]!)).size < test.length;

const FEWEST_TRAIN = 15;

function requireEnough({ train, test }: TableSplit, target: Target): void {
  if (train.length < FEWEST_TRAIN || test.length === 0) {
    throw new UserError({
      en: `${train.length} rows are left to learn from and ${test.length} to judge by: too few. Add rows; or, where many rows repeat each other or belong to one group, say --group none.`,
      zh: `用于学习的只有 ${train.length} 行，用于检验的只有 ${test.length} 行，数量不足。请增加数据；如果许多行相互重复或同属一组，可使用 --group none。`,
    });
  }
  if (target.kind === 'numbers') return;
  const seen = new Set(Array.from(train, (i) => target.labels[i]!));
  if (seen.size === target.classes.length) return;
  const missing = target.classes.find((_, k) => !seen.has(k));
  throw new UserError({
    en: `No row of the class "${missing}" is left to learn from: they all are in the part that judges the model. Add rows of it.`,
    zh: `没有可供学习的“${missing}”类数据：它们都落在了检验部分。请增加该类数据。`,
  });
}
