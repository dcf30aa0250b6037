/** `npm run bench -- data [PART]`: what has to do with data. */
import type { Measurement } from '../main.ts';
import { labelling } from './label.ts';
import { loading } from './loader.ts';

const PARTS = { loader: loading, label: labelling };

export async function* dataParts(): AsyncGenerator<Measurement> {
  const asked = process.argv[3] as keyof typeof PARTS;
  for (const part of asked in PARTS ? [PARTS[asked]] : Object.values(PARTS)) yield* part();
}
