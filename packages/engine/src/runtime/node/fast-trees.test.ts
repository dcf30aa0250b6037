import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../graph.ts';
import { applyMany, concat, input } from '../../index.ts';
import { writeOnnx } from '../../onnx/write.ts';
import { compile } from './sessions.ts';

const [WIDTH, TARGETS, ROWS] = [4, 2, 600];
const random = new Random(8);

/** Trees whose splits are drawn, of one target each. @param mode 0 for ≤, 1 for < */
function drawn(trees: number, leaves: number, mode: number): Attributes {
  const [features, splits, missing, targets, weights] = Array.from(
    { length: 5 },
    (): number[] => [],
  ) as number[][];
  const [left, leftIsLeaf, right, rightIsLeaf] = Array.from({ length: 4 }, (): number[] => []) as number[][];
  const roots = Array.from({ length: trees }, (_, tree) => {
    const grow = (size: number): [place: number, isLeaf: number] => {
      if (size === 1) {
        weights!.push(random.normal());
        return [targets!.push(tree % TARGETS) - 1, 1];
      }
      const node = features!.push(random.below(WIDTH)) - 1;
      splits!.push(random.below(20) === 0 ? Number.POSITIVE_INFINITY : random.below(9) / 2 - 2);
      missing!.push(random.below(2));
      for (const of of [left!, leftIsLeaf!, right!, rightIsLeaf!]) of.push(0);
      const goesLeft = 1 + random.below(size - 1);
      [left![node], leftIsLeaf![node]] = grow(goesLeft);
      [right![node], rightIsLeaf![node]] = grow(size - goesLeft);
      return [node, 0];
    };
    return grow(leaves)[0];
  });
  const floats = (data: readonly number[]) => ({
    tensor: { dtype: 'float32', dims: [data.length], data: Float32Array.from(data) } as const,
  });
  const modes = new Uint8Array(features!.length).fill(mode);
  return {
    n_targets: TARGETS,
    aggregate_function: 1,
    post_transform: 0,
    tree_roots: roots,
    nodes_modes: { tensor: { dtype: 'uint8', dims: [modes.length], data: modes } },
    nodes_featureids: features!,
    nodes_splits: floats(splits!),
    nodes_missing_value_tracks_true: missing!,
    nodes_truenodeids: left!,
    nodes_trueleafs: leftIsLeaf!,
    nodes_falsenodeids: right!,
    nodes_falseleafs: rightIsLeaf!,
    leaf_targetids: targets!,
    leaf_weights: floats(weights!),
  };
}

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
const data = Float32Array.from({ length: ROWS * WIDTH }, () =>
  random.below(5) === 0 ? ODD[random.below(5)]! : Math.round(4 * random.normal()) / 4,
);
const rowsOf = (from: number, to: number) => ({
  dtype: 'float32' as const,
  dims: [to - from, WIDTH],
  data: data.subarray(from * WIDTH, to * WIDTH),
});

describe('graphs with trees', () => {
  it.each([
    ['of a few leaves', 9, 0],
    ['of as many as the kernel takes', 256, 0],
    ['of more', 300, 0],
    ['that ask otherwise', 9, 1],
  ])('answer many rows at once as ONNX Runtime answers few: trees %s', async (_, leaves, mode) => {
    const x = input('x', ['rows', WIDTH]);
    const [plain] = applyMany('TreeEnsemble', [x], drawn(7, leaves, mode));
    // Of what is computed before, beside what is not of trees.
    const [behind] = applyMany(
      'TreeEnsemble',
      [concat([x.mul(2), x], 1).slice([1], [1 + WIDTH], [1])],
      drawn(5, leaves, mode),
    );
    const graph = {
      name: 'trees',
      inputs: { x },
      outputs: { y: plain!.add(behind!).sigmoid(), z: x.add(1) },
    };
    for (const model of [graph, writeOnnx(graph)]) {
      const compiled = await compile(model, { threads: 1 });
      const many = await compiled.run({ x: rowsOf(0, ROWS) });
      for (let from = 0; from < ROWS; from += 200) {
        const few = await compiled.run({ x: rowsOf(from, from + 200) });
        for (const [name, width] of [
          ['y', TARGETS],
          ['z', WIDTH],
        ] as const) {
          const all = many[name]!;
          expect(all.dims).toEqual([ROWS, width]);
          const got = all.data.slice(from * width, (from + 200) * width) as Float32Array;
          for (const [i, value] of (few[name]!.data as Float32Array).entries()) {
            if (Number.isFinite(value)) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6);
            else expect(got[i]).toBe(value);
          }
        }
      }
      await expect(compiled.run({ x: { ...rowsOf(0, ROWS), dims: [ROWS / 2, 2 * WIDTH] } })).rejects.toThrow(
        'x',
      );
      await compiled.close();
    }
  });
});
