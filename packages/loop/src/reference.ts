/**
 * reference.json: what a run's own data look like to its service, so that later traffic can be compared with it. It holds
 * rows that nothing was fitted on, described by the very function that describes requests when the run is served.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Localized } from '@gradus/base';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { Described } from './service.ts';

export const REFERENCE_FILE = 'reference.json';

export interface Reference {
  /** Which rows these are. */
  readonly source: Localized;
  readonly rows: readonly Described[];
}

const LARGEST = 100 * 2 ** 20;

const Features = z.record(z.string(), z.union([z.number(), z.string(), z.null()]));
const Format = z.object({
  format: z.literal('gradus-reference-1'),
  source: z.object({ en: z.string(), zh: z.string() }),
  rows: z.array(z.object({ inputs: Features, outputs: Features })),
});

export function referenceJson(reference: Reference): string {
  return JSON.stringify({ format: 'gradus-reference-1', ...reference });
}

/** @returns undefined where the run has none. @throws UserError where it is damaged. */
export function readReference(directory: string): Reference | undefined {
  const path = join(directory, REFERENCE_FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  try {
    if (found.size > LARGEST) throw new Error('it is too large');
    return Format.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UserError(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}
