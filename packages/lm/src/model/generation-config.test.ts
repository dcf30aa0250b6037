/** What a model's author says of how tokens are drawn holds where nobody says otherwise; his end tokens do too. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Scheduler } from '../batching/scheduler.ts';
import { type GenerateOptions, generate } from '../run/generate.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { drawingOf, GENERATION } from './generation-config.ts';
import type { LanguageModel } from './language-model.ts';
import { load } from './load.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const opened = async (files: Readonly<Record<string, unknown>>): Promise<LanguageModel> => {
  const folder = tinyModel();
  folders.push(folder);
  for (const [name, json] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(json));
  return load(folder);
};
const idsOf = async (model: LanguageModel, options: GenerateOptions): Promise<number[]> => {
  const ids: number[] = [];
  for await (const { id } of generate(model, 'once upon', { max: 12, threads: 1, seed: 3, ...options }))
    ids.push(id);
  return ids;
};

describe('generation_config.json', () => {
  it('draws as its author says, alone and among others, unless the caller names it', async () => {
    const plain = await opened({ 'generation_config.json': { eos_token_id: 2 } });
    const given = { do_sample: true, temperature: 1.5, top_k: 7, top_p: 0.9, repetition_penalty: 1.3 };
    const stated = await opened({ 'generation_config.json': { eos_token_id: 2, ...given } });
    const named = { temperature: 1.5, topK: 7, topP: 0.9, repetitionPenalty: 1.3 };
    const wanted = await idsOf(plain, named);
    expect(await idsOf(plain, {})).not.toEqual(wanted);
    expect(await idsOf(stated, {})).toEqual(wanted);
    expect(await idsOf(stated, { temperature: 0, repetitionPenalty: 1, topK: undefined })).toEqual(
      await idsOf(plain, { temperature: 0 }),
    );
    const scheduler = await Scheduler.open(stated, { slots: 1, places: 32, threads: 1 });
    const { ids } = stated.tokenizer.encode('once upon');
    const drawn: number[] = [];
    for await (const { id } of scheduler.generate([...ids], { max: 12, seed: 3 })) drawn.push(id);
    await scheduler.close();
    expect(drawn).toEqual(wanted);
    plain.close();
    stated.close();
  });

  it.each([
    [{}, {}],
    [
      { do_sample: true, top_k: 64, top_p: 0.95 },
      { temperature: 1, topK: 64, topP: 0.95 },
    ],
    [{ do_sample: false, temperature: 0.6 }, { temperature: 0 }],
    [
      { temperature: 0.6, min_p: 0.1, num_beams: 4 },
      { temperature: 0.6, minP: 0.1 },
    ],
  ])('%o is %o', (json, drawing) => {
    expect(drawingOf(GENERATION.parse(json))).toEqual(drawing);
  });

  it('is refused by the field that is wrong', async () => {
    await expect(opened({ 'generation_config.json': { temperature: 'hot' } })).rejects.toThrow('temperature');
  });

  it("ends at the file's tokens and at the tokenizer's own", async () => {
    const model = await opened({
      'generation_config.json': { eos_token_id: [5, 6] },
      'tokenizer_config.json': { eos_token: { content: '</s>' } },
    });
    expect(model.end).toEqual([5, 6, 2]);
    model.close();
  });
});
