/** The recipe of one screen keeps the contract: it runs, answers, learns from corrections, and shows its report. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkRecipe, type FoundRun, runLoop } from '@gradus/loop';
import { TextOptions } from '@gradus/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tickets } from './one-screen-recipe.ts';

const program = new URL('one-screen-recipe.ts', import.meta.url).pathname;
const sample = new URL('tickets.csv', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'gradus-one-screen-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

describe('the recipe of one screen', () => {
  const runs = join(directory, 'runs');
  const settings = { sources: { data: sample }, options: TextOptions.parse({}), seed: 0, runs };
  let run: FoundRun;
  beforeAll(async () => {
    run = await runLoop(tickets, settings);
  });

  it('fits on one screen', () => {
    expect(lines(program).length).toBeLessThanOrEqual(60);
  });

  it.each(['recipes.md', 'recipes.zh-CN.md'])('is the one that docs/%s shows', (name) => {
    const page = readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
    expect(page).toContain(readFileSync(program, 'utf8'));
  });

  it('keeps the contract of recipes', async () => {
    const problems = await checkRecipe(tickets, {
      sources: settings.sources,
      directory: join(directory, 'check'),
    });
    expect(problems).toEqual([]);
  });

  it('tells teams apart and says how well', () => {
    expect(run.summary.metrics.accuracy).toBeGreaterThan(0.8);
    expect(run.summary).toMatchObject({ columns: { text: 'text', team: 'team', time: 'date' } });
    expect(tickets.findings(run.summary).map(({ zh }) => zh)[0]).toContain('准确率');
    expect(readFileSync(join(run.directory, 'report.html'), 'utf8')).toContain('混淆矩阵');
    expect(readFileSync(join(run.directory, 'card.md'), 'utf8')).toContain('Sorts support tickets by team');
  });

  it('answers, with reasons where they are asked for, and takes corrections of its own classes', async () => {
    const service = await tickets.service.open(run.directory);
    try {
      const request = { texts: ['Where is my parcel? It is late.', '退款还没到账'], reasons: true };
      const answer = tickets.service.answer.parse(await service.answer(request));
      expect(answer).toMatchObject({
        results: [
          {
            likeliest: 'delivery',
            reasons: expect.arrayContaining([expect.objectContaining({ unit: 'parcel' })]),
          },
          { likeliest: 'billing' },
        ],
      });
      expect(service.columns).toEqual({ texts: 'text' });
      expect(service.correction!.safeParse({ text: 'x', label: 'billing' }).success).toBe(true);
      expect(service.correction!.safeParse({ text: 'x', label: 'sales' }).error?.message).toContain(
        'delivery',
      );
      expect(service.correctionOf!(request, 1, 'billing')).toEqual({
        text: '退款还没到账',
        label: 'billing',
      });
    } finally {
      await service.close();
    }
  });

  it('learns from corrections in a retrained run, and is compared with its parent', async () => {
    const corrections = [{ text: 'the gizmo hums', label: 'product' }];
    const recent = Array.from({ length: 30 }, (_, i) => ({ text: `parcel ${i} is late`, label: 'delivery' }));
    const retrained = await runLoop(tickets, { ...settings, parent: run.id, corrections, recent });
    expect(retrained.summary.notes).toEqual(
      expect.arrayContaining([expect.objectContaining({ en: '1 corrected texts were learnt from.' })]),
    );
    const verdict = await tickets.compare(run.directory, retrained.directory);
    expect(verdict.n).toBe(run.summary.n);
    expect(verdict.recent!.n).toBe(30);
    expect(verdict.slices!.length).toBeGreaterThan(0);
    expect(verdict.reason.zh).toContain('留出');
  });

  it('is a command of its own', async () => {
    const gradus = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [program, ...args], { cwd: directory })).stdout;
    const found = JSON.parse(await gradus('tickets', sample, '--json'));
    expect(found.figure.name).toBe('accuracy');
    expect(await gradus('tickets', '--help')).toContain('--errors');
    const out = join(directory, 'answers.csv');
    await gradus('predict', found.run, sample, '--out', out);
    expect(lines(out)[0]).toContain('date,channel,text,team,label,likeliest,probability');
    expect(lines(out)).toHaveLength(lines(sample).length);
  });
});
