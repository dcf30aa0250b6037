/** Texts that run together are those that they would be alone, whenever they come and go. */
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../model/language-model.ts';
import { load } from '../model/load.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { generate } from '../run/generate.ts';
import type { GeneratedToken } from '../run/generation.ts';
import { tinyAdapter } from '../testing/tiny-adapter.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { type BatchRequest, QueueFull, Scheduler } from './scheduler.ts';

const PLACES = 64;
const STORIES = fileURLToPath(new URL('../../../../../shared/data/weights-stories260k/hf', import.meta.url));

async function collected(tokens: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
  const all: GeneratedToken[] = [];
  for await (const token of tokens) all.push(token);
  return all;
}
const told = (tokens: readonly GeneratedToken[]) =>
  tokens.map(({ id, text, finish }) => ({ id, text, finish }));

let model: LanguageModel;
let alone: DecoderSession;
let scheduler: Scheduler;
beforeAll(async () => {
  model = await load(tinyModel());
  alone = await DecoderSession.open(model, { places: PLACES, threads: 1 });
  scheduler = await Scheduler.open(model, { places: PLACES, slots: 3, queue: 20, threads: 1 });
});
afterAll(async () => {
  await scheduler?.close();
  await alone?.close();
  model?.close();
});

const byItself = (ids: readonly number[], request: BatchRequest) =>
  collected(generate(model, ids, { ...request, session: alone } as never));

/** Prompts that begin alike, so that what slots keep is taken up. */
const prompt = fc
  .tuple(
    fc.constantFrom(0, 5, 20),
    fc.array(fc.integer({ min: 3, max: 35 }), { minLength: 1, maxLength: 20 }),
  )
  .map(([common, own]) => [1, ...Array.from({ length: common }, (_, i) => 3 + (i % 30)), ...own]);
const request = fc.record({
  temperature: fc.constantFrom(0, 0.8, 1.3),
  topP: fc.constantFrom(1, 0.9),
  repetitionPenalty: fc.constantFrom(1, 1.2),
  frequencyPenalty: fc.constantFrom(0, 0.5),
  seed: fc.nat(1000),
  max: fc.integer({ min: 1, max: 24 }),
  stop: fc.constantFrom<string[]>([], ['a'], ['th', '.']),
});
const visitor = fc.record({
  prompt,
  request,
  /** Turns of the event loop before it comes, and tokens after which it leaves, if it does. */
  comes: fc.nat(6),
  leaves: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 4 }),
});

describe('a text among others', () => {
  it('is the text that it would be alone, greedy or drawn, whoever comes and leaves meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(visitor, { minLength: 1, maxLength: 8 }), async (visitors) => {
        const got = await Promise.all(
          visitors.map(async ({ prompt, request, comes, leaves }) => {
            for (let i = 0; i < comes; i++) await turn();
            const tokens: GeneratedToken[] = [];
            if (leaves === 0) return tokens;
            for await (const token of scheduler.generate(prompt, request)) {
              tokens.push(token);
              if (tokens.length === leaves) break;
            }
            return tokens;
          }),
        );
        for (const [i, { prompt, request, leaves }] of visitors.entries()) {
          const expected = told(await byItself(prompt, request));
          expect(told(got[i]!)).toEqual(expected.slice(0, leaves ?? undefined));
        }
      }),
      { numRuns: 25 },
    );
    expect([scheduler.running, scheduler.waiting]).toEqual([0, 0]);
  });

  it('takes up what a slot keeps of its beginning, also while that slot is in use', async () => {
    const random = new Random('prefix');
    const ids = [1, ...Array.from({ length: 40 }, () => 3 + random.below(30))];
    const reused: number[] = [];
    const ask = (more: number) =>
      collected(
        scheduler.generate([...ids, more], {
          temperature: 0,
          max: 12,
          onBegin: (count) => reused.push(count),
        }),
      );
    const all = await Promise.all([ask(5), ask(6), ask(7)]);
    expect(reused[0]).toBeLessThan(41);
    expect(reused.slice(1)).toEqual([41, 41]);
    for (const [i, more] of [5, 6, 7].entries())
      expect(told(all[i]!)).toEqual(told(await byItself([...ids, more], { temperature: 0, max: 12 })));
    await ask(8);
    expect(reused.at(-1)).toBe(41);
  });

  it('that is long is read in stretches, between which the others are written', async () => {
    const long = await Scheduler.open(model, { slots: 2, threads: 1 });
    const order: string[] = [];
    const short = (async () => {
      for await (const _ of long.generate([1, 5, 6], { temperature: 0, max: 8, logitBias: { 2: -100 } }))
        order.push('short');
    })();
    await turn();
    await turn();
    const ids = [1, ...Array.from({ length: Math.min(long.places, 600) - 10 }, (_, i) => 3 + (i % 30))];
    for await (const _ of long.generate(ids, { temperature: 0, max: 1 })) order.push('long');
    await short;
    await long.close();
    const before = order.indexOf('long');
    expect(before).toBeGreaterThanOrEqual(Math.min(4, Math.floor(ids.length / 128)));
  });
});

