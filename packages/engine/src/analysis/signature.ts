/** What graphs have in common that take the same time: their ops and shapes, whatever their weights. */
import { topologicalOrder, type Value } from '../graph.ts';
import { showShape } from '../shape.ts';

/** The ops with the types of what they read and make, in the order in which they are computed. */
export const signatureOf = (outputs: readonly Value[]): string =>
  topologicalOrder(outputs)
    .map(({ op, inputs, outputs }) => `${op}(${inputs.map(typeOf)}) ${outputs.map(typeOf)}`)
    .join(';');

const typeOf = (value: Value | null): string => (value ? value.dtype + showShape(value.shape) : '–');

/** Whether there are convolutions, which devices compute in different ways. */
export const isConvolutional = (outputs: readonly Value[]): boolean =>
  topologicalOrder(outputs).some(({ op }) => op === 'Conv' || op === 'ConvTranspose');
