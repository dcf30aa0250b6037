/** What is looked up in the text saves runs and changes nothing. */
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { BatchSession } from '../batching/batch-session.ts';
import { type BatchRequest, Scheduler } from '../batching/scheduler.ts';
import { patternConstraint } from '../constrain/json-schema.ts';
import { load } from '../model/load.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { DecoderSession } from './decoder-session.ts';
import { type GenerateOptions, generate } from './generate.ts';
import { PromptLookup } from './prompt-lookup.ts';

const STORIES = fileURLToPath(
  new URL('../../../../../shared/data/weights-stories260k/stories260K.gguf', import.meta.url),
);

describe('prompt lookup', () => {
  it('finds what followed the last tokens where they stood last, the longest match first', () => {
    const lookup = new PromptLookup([1, 2, 3, 4, 9, 2, 3, 7, 8, 1, 2, 3]);
    expect(lookup.next(10)).toEqual([4, 9, 2, 3, 7, 8, 1]);
    expect(lookup.next(2)).toEqual([4, 9]);
    expect(lookup.next(0)).toEqual([]);
    lookup.push(7);
    expect(lookup.next(3)).toEqual([8, 1, 2]);
    expect(new PromptLookup([1, 2, 3, 4]).next(5)).toEqual([]);
  });

  it('rests where it does not pay, longer each time, and goes on where it does', () => {
    const lookup = new PromptLookup([1, 2, 1, 2, 1, 2]);
    lookup.tookOne(10);
    lookup.tookSeveral(30, 4);
    expect(lookup.next(1)).toHaveLength(1);
    const rest = () => {
      lookup.tookSeveral(30, 1);
      let tokens = 0;
      while (lookup.next(1).length === 0) tokens += 1;
      return tokens;
    };
    lookup.tookSeveral(1000, 1);
    while (lookup.next(1).length === 0);
    expect([rest(), rest()]).toEqual([32, 64]);
  });
});

/** Token by token, each seen by itself; and as it is, with the runs that took several. */
async function both(folder: string, prompt: string | readonly number[], options: GenerateOptions) {
  const model = await load(folder);
  const written = async (ahead: boolean) => {
    const session = await DecoderSession.open(model, {
      places: Math.min(256, model.config.context),
      threads: 1,
    });
    let runs = 0;
    const alone = new Proxy(session, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (name !== 'ahead') return typeof value === 'function' ? value.bind(target) : value;
        return async (ids: readonly number[]) => {
          runs += 1;
          if (ahead) return target.ahead(ids);
          const before = target.length;
          const rows: number[] = [];
          for (const id of ids) rows.push(...(await target.next(id)));
          expect(target.length).toBe(before + ids.length);
          return Float32Array.from(rows);
        };
      },
    });
    const ids: number[] = [];
    for await (const { id } of generate(model, prompt, { ...options, session: alone })) ids.push(id);
    await session.close();
    return { ids, runs };
  };
  const [looked, stepped] = [await written(true), await written(false)];
  model.close();
  return { ids: looked.ids, stepped: stepped.ids, runs: looked.runs };
}

describe('greedy text', () => {
  it.each(['llama', 'gemma3', 'qwen2', 'gpt2', 'mistral'])(
    'of %s is the same token for token',
    async (name) => {
      const folder = tinyModel({ name });
      const { ids, stepped, runs } = await both(folder, 'abcd abcd abcd', { temperature: 0, max: 50 });
      rmSync(folder, { recursive: true });
      expect(ids).toEqual(stepped);
      expect(runs).toBeGreaterThan(0);
    },
  );

  it('is the same on a scheduler, alone and while others come', async () => {
    const folder = tinyModel();
    const { stepped } = await both(folder, 'abcd abcd abcd', { temperature: 0, max: 50 });
    const model = await load(folder);
    const ahead = vi.spyOn(BatchSession.prototype, 'ahead');
    const scheduler = await Scheduler.open(model, { slots: 3, places: 64, threads: 1 });
    const { ids } = model.tokenizer.encode('abcd abcd abcd');
    const written = async (options: BatchRequest) => {
      const said: number[] = [];
      for await (const { id } of scheduler.generate([...ids], options)) said.push(id);
      return said;
    };
    expect(await written({ temperature: 0, max: 50 })).toEqual(stepped);
    expect(ahead).toHaveBeenCalled();
    const [first] = await Promise.all([
      written({ temperature: 0, max: 50 }),
      written({ temperature: 1, max: 9 }),
      written({ temperature: 0, max: 5 }),
    ]);
    expect(first).toEqual(stepped);
    ahead.mockRestore();
    await scheduler.close();
    model.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps to a form, and is that which is drawn without looking', async () => {
    const folder = tinyModel();
    const model = await load(folder);
    const constraint = patternConstraint('(?:abc\\. ){8}', model);
    model.close();
    const { ids, stepped } = await both(folder, 'abc. abc. ', { temperature: 0, max: 50, constraint });
    expect(ids).toEqual(stepped);
    rmSync(folder, { recursive: true });
  });

  it.skipIf(!existsSync(STORIES))(
    'of a real model takes fewer runs where it repeats what stands before',
    async () => {
      const story = 'Once upon a time, there was a little girl named Lily. She loved to play outside. ';
      const { ids, stepped, runs } = await both(STORIES, story.repeat(3), { temperature: 0, max: 64 });
      expect(ids).toEqual(stepped);
      expect(runs).toBeGreaterThan(0);
    },
  );
});
