/**
 * Boosted trees: seconds of training, the best turn's, and what is told of rows that were held out, the mean of turns that each have
 * a table of their own; in turns with LightGBM and scikit-learn's HistGradientBoosting where Python has them, and with `ml-xgboost`
 * in the folder that GRADUS_PEERS names; then rows a second of the trained model. Peers get the same numbers as float32 and the same
 * options: 100 trees of 31 leaves, a learning rate of 0.1.
 *
 * `--cpu` takes processor time on one thread for time: for a machine that others use too, where threads wait for each other's cores.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Random } from '@gradus/base';
import { type BoostedTrees, boostedTrees, predictTrees, type TreeColumn, treeGraph } from '@gradus/classical';
import { type HostTensor, input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { rocAuc } from '@gradus/stats';
import { chosen, type Measurement } from '../measurement.ts';

const PYTHON = process.env.GRADUS_PYTHON ?? 'python3';
const byCpu = process.argv.includes('--cpu');
const THREADS = byCpu ? 1 : availableParallelism();
/** Seconds. */
const clock = (): number => {
  if (!byCpu) return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const HELD_OUT = 20_000;
const SIZES = {
  small: { rows: 30_000, columns: 23, turns: 10 },
  large: { rows: 1_000_000, columns: 30, turns: 2 },
};
/** The programs, and what runs them; ml-xgboost would take minutes for the large table. */
const PEERS = {
  lightgbm: { command: PYTHON, program: ['boosted_trees.py', 'lightgbm'], most: Number.POSITIVE_INFINITY },
  sklearn: { command: PYTHON, program: ['boosted_trees.py', 'sklearn'], most: Number.POSITIVE_INFINITY },
  xgboost: { command: process.execPath, program: ['boosted_trees_xgboost.mjs'], most: 100_000 },
};

/** Rows of numbers, a tenth of them missing, and classes that follow from some of them. */
interface Table {
  readonly columns: readonly Float32Array[];
  readonly labels: Uint8Array;
}

interface Trained {
  readonly seconds: number;
  readonly auc: number;
  readonly version: string;
}

export async function* trees(): AsyncGenerator<Measurement> {
  for (const [name, { rows, columns, turns }] of chosen(SIZES)) {
    const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-trees-'));
    try {
      const own: Trained[] = [];
      const peers = new Map<string, Trained[]>();
      let last: { readonly model: BoostedTrees; readonly held: Table } | undefined;
      for (let turn = 0; turn < turns; turn++) {
        // One table says little of which program tells more: greedy trees find products of columns by luck.
        const [train, held] = [
          tableOf(rows, columns, 2 * turn + 1),
          tableOf(HELD_OUT, columns, 2 * turn + 2),
        ];
        write(folder, 'train', train);
        write(folder, 'held', held);
        const begun = clock();
        const options = { loss: 'logistic', ...(byCpu && { threads: THREADS }) } as const;
        const model = await boostedTrees(treeColumns(train), { values: train.labels }, options);
        const seconds = clock() - begun;
        const auc = rocAuc([...held.labels], predictTrees(model, treeColumns(held)));
        last = { model, held };
        own.push({ seconds, auc, version: 'Gradus' });
        for (const [peer, { most, ...program }] of Object.entries(PEERS)) {
          const trained = rows <= most ? trainedBy(program, folder, columns) : undefined;
          if (trained) peers.set(peer, [...(peers.get(peer) ?? []), trained]);
        }
      }
      const threads = byCpu ? 'one thread, processor time' : `up to ${THREADS} threads`;
      const what = `boosted trees, ${rows} × ${columns}, ${threads}`;
      if (peers.size === 0) yield { what, gradus: shown(own) };
      for (const theirs of peers.values()) {
        const ratio = best(own).seconds / best(theirs).seconds;
        yield { what, gradus: shown(own), peer: `${shown(theirs)} (${theirs[0]!.version})`, ratio };
      }
      if (name === 'small') yield* answering(last!.model, last!.held);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

const best = (of: readonly Trained[]): Trained => of.toSorted((a, b) => a.seconds - b.seconds)[0]!;
const shown = (of: readonly Trained[]): string =>
  `${best(of).seconds.toFixed(2)} s, AUC ${(of.reduce((sum, { auc }) => sum + auc, 0) / of.length).toFixed(4)}`;

/** Rows a second on one thread: of numbers in columns, and of the model's file. */
async function* answering(model: BoostedTrees, { columns, labels }: Table): AsyncGenerator<Measurement> {
  const rows = labels.length;
  const rate = async (run: () => unknown) => {
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 20; i++) {
      const begun = clock();
      await run();
      fastest = Math.min(fastest, clock() - begun);
    }
    return (rows / fastest).toFixed(0);
  };
  const what = `rows a second of ${model.trees.length} trees, one thread`;
  const table = treeColumns({ columns, labels });
  yield { what: `${what}, predictTrees`, gradus: await rate(() => predictTrees(model, table)) };
  const numbers = input('numbers', ['rows', columns.length]);
  const graph = { name: 'trees', inputs: { numbers }, outputs: { answers: treeGraph(model, { numbers }) } };
  const compiled = await compile(graph, { threads: 1 });
  const data = Float32Array.from(
    { length: rows * columns.length },
    (_, i) => columns[i % columns.length]![Math.floor(i / columns.length)]!,
  );
  const feeds: Record<string, HostTensor> = {
    numbers: { dtype: 'float32', dims: [rows, columns.length], data },
  };
  yield { what: `${what}, compiled graph`, gradus: await rate(() => compiled.run(feeds)) };
  await compiled.close();
}

const treeColumns = ({ columns }: Table): TreeColumn[] =>
  columns.map((values) => ({ kind: 'number', values }));

function tableOf(rows: number, width: number, seed: number): Table {
  const random = new Random(`trees ${seed}`);
  const columns = Array.from({ length: width }, () => new Float32Array(rows));
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = (column: number) => columns[column]![row]!;
    for (const [i, column] of columns.entries()) {
      const drawn = random.normal();
      column[row] = i % 3 === 2 ? Math.round(3 * drawn) : drawn;
    }
    const score =
      at(0) * at(1) +
      Math.sin(2 * at(2)) +
      Math.abs(at(3)) +
      (at(4) > 0.5 ? at(5) : -at(6)) +
      0.3 * at(7) * at(8);
    labels[row] = random.uniform() < 1 / (1 + Math.exp(0.5 - 1.5 * score)) ? 1 : 0;
    for (const column of columns) if (random.below(10) === 0) column[row] = Number.NaN;
  }
  return { columns, labels };
}

/** Columns one after another as float32, and a byte a label. */
function write(folder: string, name: string, { columns, labels }: Table): void {
  const rows = labels.length;
  const all = new Float32Array(columns.length * rows);
  for (const [i, column] of columns.entries()) all.set(column, i * rows);
  writeFileSync(join(folder, `${name}.f32`), all);
  writeFileSync(join(folder, `${name}.u8`), labels);
}

/** @returns undefined where the peer is not installed */
function trainedBy(
  {
    command,
    program: [script, ...options],
  }: { readonly command: string; readonly program: readonly string[] },
  folder: string,
  columns: number,
): Trained | undefined {
  const file = new URL(`../peers/${script}`, import.meta.url).pathname;
  const { status, stdout } = spawnSync(
    command,
    [file, ...options, folder, String(columns), String(THREADS), byCpu ? 'cpu' : 'wall'],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? (JSON.parse(stdout) as Trained) : undefined;
}
