/**
 * The order of a file's nodes. ONNX wants each node after those that make what it reads; converters that insert nodes (casts to
 * half precision, quantization) put them at the end all the same, and ONNX Runtime sorts for itself. So does this.
 */
import type { GraphMessage, NodeMessage } from './wire.ts';

/** The nodes, each after those whose outputs it reads; otherwise, and where nodes read each other in a circle, as in the file. */
export function inOrder(nodes: readonly NodeMessage[]): readonly NodeMessage[] {
  const maker = new Map<string, number>();
  for (const [i, { output = [] }] of nodes.entries()) {
    for (const name of output) if (name !== '' && !maker.has(name)) maker.set(name, i);
  }
  const makersOf = (at: number) =>
    [...readsOf(nodes[at]!)].flatMap((name) => {
      const from = maker.get(name);
      return from === undefined || from === at ? [] : [from];
    });
  const ordered: NodeMessage[] = [];
  const state = new Array<'open' | 'done' | undefined>(nodes.length);
  const stack: number[] = [];
  for (const first of nodes.keys()) {
    stack.push(first);
    while (stack.length > 0) {
      const at = stack.at(-1)!;
      if (state[at] === undefined) {
        state[at] = 'open';
        for (const from of makersOf(at)) {
          if (state[from] === 'open') return nodes;
          if (state[from] === undefined) stack.push(from);
        }
      } else {
        stack.pop();
        if (state[at] === 'open') ordered.push(nodes[at]!);
        state[at] = 'done';
      }
    }
  }
  return ordered;
}

/** The names that a node reads, its branches included. */
function readsOf({ input = [], attribute = [] }: NodeMessage): Set<string> {
  const reads = new Set(input.filter((name) => name !== ''));
  for (const { g } of attribute) if (g) for (const name of readsOfGraph(g)) reads.add(name);
  return reads;
}

/** The names that a branch reads from around it. */
function readsOfGraph({ node = [], initializer = [], input = [], output = [] }: GraphMessage): string[] {
  const own = new Set([...initializer, ...input].map(({ name = '' }) => name));
  for (const { output: made = [] } of node) for (const name of made) own.add(name);
  const reads = node.flatMap((inner) => [...readsOf(inner)]);
  return [...reads, ...output.map(({ name = '' }) => name)].filter((name) => !own.has(name));
}
