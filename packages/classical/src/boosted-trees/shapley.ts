/**
 * Exact Shapley values of trees: how much each column moves the score of a row away from the mean score. A column that is not known
 * is averaged over by the training rows that went each way (Lundberg et al., "From local explanations to global understanding with
 * explainable AI for trees", 2020).
 *
 * The Shapley value is an integral (Owen, "Multilinear Extensions of Games", 1972): each column is known with the chance t, and t goes
 * from 0 to 1. A leaf then counts by its value times one factor for each column c that is asked on the way to it,
 *
 *     f_c(t) = z_c (1 − t) + o_c t,
 *
 * where z_c is the share of training rows that the column lets through, and o_c is 1 if it lets this row through, else 0. What column c
 * adds is ∫ value (o_c − z_c) Π f / f_c dt. The integrand is a polynomial in t of a degree below the number of columns on the way,
 * so that Gauss's quadrature is exact at half as many points. The products are carried down the tree and the sums up, at all points
 * at once: O(nodes · points) a row and tree, and all but the row's own way is known beforehand (`treeExplainer`). In the same way
 * Yu et al. ("Linear TreeShap", 2022) carry polynomials.
 */

import type { Bins } from './bins.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import { rowsOf, type TreeColumn, valuesOf } from './columns.ts';
import { gaussLegendre } from './gauss-legendre.ts';
import { goesLeft, type Tree } from './tree.ts';

export interface ShapleyValues {
  /** [rows, columns]: what each column adds to the row's score. */
  readonly values: Float64Array;
  /** The mean score: what a row has of which nothing is known. With the row's values it adds up to its score. */
  readonly expected: number;
}

/** A model made ready: worth keeping where rows come one after another. */
export interface TreeExplainer {
  /** The mean score. */
  readonly expected: number;
  /** @param columns as the model was trained on */
  explain(columns: readonly TreeColumn[]): ShapleyValues;
}

/**
 * @param columns as the model was trained on
 * @param output whose score is explained: 0, or the class of `softmax`
 */
export const treeShapley = (model: BoostedTrees, columns: readonly TreeColumn[], output = 0): ShapleyValues =>
  treeExplainer(model, output).explain(columns);

/** @param output whose score is explained: 0, or the class of `softmax` */
export function treeExplainer(model: BoostedTrees, output = 0): TreeExplainer {
  const trees = model.trees.map((group) => group[output]!);
  const walks = trees.filter(({ column }) => column[0]! >= 0).map((tree) => treeWalk(tree, model.bins));
  const expected = trees.reduce((sum, tree) => sum + meanOf(tree, 0), model.constant[output]!);
  return {
    expected,
    explain: (columns) => {
      const rows = rowsOf(columns);
      const given = columns.map(valuesOf);
      const values = new Float64Array(rows * columns.length);
      for (const walk of walks) {
        for (let row = 0; row < rows; row++) walk(given, row, values, row * columns.length);
      }
      return { values, expected };
    },
  };
}

/** The share of a node's training rows that a child has. */
function share(tree: Tree, node: number, child: number): number {
  const cover = tree.cover[node]!;
  return cover > 0 ? tree.cover[child]! / cover : 0.5;
}

