import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureNames, fitPipeline, pipeline, transform } from '../pipeline.ts';
import { processed, rowsOf } from '../testing/processed.ts';
import * as steps from './declared.ts';

const DAY = 86_400_000;

/** Where in its cycles a time lies, by the host's own calendar. */
function shares(time: number): number[] {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const midnight = Date.UTC(year, month, date.getUTCDate());
  const daysFrom = (from: number, to: number) => Math.round((to - from) / DAY);
  return [
    (time - midnight) / DAY,
    ((date.getUTCDay() + 6) % 7) / 7,
    (date.getUTCDate() - 1) / daysFrom(Date.UTC(year, month), Date.UTC(year, month + 1)),
    month / 12,
    daysFrom(Date.UTC(year, 0), midnight) / daysFrom(Date.UTC(year, 0), Date.UTC(year + 1, 0)),
  ];
}

describe('dates', () => {
  it('lie where the calendar says, in any year, to 1e-9', async () => {
    const declared = pipeline({ x: 'time' }, [
      steps.dates({ cycles: ['hour', 'weekday', 'monthDay', 'month', 'yearDay'] }),
    ]);
    const fitted = await fitPipeline(declared, { x: [0] });
    const times = fc.array(fc.integer({ min: Date.UTC(100, 0), max: Date.UTC(9999, 0) }), {
      minLength: 200,
      maxLength: 200,
    });
    const edges = [2000, 1900, 2024, 2023, 1600].flatMap((year) => [
      Date.UTC(year, 1, 28),
      Date.UTC(year, 2, 1) - 1,
      Date.UTC(year, 2, 1),
      Date.UTC(year, 11, 31),
      Date.UTC(year, 0, 1),
    ]);
    await fc.assert(
      fc.asyncProperty(times, async (random) => {
        const all = [...random, ...edges];
        const rows = rowsOf((await transform(fitted, { x: all })).x!);
        for (const [i, time] of all.entries()) {
          const expected = shares(time).flatMap((share) => [
            Math.sin(2 * Math.PI * share),
            Math.cos(2 * Math.PI * share),
          ]);
          for (const [k, value] of expected.entries()) {
            expect(Math.abs(rows[i]![k]! - value), `${new Date(time).toISOString()} ${k}`).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 5 },
    );
  });

  it('are in the time zone of the options', async () => {
    // 18:00 UTC is 2:00 of the next day in China.
    const here = await processed('time', [0, Date.UTC(2024, 0, 31, 18)], [steps.dates({ offset: 480 })]);
    const there = await processed('time', [0, Date.UTC(2024, 1, 1, 2)], [steps.dates()]);
    expect(rowsOf(here.x!)[1]).toEqual(rowsOf(there.x!)[1]);
  });

  it('have the cycles that differ among the training rows', async () => {
    const daily = Array.from({ length: 60 }, (_, i) => Date.UTC(2024, 0, 1 + i));
    const fitted = await fitPipeline(pipeline({ sold: 'time' }, [steps.dates({ trend: true })]), {
      sold: daily,
    });
    expect(featureNames(fitted, 'sold')).toEqual([
      'sold weekday sin',
      'sold weekday cos',
      'sold monthDay sin',
      'sold monthDay cos',
      'sold month sin',
      'sold month cos',
      'sold yearDay sin',
      'sold yearDay cos',
      'sold years',
    ]);
  });

  it('are 0 where a time is missing, whatever the times', async () => {
    const times = [Date.UTC(2020, 5, 5, 5), Date.UTC(2021, 6, 6, 6), null];
    const rows = rowsOf((await processed('time', times, [steps.dates({ trend: true })])).x!);
    expect(new Set(rows[2])).toEqual(new Set([0]));
  });

  it('count years from the middle of the training rows', async () => {
    const times = [Date.UTC(2000, 0), Date.UTC(2010, 0)];
    const rows = rowsOf(
      (await processed('time', times, [steps.dates({ cycles: ['hour'], trend: true })])).x!,
    );
    expect(rows[1]!.at(-1)! - rows[0]!.at(-1)!).toBeCloseTo(10, 2);
  });
});
