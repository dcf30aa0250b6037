/** `gradus learn FILE --target A,B`: a run for each of several columns. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Localized } from '@gradus/base';
import { findRun } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import { afterAll, describe, expect, it } from 'vitest';
import { programOf } from './program.ts';

interface Made {
  readonly run: string;
  readonly report: string;
  readonly of?: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

const directory = mkdtempSync(join(tmpdir(), 'gradus-learn-targets-'));
const runs = join(directory, 'runs');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const lines = readFileSync(new URL('../../../examples/customers/customers.csv', import.meta.url), 'utf8')
  .split('\n')
  .slice(0, 300);
const file = join(directory, 'customers.csv');
writeFileSync(file, lines.join('\n'));

async function learn(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const terminal = {
    language: 'en',
    signal: new AbortController().signal,
    print: (line: string) => printed.push(line),
    tell: () => {},
    say: ({ en }: Localized) => en,
    fail: () => undefined,
  } as const;
  const command = ['learn', ...args, '--minutes', '0.1', '--runs', runs];
  await programOf(terminal, RECIPES).parseAsync(command, { from: 'user' });
  return printed.join('\n');
}

describe('several columns to predict', () => {
  it('are learnt in turn, none of them from the others', async () => {
    const { runs: made } = JSON.parse(await learn(file, '--target', 'left, seats', '--json')) as {
      readonly runs: readonly Made[];
    };
    expect(made.map(({ of }) => of)).toEqual(['left', 'seats']);
    expect(made.map(({ columns }) => columns.target)).toEqual(['left', 'seats']);
    expect(made.map(({ run }) => findRun(runs, run).options)).toMatchObject([
      { target: 'left', ignore: ['seats'] },
      { target: 'seats', ignore: ['left'] },
    ]);
    const alone = JSON.parse(await learn(file, '--target', 'left', '--ignore', 'seats', '--json')) as Made;
    expect(alone.metrics).toEqual(made[0]!.metrics);
    expect(alone).not.toHaveProperty('of');
    const { of: _, run: __, report: ___, ...first } = made[0]!;
    expect(Object.keys(alone)).toEqual(['run', 'report', ...Object.keys(first)]);
  });

  it('are said one by one to people', async () => {
    expect(await learn(file, '--target', 'left,seats')).toMatch(
      /^left:\n[\s\S]*\nServe: {2}gradus serve learn-\S+\n\nseats:\n[\s\S]*\nServe: {2}gradus serve learn-\S+$/,
    );
  });

  it('are refused before anything is learnt where one does not exist, or one name shall stand for all', async () => {
    await expect(learn(file, '--target', 'left,seat')).rejects.toThrow(
      'there is no column "seat"; did you mean "seats"?',
    );
    await expect(learn(file, '--target', 'left,seats', '--model', 'customers')).rejects.toThrow(
      '2 runs are made, which cannot all be versions of the model "customers"',
    );
  });

  it('are one column where its name has the comma', async () => {
    const named = join(directory, 'named.csv');
    writeFileSync(named, [lines[0]!.replace(/left$/, '"left,seats"'), ...lines.slice(1)].join('\n'));
    const made = JSON.parse(await learn(named, '--target', 'left,seats', '--json')) as Made;
    expect(made.columns.target).toBe('left,seats');
  });
});
