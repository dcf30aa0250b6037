/** A language model brought as a folder is adapted, run and handed over from the command line. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tinyModel } from '../../lm/src/testing/tiny-model.ts';
import { commandLine } from './testing/command-line.ts';

const { directory, gradus } = commandLine();
const model = tinyModel();
afterAll(() => rmSync(model, { recursive: true, force: true }));

it('tune, then convert, then generate', async () => {
  const rows = [...'abcdefghijklmnopqrst'].map((letter) => ({
    prompt: `say ${letter}:`,
    completion: ` ${letter}`,
  }));
  writeFileSync(join(directory, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const tuned = await gradus(
    'tune',
    model,
    'rows.jsonl',
    '--out',
    'tuned',
    '--epochs',
    '2',
    '--threads',
    '1',
  );
  expect(tuned.stderr).toContain('⟦ a</s>⟧');
  expect(tuned.stdout).toMatch(/on 2 held-out examples: perplexity .* than the prompt alone/);
  expect(tuned.code).toBe(0);
  const converted = await gradus('convert', 'tuned', '--to', 'gguf', '--bits', '8', '--out', 'tuned.gguf');
  expect(converted.stdout).toMatch(/written to tuned.gguf \([\d.]+ KB\)/);
  const said = await gradus(
    'generate',
    'tuned.gguf',
    '--prompt',
    'say a:',
    '--temperature',
    '0',
    '--max',
    '3',
    '--json',
  );
  const { usage, finish, tokens } = JSON.parse(said.stdout);
  expect([usage.prompt, tokens.length > 0, typeof finish]).toEqual([6, true, 'string']);
  const rounded = await gradus(
    'generate',
    model,
    '--prompt',
    'say',
    '--bits',
    '4',
    '--round',
    'rows.jsonl',
    '--max',
    '2',
  );
  expect([rounded.code, rounded.stderr]).toEqual([
    0,
    expect.stringMatching(/^Rounding is (?:used|refused): perplexity [\d.]+, without it/),
  ]);
  const unasked = await gradus('generate', model, '--prompt', 'say', '--round', 'rows.jsonl');
  expect([unasked.code === 0, unasked.stderr]).toEqual([
    false,
    expect.stringContaining('--round goes with --bits 4'),
  ]);
  writeFileSync(join(directory, 'schema.json'), JSON.stringify({ anyOf: [{ const: 12 }, { const: 210 }] }));
  const formed = await gradus('generate', model, '--prompt', 'say', '--schema', 'schema.json', '--max', '4');
  expect(formed.stdout).toMatch(/^(?:12|210)\n$/);
  writeFileSync(join(directory, 'schema.json'), '{"type": "strnig"}');
  const misspelt = await gradus('generate', model, '--prompt', 'say', '--schema', 'schema.json');
  expect([misspelt.code, misspelt.stderr]).toEqual([1, expect.stringContaining('schema #: type')]);
  const wrong = await gradus('generate', 'nowhere', '--prompt', 'x');
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('there is no nowhere: expected a folder'),
  ]);
  const lacking = await gradus('generate', model, '--prompt', 'x', '--schema', 'nowhere.json');
  expect([lacking.code, lacking.stderr]).toEqual([1, 'gradus: there is no file nowhere.json\n']);
  expect(existsSync(join(directory, 'tuned.unfinished'))).toBe(false);
});

it('a tuning that is killed goes on when it is called again, to the same adapters byte by byte', async () => {
  const rows = [...'abcdefghijklmnopqrst'].map((letter) => ({
    prompt: `${letter}:`,
    completion: ` ${letter}`,
  }));
  writeFileSync(join(directory, 'few.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const call = (out: string) => [
    ...['tune', model, 'few.jsonl', '--out', out, '--batch', '2', '--dropout', '0.1', '--canaries', '1'],
    ...['--epochs', '4', '--threads', '1', '--checkpoint-every', '0'],
  ];
  const whole = await gradus(...call('whole'));
  expect(whole.code).toBe(0);
  const child = spawn(process.execPath, [join(import.meta.dirname, '../bin/gradus.js'), ...call('killed')], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const signal = await new Promise<string | null>((resolve) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      // In the midst: after some steps, before the last.
      if (/^[3-9]\/\d+ /m.test(said)) child.kill('SIGKILL');
    });
    child.once('close', (_, of) => resolve(of));
  });
  expect(signal).toBe('SIGKILL');
  expect(existsSync(join(directory, 'killed'))).toBe(false);
  expect(existsSync(join(directory, 'killed.unfinished/checkpoint.safetensors'))).toBe(true);
  const again = await gradus(...call('killed'));
  expect(again.code).toBe(0);
  const adapters = (out: string) => readFileSync(join(directory, out, 'adapter_model.safetensors'));
  expect(adapters('killed').equals(adapters('whole'))).toBe(true);
  const losses = (out: string) =>
    JSON.parse(readFileSync(join(directory, out, 'tuning.json'), 'utf8')).losses;
  expect(losses('killed')).toEqual(losses('whole'));
});

it('where no more can be written, what is converted or tuned is absent, and the error names it', async () => {
  // A limit of 8 KB a file stands for a full disk.
  const limited = (...args: readonly string[]) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const bin = join(import.meta.dirname, '../bin/gradus.js');
      const shell = ['-c', 'ulimit -f 8; exec "$@"', 'bash', process.execPath, bin, ...args];
      const child = spawn('bash', shell, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      child.once('close', (code) => resolve({ code, stderr }));
    });
  for (const form of ['safetensors', 'gguf']) {
    const { code, stderr } = await limited('convert', model, '--to', form, '--bits', '16', '--out', 'full');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/full.* cannot be written: EFBIG/)]);
    expect(readdirSync(directory).filter((name) => name.startsWith('full'))).toEqual([]);
  }
  const { code, stderr } = await limited('tune', model, 'rows.jsonl', '--out', 'full', '--threads', '1');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/checkpoint.safetensors cannot be written: EFBIG/),
  ]);
  expect(existsSync(join(directory, 'full'))).toBe(false);
});

it('a judge is measured, its verdicts written, and decides nothing where it cannot be relied on', async () => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const said = /Answer:\ngood/.test(body.replaceAll('\\n', '\n')) ? 'yes' : 'no';
      response.end(JSON.stringify({ choices: [{ message: { content: said } }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1#small`;
  const lines = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `q${i},${i % 3 === 0 ? 'bad' : 'good'},${i % 3 === 0 ? 'no' : 'yes'}`,
    );
  for (const count of [40, 60])
    writeFileSync(join(directory, `${count}.csv`), ['input,output,label', ...lines(count)].join('\n'));
  const few = await gradus('judge', url, '40.csv', '--at-least', '0.5');
  expect([few.code, few.stderr]).toEqual([
    2,
    expect.stringContaining('fewer than 50 rows that people labelled'),
  ]);
  expect(few.stdout).toContain('not to be relied on');
  const enough = await gradus('judge', url, '60.csv', '--at-least', '0.5', '--out', 'judged.csv');
  expect([enough.code, enough.stderr]).toEqual([0, '']);
  expect(enough.stdout).toMatch(/says what people say: 100% .*kappa 1.00/);
  expect(readFileSync(join(directory, 'judged.csv'), 'utf8')).toContain('q0,bad,no,no,');
  const strict = await gradus('judge', url, '60.csv', '--at-least', '0.9');
  expect(strict.code).toBe(3);
  server.close();
});
