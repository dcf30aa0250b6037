/** All migrations, in the order of their names. One that was released is never changed: a later one corrects it. */
import type { Migration } from 'kysely/migration';
import * as correctionsAndComparisons from './001-corrections-and-comparisons.ts';
import * as registry from './002-registry.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-corrections-and-comparisons': correctionsAndComparisons,
  '002-registry': registry,
};
