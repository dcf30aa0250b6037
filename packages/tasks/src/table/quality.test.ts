/**
 * Figures on public tables, beside those of scikit-learn 1.9.1's HistGradientBoosting on the very rows (`npm run bench -- tables` measures
 * both anew). Without the tables of ../shared/data these tests are skipped.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { readTable } from '@gradus/data';
import { describe, expect, it } from 'vitest';
import { type TableChoice, tableRows } from './read/rows.ts';
import { tableLearning } from './task.ts';
import type { TableTaskEvaluation } from './task-evaluation.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');

async function learnt(
  file: string,
  choice: Partial<TableChoice> = {},
  minutes = 0.3,
): Promise<TableTaskEvaluation> {
  const table = await readTable(join(DATA, file));
  const { rows } = tableRows(table, { target: table.columns.at(-1)!, ...choice });
  const options = tableLearning.options.parse({ minutes });
  const fitted = await tableLearning.fit(rows, options, { random: new Random(0) });
  return (await tableLearning.evaluate(fitted, rows, { random: new Random(0) })).evaluation;
}

describe.skipIf(!existsSync(DATA))('on public tables (needs ../shared/data)', () => {
  it.each([
    ['abalone', 2.2086],
    ['housing', 2.8992],
    ['winequality-red', 0.6603],
  ])('numbers are no further off than those of HistGradientBoosting: %s', async (name, peer) => {
    const { metrics, baselines, detail } = await learnt(`uci-small/${name}.csv`);
    expect(metrics.rmse).toBeLessThan(1.01 * peer);
    expect(metrics.rmse).toBeLessThan(baselines.linear!.rmse!);
    if (detail.kind !== 'numbers') throw new Error(`${name} has numbers`);
    expect(detail.intervals!.coverage.interval[1]).toBeGreaterThan(0.9);
  });

  it('the causes of a failure are not learnt from, and it is foreseen without them', async () => {
    const { metrics, leftOut } = await learnt('ai4i2020/ai4i2020.csv', { target: 'Machine failure' }, 0.1);
    const leaks = Object.keys(leftOut).filter((column) => leftOut[column]!.code === 'leak');
    expect(leaks).toEqual(['TWF', 'HDF', 'PWF', 'OSF']);
    expect(metrics.averagePrecision).toBeGreaterThan(0.75);
  });

  it('a model of patients says that it tells nothing of others', async () => {
    const choice = { target: 'total_UPDRS', ignore: ['motor_UPDRS'] };
    const said = await learnt('parkinsons-telemonitoring/parkinsons_updrs.csv', choice, 0.1);
    expect(said.split).toMatchObject({ kind: 'group', column: 'subject#', groups: 42 });
    expect(said.verdict).toBe('no better than mean');
  });
});
