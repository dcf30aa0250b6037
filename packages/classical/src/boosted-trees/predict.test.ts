import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { boostedTrees } from './boosted-trees.ts';
import type { TreeColumn } from './columns.ts';
import { lossOf } from './losses.ts';
import { treeScores } from './predict.ts';
import { leafOf } from './tree.ts';

const ROWS = 3000;

describe('scores of trees', () => {
  it.each([
    [7, 1],
    [256, 1],
    [31, 3],
    [400, 1],
  ])(
    'are the sums of the leaves that rows walk to, to the last bit: %i leaves, %i outputs',
    async (leaves, outputs) => {
      const random = new Random(leaves);
      const drawn = Array.from({ length: 3 }, () =>
        Float64Array.from({ length: ROWS }, () => (random.below(6) === 0 ? Number.NaN : random.normal())),
      );
      const codes = Int32Array.from({ length: ROWS }, () => random.below(300) - 1);
      const columns: TreeColumn[] = [
        { kind: 'number', values: drawn[0]! },
        { kind: 'category', codes, categories: 298 },
        { kind: 'number', values: Float32Array.from(drawn[1]!) },
        { kind: 'number', values: drawn[2]! },
      ];
      const values = Float64Array.from(
        codes,
        (code, i) =>
          Math.abs((code * 7) % 5) +
          (drawn[0]![i]! > 0 ? 3 : 0) +
          (drawn[1]![i]! || 0) * (drawn[2]![i]! || 5),
      );
      const target = {
        values: outputs === 1 ? values : values.map((value) => Math.abs(Math.round(value)) % outputs),
      };
      const model = await boostedTrees(columns, target, {
        loss: outputs === 1 ? 'squared' : { softmax: outputs },
        leaves,
        rounds: 5,
        minRows: 2,
        minHessian: 0,
        rowShare: 0.9,
        validation: { columns, target },
        threads: 1,
      });
      expect(Math.max(...model.trees.flat().map((tree) => (tree.column.length + 1) / 2))).toBe(leaves);
      const given = [drawn[0]!, codes, Float32Array.from(drawn[1]!), drawn[2]!];
      const right = Float64Array.from({ length: ROWS * outputs }, (_, i) => model.constant[i % outputs]!);
      for (const group of model.trees) {
        for (const [output, tree] of group.entries()) {
          for (let row = 0; row < ROWS; row++) {
            const leaf = leafOf(tree, model.bins, (column) => given[column]![row]!);
            right[row * outputs + output]! += tree.value[leaf]!;
          }
        }
      }
      expect(treeScores(model, columns)).toEqual(right);
      // Also while the trees are grown.
      expect(model.validation.at(-1)).toBe(lossOf(model.loss).value(target, right));
    },
  );
});