describe('texts of several adapters of one base', () => {
  it.each(['llama', 'qwen3-moe'])(
    'are those of each adapter merged, and of the base alone: %s',
    async (name) => {
      const model = await load(tinyModel({ name }));
      const adapters = [
        tinyAdapter(model.path, model.config, { seed: 'a', rank: 2, targets: ['q_proj', 'down_proj'] }),
        tinyAdapter(model.path, model.config, { seed: 'b', rank: 3, targets: ['q_proj', 'v_proj'] }),
      ];
      const beside = await Scheduler.open(model, { places: PLACES, slots: 4, threads: 1, adapters });
      const options = { temperature: 0, max: 20, logprobs: 0 };
      const places = [undefined, 0, 1, 0];
      const together = await Promise.all(
        places.map((adapter) => collected(beside.generate([1, 5, 9, 12], { ...options, adapter }))),
      );
      const texts = new Set<string>();
      for (const [i, place] of places.entries()) {
        const merged = await load(place === undefined ? model.path : adapters[place]!);
        const expected = await collected(generate(merged, [1, 5, 9, 12], { ...options, threads: 1 }));
        merged.close();
        expect(told(together[i]!)).toEqual(told(expected));
        for (const [k, { logprob }] of expected.entries())
          expect(together[i]![k]!.logprob).toBeCloseTo(logprob!, 4);
        texts.add(JSON.stringify(told(expected)));
      }
      // Else nothing is shown.
      expect(texts.size).toBe(3);
      await beside.close();
      model.close();
    },
  );
});

describe('a queue', () => {
  it('that is full turns away, and says when to come again', async () => {
    const small = await Scheduler.open(model, { places: PLACES, slots: 1, queue: 1, threads: 1 });
    const ask = () => collected(small.generate([1, 5, 6], { temperature: 0, max: 8 }));
    const first = ask();
    await turn();
    await turn();
    const second = ask();
    expect(() => small.generate([1, 5])).toThrow(QueueFull);
    try {
      small.generate([1, 5]);
    } catch (error) {
      expect((error as QueueFull).retryAfter).toBeGreaterThanOrEqual(1);
    }
    expect(told(await second)).toEqual(told(await first));
    await small.close();
  });

  it('is left by whoever aborts, waiting or not, and the place is given to the next', async () => {
    const small = await Scheduler.open(model, { places: PLACES, slots: 1, queue: 3, threads: 1 });
    const controllers = [new AbortController(), new AbortController()];
    const asked = controllers.map(({ signal }) =>
      collected(small.generate([1, 5, 6], { max: 50, signal, logitBias: { 2: -100 } })),
    );
    const last = collected(small.generate([1, 7], { temperature: 0, max: 3 }));
    for (const controller of controllers) controller.abort(new Error('left'));
    for (const one of asked) await expect(one).rejects.toThrow('left');
    expect(told(await last)).toEqual(told(await byItself([1, 7], { temperature: 0, max: 3 })));
    expect([small.running, small.waiting]).toEqual([0, 0]);
    await small.close();
  });

  it('takes no text that does not fit, and the others go on', async () => {
    expect(() => scheduler.generate(new Array(PLACES + 1).fill(5))).toThrow(/65 tokens does not fit/);
    expect(() => scheduler.generate([])).toThrow(/no tokens/);
    expect(() => scheduler.generate([1, 999])).toThrow(/999 is no token/);
    expect(() => scheduler.generate([1], { temperature: -1 })).toThrow(/temperature/);
    const full = await collected(
      scheduler.generate(new Array(PLACES - 1).fill(5), { temperature: 0, max: 9 }),
    );
    expect(full.at(-1)!.finish).toBe('length');
    expect(full).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(STORIES))(
  'stories260K, a real model (skipped without the data beside the repository)',
  () => {
    it('tells eight stories at once as it tells each alone', async () => {
      const model = await load(STORIES);
      const scheduler = await Scheduler.open(model, { places: 128, slots: 8, threads: 1 });
      const session = await DecoderSession.open(model, { places: 128, threads: 1 });
      const prompts = ['Once', 'One day', 'Lily', 'Tom and', 'The big', 'A dog', 'Mom said', 'Once upon a'];
      const ids = prompts.map((text) => [...model.tokenizer.encode(text).ids]);
      const options = (seed: number) => ({ temperature: seed % 2 === 0 ? 0 : 0.9, seed, max: 40 });
      const together = await Promise.all(ids.map((one, i) => collected(scheduler.generate(one, options(i)))));
      for (const [i, one] of ids.entries())
        expect(told(together[i]!)).toEqual(
          told(await collected(generate(model, one, { ...options(i), session }))),
        );
      await scheduler.close();
      await session.close();
      model.close();
    });
  },
);
