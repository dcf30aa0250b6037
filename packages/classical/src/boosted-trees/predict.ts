/** The answers of boosted trees for rows: all trees for a chunk of rows, then the next chunk. */
import { type SharedMemory, WASM_PAGE, WebAssembly } from '@gradus/base';
import { FINDER_BYTES, LEAF_BLOCK, LeafFinder, type LeafTree, MOST_LEAVES } from '@gradus/engine';
import { BINNER_BYTES, Binner } from './binner.ts';
import { type Bins, binOf } from './bins.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import { rowsOf, type TreeColumn, valuesOf } from './columns.ts';
import { lossOf } from './losses.ts';
import { leafOf, type Tree } from './tree.ts';

/**
 * @param columns as the model was trained on; targets are not needed
 * @param rounds of the trees, from the first; default: all
 * @returns [rows, outputs]: probabilities, expected counts, numbers
 */
export function predictTrees(
  model: BoostedTrees,
  columns: readonly TreeColumn[],
  rounds: number = model.trees.length,
): Float64Array {
  const scores = treeScores(model, columns, rounds);
  lossOf(model.loss).answer(scores);
  return scores;
}

/** The sums of the trees, before they become answers: [rows, outputs]. */
export function treeScores(
  model: BoostedTrees,
  columns: readonly TreeColumn[],
  rounds: number = model.trees.length,
): Float64Array {
  const rows = rowsOf(columns);
  const outputs = model.constant.length;
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) scores.set(model.constant, row * outputs);
  const trees = model.trees.slice(0, rounds);
  if (rows >= FEWEST_ROWS) addChunks(model.bins, trees, columns, scores, outputs);
  else {
    for (const group of trees) {
      for (const [output, tree] of group.entries())
        walk(tree, model.bins, columns, 0, scores, outputs, output);
    }
  }
  return scores;
}

/** Of fewer rows each walks through the trees: it takes longer to write the trees down for all. */
const FEWEST_ROWS = 256;
/** Rows whose bins stay in the processor's first cache. */
const CHUNK = 16 * LEAF_BLOCK;

/** Adds a tree to the scores of rows, from `first` on. */
function walk(
  tree: Tree,
  bins: readonly Bins[],
  columns: readonly TreeColumn[],
  first: number,
  scores: Float64Array,
  outputs: number,
  output: number,
): void {
  const values = columns.map(valuesOf);
  for (let row = 0; row * outputs < scores.length; row++) {
    const leaf = leafOf(tree, bins, (column) => values[column]![first + row]!);
    scores[row * outputs + output]! += tree.value[leaf]!;
  }
}

let memory: SharedMemory | undefined;

/** One for the thread: what is in it is gone with the next who takes it. */
function roomOf(bytes: number): SharedMemory {
  memory ??= new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
  return memory;
}

function addChunks(
  bins: readonly Bins[],
  groups: readonly (readonly Tree[])[],
  columns: readonly TreeColumn[],
  scores: Float64Array,
  outputs: number,
): void {
  const rows = scores.length / outputs;
  // The first bytes stay empty: no place is 0.
  const finderAt = LEAF_BLOCK;
  const valuesAt = finderAt + FINDER_BYTES;
  const leavesAt = valuesAt + 8 * MOST_LEAVES;
  const scoresAt = leavesAt + CHUNK;
  const binnerAt = scoresAt + 8 * CHUNK * outputs;
  const binsAt = binnerAt + BINNER_BYTES;
  const room = roomOf(binsAt + CHUNK * columns.length);
  const finder = new LeafFinder(room, finderAt);
  const binner = new Binner(room, binnerAt);
  const questionsOf = (tree: Tree) => ({
    lastBin: (node: number) => binOf(bins[tree.column[node]!]!, tree.threshold[node]!),
    missing: (column: number) => bins[column]!.count - 1,
  });
  const trees = groups.flatMap((group) =>
    group.map((tree, output) => ({ tree, output, encoded: finder.encode(tree, CHUNK, questionsOf(tree)) })),
  );
  const asked = [...new Set(trees.flatMap(({ tree }) => [...tree.column]))].filter((column) => column >= 0);
  const chunk = new Float64Array(room.buffer, scoresAt, CHUNK * outputs);
  const values = new Float64Array(room.buffer, valuesAt, MOST_LEAVES);
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    const ofChunk = scores.subarray(from * outputs, (from + count) * outputs);
    for (const column of asked) {
      binner.fill(columns[column]!, bins[column]!, from, count, binsAt + column * CHUNK);
    }
    chunk.set(ofChunk);
    for (const { tree, output, encoded } of trees) {
      if (encoded) add(encoded, output, count);
      else walk(tree, bins, columns, from, chunk.subarray(0, count * outputs), outputs, output);
    }
    ofChunk.set(chunk.subarray(0, ofChunk.length));
  }

  function add(tree: LeafTree, output: number, count: number): void {
    finder.find(tree, binsAt, count, leavesAt);
    values.set(tree.values);
    finder.addValues(leavesAt, count, valuesAt, scoresAt + 8 * output, 8 * outputs);
  }
}