function meanOf(tree: Tree, node: number): number {
  if (tree.column[node]! < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  return share(tree, node, left) * meanOf(tree, left) + share(tree, node, right) * meanOf(tree, right);
}

/** Adds the values of a row to `into`, from place `at` on. */
type Walk = (given: readonly ArrayLike<number>[], row: number, into: Float64Array, at: number) => void;

/**
 * What a node stands for is the answer of its parent's column on the way to it, all questions of that column before included. By node;
 * children stand behind their parent.
 */
interface Ways {
  readonly parent: Int32Array;
  /** The node of the same column's question before; 0 where there is none. */
  readonly before: Int32Array;
  /** Of the parent's training rows. */
  readonly share: Float64Array;
  /** z: of all training rows, those that the column lets through. */
  readonly through: Float64Array;
  /** Columns on the way to a leaf at most. */
  readonly columns: number;
}

function waysOf(tree: Tree): Ways {
  const nodes = tree.column.length;
  const [parent, before] = [new Int32Array(nodes), new Int32Array(nodes)];
  const [shares, through] = [new Float64Array(nodes), new Float64Array(nodes).fill(1)];
  const counts = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const column = tree.column[node]!;
    if (column < 0) continue;
    let same = node;
    while (same > 0 && tree.column[parent[same]!] !== column) same = parent[same]!;
    for (const child of [tree.left[node]!, tree.right[node]!]) {
      parent[child] = node;
      before[child] = same;
      shares[child] = share(tree, node, child);
      through[child] = through[same]! * shares[child]!;
      counts[child] = counts[node]! + (same === 0 ? 1 : 0);
    }
  }
  return { parent, before, share: shares, through, columns: Math.max(...counts) };
}

function treeWalk(tree: Tree, bins: readonly Bins[]): Walk {
  const { parent, before, share, through, columns } = waysOf(tree);
  const nodes = tree.column.length;
  const { points, weights } = gaussLegendre(Math.ceil(columns / 2));
  const size = points.length;
  // [nodes, 2, points], first of rows that the column lets through, then of those that it no longer does: by what the product
  // changes, and by what the column counts, the question before taken back.
  const factors = new Float64Array(2 * nodes * size);
  const counts = new Float64Array(2 * nodes * size);
  for (let node = 1; node < nodes; node++) {
    const [z, zBefore] = [through[node]!, through[before[node]!]!];
    for (let k = 0; k < size; k++) {
      const t = points[k]!;
      const fBefore = before[node] === 0 ? 1 : zBefore * (1 - t) + t;
      const countBefore = before[node] === 0 ? 0 : (1 - zBefore) / fBefore;
      const [inside, outside] = [2 * node * size + k, (2 * node + 1) * size + k];
      const f = z * (1 - t) + t;
      factors[inside] = f / fBefore;
      counts[inside] = weights[k]! * ((1 - z) / f - countBefore);
      factors[outside] = (z * (1 - t)) / fBefore;
      counts[outside] = weights[k]! * (-1 / (1 - t) - countBefore);
    }
  }
  const goes = new Uint8Array(nodes).fill(1);
  const [products, sums] = [new Float64Array(nodes * size), new Float64Array(nodes * size)];
  products.fill(1, 0, size);
  const { column, left, right, value } = tree;
  return (given, row, into, at) => {
    for (let node = 0; node < nodes; node++) {
      if (node > 0) {
        const from = parent[node]! * size;
        const to = node * size;
        if (goes[before[node]!] === 1) {
          const table = (2 * node + 1 - goes[node]!) * size;
          for (let k = 0; k < size; k++) products[to + k] = products[from + k]! * factors[table + k]!;
        } else {
          // The column was of no help before: what changes is how many training rows go on.
          goes[node] = 0;
          for (let k = 0; k < size; k++) products[to + k] = products[from + k]! * share[node]!;
        }
      }
      const asked = column[node]!;
      if (asked < 0) {
        for (let k = node * size; k < (node + 1) * size; k++) sums[k] = products[k]! * value[node]!;
        continue;
      }
      sums.fill(0, node * size, (node + 1) * size);
      const isLeft = goesLeft(tree, node, bins[asked]!, given[asked]![row]!);
      goes[left[node]!] = isLeft ? 1 : 0;
      goes[right[node]!] = isLeft ? 0 : 1;
    }
    for (let node = nodes - 1; node > 0; node--) {
      const [from, to] = [node * size, parent[node]! * size];
      const isCounted = goes[before[node]!] === 1;
      const table = (2 * node + 1 - goes[node]!) * size;
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const below = sums[from + k]!;
        sums[to + k]! += below;
        if (isCounted) sum += counts[table + k]! * below;
      }
      into[at + column[parent[node]!]!]! += sum;
    }
  };
}
