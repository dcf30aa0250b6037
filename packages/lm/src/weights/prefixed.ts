/** Names of weights: models with a head have a prefix before them that bare ones leave out, and parts of larger models another. */
import type { Weights } from './weights.ts';

/** Weights whose file leaves out what stands before their names, as those of bare models do. */
export const prefixed = (weights: Weights, prefix: string): Weights =>
  renamed(weights, (name) => (name.startsWith(prefix) || name.startsWith('lm_head.') ? name : prefix + name));

/**
 * Of a model of images and texts the part that writes, by the names that it has alone. Files have `language_model.model.` before them,
 * newer ones `model.language_model.`.
 */
export const writingPart = (weights: Weights): Weights =>
  renamed(weights, (name) => {
    if (name.startsWith('lm_head.')) return name;
    const [, part, rest] = /^(language_model\.|model\.language_model\.)(.*)$/s.exec(name) ?? [];
    return part === 'model.language_model.' ? `model.${rest}` : rest;
  });

/** @param nameOf the name of one in a file; undefined: it is left out */
function renamed(weights: Weights, nameOf: (name: string) => string | undefined): Weights {
  const inFile = new Map<string, string>();
  for (const name of weights.shapes.keys()) {
    const own = nameOf(name);
    if (own !== undefined) inFile.set(own, name);
  }
  return {
    ...weights,
    shapes: new Map([...inFile].map(([name, original]) => [name, weights.shapes.get(original)!])),
    read: (name) => weights.read(inFile.get(name) ?? name),
    blocks: (name, bits) => weights.blocks?.(inFile.get(name) ?? name, bits),
  };
}
