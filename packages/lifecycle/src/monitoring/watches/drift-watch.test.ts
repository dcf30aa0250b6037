/** The watch reads what came, in the order in which it came: whatever the clocks say. */
import { setTimeout as after } from 'node:timers/promises';
import { Random } from '@gradus/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../database/open.ts';
import type { Database } from '../../database/tables.ts';
import { onBothDatabases } from '../../testing/databases.ts';
import { moods, moodsRun, textsOf } from '../../testing/moods.ts';
import { newPredictionId } from '../log/prediction-id.ts';
import { DriftWatch } from './drift-watch.ts';

const HOUR = 3600_000;
const WINDOW = 100;

onBothDatabases((place) => {
  let database: Database;
  let runs: string;
  beforeEach(async () => {
    const where = await place();
    runs = where[0];
    await moodsRun(runs);
    database = await openDatabase(...where);
  });
  afterEach(async () => {
    await database.destroy();
  });

  const open = () =>
    new DriftWatch({ database, runs, model: 'moods-1', options: { window: WINDOW, pace: 0 } });

  /** Logs texts, one a request, by a clock that is wrong by so many milliseconds. */
  async function log(texts: readonly string[], clock = 0): Promise<void> {
    const service = await moods.service.open('');
    const rows = await Promise.all(
      texts.map(async (text) => {
        const request = { texts: [text] };
        const now = Date.now() + clock;
        return {
          id: newPredictionId(now),
          role: 'answer' as const,
          model: 'moods-1',
          version: '1',
          run: 'moods-1',
          at: new Date(now).toISOString(),
          ms: 1,
          caller: 'owner',
          pseudonym: null,
          rows: 1,
          input: null,
          output: null,
          features: JSON.stringify(service.describe!(request, await service.answer(request))),
        };
      }),
    );
    await database.insertInto('predictions').values(rows).execute();
  }

  /** Looks until nothing is found any more. @returns whether each window was an alarm */
  async function alarms(watch: DriftWatch): Promise<boolean[]> {
    const found: boolean[] = [];
    await watch.look();
    await after(1100);
    for (let empty = 0; empty < 2; ) {
      const windows = await watch.look();
      found.push(...windows.map(({ alarm }) => alarm));
      empty = windows.length === 0 ? empty + 1 : 0;
    }
    return found;
  }

  const usual = (seed: number) => textsOf(new Random(seed), WINDOW);
  const changed = () => Array.from({ length: WINDOW }, () => '');

  it.each([
    ['set back by three hours', 3 * HOUR, 0],
    ['set forward by three hours', 0, 3 * HOUR],
    ['set back by a year', 365 * 24 * HOUR, 0],
  ])('alarms in the first window of another kind, after a clock that was %s', async (_, before, later) => {
    const watch = open();
    await log(usual(1), before);
    expect(await alarms(watch)).toEqual([false]);
    await log(changed(), later);
    expect(await alarms(watch)).toEqual([true]);
    // A server that starts again goes on where the last one was, and tests nothing twice.
    const again = open();
    expect(await alarms(again)).toEqual([]);
    await log(usual(2), later);
    expect(await alarms(again)).toEqual([false]);
  });

  it('goes on when the places of the log are given anew', async () => {
    const watch = open();
    await log(usual(1));
    await log(usual(2));
    expect(await alarms(watch)).toEqual([false, false]);
    await database.deleteFrom('predictions').execute();
    expect(await alarms(watch)).toEqual([]);
    await log(changed());
    expect(await alarms(watch)).toEqual([true]);
  });
});
