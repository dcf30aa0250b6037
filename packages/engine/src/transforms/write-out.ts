/**
 * Puts simpler ops in the place of those that no runtime has (`inner` in the table of ops), which are in graphs only for the
 * sake of their gradient rules.
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
