/** Every operation keeps to the contract, and those that need no model do what they say in a workspace of their own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recipe, runLoop, texts } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkOperation, checkOperations, checkOutput } from '../testing/check-operation.ts';
import { moods } from '../testing/moods.ts';
import { words, wordsFile } from '../testing/words.ts';
import { fieldsOf } from './field.ts';
import { readField } from './read-field.ts';
import { findOperation, OPERATIONS, operationsOf } from './table.ts';
import { OwnWorkspace } from './workspace.ts';

const recipes = [words as unknown as Recipe];
const operations = operationsOf(recipes);

describe('the table of operations', () => {
  it.each(
    operationsOf([words as unknown as Recipe, moods]).map(
      (operation) => [operation.name, operation] as const,
    ),
  )('%s keeps to the contract', (_, operation) => checkOperation(operation));
  it('has no two of one name, route or command', () => checkOperations(operations));
  it('has the same operations without recipes', () => {
    expect(operations.filter(({ name }) => !name.startsWith('recipes.')).map(({ name }) => name)).toEqual(
      OPERATIONS.map(({ name }) => name),
    );
  });
  it('takes the main source of a recipe by its place, and others by their names', () => {
    const plan = texts({ en: 'file of what is planned', zh: '计划文件' }).optional();
    const two = { ...words, takes: { ...words.takes, plan } } as unknown as Recipe;
    const operation = findOperation(operationsOf([two]), 'recipes.words');
    expect(operation.cli!.positionals).toEqual(['data']);
    expect(fieldsOf(operation.input).filter(({ isSource }) => isSource)).toMatchObject([
      { name: 'data', isRequired: true },
      { name: 'plan', isRequired: false, words: { en: 'file of what is planned' } },
    ]);
  });
  it('refuses a recipe whose option would mean something else', () => {
    const odd = { ...words, options: z.strictObject({ seed: z.number() }) } as unknown as Recipe;
    expect(() => operationsOf([odd])).toThrow(/option "seed"/);
  });
});

describe('texts as values', () => {
  const field = (name: string, operation: string) =>
    fieldsOf(findOperation(operations, operation).input).find((known) => known.name === name)!;

  it('are numbers, words, lists and pairs as the schema has them', () => {
    expect(readField(field('count', 'label'), ['12'])).toBe(12);
    expect(readField(field('kinds', 'redact'), ['phone, email', 'id'])).toEqual(['phone', 'email', 'id']);
    expect(readField(field('gates', 'iterate'), ['latency=off', 'slice=0.1'])).toEqual({
      latency: null,
      slice: 0.1,
    });
    expect(readField(field('shares', 'traffic.set'), ['champion=90', '2=10%'])).toEqual({
      champion: 90,
      2: 10,
    });
    expect(readField(field('payload', 'jobs.add'), ['{"a":1}'])).toEqual({ a: 1 });
  });

  it.each([
    ['count', 'label', 'x', /whole number from 1/, /整数/],
    ['count', 'label', '0', /from 1 to 100000/, /不小于 1/],
    ['count', 'label', 'Infinity', /whole number/, /整数/],
    ['count', 'label', '0x10', /whole number/, /整数/],
    ['kinds', 'redact', 'shoe', /There are: name, phone/, /可选：name/],
    ['to', 'export', 'paper', /There are: onnx/, /可选：onnx/],
    ['gates', 'iterate', 'speed=1', /There are: slice/, /可选：slice/],
    ['gates', 'iterate', 'slice=much', /Expected a number/, /应为数字/],
    ['shares', 'traffic.set', 'champion', /NAME=VALUE/, /NAME=VALUE/],
    ['payload', 'jobs.add', '{', /Expected JSON/, /应为 JSON/],
  ])('%s of %s: %s is refused in both languages', (name, operation, text, en, zh) => {
    try {
      readField(field(name, operation), [text]);
      expect.unreachable();
    } catch (error) {
      const { localized } = error as { localized: { en: string; zh: string } };
      expect(localized.en).toMatch(en);
      expect(localized.zh).toMatch(zh);
    }
  });
});

describe('in a workspace', () => {
  let directory: string;
  let runs: string;
  let file: string;
  let out: string | undefined;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-operations-'));
    runs = join(directory, 'runs');
    file = wordsFile(join(directory, 'words.csv'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function done<T>(name: string, input: object, path = out): Promise<T> {
    const operation = findOperation(operations, name);
    const workspace = new OwnWorkspace({ runs, recipes, out: path });
    try {
      const output = await operation.run(operation.input.parse(input), workspace);
      checkOutput(operation, output);
      // What people read is in both languages.
      for (const line of operation.cli?.render(output, operation.input.parse(input), workspace.wrote) ?? []) {
        expect(typeof line.en).toBe('string');
        expect(typeof line.zh).toBe('string');
      }
      return output as T;
    } finally {
      await workspace.close();
    }
  }

  it('a recipe makes a run that is listed, shown, measured, registered and promoted', async () => {
    const { run } = await done<{ run: string }>('recipes.words', { data: file, slow: 0 });
    expect(await done('runs.list', {})).toMatchObject([{ id: run, recipe: 'words', input: file }]);
    expect(await done('runs.show', { run: 'latest' })).toMatchObject({ id: run, recipe: 'words' });
    expect(await done('runs.metrics', { run, limit: 3 })).toMatchObject({ total: 40, lines: [{}, {}, {}] });
    await expect(done('runs.report', { run })).rejects.toThrow(/has no report.json/);
    await expect(done('runs.show', { run: 'none' })).rejects.toThrow(/There is no run "none"/);
    expect(await done('models.register', { run, model: 'shop', tags: { team: '产品' } })).toEqual({
      model: 'shop',
      version: 1,
      run,
    });
    expect(await done('models.promote', { model: 'shop', version: 1 })).toMatchObject({ alias: 'champion' });
    expect(await done('models.list', {})).toMatchObject([{ name: 'shop', aliases: { champion: 1 } }]);
    expect(await done('models.show', { model: 'shop' })).toMatchObject({
      versions: [{ tags: { team: '产品' } }],
    });
    expect(await done('aliases.list', { model: 'shop' })).toEqual({ champion: 1 });
    await done('tags.set', { model: 'shop', version: 1, name: 'note', value: 'good' });
    await done('tags.remove', { model: 'shop', version: 1, name: 'note' });
    expect(await done('traffic.show', { model: 'shop' })).toMatchObject({
      answer: [{ version: 'champion' }],
    });
    expect(await done('traffic.set', { model: 'shop', shares: { champion: 60, 1: 40 } })).toMatchObject({
      answer: expect.arrayContaining([{ version: '1', percent: 40 }]),
    });
    expect(await done('traffic.set', { model: 'shop', reset: true })).toMatchObject({ shadow: [] });
    await expect(done('models.rollback', { model: 'shop' })).rejects.toThrow(/is the first champion/);
    expect(
      ((await done('audit', { model: 'shop' })) as { what: string }[]).map(({ what }) => what),
    ).toContain('promote');
    // By its name alone, as its champion answers.
    expect(await done('models.predict', { model: 'shop', request: { texts: ['good'] } })).toMatchObject({
      run,
      results: [{ label: 1 }],
    });
    await expect(done('models.predict', { model: 'shop', request: { texts: [7] } })).rejects.toThrow(
      /texts.0/,
    );
  });

  it('answers a file, takes corrections and outcomes, iterates and compares', async () => {
    wordsFile(file, 200, true);
    const { run } = await done<{ run: string }>('train', {
      recipe: 'words',
      input: file,
      options: { slow: 0 },
      seed: 7,
    });
    const answers = join(directory, 'answers.csv');
    expect(await done('predict', { model: run, input: file }, answers)).toMatchObject({
      rows: 200,
      output: answers,
    });
    expect(readFileSync(answers, 'utf8')).toMatch(/^\ufefftext,label,label \(answer\),score\r\n/);
    const renamed = join(directory, 'renamed.csv');
    writeFileSync(renamed, 'words,other\ngood,1\nbad,2\n');
    await expect(done('predict', { model: run, input: renamed }, join(directory, 'x.csv'))).rejects.toThrow(
      /No column for "texts". There are: words, other/,
    );
    const corrections = Array.from({ length: 200 }, (_, i) => ({
      text: `${i % 2 ? 'fine' : 'poor'} one`,
      label: i % 2,
    }));
    expect(await done('models.feedback', { model: run, corrections })).toEqual({ recorded: 200 });
    await expect(done('models.feedback', { model: run, corrections: [{ text: 1 }] })).rejects.toThrow(
      /corrections.0/,
    );
    await expect(done('outcomes.add', { prediction: 'none', outcome: 1 })).rejects.toThrow(
      /is no prediction's id/,
    );
    const verdict = await done<{ challenger: string; promote: boolean }>('iterate', { model: run });
    expect(verdict).toMatchObject({ champion: run, promote: true, corrections: 140, heldBack: 60 });
    expect(await done('compare', { champion: run, challenger: verdict.challenger })).toMatchObject({
      promote: true,
    });
    await expect(done('compare', { champion: verdict.challenger, challenger: run })).rejects.toThrow(
      /was not retrained/,
    );
    await expect(done('iterate', { model: run })).rejects.toThrow(/learnt from already/);
    expect(await done('monitoring.show', { model: run })).toMatchObject({ model: run, alarms: [] });
    expect(await done('monitoring.quality', { model: run })).toEqual([]);
    expect(await done('monitoring.drift', { model: run })).toEqual([]);
  });

  it('profiles, redacts and labels', async () => {
    expect(await done('profile', { source: file }, join(directory, 'profile'))).toMatchObject({
      rows: { count: 200 },
    });
    expect(existsSync(join(directory, 'profile', 'profile.html'))).toBe(true);
    expect(
      await done('redact', { source: file, kinds: ['phone'] }, join(directory, 'safe.csv')),
    ).toMatchObject({ rows: 200 });
    const opinions = join(directory, 'opinions.csv');
    writeFileSync(opinions, 'text,label\nthe soup is cold,bad\nthe rice is good,good\nthe tea is fine,\n');
    expect(await done('label', { source: opinions, count: 3 })).toMatchObject({
      rows: 3,
      labelColumn: 'label',
    });
  });

  it('keeps keys, webhooks, jobs and schedules', async () => {
    expect(await done('keys.create', { name: 'ann', scopes: ['read'] })).toMatchObject({
      key: expect.stringMatching(/^gradus_/),
    });
    expect(await done('keys.list', {})).toMatchObject([{ name: 'ann', scopes: ['read'] }]);
    expect(await done('keys.revoke', { name: 'ann' })).toEqual({ revoked: 'ann' });
    const told: string[] = [];
    const hook = createServer((request, response) => {
      request
        .on('data', (chunk) => told.push(String(chunk)))
        .on('end', () => response.writeHead(told.length > 1 ? 500 : 204).end());
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    const { id } = await done<{ id: number }>('alerts.add', { url, allowPrivate: true });
    expect(await done('alerts.test', { id })).toEqual({ id, delivered: true });
    expect(JSON.parse(told[0]!)).toMatchObject({ event: 'test' });
    expect(await done('alerts.test', { id })).toEqual({ id, delivered: false, error: 'it answered 500' });
    hook.close();
    expect(await done('alerts.list', {})).toMatchObject([{ id, url }]);
    await done('alerts.remove', { id });
    await expect(done('alerts.test', { id })).rejects.toThrow(/no webhook/);
    const job = await done<{ id: number }>('jobs.add', { kind: 'profile', payload: { source: file } });
    expect(await done('jobs.list', {})).toMatchObject([{ id: job.id, kind: 'profile', state: 'queued' }]);
    expect(await done('jobs.show', { id: job.id })).toMatchObject({ payload: { source: file } });
    expect(await done('jobs.cancel', { id: job.id })).toMatchObject({ state: 'cancelled' });
    expect(await done('jobs.retry', { id: job.id })).toMatchObject({ state: 'queued' });
    await expect(done('jobs.show', { id: 999 })).rejects.toThrow(/no job 999/);
    const payload = { kind: 'profile', payload: { source: file } };
    expect(await done('schedules.set', { name: 'nightly', everySeconds: 3600, job: payload })).toMatchObject({
      kind: 'profile',
    });
    expect(await done('schedules.show', { name: 'nightly' })).toMatchObject({ everySeconds: 3600 });
    expect(await done('schedules.iterate', { model: 'shop', every: '12h' })).toMatchObject({
      name: 'iterate-shop',
      about: 'shop',
      everySeconds: 43_200,
    });
    expect(await done('schedules.list', {})).toHaveLength(2);
    expect(await done('schedules.remove', { name: 'nightly' })).toEqual({ removed: 'nightly' });
  });

  it('says what it is, and what the machine is like', async () => {
    expect(await done('version', {})).toMatchObject({ node: process.version, recipes: ['words'] });
    const checks = await done<{ name: string; state: string }[]>('doctor', {});
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'node',
        'processor',
        'instructions',
        'memory',
        'disk',
        'runtime',
        'webgpu',
        'database',
        'port',
        'sharp',
      ]),
    );
    expect(checks.filter(({ name }) => name === 'database')).toMatchObject([{ state: 'good' }]);
    expect(JSON.stringify(checks)).not.toMatch(/gradus_|whsec_/);
  });

  it('exports a run that another engine serves', async () => {
    const run = await runLoop(words, { sources: { data: file }, options: { slow: 0 }, seed: 1, runs });
    await expect(done('export', { model: run.id, to: 'onnx' }, join(directory, 'out'))).rejects.toThrow(
      /has no model.onnx/,
    );
  });
});
