/**
 * Every operation as a command, once in its own process and once through a server: the same flags, the same shape of answer, and
 * files that lie where `--out` says.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Localized } from '@gradus/base';
import { operationsOf } from '@gradus/lifecycle';
import { checkOutput, digits, digitsRun, words, wordsFile } from '@gradus/lifecycle/testing';
import type { Recipe } from '@gradus/loop';
import { type RunningServer, serve } from '@gradus/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOf } from './program.ts';

const worker = join(import.meta.dirname, '../../lifecycle/src/testing/worker.ts');
const recipes = [words as unknown as Recipe, digits as unknown as Recipe];
const operations = operationsOf(recipes);

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** The same command line in this process. */
async function command(args: readonly string[], language: 'en' | 'zh' = 'en'): Promise<Printed> {
  const output = { stdout: '', stderr: '' };
  const terminal = {
    language,
    signal: new AbortController().signal,
    print: (line: string) => {
      output.stdout += `${line}\n`;
    },
    tell: (line: string) => {
      output.stderr += `${line}\n`;
    },
    say: (text: Localized) => text[language],
    fail: () => undefined,
  };
  await programOf(terminal, recipes).parseAsync(args, { from: 'user' });
  return output;
}

const used = new Set<string>();

/** Where commands are done. */
interface Place {
  readonly title: string;
  readonly isRemote: boolean;
}

