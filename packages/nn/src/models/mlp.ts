/** Multilayer perceptrons. */
import { checkOptions } from '@gradus/base';
import { relu } from '../layers/activations.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { type Sequential, sequential } from '../module.ts';

/** A multilayer perceptron (Rumelhart, Hinton and Williams, 1986): [batch, features] -> [batch, outputs], logits. */
export function mlp(
  hidden: readonly number[],
  outputs: number,
  options: { readonly dropout?: number } = {},
): Sequential {
  checkOptions('mlp', options, { dropout: 0 });
  const rate = options.dropout ?? 0;
  const layers = hidden.flatMap((units) => [dense(units), relu(), ...(rate > 0 ? [dropout(rate)] : [])]);
  return sequential(...layers, dense(outputs));
}
