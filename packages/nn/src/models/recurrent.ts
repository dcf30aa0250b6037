/** Networks with one recurrent layer, for sequences and texts. */
import { dense } from '../layers/dense.ts';
import { embedding } from '../layers/embedding.ts';
import { gru, lstm } from '../layers/recurrent.ts';
import { type Sequential, sequential } from '../module.ts';

const CELLS = { lstm, gru } as const;

/**
 * A sequence read by an LSTM or GRU, and what its last state says: [batch, time, features] -> [batch, outputs]. With class
 * logits as outputs it classifies; with values of the steps ahead it forecasts, all of them at once.
 */
export const recurrentNet = (cell: keyof typeof CELLS, units: number, outputs: number): Sequential =>
  sequential(CELLS[cell](units, { output: 'last' }), dense(outputs));

/** The same over tokens, read from both ends: int64 [batch, time] -> [batch, classes]. */
export const recurrentTextNet = (
  cell: keyof typeof CELLS,
  vocabulary: number,
  units: number,
  classes: number,
): Sequential =>
  sequential(
    embedding(vocabulary, units),
    CELLS[cell](units, { output: 'last', bidirectional: true }),
    dense(classes),
  );
