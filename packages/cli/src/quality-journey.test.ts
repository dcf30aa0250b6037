/** `gradus quality` as a pipeline meets it: JSON on stdout, exit code 3 where something fails, new rows judged by the run. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

const sample = readFileSync(new URL('../../../examples/quality/voice.csv', import.meta.url), 'utf8');

const { runs, gradus, file, close } = commandLine();
afterAll(close);

interface Output {
  readonly run: string;
  readonly report: string;
  readonly verdict: string;
  readonly items: readonly Record<string, unknown>[];
  readonly repairs: readonly unknown[];
  readonly seconds: number;
}

describe('quality', () => {
  it('fails with exit code 3 and says why in JSON; predictions name what each row gets wrong', async () => {
    const log = file('voice.csv', sample);
    const strict = file(
      'strict.yaml',
      'characteristics:\n  - characteristic: {en: Hearing, zh: 听清}\n    figures: [{figure: word_error_rate, at_most: 0.02}]\n',
    );
    const { code, stdout } = await gradus(
      'quality',
      log,
      '--version',
      'version',
      '--standard',
      strict,
      '--runs',
      runs,
      '--json',
    );
    expect(code).toBe(3);
    const output = JSON.parse(stdout) as Output;
    expect(output).toMatchObject({
      verdict: 'fails',
      run: expect.any(String),
      report: expect.stringContaining('report.html'),
    });
    expect(output.items[0]).toMatchObject({
      characteristic: 'Hearing',
      need: null,
      limit: 0.02,
      verdict: 'fails',
      needed: null,
    });
    expect(output.items[0]!.evidence).not.toEqual([]);
    const answers = file('answers.csv', '');
    const predicted = await gradus('predict', output.run, log, '--out', answers, '--runs', runs);
    expect(predicted.code).toBe(0);
    expect(readFileSync(answers, 'utf8')).toContain('word_error_rate');
  });

  it('ends with 0 where nothing fails, with a preset by its name and two files at once', async () => {
    const [header, ...rows] = sample.trim().split('\n');
    const [one, two] = [rows.slice(0, 360), rows.slice(360)].map((part, i) =>
      file(`v${i + 1}.csv`, [header, ...part].join('\n')),
    );
    const { code, stdout } = await gradus(
      'quality',
      one!,
      two!,
      '--standard',
      'voice-assistant',
      '--runs',
      runs,
      '--json',
    );
    const { items } = JSON.parse(stdout) as Output;
    expect(code).toBe(items.some(({ verdict }) => verdict === 'fails') ? 3 : 0);
    expect(items.map(({ measure }) => measure)).toContain('intent_accuracy');
    const wrong = await gradus('quality', one!, '--standard', 'nothing-of-the-kind', '--runs', runs);
    expect(wrong.code).toBe(1);
  });
});
