/** Step 1: from a file to histories in regular steps, with what was taken for what. */
import { basename } from 'node:path';
import type { Localized } from '@gradus/base';
import type { RunContext } from '@gradus/loop';
import {
  applyCorrections,
  type Plan,
  planColumns,
  readPlan,
  readSales,
  type SalesCorrection,
  type SalesHistory,
  withoutDisruptions,
} from '@gradus/tasks';
import { calendarOfRun, type RunCalendar } from './calendar.ts';
import type { ForecastOptions } from './options.ts';

export interface Prepared {
  readonly history: SalesHistory;
  readonly calendar: RunCalendar;
  readonly planNotes: readonly Localized[];
}

export async function prepare({ run }: { readonly run: RunContext<ForecastOptions> }): Promise<Prepared> {
  const { data, plan } = run.sources;
  const { gaps, time, value, item, price, promotion } = run.options;
  const read = await readSales(data!.path, data!.address, {
    named: { time, value, item, price, promotion },
    gaps,
    ...(plan && { planned: await planColumns(plan.path) }),
    signal: run.signal,
    onProgress: (bytes, total) => run.progress({ en: 'rows', zh: '行' }, bytes, total),
  });
  const corrected = applyCorrections(read, run.corrections as readonly SalesCorrection[]);
  // What is measured comes near zero without a shop that was closed.
  const history = corrected.columns.measures ? corrected : withoutDisruptions(corrected);
  const calendar = await calendarOfRun(run, history);
  return {
    history,
    calendar,
    planNotes: [...((await planOf(run, history))?.notes ?? []), ...calendar.notes],
  };
}

/** The plan is read anew by each step that needs it: it answers questions, so it cannot be kept. */
export async function planOf(
  run: RunContext<ForecastOptions>,
  history: SalesHistory,
): Promise<Plan | undefined> {
  const { plan } = run.sources;
  return plan && readPlan(plan.path, basename(plan.address), history);
}
