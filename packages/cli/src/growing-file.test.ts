/** A file that gains rows after its run, by the real command. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

const sample = readFileSync(new URL('../../../examples/reviews/reviews.csv', import.meta.url), 'utf8').split(
  '\n',
);

const { directory, gradus, file, close } = commandLine();
afterAll(close);

describe('a file that grows', () => {
  it('is learnt from again, and old and new model compared on old and on new rows', async () => {
    const rows = sample.slice(1).filter((line, i) => line !== '' && i % 2 === 0);
    const growing = file('growing.csv', `${[sample[0], ...rows.slice(0, 400)].join('\n')}\n`);
    const out = join(directory, 'growing');
    const { run } = JSON.parse((await gradus('demand', growing, '--runs', out, '--json')).stdout);
    appendFileSync(growing, `${rows.slice(400, 900).join('\n')}\n`);
    const { stdout, stderr, code } = await gradus(
      'iterate',
      run,
      '--runs',
      out,
      '--json',
      '--gate',
      'latency=off',
    );
    expect(code, stderr).toBe(0);
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ champion: run, corrections: 0, heldBack: 0 });
    expect(verdict.recent.n).toBeGreaterThan(60);
    expect(verdict.promote, verdict.reason.en).toBe(true);
    const shown = await gradus('models', 'show', run, '--runs', out);
    expect(shown.stdout).toContain(`${run} → ${verdict.challenger}`);
    expect(shown.stdout).toContain(verdict.reason.en);
    expect(shown.stdout).toContain('✓ On none of');
    expect((await gradus('iterate', run, '--runs', out)).stderr).toContain('no corrections');
  });
});
