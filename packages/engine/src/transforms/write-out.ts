/**
 * Replaces inner ops by their expansions: ops that no runtime has, and that are in graphs for their gradient rules.
 */
import { type Graph, withOutputs } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { rebuild } from './rebuild.ts';

export function writtenOut(graph: Graph): Graph {
  const outputs = rebuild(Object.values(graph.outputs), {
    node: ({ op, attributes }, inputs) => {
      const { inner, expand } = opNamed(op);
      return inner && expand?.(inputs, attributes);
    },
  });
  return withOutputs(graph, outputs);
}
