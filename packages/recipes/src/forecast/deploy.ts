/** Step 6: what a run leaves behind: every forecast as a table, what serves them, and what later runs are compared with. */
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { writeOnnx } from '@gradus/engine';
import { MODEL_FILE, REFERENCE_FILE, type RunContext, referenceJson } from '@gradus/loop';
import {
  type ForecastBundle,
  forecastBundle,
  frequencyOf,
  referenceOf,
  type SalesHistory,
  ServedForecasts,
  windowGraph,
  windowModel,
} from '@gradus/tasks';
import { FORECASTS_FILE, forecastsCsv, SUMS_FILE, sumsCsv } from './csv.ts';
import type { Evaluated } from './evaluate.ts';
import { forecastFindings } from './findings.ts';
import { GRAPH_FILE, graphJson } from './hand-over.ts';
import { JUDGED_FILE, judgedJson } from './judged.ts';
import type { ForecastOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import { BUNDLE_FILE, describeAnswer } from './service.ts';
import type { ForecastSummary } from './summary.ts';
import type { Trained } from './train.ts';

const MOST_REFUSED = 200;

export async function deploy({
  run,
  prepare: { history, planNotes },
  train,
  evaluate,
}: {
  readonly run: RunContext<ForecastOptions>;
  readonly prepare: Prepared;
  readonly train: Trained;
  readonly evaluate: Evaluated;
}): Promise<ForecastSummary> {
  const write = (name: string, content: Parameters<typeof writeWhole>[1]) =>
    writeWhole(join(run.directory, name), content);
  const bundle = forecastBundle(history, train);
  write(FORECASTS_FILE, forecastsCsv(history, train));
  const added = sumsCsv(history, train);
  if (added !== undefined) write(SUMS_FILE, added);
  write(BUNDLE_FILE, bundleJson(bundle));
  write(JUDGED_FILE, judgedJson(history, train));
  const window = windowModel(history, train.forecasts);
  if (window) {
    write(MODEL_FILE, writeOnnx(windowGraph(window), { recipe: 'forecast', run: run.id }));
    write(GRAPH_FILE, graphJson(window, exampleOf(history, window.window)));
  }
  const served = new ServedForecasts(bundle);
  const reference = await referenceOf({
    run,
    inputs: served.bundle.items,
    source: { en: 'the forecasts of the run', zh: '此次运行的预测' },
    describe: async (items) => items.map(({ item }) => describeAnswer(served.answer({ item }))),
  });
  write(REFERENCE_FILE, referenceJson(reference));
  const { forecasts, coverage } = train;
  const most = forecasts.reduce((a, b) => (b.mean.length > a.mean.length ? b : a));
  const { columns, file, rows, setAside } = history;
  const known = (share: number) => (Number.isFinite(share) ? share : null);
  const { mase, naiveMase, relative, naiveRelative, methods, judged, beatNaive } = evaluate;
  return {
    metrics: { mase, naiveMase, relative, naiveRelative, items: forecasts.length, judged, beatNaive },
    file,
    items: forecasts.length,
    horizon: most.mean.length,
    season: most.season,
    frequency: frequencyOf(history.grids[history.items[most.place]!.grid]!).name,
    rows,
    columns: Object.fromEntries(
      Object.entries({
        ...columns,
        keys: undefined,
        layout: undefined,
        item: columns.keys.join(' + ') || undefined,
      }).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    methods,
    error: { mase, naive: naiveMase },
    coverage: { '80': known(coverage['80']), '95': known(coverage['95']) },
    ...(train.sums && { sums: { count: train.sums.sums.length, method: train.sums.method } }),
    strategy: {
      elasticity: [...evaluate.strategy.elasticity],
      lift: [...evaluate.campaigns.lifts, ...evaluate.strategy.promotions],
      plans: [...evaluate.strategy.plans],
    },
    refused: [
      ...setAside,
      ...[...evaluate.campaigns.refused, ...evaluate.strategy.refused].map(({ of, reason }) => ({
        item: of,
        reason,
      })),
    ].slice(0, MOST_REFUSED),
    findings: forecastFindings(history, train, evaluate),
    notes: [...history.notes, ...planNotes],
  };
}

/** Item by item: a text of all would be a second copy. */
function* bundleJson({ items, ...rest }: ForecastBundle): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"items":[`;
  for (const [i, item] of items.entries()) yield `${i === 0 ? '' : ','}${JSON.stringify(item)}`;
  yield ']}';
}

/** The last values of the item with the longest history: an input that means something. */
function exampleOf({ items }: SalesHistory, window: number): Float64Array {
  const longest = items.reduce((a, b) => (b.values.length > a.values.length ? b : a));
  return longest.values.slice(-window).map((value) => (Number.isNaN(value) ? 0 : value));
}
