/** An encoder that helps to tell sentiment is part of what is served; one that does not is left out. */
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Random } from '@gradus/base';
import { compile } from '@gradus/engine/node';
import { tinyEncoder } from '@gradus/lm/testing';
import { MODEL_FILE, runLoop } from '@gradus/loop';
import { afterAll, expect, it } from 'vitest';
import type { Answer } from './answer.ts';
import { demand } from './demand.ts';
import { readHeldOut } from './held-out.ts';
import { readSummary } from './report/summary.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-encoder-'));
const encoder = tinyEncoder({ pooling: { pooling_mode_mean_tokens: true } });
afterAll(() => {
  for (const path of [directory, encoder]) rmSync(path, { recursive: true, force: true });
});

/** No two reviews share a word that tells anything: which letters such words are made of does. */
const random = new Random(3);
const word = (letters: string) =>
  Array.from({ length: 9 }, () => letters[random.below(letters.length)]!).join('');
const reviews = Array.from({ length: 240 }, (_, i) => {
  const [label, letters] = i % 2 === 0 ? ['satisfied', 'abcdefghijklm'] : ['dissatisfied', 'nopqrstuvwxyz'];
  return { label, text: `The ${word(letters!)} of it is ${word(letters!)} and ${word(letters!)}` };
});
const file = join(directory, 'reviews.csv');
writeFileSync(file, ['text,label', ...reviews.map(({ text, label }) => `${text},${label}`)].join('\n'));
const made = (id: string, options: object) =>
  runLoop(demand, { sources: { data: file }, options, seed: 1, id, runs: directory });

it('goes with the run to its service, which needs the very same encoder', async () => {
  const run = await made('with', { encoder });
  const { encoder: said, sentiment } = readSummary(run);
  expect(said!.sentiment!.isUsed).toBe(true);
  // No word tells anything here, so that there is no evidence of clauses to add to.
  expect(said!.clauses).toBeNull();
  expect(said!.sentiment!.both).toBeGreaterThan(said!.sentiment!.terms + 0.2);
  expect(sentiment!.accuracy).toBeGreaterThan(0.85);

  const { rows, answers } = readHeldOut(run.directory);
  const service = await demand.service.open(run.directory);
  const { results } = (await service.answer({ texts: rows.map((row) => reviews[row - 1]!.text) })) as {
    results: Answer[];
  };
  await service.close();
  // What was judged is what is served.
  for (const [i, { satisfied }] of results.entries())
    expect(satisfied).toBeCloseTo((answers as { probabilities: number[] }).probabilities[i]!, 4);
  expect(
    results.every(({ themes }) => themes.every(({ clauses }) => clauses.every(({ polarity }) => polarity))),
  ).toBe(true);

  const { example, notes, lines } = (await demand.handOver!(run.directory))!;
  const graph = await compile(readFileSync(join(run.directory, MODEL_FILE)), { threads: 1 });
  expect((await graph.run(example)).satisfied!.data).toHaveLength(3);
  const { vectors: _, ...without } = example;
  await expect(graph.run(without)).rejects.toThrow(/vectors/);
  await graph.close();
  expect(notes.en).toContain('`vectors`');
  expect(lines).toBeUndefined();

  expect((await demand.compare(run.directory, run.directory)).promote).toBe(false);
  renameSync(encoder, `${encoder}-away`);
  await expect(demand.service.open(run.directory)).rejects.toThrow(/cannot open it: .* is not there/);
  renameSync(`${encoder}-away`, encoder);
  appendFileSync(join(encoder, 'config.json'), ' ');
  await expect(demand.service.open(run.directory)).rejects.toMatchObject({
    localized: {
      en: expect.stringContaining('another one now'),
      zh: expect.stringContaining('另一个编码器'),
    },
  });
});

it('is found again from another folder, where the run was made with a relative path', () => {
  const { encoder: kept, lm } = demand.options.parse({ encoder: relative(process.cwd(), encoder), lm: 'en' });
  expect(kept).toBe(encoder);
  expect(lm).toBe('en');
  // Names and addresses are no paths.
  expect(demand.options.parse({ encoder: 'en' }).encoder).toBe('en');
  expect(demand.options.parse({ lm: 'http://localhost:11434/v1#model' }).lm).toMatch(/^http:/);
});
