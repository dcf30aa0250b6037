import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { HELD_OUT_FILE } from '@gradus/tasks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare } from './compare.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-compare-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const N = 400;
const labels = Array.from({ length: N }, (_, i) => i % 2);

/** A run that is right about as often as it says it is. */
function run(
  name: string,
  right: number,
  seed: number,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const path = join(directory, name);
  mkdirSync(path);
  const random = new Random(seed);
  const probabilities = labels.map((label) => {
    const sure = random.uniform() < right ? right : 1 - right;
    return label === 1 ? sure : 1 - sure;
  });
  const heldOut = { rows: labels.map((_, i) => i + 1), labels, probabilities, ...more };
  writeFileSync(join(path, HELD_OUT_FILE), JSON.stringify(heldOut));
  return path;
}

describe('champion and challenger', () => {
  it('change places where the challenger is better beyond chance', async () => {
    const { promote, reason, n, pValue, metrics } = await compare(run('a', 0.7, 1), run('b', 0.95, 2));
    expect([promote, n]).toEqual([true, N]);
    expect(pValue).toBeLessThan(0.01);
    expect(reason.en).toContain('takes over');
    expect(reason.zh).toContain('接替');
    expect(metrics.logLoss!.challenger).toBeLessThan(metrics.logLoss!.champion);
    expect(metrics.accuracy!.pValue).toBeLessThan(0.01);
  });

  it('stay as they are where they are alike, or the challenger is worse', async () => {
    const alike = await compare(run('a', 0.8, 1), run('b', 0.8, 2));
    expect(alike).toMatchObject({ promote: false, reason: { en: expect.stringContaining('no better') } });
    const worse = await compare(run('c', 0.95, 3), run('d', 0.7, 4));
    expect(worse).toMatchObject({ promote: false, reason: { en: expect.stringContaining('worse beyond') } });
    expect((await compare(join(directory, 'a'), join(directory, 'a'))).promote).toBe(false);
  });

  it('are told apart by language, product and time, where the rows are enough', async () => {
    const slices = {
      languages: labels.map((_, i) => (i < 100 ? 'zh' : 'en')),
      products: labels.map((_, i) => ['Kettle', 'Lamp', null][i % 3]!),
      times: labels.map((_, i) => (i < 200 ? i : null)),
    };
    const verdict = await compare(run('a', 0.8, 1, slices), run('b', 0.9, 2, slices));
    expect(verdict.slices!.map(({ name, n }) => [name.en, n])).toEqual([
      ['in Chinese', 100],
      ['in English', 300],
      ['Kettle', 134],
      ['Lamp', 133],
      ['the newest quarter', 50],
    ]);
    expect(verdict.slices![0]).toMatchObject({ name: { zh: '中文评价' }, metric: 'accuracy' });
    // Runs from before there were slices are compared all the same.
    expect((await compare(run('c', 0.8, 1), run('d', 0.9, 2))).slices).toEqual([]);
  });

  it('cannot be compared on different rows', async () => {
    const other = run('b', 0.9, 2, { rows: labels.map((_, i) => i + 2) });
    await expect(compare(run('a', 0.8, 1), other)).rejects.toThrow(/held out different reviews/);
    await expect(compare(other, directory)).rejects.toThrow(/no held-out reviews/);
  });
});
