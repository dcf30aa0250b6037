/** What ONNX Runtime says of graphs that it cannot compute, in words that name the op and the way out. */
import { GraphError } from '../errors.ts';

const WORDS: readonly (readonly [said: RegExp, words: (...groups: string[]) => string])[] = [
  [
    /running (\w+) node[\s\S]*?(?:data bounds|Out of range value|invalid indice|invalid index|out of bounds)(?:[\s\S]*?(?:idx|index) ?= ?(-?\d+))?/,
    (op, index) =>
      `${op}: an index${index ? ` (${index})` : ''} is outside the axis that it counts along, such as a label or an id that there is not`,
  ],
  [
    /Could not find an implementation for (\w+)\(/,
    (op) => `${op}: the runtime does not compute it for inputs of this dtype; cast them to float32`,
  ],
  [
    /Type 'tensor\((\w+)\)' of input parameter \([^)]*\) of operator \((\w+)\)/,
    (dtype, op) => `${op}: it does not take ${dtype}; cast its inputs to float32`,
  ],
];

/** @returns a GraphError in words of ours; the runtime's own, which names the node, where there are none */
export function runtimeError(error: unknown): GraphError {
  const { message } = error as Error;
  for (const [said, words] of WORDS) {
    const groups = said.exec(message)?.slice(1);
    if (groups) return new GraphError(`the graph cannot be computed: ${words(...groups)}`, { cause: error });
  }
  return new GraphError(`the graph cannot be computed: ${message}`, { cause: error });
}
