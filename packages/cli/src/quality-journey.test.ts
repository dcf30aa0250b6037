/** `gradus quality` as a pipeline meets it: JSON on stdout, exit code 3 where something fails, new rows judged by the run. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

const sample = readFileSync(new URL('../../../examples/quality/voice.csv', import.meta.url), 'utf8');

const { runs, gradus, file, close } = commandLine();
afterAll(close);

/** A drawing of a piece, a little different each time. */
const piece = (i: number, defect = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="hsl(30,${20 + ((7 * i) % 11)}%,${60 + ((5 * i) % 13)}%)"/><circle cx="${30 + ((3 * i) % 5)}" cy="${30 + (i % 4)}" r="${17 + ((11 * i) % 4)}" fill="none" stroke="#444" stroke-width="${3 + (i % 3)}"/>${defect}</svg>`;
const SCRATCH = '<path d="M8 50 L30 20 L54 14" stroke="#000" stroke-width="3" fill="none"/>';

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

  it('judges a folder of photographs; predictions of a folder have a PNG of the heat for each', async () => {
    for (let i = 0; i < 30; i++) file(`photos/good/${i}.svg`, piece(i));
    for (let i = 0; i < 6; i++) file(`photos/defect/scratch/${i}.svg`, piece(i, SCRATCH));
    const photos = dirname(file('photos/NOTES.md', 'made for a test'));
    const { stdout } = await gradus('quality', photos, '--runs', runs, '--json');
    const output = JSON.parse(stdout) as Output;
    expect(output.items.map(({ measure }) => measure)).toContain('missed_defects');
    file('new/a/1.svg', piece(77, SCRATCH));
    const fresh = dirname(file('new/2.svg', piece(78)));
    file('new/3.png', 'no photograph');
    const scores = file('scores.csv', '');
    const predicted = await gradus('predict', output.run, fresh, '--out', scores, '--runs', runs);
    expect(predicted.code).toBe(0);
    const [header, first, second, ...more] = readFileSync(scores, 'utf8').trim().split(/\r?\n/);
    expect(header).toBe('file,score,threshold,verdict,heat');
    expect(first).toMatch(/^2\.svg,.*,good,scores-heat\/1-2\.png$/);
    expect(second).toMatch(/^a\/1\.svg,.*,defect,scores-heat\/3-1\.png$/);
    expect(more).toEqual([]);
    const png = readFileSync(join(dirname(scores), 'scores-heat/3-1.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(readFileSync(`${scores}.set-aside.csv`, 'utf8')).toContain('3.png');
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
