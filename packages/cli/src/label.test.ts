/** `gradus label` as a user meets it: a file, questions, answers, a labelled file, and the next questions. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvText, readTable } from '@gradus/data';
import { afterAll, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', 'bin', 'gradus.js');
const sample = new URL('../../../examples/reviews/reviews.csv', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'gradus-label-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

function gradus(args: readonly string[], locale = 'en_US.UTF-8') {
  const child = spawn(process.execPath, [bin, 'label', ...args], {
    cwd: directory,
    env: { ...process.env, LC_ALL: locale },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...output })),
  );
}

describe('gradus label', () => {
  it('goes from no label to a labelled file in two rounds', async () => {
    const { columns, rows } = await readTable(sample);
    const [stars, review] = [columns.indexOf('stars'), columns.indexOf('review')];
    const reviews = rows.filter((_, i) => i % 6 === 0);
    const truth = reviews.map((row) => (Number(row[stars]) >= 4 ? 'happy' : 'unhappy'));
    writeFileSync(
      join(directory, 'reviews.csv'),
      csvText([['review'], ...reviews.map((row) => [row[review]!])]),
    );
    const answer = async (file: string) => {
      const { columns, rows } = await readTable(join(directory, file));
      const filled = rows.map((row, i) => row.with(-1, i === 3 ? 'hapy!!' : truth[Number(row[0]) - 1]!));
      writeFileSync(join(directory, file), csvText([columns, ...filled]));
    };

    const first = await gradus(['reviews.csv', '--count', '30']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/0 of \d+ rows have a label/);
    expect(first.stdout).toMatch(/too few labels to say/);
    expect(first.stdout).toMatch(/30 rows to label next: 30 that stand for many/);
    await answer('reviews.csv.to-label.csv');

    const lost = await gradus(['reviews.csv']);
    expect(lost).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('30 answers in it, which would be lost'),
    });

    const second = await gradus(['reviews.csv', '--answers', 'reviews.csv.to-label.csv', '--count', '30']);
    expect(second.stderr).toBe('');
    expect(second.stdout).toMatch(/30 answers read.*0 set aside/);
    expect(second.stdout).toContain('Written: reviews.labelled.csv');
    expect(second.stdout).toMatch(/Accuracy on the rows without a label.*: [\d.]+% \([\d.]+% – [\d.]+%\)/);
    expect(second.stdout).toMatch(/in doubt/);
    await answer('reviews.labelled.csv.to-label.csv');

    const third = await gradus(
      ['reviews.labelled.csv', '--answers', 'reviews.labelled.csv.to-label.csv', '--count', '5'],
      'zh_CN.UTF-8',
    );
    expect(third.stdout).toMatch(/估计准确率：之前/);
    expect(third.stdout).toContain('已写入：reviews.labelled-2.csv');
    expect(readFileSync(join(directory, 'reviews.labelled-2.csv.to-label.csv'), 'utf8')).toContain('拿不准');
    const labelled = await readTable(join(directory, 'reviews.labelled-2.csv'));
    const labels = labelled.rows.map((row) => row[1]!);
    expect(labels.filter((label) => label !== '').length).toBeGreaterThanOrEqual(55);
    const wrong = labels.filter((label, i) => label !== '' && label !== truth[i] && label !== 'hapy!!');
    // Reviews that say the same may have been given different stars.
    expect(wrong.length).toBeLessThan(3);
  });

  it('prints one JSON object where asked to', async () => {
    writeFileSync(
      join(directory, 'small.csv'),
      'text,label\nthe soup is cold,bad\nthe rice is good,good\nthe tea is fine,\n',
    );
    const { stdout } = await gradus(['small.csv', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      labelColumn: 'label',
      textColumn: 'text',
      rows: 3,
      labelled: 2,
      classes: { bad: 1, good: 1 },
      asked: [{ row: 3, reason: 'typical' }],
      questions: 'small.csv.to-label.csv',
    });
  });

  it('says what is wrong, and how to go on', async () => {
    expect(await gradus(['none.csv'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no file'),
    });
    expect(await gradus(['small.csv', '--text', 'txt'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "text"'),
    });
    expect(await gradus(['small.csv', '--count', '0'])).toMatchObject({ code: 2 });
  });
});
