/**
 * Graphs with ensembles of trees, for many rows at once: the trees are left to our own kernel (trees/tree-ensemble.ts), what stands
 * before and behind them to ONNX Runtime. Few rows go through the whole graph, which is one run in place of two.
 */
import { availableParallelism } from 'node:os';
import { type Graph, leavesOf, type Node, topologicalOrder, type Value } from '../../graph.ts';
import type { HostTensor } from '../../host.ts';
import { isHostTensor } from '../../host-arrays.ts';
import { input } from '../../tensor.ts';
import { rebuild } from '../../transforms/rebuild.ts';
import { type EvaluateTrees, treeEnsemble } from '../../trees/tree-ensemble.ts';
import type { CompiledGraph, Given } from '../compiled-graph.ts';

const OP = 'TreeEnsemble';
/** Rows from which on the kernel is faster. */
const FEWEST_ROWS = 256;
/** It runs on one thread, as fast as the runtime on so many. */
const WORTH_THREADS = 5;

export interface FastTreesOptions {
  /** For its ops alone. */
  readonly sizes: Graph;
  /** The graph with its weights; asked for at the first run of many rows. */
  whole(): Graph;
  compile(graph: Graph): Promise<CompiledGraph>;
  /** That the runtime has; 0 or undefined for one a core. */
  readonly threads: number | undefined;
}

/** The compiled graph, faster where it has trees. */
export function withFastTrees(
  compiled: CompiledGraph,
  { sizes, whole, compile, threads }: FastTreesOptions,
): CompiledGraph {
  if ((threads || availableParallelism()) > WORTH_THREADS) return compiled;
  if (!topologicalOrder(Object.values(sizes.outputs)).some(({ op }) => op === OP)) return compiled;
  let split: Promise<Split | undefined> | undefined;
  return {
    ...compiled,
    async run(given, into) {
      if (into || rowsOf(given) < FEWEST_ROWS) return compiled.run(given, into);
      split ??= splitAtTrees(whole(), compile);
      return (await (await split)?.run(given)) ?? compiled.run(given);
    },
    async close() {
      await (await split?.catch(() => undefined))?.close();
      await compiled.close();
    },
  };
}

const rowsOf = (given: Given): number =>
  Math.max(0, ...Object.values(given).map((value) => (isHostTensor(value) ? (value.dims[0] ?? 0) : 0)));

interface Split {
  /** @returns undefined where what is fed does not fit: the whole graph says what is wrong with it. */
  run(given: Given): Promise<Record<string, HostTensor> | undefined>;
  close(): Promise<void>;
}

interface Ensemble {
  readonly node: Node;
  readonly features: Value;
  readonly evaluate: EvaluateTrees;
}

/** @returns undefined where there are no trees that the kernel takes, or some ask for what others answer */
async function splitAtTrees(
  graph: Graph,
  compile: (graph: Graph) => Promise<CompiledGraph>,
): Promise<Split | undefined> {
  const results = Object.values(graph.outputs);
  const ensembles = topologicalOrder(results).flatMap((node): Ensemble[] => {
    const features = node.inputs[0];
    const width = features?.shape[1];
    if (node.op !== OP || features?.dtype !== 'float32' || typeof width !== 'number') return [];
    const evaluate = treeEnsemble(node.attributes, width);
    return evaluate ? [{ node, features, evaluate }] : [];
  });
  const nodes = new Set(ensembles.map(({ node }) => node));
  const nested = topologicalOrder(ensembles.map(({ features }) => features)).some((node) => nodes.has(node));
  if (
    nodes.size === 0 ||
    nested ||
    results.some(({ source }) => source.kind === 'node' && nodes.has(source.node))
  )
    return undefined;

  const nameOf = new Map(Object.entries(graph.inputs).map(([name, value]) => [value, name]));
  const computed = [...new Set(ensembles.map(({ features }) => features))].filter(
    (value) => !nameOf.has(value),
  );
  const [before, after] = await Promise.all([
    computed.length > 0 ? compile(withInputs({ ...graph, outputs: named('features', computed) })) : undefined,
    compile(behindTrees(graph, ensembles)),
  ]);
  return {
    async run(given) {
      const made = before && (await before.run(fedTo(before, given)));
      const scores: Record<string, HostTensor> = {};
      for (const [i, { features, evaluate, node }] of ensembles.entries()) {
        const name = nameOf.get(features);
        const value =
          name === undefined ? made![nameIn('features', computed.indexOf(features))] : given[name];
        const width = features.shape[1] as number;
        if (!isHostTensor(value) || !(value.data instanceof Float32Array) || value.dims[1] !== width)
          return undefined;
        const [rows] = value.dims as [number];
        if (value.dims.length !== 2 || value.data.length !== rows * width) return undefined;
        const targets = node.outputs[0]!.shape[1] as number;
        scores[nameIn('trees', i)] = {
          dtype: 'float32',
          dims: [rows, targets],
          data: evaluate(value.data, rows),
        };
      }
      return after.run(fedTo(after, { ...given, ...scores }));
    },
    async close() {
      await before?.close();
      await after.close();
    },
  };
}

const nameIn = (what: string, i: number): string => `gradus:${what} ${i}`;
const named = (what: string, values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(values.map((value, i) => [nameIn(what, i), value]));
const fedTo = ({ inputs }: CompiledGraph, given: Given): Given =>
  Object.fromEntries(inputs.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));

/** The graph from the trees' scores on. */
function behindTrees(graph: Graph, ensembles: readonly Ensemble[]): Graph {
  const scores = ensembles.map(({ node }, i) => {
    const [{ dtype, shape }] = node.outputs as [Value];
    return input(nameIn('trees', i), [`${nameIn('rows', i)}`, shape[1]!], dtype);
  });
  const values = new Map(ensembles.map(({ node }, i) => [node.outputs[0]!, scores[i]!]));
  const outputs = rebuild(Object.values(graph.outputs), { values });
  return withInputs({
    name: graph.name,
    inputs: { ...graph.inputs, ...named('trees', scores) },
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, outputs[i]!])),
  });
}

/** The graph without the inputs that it does not read. */
function withInputs(graph: Graph): Graph {
  const read = new Set(leavesOf(graph));
  const inputs = Object.entries(graph.inputs).filter(([, value]) => read.has(value));
  return { ...graph, inputs: Object.fromEntries(inputs) };
}
