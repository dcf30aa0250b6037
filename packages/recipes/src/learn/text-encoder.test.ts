/** An encoder that helps to tell the target by a table's texts is part of what is served; one that does not is left out. */
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { compile } from '@gradus/engine/node';
import { tinyEncoder } from '@gradus/lm/testing';
import { MODEL_FILE, readRun, runLoop } from '@gradus/loop';
import { afterAll, expect, it } from 'vitest';
import { learn } from './learn.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-learn-encoder-'));
const encoder = tinyEncoder({ pooling: { pooling_mode_mean_tokens: true } });
afterAll(() => {
  for (const path of [directory, encoder]) rmSync(path, { recursive: true, force: true });
});

/** No two notes share a word that tells anything: which letters such words are made of does. */
function file(name: string, tells: boolean): string {
  const random = new Random(5);
  const word = (letters: string) =>
    Array.from({ length: 9 }, () => letters[random.below(letters.length)]!).join('');
  const lines = Array.from({ length: 160 }, (_, i) => {
    const isYes = i % 2 === 0;
    const letters = (tells ? isYes : random.below(2) === 0) ? 'abcdefghijklm' : 'nopqrstuvwxyz';
    const note = i % 13 === 7 ? '' : `The ${word(letters)} of it is ${word(letters)} and ${word(letters)}`;
    return `${isYes ? 'yes' : 'no'},${note},${random.below(50)}`;
  });
  const path = join(directory, name);
  writeFileSync(path, ['left,note,seats', ...lines].join('\n'));
  return path;
}
const made = (id: string, data: string) =>
  runLoop(learn, {
    sources: { data, encoder },
    options: { target: 'left', minutes: 0.1, keep: [], ignore: [] },
    seed: 1,
    id,
    runs: directory,
  });
const reportOf = (run: { readonly directory: string }) =>
  readFileSync(join(run.directory, 'report.json'), 'utf8');
const ROWS = [
  { note: 'The abcdmklab of it is iklmabcdd and mmlkjihga', seats: 7 },
  { note: 'The zyxwvnopq of it is rstuvwxyz and noonpqrst', seats: 7 },
  { note: '', seats: 7 },
];

it('goes with the run to its service, its hand-over and its reasons', async () => {
  const run = await made('with', file('told.csv', true));
  const { score } = readRun(run.directory).summary as unknown as {
    readonly score: Readonly<Record<string, number>>;
  };
  expect(score.accuracy).toBeGreaterThan(0.85);
  expect(reportOf(run)).toContain('Both are learnt from');

  const service = await learn.service.open(run.directory);
  const answered = (await service.answer({ rows: ROWS, reasons: true, whatIf: true })) as {
    readonly results: readonly {
      readonly probabilities: { readonly yes: number };
      readonly reasons: readonly { readonly unit: string }[];
    }[];
  };
  await service.close();
  const [yes, no, none] = answered.results.map(({ probabilities }) => probabilities.yes);
  expect(yes! - no!).toBeGreaterThan(0.5);
  expect(none!).toBeGreaterThan(no!);
  expect(none!).toBeLessThan(yes!);
  expect(answered.results[0]!.reasons[0]!.unit).toMatch(/^note/);

  const { example, notes, lines } = (await learn.handOver!(run.directory))!;
  const graph = await compile(readFileSync(join(run.directory, MODEL_FILE)), { threads: 1 });
  await graph.run(example);
  const { 'note vector': _, ...without } = example;
  await expect(graph.run(without)).rejects.toThrow(/note vector/);
  await graph.close();
  expect(notes.en).toContain('`note vector`');
  expect(lines).toBeUndefined();

  expect((await learn.compare(run.directory, run.directory)).promote).toBe(false);
  renameSync(encoder, `${encoder}-away`);
  await expect(learn.service.open(run.directory)).rejects.toThrow(/cannot open it: .* is not there/);
  renameSync(`${encoder}-away`, encoder);
}, 120_000);

it('is left out where it adds nothing, and what is served needs none', async () => {
  const run = await made('without', file('chance.csv', false));
  expect(reportOf(run)).toContain('no gain beyond its error');
  appendFileSync(join(encoder, 'config.json'), ' ');
  const service = await learn.service.open(run.directory);
  await service.answer({ rows: ROWS });
  await service.close();
}, 120_000);
