/** All migrations, in the order of their names. One that was released is never changed: a later one corrects it. */
import type { Migration } from 'kysely/migration';
import * as correctionsAndComparisons from './001-corrections-and-comparisons.ts';
import * as registry from './002-registry.ts';
import * as keys from './003-keys.ts';
import * as jobs from './004-jobs.ts';
import * as traffic from './005-traffic.ts';
import * as jobsAsUsersMeetThem from './006-jobs-as-users-meet-them.ts';
import * as monitoring from './007-monitoring.ts';
import * as arrivalOfPredictions from './008-arrival-of-predictions.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-corrections-and-comparisons': correctionsAndComparisons,
  '002-registry': registry,
  '003-keys': keys,
  '004-jobs': jobs,
  '005-traffic': traffic,
  '006-jobs-as-users-meet-them': jobsAsUsersMeetThem,
  '007-monitoring': monitoring,
  '008-arrival-of-predictions': arrivalOfPredictions,
};
