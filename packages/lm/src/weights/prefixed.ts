/** Names of weights: models with a head have a prefix before them that bare ones leave out. */
import type { Weights } from './weights.ts';

/** Weights whose file leaves out what stands before their names, as those of bare models do. */
export function prefixed(weights: Weights, prefix: string): Weights {
  const inFile = new Map<string, string>();
  for (const name of weights.shapes.keys()) {
    const bare = !name.startsWith(prefix) && !name.startsWith('lm_head.');
    inFile.set(bare ? prefix + name : name, name);
  }
  return {
    ...weights,
    shapes: new Map([...inFile].map(([name, original]) => [name, weights.shapes.get(original)!])),
    read: (name) => weights.read(inFile.get(name) ?? name),
    blocks: (name, bits) => weights.blocks?.(inFile.get(name) ?? name, bits),
  };
}
