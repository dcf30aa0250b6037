/** `npm run bench -- data [PART]`: what has to do with data. */
import type { Measurement } from '../main.ts';
import { tokenizing } from './tokenizers.ts';

const PARTS = { tokenizers: tokenizing };

export async function* dataParts(): AsyncGenerator<Measurement> {
  const asked = process.argv[3] ?? '';
  for (const part of asked in PARTS ? [PARTS[asked as keyof typeof PARTS]] : Object.values(PARTS))
    yield* part();
}
