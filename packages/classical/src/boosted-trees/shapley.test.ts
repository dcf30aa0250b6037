import { readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { boostedTrees } from './boosted-trees.ts';
import type { TreeColumn } from './columns.ts';
import { treeScores } from './predict.ts';
import { treeShapley } from './shapley.ts';
import { goesLeft, type Tree } from './tree.ts';

/** By the definition (Shapley, 1953): over all subsets of the columns, what knowing one more changes. */
function byDefinition(tree: Tree, columns: number, goes: (node: number) => boolean): Float64Array {
  const knowing = (known: number, node = 0): number => {
    const column = tree.column[node]!;
    if (column < 0) return tree.value[node]!;
    const [left, right] = [tree.left[node]!, tree.right[node]!];
    if (known & (1 << column)) return knowing(known, goes(node) ? left : right);
    const share = tree.cover[node]! > 0 ? tree.cover[left]! / tree.cover[node]! : 0.5;
    return share * knowing(known, left) + (1 - share) * knowing(known, right);
  };
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Float64Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let known = 0; known < 1 << columns; known++) {
      if (known & (1 << column)) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(columns - size - 1)) / factorial(columns);
      sum += weight * (knowing(known | (1 << column)) - knowing(known));
    }
    return sum;
  });
}

/** Made by testing/shap_values.py. */
interface Golden {
  readonly trees: readonly Readonly<
    Record<'column' | 'threshold' | 'missingLeft' | 'left' | 'right' | 'value' | 'cover', readonly number[]>
  >[];
  readonly rows: readonly (readonly (number | null)[])[];
  readonly scores: readonly number[];
  /** [rows, columns] */
  readonly shap: readonly (readonly number[])[];
  readonly expected: number;
}

describe('Shapley values of trees', () => {
  it('are those of the definition, and add up to the score', async () => {
    const random = new Random(3);
    const rows = 400;
    const number = () =>
      Float64Array.from({ length: rows }, () => (random.below(9) === 0 ? Number.NaN : random.normal()));
    const [a, b, c] = [number(), number(), number()];
    const city = Int32Array.from({ length: rows }, () => random.below(9));
    const y = Float64Array.from(
      a,
      (x, i) => (x || 0) * (b[i]! > 0 ? 2 : -1) + (city[i]! % 3) + 0.1 * random.normal(),
    );
    const columns: TreeColumn[] = [
      { kind: 'number', values: a },
      { kind: 'number', values: b },
      { kind: 'number', values: c },
      { kind: 'category', codes: city, categories: 9 },
    ];
    const model = await boostedTrees(
      columns,
      { values: y },
      { loss: 'squared', rounds: 6, leaves: 12, minRows: 5, threads: 1 },
    );
    const { values, expected } = treeShapley(model, columns);
    const scores = treeScores(model, columns);
    const given = [a, b, c, city];
    for (const row of [0, 1, 17, 200, 399]) {
      const right = new Float64Array(4);
      for (const [tree] of model.trees) {
        const parts = byDefinition(tree!, 4, (node) => {
          const column = tree!.column[node]!;
          return goesLeft(tree!, node, model.bins[column]!, given[column]![row]!);
        });
        for (const [column, part] of parts.entries()) right[column]! += part;
      }
      const mine = values.subarray(4 * row, 4 * row + 4);
      for (const [column, value] of right.entries()) expect(mine[column]).toBeCloseTo(value, 9);
      expect(expected + mine.reduce((sum, value) => sum + value, 0)).toBeCloseTo(scores[row]!, 9);
    }
  });

  it('are those of the definition where many columns are on the way, and where no training row went', async () => {
    const random = new Random(4);
    const rows = 300;
    const given = Array.from({ length: 9 }, () => Float64Array.from({ length: rows }, () => random.normal()));
    const columns = given.map((values): TreeColumn => ({ kind: 'number', values }));
    const y = given[0]!.map((_, row) => given.reduce((sum, of, k) => sum + Math.sin(of[row]! + k), 0));
    const model = await boostedTrees(
      columns,
      { values: y },
      { loss: 'squared', rounds: 2, leaves: 60, minRows: 1, threads: 1 },
    );
    const tree = model.trees[1]![0]!;
    // As of training rows without weight.
    const scale = (node: number, by: number): void => {
      tree.cover[node]! *= by;
      if (tree.column[node]! < 0) return;
      scale(tree.left[node]!, by);
      scale(tree.right[node]!, by);
    };
    const node = tree.left[0]!;
    scale(tree.left[node]!, 0);
    scale(tree.right[node]!, tree.cover[node]! / tree.cover[tree.right[node]!]!);
    const { values } = treeShapley({ ...model, constant: new Float64Array(1), trees: [[tree]] }, columns);
    for (const row of [0, 99, 299]) {
      const right = byDefinition(tree, 9, (node) => {
        const column = tree.column[node]!;
        return goesLeft(tree, node, model.bins[column]!, given[column]![row]!);
      });
      for (const [column, value] of right.entries()) expect(values[9 * row + column]).toBeCloseTo(value, 12);
    }
  });

  it('are those of the package shap for trees of LightGBM, to 1e-6', () => {
    const golden = JSON.parse(
      readFileSync(new URL('./testing/lightgbm.json', import.meta.url), 'utf8'),
    ) as Golden;
    const trees = golden.trees.map((tree): [Tree] => [
      {
        column: Int32Array.from(tree.column),
        threshold: Float32Array.from(tree.threshold),
        bins: tree.column.map(() => undefined),
        missingLeft: Uint8Array.from(tree.missingLeft),
        left: Int32Array.from(tree.left),
        right: Int32Array.from(tree.right),
        value: Float64Array.from(tree.value),
        gain: new Float64Array(tree.column.length),
        cover: Float64Array.from(tree.cover),
      },
    ]);
    const columns = golden.rows[0]!.map((_, column): TreeColumn => {
      return { kind: 'number', values: golden.rows.map((row) => row[column] ?? Number.NaN) };
    });
    const bins = columns.map(() => {
      return { kind: 'number', thresholds: new Float32Array(0), missing: 1, count: 2 } as const;
    });
    const model = { loss: 'squared', constant: new Float64Array(1), trees, bins, validation: [] } as const;
    for (const [row, score] of treeScores(model, columns).entries()) {
      expect(score).toBeCloseTo(golden.scores[row]!, 9);
    }
    const { values, expected } = treeShapley(model, columns);
    expect(expected).toBeCloseTo(golden.expected, 6);
    for (const [place, value] of golden.shap.flat().entries()) {
      expect(Math.abs(values[place]! - value)).toBeLessThan(1e-6);
    }
  });

  it('of a tree that asks nothing are 0', () => {
    const leaf: Tree = {
      column: Int32Array.of(-1),
      threshold: Float32Array.of(0),
      bins: [undefined],
      missingLeft: Uint8Array.of(0),
      left: Int32Array.of(-1),
      right: Int32Array.of(-1),
      value: Float64Array.of(2),
      gain: Float64Array.of(0),
      cover: Float64Array.of(5),
    };
    const bins = [{ kind: 'number', thresholds: new Float32Array(0), missing: 1, count: 2 } as const];
    const model = {
      loss: 'squared',
      constant: Float64Array.of(1),
      trees: [[leaf]],
      bins,
      validation: [],
    } as const;
    expect(treeShapley(model, [{ kind: 'number', values: [7] }])).toEqual({
      values: Float64Array.of(0),
      expected: 3,
    });
  });
});
