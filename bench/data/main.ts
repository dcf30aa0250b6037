/** `npm run bench -- data`: what has to do with data. */
import { chosen, type Measurement } from '../measurement.ts';
import { labelling } from './label.ts';
import { loading } from './loader.ts';
import { profiling } from './profile.ts';
import { tokenizing } from './tokenizers.ts';

const PARTS = { tokenizers: tokenizing, loader: loading, label: labelling, profile: profiling };

export async function* dataParts(): AsyncGenerator<Measurement> {
  for (const [, part] of chosen<() => AsyncGenerator<Measurement>>(PARTS)) yield* part();
}
