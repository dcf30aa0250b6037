/**
 * What `gradus label` is worth: people who answer its questions, played by labels that are known, against as many answers about
 * rows drawn by chance. Judged by a model that is not the one that chooses, on rows that nobody was asked about.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { fitSoftmaxRegression, softmaxScores } from '@gradus/classical';
import { csvText, fitTfidf, readTable, tfidf, wordNgrams, words } from '@gradus/data';
import { type Estimate, openLabelTable, propose } from '@gradus/loop';
import { accuracy, intervalT, type SparseMatrix } from '@gradus/stats';
import type { Measurement } from '../measurement.ts';

interface Row {
  readonly text: string;
  readonly label: string;
}

interface Study {
  readonly name: string;
  readonly batch: number;
  readonly rounds: number;
  rows(): Promise<Row[]>;
}

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;
const POOL = 3000;
const HELD_OUT = 1500;
const SEEDS = 5;

const STUDIES: readonly Study[] = [
  {
    name: 'banking77 (77 intents)',
    batch: 100,
    rounds: 6,
    rows: () => fromTable('banking77/train.csv', 'text', 'category'),
  },
  {
    name: 'TREC (6 kinds of question)',
    batch: 50,
    rounds: 6,
    rows: async () =>
      readFileSync(`${DATA}kim-cnn-text/TREC.train.all`, 'latin1')
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ label: line[0]!, text: line.slice(2) })),
  },
  {
    name: 'waimai_10k (2)',
    batch: 50,
    rounds: 6,
    rows: () => fromTable('waimai_10k/waimai_10k.csv', 'review', 'label'),
  },
];

export async function* labelling(): AsyncGenerator<Measurement> {
  for (const { name, batch, rounds, rows } of existsSync(DATA) ? STUDIES : []) {
    const all = await rows();
    const proposed: number[][] = [];
    const byChance: number[][] = [];
    const estimates: { accuracy: number; estimate: Estimate }[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const order = new Random(seed).permutation(all.length);
      const pool = Array.from(order.slice(0, POOL), (row) => all[row]!);
      const heldOut = Array.from(order.slice(POOL, POOL + HELD_OUT), (row) => all[row]!);
      const judge = judgeOf(pool, heldOut);
      const found = await asked(pool, batch, rounds, seed, judge);
      proposed.push(found.curve);
      estimates.push(...found.estimates);
      const random = new Random(`chance ${seed}`).permutation(pool.length);
      byChance.push(
        Array.from({ length: rounds }, (_, round) => judge([...random.slice(0, batch * (round + 1))])),
      );
    }
    for (let round = 0; round < rounds; round++) {
      const of = (curves: readonly number[][]) => mean(curves.map((curve) => curve[round]!));
      const gains = proposed.map((curve, seed) => 100 * (curve[round]! - byChance[seed]![round]!));
      const spread = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean(gains)) ** 2, 0) / (SEEDS - 1));
      const reach = (intervalT(0.95, SEEDS - 1) * spread) / Math.sqrt(SEEDS);
      yield {
        what: `${name}: held-out accuracy after ${batch * (round + 1)} answers, ${SEEDS} seeds; gain ${mean(gains).toFixed(1)} points (${(mean(gains) - reach).toFixed(1)} – ${(mean(gains) + reach).toFixed(1)})`,
        gradus: of(proposed).toFixed(3),
        peer: `rows by chance: ${of(byChance).toFixed(3)}`,
      };
    }
    const off = mean(estimates.map(({ accuracy, estimate }) => 100 * (estimate.accuracy - accuracy)));
    const held = estimates.filter(
      ({ accuracy, estimate: { interval } }) => accuracy >= interval[0] && accuracy <= interval[1],
    );
    yield {
      what: `${name}: the estimated accuracy less the held-out one`,
      gradus: `${off.toFixed(1)} points; the interval holds it in ${held.length} of ${estimates.length}`,
    };
  }
}

async function fromTable(file: string, text: string, label: string): Promise<Row[]> {
  const { columns, rows } = await readTable(DATA + file);
  const [textAt, labelAt] = [columns.indexOf(text), columns.indexOf(label)];
  return rows.map((row) => ({ text: row[textAt]!, label: row[labelAt]! }));
}

/** The held-out accuracy of TF-IDF and softmax regression, given the labels of some rows of the pool. */
function judgeOf(pool: readonly Row[], heldOut: readonly Row[]): (labelled: readonly number[]) => number {
  const termsOf = ({ text }: Row) => wordNgrams(words(text), 2);
  const fitted = fitTfidf(pool.map(termsOf));
  const asked = tfidf(fitted, heldOut.map(termsOf));
  return (labelled) => {
    const rows = labelled.map((row) => pool[row]!);
    const names = [...new Set(rows.map(({ label }) => label))];
    const classes = names.length;
    const labels = rows.map(({ label }) => names.indexOf(label));
    const matrix: SparseMatrix = tfidf(fitted, rows.map(termsOf));
    const model = fitSoftmaxRegression(matrix, labels, { classes, c: 10, tolerance: 1e-2 });
    const scores = softmaxScores(model, asked);
    const answers = heldOut.map((_, row) => {
      const of = scores.subarray(row * classes, (row + 1) * classes);
      return of.indexOf(Math.max(...of));
    });
    return accuracy(
      answers,
      heldOut.map(({ label }) => names.indexOf(label)),
    );
  };
}

/** Held-out accuracy after each round of questions that are answered truly. */
async function asked(
  pool: readonly Row[],
  count: number,
  rounds: number,
  seed: number,
  judge: (labelled: readonly number[]) => number,
): Promise<{ curve: number[]; estimates: { accuracy: number; estimate: Estimate }[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-bench-label-'));
  try {
    const file = join(directory, 'pool.csv');
    writeFileSync(
      file,
      csvText([['text', 'label'], ...pool.map(({ text }) => [text.replace(/\0/g, ''), ''])]),
    );
    const table = await openLabelTable(file, { text: 'text', label: 'label', seed });
    const labels = pool.map(() => '');
    const curve: number[] = [];
    const estimates: { accuracy: number; estimate: Estimate }[] = [];
    let settled = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      const { questions, standing } = propose(table, labels, { count, seed, settled });
      // Said of the labels before these questions, as the last accuracy is.
      if (standing.estimate) estimates.push({ accuracy: curve.at(-1)!, estimate: standing.estimate });
      settled = new Set(questions.map(({ at }) => at));
      for (const at of settled) labels[at] = pool[at]!.label;
      curve.push(judge([...labels.keys()].filter((row) => labels[row] !== '')));
    }
    return { curve, estimates };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
