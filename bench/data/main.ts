/** `npm run bench -- data`: what has to do with data. */
import { chosen, type Measurement } from '../measurement.ts';
import { tokenizing } from './tokenizers.ts';

const PARTS = { tokenizers: tokenizing };

export async function* dataParts(): AsyncGenerator<Measurement> {
  for (const [, part] of chosen<() => AsyncGenerator<Measurement>>(PARTS)) yield* part();
  const asked = process.argv[3] ?? '';
  for (const part of asked in PARTS ? [PARTS[asked as keyof typeof PARTS]] : Object.values(PARTS))
    yield* part();
}