describe.each<Place>([
  { title: 'in its own process', isRemote: false },
  { title: 'through a server', isRemote: true },
])('a command $title', ({ isRemote }) => {
  let directory: string;
  let runs: string;
  let file: string;
  let server: RunningServer | undefined;
  let hook: Server;
  const environment = process.env.GRADUS_TOKEN;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gradus-commands-'));
    runs = join(directory, 'runs');
    mkdirSync(runs);
    file = wordsFile(join(directory, 'words.csv'), 200, true);
    hook = createServer((_, response) => void response.writeHead(204).end());
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    if (!isRemote) return;
    process.env.GRADUS_TOKEN = 'a-token-of-these-tests';
    server = await serve({
      runs,
      recipes,
      port: 0,
      workers: { command: [process.execPath, worker, runs], count: 1 },
    });
  });
  afterAll(async () => {
    await server?.close();
    hook.close();
    if (environment === undefined) delete process.env.GRADUS_TOKEN;
    else process.env.GRADUS_TOKEN = environment;
    rmSync(directory, { recursive: true, force: true });
  });

  /** The output of a command as JSON, which its operation's schema must take. */
  async function done<T = Record<string, unknown>>(line: string, ...more: string[]): Promise<T> {
    const args = [...line.split(' '), ...more];
    const operation = operations
      .filter(({ cli }) => cli && args.join(' ').startsWith(cli.command))
      .sort((a, b) => b.cli!.command.length - a.cli!.command.length)[0]!;
    used.add(operation.name);
    const place = [...(server ? ['--server', server.url] : []), '--runs', runs];
    const { stdout } = await command([...args, ...place, '--json']);
    const output: unknown = JSON.parse(stdout);
    checkOutput(operation, output);
    // For people the same, where nothing is changed by doing it twice.
    if (operation.http.method === 'get') {
      expect((await command([...args, ...place])).stderr).not.toContain('undefined');
      await command([...args, ...place], 'zh');
    }
    return output as T;
  }

  it('makes runs and models, and makes them better', async () => {
    const { run } = await done<{ run: string }>('words', file, '--slow', '0', '--model', 'shop');
    expect(await done('runs')).toMatchObject([{ id: run }]);
    expect(await done(`show ${run}`)).toMatchObject({ id: run, recipe: 'words' });
    expect(await done(`runs metrics ${run} --limit 2`)).toMatchObject({ total: 40 });
    await expect(done(`runs report ${run}`)).rejects.toThrow(/report.json/);
    expect(await done(`register ${run} other --tag team=产品`)).toMatchObject({ version: 1 });
    await done('promote other 1');
    await expect(done('rollback other')).rejects.toThrow(/first champion/);
    await done('promote shop 1');
    expect(await done('models')).toHaveLength(2);
    expect(await done('models show other')).toMatchObject({ versions: [{ tags: { team: '产品' } }] });
    expect(await done('aliases other')).toEqual({ champion: 1 });
    await done('promote other 1 --alias staging');
    await done('aliases remove other staging');
    await done('tags set other 1 note', 'checked by hand');
    await done('tags remove other 1 note');
    expect(await done('traffic other champion=70 1=30 --shadow champion=10')).toMatchObject({
      answer: expect.arrayContaining([{ version: 'champion', percent: 70 }]),
      shadow: [{ version: 'champion', percent: 10 }],
    });
    expect(await done('traffic other')).toMatchObject({ shadow: [{ percent: 10 }] });
    expect(await done('traffic other --reset')).toMatchObject({ shadow: [] });
    expect(await done('audit other')).not.toHaveLength(0);
    expect(await done('ask shop', '{"texts":["fine"]}')).toMatchObject({ run, results: [{ label: 0 }] });

    const answers = join(directory, 'answers.csv');
    expect(await done('predict shop', file, '--out', answers, '--column', 'texts=text')).toMatchObject({
      output: answers,
      asideFile: `${answers}.set-aside.csv`,
      predicted: 200,
    });
    expect(readFileSync(answers, 'utf8')).toMatch(/^\ufefftext,label,label \(answer\),score\r\n/);
    expect(existsSync(`${answers}.set-aside.csv`)).toBe(true);

    const corrections = join(directory, 'corrections.jsonl');
    const lines = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({ text: `${i % 2 ? 'fine' : 'poor'} one`, label: i % 2 }),
    );
    writeFileSync(corrections, `${lines.join('\n')}\nnot JSON\n`);
    expect(await done('feedback shop', corrections)).toMatchObject({
      recorded: 200,
      setAside: [{ line: 201 }],
    });
    const outcomes = join(directory, 'outcomes.csv');
    writeFileSync(outcomes, 'prediction,outcome\nnone,1\n');
    expect(await done('outcomes', outcomes)).toMatchObject({ recorded: 0, setAside: [{ line: 2 }] });
    const verdict = await done<{ challenger: string }>('iterate shop --gate latency=off');
    expect(verdict).toMatchObject({ champion: run, promote: true });
    expect(await done(`compare ${run} ${verdict.challenger}`)).toMatchObject({ promote: true });
    expect(await done('rollback shop')).toMatchObject({ version: 1 });
    expect(await done('monitoring shop')).toMatchObject({ model: 'shop' });
    await done('monitoring quality shop');
    await done('monitoring drift shop');
  });

  it('looks tables over, and writes where it is told', async () => {
    const out = (name: string) => join(directory, name);
    expect(await done('profile', file, '--out', out('profile'))).toMatchObject({ rows: { count: 200 } });
    expect(JSON.parse(readFileSync(join(out('profile'), 'profile.json'), 'utf8'))).toMatchObject({
      version: 1,
    });
    expect(existsSync(join(out('profile'), 'profile.html'))).toBe(true);
    expect(await done('redact', file, '--kinds', 'phone,email', '--out', out('safe.csv'))).toMatchObject({
      out: out('safe.csv'),
    });
    expect(readFileSync(out('safe.csv'), 'utf8')).toContain('text,label');
    const opinions = out('opinions.csv');
    writeFileSync(opinions, 'text,label\nthe soup is cold,bad\nthe rice is good,good\nthe tea is fine,\n');
    const { questions } = await done<{ questions: string }>(
      'label',
      opinions,
      ...(isRemote ? ['--out', out('questions.csv')] : []),
    );
    expect(readFileSync(questions, 'utf8')).toContain('the tea is fine');

    expect(await done('datasets create orders', file)).toMatchObject({
      name: 'orders',
      versions: [{ file: 'words.csv' }],
    });
    const names = (await done<{ name: string }[]>('datasets')).map(({ name }) => name);
    expect(names).toContain('orders');
    expect(await done('datasets show orders')).toMatchObject({ name: 'orders' });
    expect(await done('datasets rows orders --limit 1')).toMatchObject({
      columns: ['text', 'label'],
      more: true,
    });
    expect(await done('datasets profile orders', '--out', out('of-dataset'))).toMatchObject({
      rows: { count: 200 },
    });
    expect(await done('datasets fits orders')).not.toHaveLength(0);
    expect(await done('words dataset:orders --slow 0')).toMatchObject({ run: expect.any(String) });
    expect(await done('datasets delete orders')).toEqual({ removed: 'orders' });
  });

  it('keeps jobs, schedules, webhooks and keys', async () => {
    const job = await done<{ id: number }>('jobs add iterate', '{"model":"shop"}');
    expect(await done(`jobs show ${job.id}`)).toMatchObject({ kind: 'iterate', about: 'shop' });
    expect(await done('jobs')).not.toHaveLength(0);
    await command(['jobs', 'list'].slice(0, 1).concat('--runs', runs));
    if (!isRemote) {
      expect(await done(`jobs cancel ${job.id}`)).toMatchObject({ state: 'cancelled' });
      expect(await done(`jobs retry ${job.id}`)).toMatchObject({ state: 'queued' });
    } else await expect(done('jobs cancel 99999')).rejects.toThrow(/no job 99999/);
    expect(await done('schedule iterate shop --every 12h')).toMatchObject({ name: 'iterate-shop' });
    expect(
      await done(
        'schedule set nightly --every-seconds 3600',
        '--job',
        '{"kind":"iterate","payload":{"model":"shop"}}',
      ),
    ).toMatchObject({
      everySeconds: 3600,
    });
    expect(await done('schedule list')).toHaveLength(2);
    expect(await done('schedule show nightly')).toMatchObject({ about: 'shop' });
    expect(await done('schedule remove nightly')).toEqual({ removed: 'nightly' });
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const { id } = await done<{ id: number }>(`alerts add ${url} --on drift,errors --allow-private`);
    expect(await done('alerts list')).toMatchObject([{ events: ['drift', 'errors'] }]);
    expect(await done(`alerts test ${id}`)).toEqual({ id, delivered: true });
    expect(await done(`alerts remove ${id}`)).toEqual({ removed: id });
    expect(await done('keys create ann --scope read,predict --rate 5')).toMatchObject({ name: 'ann' });
    expect(await done('keys list')).toMatchObject([{ scopes: ['read', 'predict'], rate: 5 }]);
    expect(await done('keys revoke ann')).toEqual({ revoked: 'ann' });
    expect(await done('version')).toMatchObject({ recipes: ['words', 'digits'] });
    expect(await done('doctor')).not.toHaveLength(0);
  });

  it('hands a model over', async () => {
    const run = await digitsRun(runs);
    const folder = join(directory, 'handed-over');
    if (isRemote) {
      // Workers of these tests know one recipe.
      await expect(done(`export ${run.id} --to onnx`, '--out', folder)).rejects.toThrow(/"digits"/);
      return;
    }
    expect(await done(`export ${run.id} --to onnx`, '--out', folder)).toMatchObject({ directory: folder });
    expect(existsSync(join(folder, 'model.onnx'))).toBe(true);
  });
});

describe('the commands of these tests', () => {
  it('are all that there are', () => {
    const left = operations.filter(({ name, cli }) => cli && !used.has(name)).map(({ name }) => name);
    expect(left).toEqual(['recipes.digits']);
  });
});
