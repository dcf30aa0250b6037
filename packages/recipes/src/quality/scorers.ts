/** What new rows are scored with, as a finished run keeps it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import type { Standard } from './standard/standard.ts';
import type { Scorer } from './train.ts';

export const SCORERS_FILE = 'scorers.json';

export interface Scorers {
  readonly standard: Standard;
  readonly scorers: readonly Scorer[];
}

export const scorersJson = (scorers: Scorers): string => JSON.stringify(scorers);

const MOST_BYTES = 200e6;

/** @throws UserError where the run's file is damaged */
export function readScorers(directory: string): Scorers {
  const path = join(directory, SCORERS_FILE);
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error('it is too large');
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as Scorers;
    if (!Array.isArray(parsed.scorers) || !Array.isArray(parsed.standard.characteristics))
      throw new Error('a list is missing');
    return parsed;
  } catch (error) {
    const reason = (error as Error).message;
    throw new UserError(
      {
        en: `${path} is damaged: ${reason}. Make the run again.`,
        zh: `${path} 已损坏：${reason}。请重新运行。`,
      },
      { cause: error },
    );
  }
}
