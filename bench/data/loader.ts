import type { Measurement } from '../main.ts';
export async function* loading(): AsyncGenerator<Measurement> {}
