/** A language model brought as a folder is adapted, run and handed over from the command line. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
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
  writeFileSync(join(directory, 'schema.json'), JSON.stringify({ anyOf: [{ const: 12 }, { const: 210 }] }));
  const formed = await gradus('generate', model, '--prompt', 'say', '--schema', 'schema.json', '--max', '4');
  expect(formed.stdout).toMatch(/^(?:12|210)\n$/);
  writeFileSync(join(directory, 'schema.json'), '{"type": "strnig"}');
  const misspelt = await gradus('generate', model, '--prompt', 'say', '--schema', 'schema.json');
  expect([misspelt.code, misspelt.stderr]).toEqual([1, expect.stringContaining('schema #: type')]);
  const wrong = await gradus('generate', 'nowhere', '--prompt', 'x');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('nowhere is no folder of a model')]);
  expect(existsSync(join(directory, 'tuned.unfinished'))).toBe(false);
});
