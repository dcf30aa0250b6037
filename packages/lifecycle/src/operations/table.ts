/**
 * Everything that can be done, in one table: the command line, the routes, the OpenAPI document, the client and the pages of
 * the manual are made from it. Each recipe adds an operation of its own.
 */
import type { Recipe } from '@gradus/loop';
import * as alerts from './alerts.ts';
import { audit } from './audit.ts';
import * as datasets from './datasets.ts';
import { exported } from './export.ts';
import * as jobs from './jobs.ts';
import * as keys from './keys.ts';
import { label } from './label.ts';
import { doctor, version } from './machine.ts';
import * as models from './models.ts';
import * as monitoring from './monitoring.ts';
import type { Operation } from './operation.ts';
import { feedback, outcomes } from './outcomes.ts';
import { ask, predict } from './predict.ts';
import { profile } from './profile.ts';
import { redact } from './redact.ts';
import * as runs from './runs.ts';
import * as schedules from './schedules.ts';
import { compare, iterate, recipeOperation, train } from './training.ts';

/** Operations that take long: each is a kind of job, named after it. */
const LONG: readonly Operation[] = [
  train,
  iterate,
  predict,
  profile,
  redact,
  label,
  compare,
  exported,
  datasets.profile,
  datasets.fits,
] as Operation[];

/** In the order in which pages list them. */
export function operationsOf(recipes: readonly Recipe[]): readonly Operation[] {
  const long = [...LONG, ...recipes.map(recipeOperation)];
  return [
    ...recipes.map(recipeOperation),
    profile,
    redact,
    label,
    train,
    iterate,
    compare,
    predict,
    ask,
    feedback,
    outcomes,
    runs.list,
    runs.show,
    runs.report,
    runs.metrics,
    models.list,
    models.show,
    models.register,
    models.promote,
    models.rollback,
    models.showTraffic,
    models.changeTraffic,
    models.aliases,
    models.removeAlias,
    models.tag,
    models.untag,
    audit,
    exported,
    datasets.list,
    datasets.create,
    datasets.show,
    datasets.rows,
    datasets.profile,
    datasets.fits,
    datasets.remove,
    datasets.beginsUpload,
    datasets.showUpload,
    datasets.abandonsUpload,
    jobs.list,
    jobs.add(long),
    jobs.show,
    jobs.cancels,
    jobs.retries,
    schedules.list,
    schedules.iterates,
    schedules.show,
    schedules.set(long),
    schedules.remove,
    monitoring.overview,
    monitoring.quality,
    monitoring.drift,
    alerts.add,
    alerts.list,
    alerts.remove,
    alerts.test,
    keys.create,
    keys.list,
    keys.revoke,
    version,
    doctor,
  ] as Operation[];
}

/** Of no recipe: what every installation can do. */
export const OPERATIONS: readonly Operation[] = operationsOf([]);

/** @throws Error where there is none of this name: the caller's mistake */
export function findOperation(operations: readonly Operation[], name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (!found) throw new Error(`there is no operation "${name}"`);
  return found;
}
