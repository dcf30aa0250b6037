/** A model is adapted to rows of a file, and what comes out is a model. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from '../model/load.ts';
import { generate } from '../run/generate.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import type { TunePlan, TuneResult } from './options.ts';
import { tune } from './tune.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-tune-'));
const made = [folder];
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});
const model = (options = {}) => {
  made.push(tinyModel(options));
  return load(made.at(-1)!);
};

/** The answer is the letter asked for, three times. */
const LETTERS = [...'abcdefghijklmnopqrst'];
const PAIRS = LETTERS.flatMap((letter) =>
  ['say', 'give', 'write'].map((verb) => ({
    prompt: `${verb} ${letter}:`,
    completion: ` ${letter}${letter}${letter}`,
  })),
);

function file(name: string, rows: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

async function said(path: string, prompt: string): Promise<string> {
  const tuned = await load(path);
  let text = '';
  for await (const token of generate(tuned, prompt, { temperature: 0, max: 8, threads: 1 }))
    text += token.text;
  tuned.close();
  return text;
}

const FAST = { threads: 1, learningRate: 0.01, length: 48, epochs: 10, seed: 1 };

describe('tune', () => {
  it('learns completions, better than the prompt alone, and its adapter is a model', async () => {
    const base = await model();
    const out = join(folder, 'letters');
    const result = (await tune(base, file('pairs.jsonl', PAIRS), { ...FAST, out, lora: 8 })) as TuneResult;
    base.close();
    expect(result.held.verdict).toBe('better');
    expect(result.held.gainInterval[0]).toBeGreaterThan(0);
    expect(existsSync(`${out}.unfinished`)).toBe(false);
    const config = JSON.parse(readFileSync(join(out, 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({ peft_type: 'LORA', r: 8, lora_alpha: 16, task_type: 'CAUSAL_LM' });
    const merged = join(folder, 'letters-merged');
    const again = await model();
    await tune(again, file('pairs.jsonl', PAIRS), { ...FAST, out: merged, lora: 8, merged: true });
    again.close();
    expect(await said(out, 'say b:')).toBe(await said(merged, 'say b:'));
    expect(await said(out, 'say b:')).not.toBe(await said(base.path, 'say b:'));
  });

  it('learns beside weights of 4 bits', async () => {
    const base = await model();
    const out = join(folder, 'four-bits');
    const options = { ...FAST, epochs: 4, out, bits: 4 as const };
    const result = (await tune(base, file('pairs.jsonl', PAIRS), options)) as TuneResult;
    expect(result.held.verdict).toBe('better');
    await expect(
      tune(base, file('pairs.jsonl', PAIRS), { ...options, out: join(folder, 'z'), full: true }),
    ).rejects.toThrow('--bits is for adapters');
    base.close();
  });

  it('goes on where it was killed, to the same adapter', async () => {
    const data = file('pairs.jsonl', PAIRS);
    const run = async (out: string, dieAt?: number) => {
      const base = await model();
      const onStep = ({ step }: { step: number }) => {
        if (step === dieAt) throw new Error('killed');
      };
      await tune(base, data, { ...FAST, epochs: 2, out, checkpointEvery: 0, onStep });
      base.close();
      return readFileSync(join(out, 'adapter_model.safetensors'));
    };
    const whole = await run(join(folder, 'whole'));
    const out = join(folder, 'killed');
    await expect(run(out, 4)).rejects.toThrow('killed');
    expect(existsSync(out)).toBe(false);
    expect(await run(out)).toEqual(whole);
  });

  it('refuses to go on with other data, and to write over what is there', async () => {
    const base = await model();
    const out = join(folder, 'other');
    const onStep = () => {
      throw new Error('killed');
    };
    await expect(tune(base, file('pairs.jsonl', PAIRS), { ...FAST, out, onStep })).rejects.toThrow('killed');
    const others = file('others.jsonl', PAIRS.slice(10));
    await expect(tune(base, others, { ...FAST, out })).rejects.toThrow('of other data');
    await expect(tune(base, others, { ...FAST, out: folder })).rejects.toThrow('is already there');
    base.close();
  });

  it('shows what is learnt from: answers and what ends them', async () => {
    const base = await model({ chat: true });
    const rows = PAIRS.slice(0, 8).map(({ prompt, completion }) => ({
      messages: [
        { role: 'user', content: prompt },
        { role: 'assistant', content: completion },
        { role: 'user', content: 'more' },
        { role: 'assistant', content: 'no' },
      ],
    }));
    const plan = (await tune(base, file('chat.jsonl', rows), {
      out: join(folder, 'x'),
      dryRun: true,
    })) as TunePlan;
    base.close();
    expect(plan.kind).toBe('chat');
    expect(plan.shown[0]).toMatch(/^u:\w+ \w:<\/s>a:⟦ \w{3}<\/s>⟧u:more<\/s>a:⟦no<\/s>⟧$/);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('reads a CSV of questions and answers, sets rows aside with reasons, and writes a merged model', async () => {
    const base = await model();
    const path = join(folder, 'faq.csv');
    const lines = PAIRS.slice(0, 12).map(({ prompt, completion }) => `${prompt},${completion.trim()}`);
    writeFileSync(path, ['question,answer', ...lines, 'empty:,', lines[0]].join('\n'));
    const out = join(folder, 'merged');
    const result = (await tune(base, path, { ...FAST, epochs: 1, out, merged: true })) as TuneResult;
    base.close();
    expect(result.setAside.map(({ reason }) => reason.en)).toEqual([
      'the completion is empty: nothing to learn',
      'a copy of row 1',
    ]);
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).model_type).toBe('llama');
    expect(typeof (await said(out, 'say a:'))).toBe('string');
  });

  it('says why nothing can be learnt', async () => {
    const base = await model();
    const long = PAIRS.slice(0, 60)
      .filter((_, i) => i % 3 === 0)
      .map(({ completion }) => ({ prompt: completion + 'a'.repeat(60), completion }));
    await expect(tune(base, file('long.jsonl', long), { ...FAST, out: join(folder, 'y') })).rejects.toThrow(
      'its first 48 tokens hold nothing to learn from',
    );
    await expect(tune(base, file('odd.jsonl', [{ a: 1 }]), { out: join(folder, 'y') })).rejects.toThrow(
      'has the columns a. Expected "messages"',
    );
    await expect(
      tune(base, file('chat.jsonl', [{ messages: [{ role: 'assistant', content: 'b' }] }]), {
        out: join(folder, 'y'),
      }),
    ).rejects.toThrow('has no chat template');
    base.close();
  });
});
