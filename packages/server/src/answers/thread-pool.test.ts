/** Answers in threads: small requests wait for no large one, and what takes too long is stopped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { InvalidInput, loggable, previewOf } from '@gradus/lifecycle';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FIRST_ANSWER } from '../testing/workload.ts';
import { TooBusy } from './plain-error.ts';
import { ThreadPool, TimedOut } from './thread-pool.ts';

const WITHIN = 5000;

let runs: string;
let pool: ThreadPool;
/** Has less patience. */
let hasty: ThreadPool;
beforeAll(async () => {
  runs = mkdtempSync(join(tmpdir(), 'gradus-threads-'));
  const { directory } = await moodsRun(runs);
  const open = (within: number) =>
    ThreadPool.open({ program: program(), recipe: 'moods', directory, within });
  [pool, hasty] = await Promise.all([open(60_000), open(WITHIN)]);
});
afterAll(async () => {
  await pool?.close();
  await hasty?.close();
  rmSync(runs, { recursive: true, force: true });
});

const program = () => ({
  file: join(import.meta.dirname, '..', 'testing', 'answer-moods.ts'),
  arguments: [],
});
const answer = (...texts: string[]) => answerOf(pool, ...texts);
const answerOf = async (asked: ThreadPool, ...texts: string[]) => {
  const { json } = await asked.answer({ texts });
  return JSON.parse(Buffer.from(json).toString()) as { results: { mood: string; text: string }[] };
};
const timed = async (work: Promise<unknown>) => {
  const started = performance.now();
  await work;
  return performance.now() - started;
};

describe('an answering thread', () => {
  it('answers as the service does, with what is logged of it', async () => {
    const text = 'a text of more than twenty characters';
    const { json, preview, described } = await pool.answer({ texts: [text] });
    const expected = { results: [{ mood: 'good', text }] };
    expect(JSON.parse(Buffer.from(json).toString())).toEqual(expected);
    expect(preview).toEqual(expected);
    expect(pool.example).toEqual(moods.service.example);
    expect(described).toEqual([{ inputs: { length: text.length, first: 'a' }, outputs: { mood: 'good' } }]);
  });

  it('has answered its example before a user asks, who does not wait for what the first answer takes', async () => {
    const { directory } = await moodsRun(runs);
    const fresh = await ThreadPool.open({ program: program(), recipe: 'moods', directory, within: WITHIN });
    expect(await timed(answerOf(fresh, 'a'))).toBeLessThan(FIRST_ANSWER / 2);
    await fresh.close();
  });

  it('throws what the service throws', async () => {
    await expect(answer('fail')).rejects.toThrow('on purpose');
    const wrong = pool.corrections([{ text: 'a', mood: 'good' }, { text: 'a' }]);
    await expect(wrong).rejects.toMatchObject({ field: 'corrections.1.mood' });
    await expect(wrong).rejects.toBeInstanceOf(InvalidInput);
    expect(await pool.checked([{ text: 'a', mood: 'good' }, { text: 'a' }])).toEqual([
      { value: { text: 'a', mood: 'good' } },
      { reason: { en: expect.stringContaining('mood'), zh: expect.any(String) } },
    ]);
    expect(await pool.corrections([{ text: 'a', mood: 'bad' }])).toEqual([{ text: 'a', mood: 'bad' }]);
  });

  it('that cannot be opened says why', async () => {
    const lost = ThreadPool.open({ program: program(), recipe: 'none', directory: runs, within: 1 });
    await expect(lost).rejects.toThrow(/no recipe "none"/);
  });
});

describe('small requests', () => {
  it('do not wait for large ones, also where nobody knew that these are large', async () => {
    const slow = answer('compute 3000');
    await after(200);
    // A second thread is being opened, which takes its time once.
    await answer('small');
    const times = await Promise.all(Array.from({ length: 20 }, (_, i) => timed(answer(`small ${i}`))));
    expect(Math.max(...times)).toBeLessThan(1000);
    expect((await slow).results).toHaveLength(1);
  });

  it('do not wait for large ones that wait for each other', async () => {
    const large = Array.from({ length: 3 }, () => answer('compute 300', 'x'.repeat(200_000)));
    await after(50);
    expect(await timed(answer('small'))).toBeLessThan(1000);
    await Promise.allSettled(large);
  });
});

describe('a request', () => {
  it('that takes too long is stopped, and the next is answered', async () => {
    const started = performance.now();
    await expect(answerOf(hasty, 'compute 60000')).rejects.toBeInstanceOf(TimedOut);
    expect(performance.now() - started).toBeLessThan(WITHIN + 2000);
    const cpu = process.cpuUsage();
    await after(1000);
    const { user } = process.cpuUsage(cpu);
    expect(user / 1e6).toBeLessThan(0.9);
    await vi.waitFor(() => answerOf(hasty, 'small'), { timeout: 60_000 });
  });

  it('for which there is no time is turned away at once', async () => {
    const ask = () => answerOf(hasty, 'compute 500', 'x'.repeat(300_000));
    await vi.waitFor(ask, { timeout: 60_000 });
    const large = Array.from({ length: 20 }, ask);
    const results = await Promise.allSettled(large);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) {
      expect(error instanceof TooBusy || error instanceof TimedOut).toBe(true);
      expect(error).toBeInstanceOf(UserError);
    }
    expect(refused.some((error) => error instanceof TooBusy && error.retryAfter >= 1)).toBe(true);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('whose client has gone is not worked on any more', async () => {
    const controller = new AbortController();
    const left = pool.answer({ texts: ['compute 60000'] }, { signal: controller.signal });
    await after(500);
    controller.abort();
    await expect(left).rejects.toThrow(/nobody waits/);
    expect((await answer('small')).results).toHaveLength(1);
  });

  it('that ends its thread takes no other with it', async () => {
    const others = Array.from({ length: 5 }, (_, i) => answer(`small ${i}`));
    await expect(answer('exit 3')).rejects.toThrow(/thread has ended/);
    expect(await Promise.all(others)).toHaveLength(5);
    expect((await answer('small')).results).toHaveLength(1);
  });
});

it('a preview is logged as the whole is', () => {
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 9 },
      fc.constantFrom(null, true, 1.5),
      fc.string({ maxLength: 30 }),
      fc.nat(3000).map((n) => 'x'.repeat(n)),
      fc.array(tie('value'), { maxLength: 60 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 60 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (any) => {
      const redact = (text: string) => text.replaceAll('xx', '[X]');
      expect(loggable(previewOf(any), redact)).toBe(loggable(any, redact));
    }),
  );
});
