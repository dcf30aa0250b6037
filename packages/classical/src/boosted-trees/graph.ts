/**
 * Boosted trees as a graph: numbers and codes of categories in, scores or answers out.
 *
 * Trees of ONNX ask whether a number is at most another. Questions about sets of categories are answered before: a table has a row
 * for each category and a column for each question, 1 where the category goes left.
 */
import { UserError } from '@gradus/base';
import { type Attributes, applyMany, concat, constant, scalar, type Tensor } from '@gradus/engine';
import type { CategoryBins } from './bins.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import { hasBin, type Tree } from './tree.ts';

export interface TreeInputs {
  /** [rows, number columns], float32, in the order of the model's columns */
  readonly numbers?: Tensor | undefined;
  /** [rows, category columns], int64, in the order of the model's columns */
  readonly codes?: Tensor | undefined;
}

/** TreeEnsemble (5), or TreeEnsembleRegressor, which older runtimes know (3). */
export type TreeOpVersion = 3 | 5;

/** What a tree of the file asks: whether feature ≤ threshold. */
interface Question {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

/**
 * @returns [rows, outputs] float32: the sums of the trees, before they become answers
 * @throws UserError where an input is missing
 */
export function treeScoresGraph(model: BoostedTrees, inputs: TreeInputs, version: TreeOpVersion = 5): Tensor {
  const { features, questions } = featuresOf(model, inputs);
  const outputs = model.constant.length;
  const base = Float64Array.from(model.constant);
  const trees: { tree: Tree; output: number; questions: readonly (Question | undefined)[] }[] = [];
  for (const [round, group] of model.trees.entries()) {
    for (const [output, tree] of group.entries()) {
      // Files have no tree that asks nothing.
      if (tree.column[0]! < 0) base[output]! += tree.value[0]!;
      else trees.push({ tree, output, questions: questions[round]![output]! });
    }
  }
  const constants = constant({ dtype: 'float32', dims: [1, outputs], data: Float32Array.from(base) });
  if (trees.length === 0) return features.sum([1], true).mul(0).add(constants);
  const [scores] =
    version === 5
      ? applyMany('TreeEnsemble', [features], ensemble(trees, outputs))
      : applyMany('TreeEnsembleRegressor', [features], regressor(trees, outputs));
  return scores!.add(constants);
}

/** @returns [rows, outputs] float32: probabilities, expected counts, numbers; of `logistic` the probability of 1 */
export function treeGraph(model: BoostedTrees, inputs: TreeInputs, version: TreeOpVersion = 5): Tensor {
  return answerGraph(model, treeScoresGraph(model, inputs, version));
}

function answerGraph({ loss }: BoostedTrees, scores: Tensor): Tensor {
  if (typeof loss === 'object') {
    if ('softmax' in loss) return scores.softmax(1);
    return 'tweedie' in loss ? scores.exp() : scores;
  }
  const answers: Readonly<Partial<Record<typeof loss, Tensor>>> = {
    logistic: scores.sigmoid(),
    poisson: scores.exp(),
    gamma: scores.exp(),
    cox: scores.exp(),
  };
  return answers[loss] ?? scores;
}

type Trees = readonly {
  readonly tree: Tree;
  readonly output: number;
  readonly questions: readonly (Question | undefined)[];
}[];

/** The numbers and the answers to questions about categories beside each other, and the questions of all trees about them. */
function featuresOf(model: BoostedTrees, { numbers, codes }: TreeInputs) {
  const isNumber = model.bins.map(({ kind }) => kind === 'number');
  const counts = { numbers: isNumber.filter(Boolean).length, codes: isNumber.filter((is) => !is).length };
  if ((counts.numbers > 0 && !numbers) || (counts.codes > 0 && !codes)) throw missingInput(counts);
  const placeOf = model.bins.map(
    (_, column) => isNumber.slice(0, column).filter((is) => is === isNumber[column]).length,
  );
  const tables = new Map<number, Map<string, { readonly at: number; readonly set: Uint32Array }>>();
  let asked = 0;
  const questions = model.trees.map((group) =>
    group.map((tree) =>
      Array.from(tree.column, (column, node): Question | undefined => {
        if (column < 0) return undefined;
        const set = tree.bins[node];
        if (!set) {
          return {
            feature: placeOf[column]!,
            threshold: tree.threshold[node]!,
            missingLeft: tree.missingLeft[node] === 1,
          };
        }
        const table = tables.get(column) ?? new Map();
        tables.set(column, table);
        const key = set.join();
        if (!table.has(key)) table.set(key, { at: asked++, set });
        // A place behind the numbers, which is known once all questions are.
        return { feature: -1 - table.get(key)!.at, threshold: 0.5, missingLeft: false };
      }),
    ),
  );
  const blocks = [...(numbers ? [numbers] : [])];
  const positions = new Int32Array(asked);
  let next = counts.numbers;
  for (const [column, table] of [...tables].sort(([a], [b]) => a - b)) {
    const sets = [...table.values()];
    for (const { at } of sets) positions[at] = next++;
    blocks.push(answersOf(codes!, placeOf[column]!, model.bins[column] as CategoryBins, sets));
  }
  const features = blocks.length > 1 ? concat(blocks, 1) : (blocks[0] ?? codes!.cast('float32'));
  const placed = questions.map((group) =>
    group.map((tree) =>
      tree.map(
        (question) =>
          question && {
            ...question,
            feature: question.feature < 0 ? positions[-1 - question.feature]! : question.feature,
          },
      ),
    ),
  );
  return { features, questions: placed };
}

/** [rows, questions]: 0 where the row's category goes left. */
function answersOf(
  codes: Tensor,
  place: number,
  { bins, other }: CategoryBins,
  sets: readonly { set: Uint32Array }[],
): Tensor {
  const categories = bins.length;
  const data = new Float32Array((categories + 1) * sets.length);
  for (let code = 0; code <= categories; code++) {
    const bin = code < categories ? bins[code]! : other;
    for (const [i, { set }] of sets.entries()) data[code * sets.length + i] = hasBin(set, bin) ? 0 : 1;
  }
  const table = constant({ dtype: 'float32', dims: [categories + 1, sets.length], data });
  const code = codes.gather(scalar(place, 'int64'), 1);
  const unknown = scalar(categories, 'int64');
  const known = code.less(scalar(0, 'int64')).where(unknown, code).min(unknown);
  return table.gather(known);
}

const LEQ = 0;

/** Attributes of TreeEnsemble: nodes that ask, and leaves, each numbered on their own. */
function ensemble(trees: Trees, outputs: number): Attributes {
  const nodes = { features: [] as number[], splits: [] as number[], missing: [] as number[] };
  const children = {
    true: [] as number[],
    trueIsLeaf: [] as number[],
    false: [] as number[],
    falseIsLeaf: [] as number[],
  };
  const leaves = { targets: [] as number[], weights: [] as number[] };
  const roots: number[] = [];
  for (const { tree, output, questions } of trees) {
    const numbers = new Int32Array(tree.column.length);
    const firstNode = nodes.features.length;
    let [node, leaf] = [firstNode, leaves.targets.length];
    for (const [i, column] of tree.column.entries()) numbers[i] = column < 0 ? leaf++ : node++;
    roots.push(firstNode);
    for (const [i, column] of tree.column.entries()) {
      if (column < 0) {
        leaves.targets.push(output);
        leaves.weights.push(tree.value[i]!);
        continue;
      }
      const { feature, threshold, missingLeft } = questions[i]!;
      nodes.features.push(feature);
      nodes.splits.push(threshold);
      nodes.missing.push(missingLeft ? 1 : 0);
      const [left, right] = [tree.left[i]!, tree.right[i]!];
      children.true.push(numbers[left]!);
      children.trueIsLeaf.push(tree.column[left]! < 0 ? 1 : 0);
      children.false.push(numbers[right]!);
      children.falseIsLeaf.push(tree.column[right]! < 0 ? 1 : 0);
    }
  }
  return {
    n_targets: outputs,
    aggregate_function: 1, // sum
    post_transform: 0, // none
    tree_roots: roots,
    nodes_modes: {
      tensor: {
        dtype: 'uint8',
        dims: [nodes.features.length],
        data: new Uint8Array(nodes.features.length).fill(LEQ),
      },
    },
    nodes_featureids: nodes.features,
    nodes_splits: floats(nodes.splits),
    nodes_missing_value_tracks_true: nodes.missing,
    nodes_truenodeids: children.true,
    nodes_trueleafs: children.trueIsLeaf,
    nodes_falsenodeids: children.false,
    nodes_falseleafs: children.falseIsLeaf,
    leaf_targetids: leaves.targets,
    leaf_weights: floats(leaves.weights),
  };
}

const floats = (values: readonly number[]) => ({
  tensor: { dtype: 'float32', dims: [values.length], data: Float32Array.from(values) } as const,
});

/** Attributes of TreeEnsembleRegressor: all nodes of a tree in one list, leaves among them. */
function regressor(trees: Trees, outputs: number): Attributes {
  const nodes = trees.flatMap(({ tree, questions }, treeId) =>
    Array.from(tree.column, (column, node) => ({
      treeId,
      node,
      mode: column < 0 ? 'LEAF' : 'BRANCH_LEQ',
      feature: questions[node]?.feature ?? 0,
      threshold: questions[node]?.threshold ?? 0,
      missing: questions[node]?.missingLeft ? 1 : 0,
      left: Math.max(0, tree.left[node]!),
      right: Math.max(0, tree.right[node]!),
    })),
  );
  const leaves = trees.flatMap(({ tree, output }, treeId) =>
    Array.from(tree.column, (column, node) => ({
      column,
      treeId,
      node,
      output,
      value: tree.value[node]!,
    })).filter(({ column }) => column < 0),
  );
  return {
    n_targets: outputs,
    aggregate_function: 'SUM',
    post_transform: 'NONE',
    nodes_treeids: nodes.map(({ treeId }) => treeId),
    nodes_nodeids: nodes.map(({ node }) => node),
    nodes_modes: nodes.map(({ mode }) => mode),
    nodes_featureids: nodes.map(({ feature }) => feature),
    nodes_values: { floats: nodes.map(({ threshold }) => threshold) },
    nodes_missing_value_tracks_true: nodes.map(({ missing }) => missing),
    nodes_truenodeids: nodes.map(({ left }) => left),
    nodes_falsenodeids: nodes.map(({ right }) => right),
    target_treeids: leaves.map(({ treeId }) => treeId),
    target_nodeids: leaves.map(({ node }) => node),
    target_ids: leaves.map(({ output }) => output),
    target_weights: { floats: leaves.map(({ value }) => value) },
  };
}

const missingInput = ({ numbers, codes }: { numbers: number; codes: number }) =>
  new UserError({
    en: `The trees take ${numbers} columns of numbers and ${codes} of categories; expected an input for each kind.`,
    zh: `这些树需要 ${numbers} 个数值列和 ${codes} 个类别列；每一类都应有对应的输入。`,
  });
