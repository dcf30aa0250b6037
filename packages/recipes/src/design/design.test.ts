/** What people rely on who let Gradus design: proofs hold, nothing is a copy, what is asked for comes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { runLoop } from '@gradus/loop';
import { sokobanLevel, solveSokoban } from '@gradus/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { design } from './design.ts';
import { DesignSummary } from './summary.ts';
import { readWants } from './wants.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-design-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function designed(source: string, options: object = {}) {
  const run = await runLoop(design, {
    sources: { designs: source },
    options: design.options.parse({ minutes: 0.02, count: 6, ...options }),
    seed: 0,
    runs: join(directory, 'runs'),
  });
  return { run, summary: DesignSummary.parse(run.summary) };
}

const SYLLABLES = ['ka', 'lo', 'mi', 'ren', 'sta', 'vor', 'bel', 'na', 'tu', 'gar'];
function namesFile(count: number): string {
  const random = new Random(5);
  const names = new Set<string>();
  while (names.size < count) {
    const length = 2 + random.below(2);
    names.add(Array.from({ length }, () => SYLLABLES[random.below(SYLLABLES.length)]!).join(''));
  }
  const path = join(directory, `names-${count}.txt`);
  writeFileSync(path, `${[...names].join('\n')}\n${[...names][0]}\n...\n`);
  return path;
}

/** Rooms of Sokoban that can be solved, with two boxes. */
function roomsFolder(): string {
  const random = new Random(9);
  const rooms: string[] = [];
  while (rooms.length < 40) {
    const cells: string[][] = Array.from({ length: 5 }, () =>
      Array.from({ length: 5 }, () => (random.below(8) === 0 ? '#' : ' ')),
    );
    for (const tile of ['@', '$', '$', '.', '.']) {
      let [x, y] = [random.below(5), random.below(5)];
      while (cells[y]![x] !== ' ') [x, y] = [random.below(5), random.below(5)];
      cells[y]![x] = tile;
    }
    const rows = ['#######', ...cells.map((row) => `#${row.join('')}#`), '#######'];
    const verdict = solveSokoban(sokobanLevel({ width: 7, height: 7, rows }), 2_000);
    if (verdict.kind === 'solved') rooms.push(rows.join('\n'));
  }
  const path = join(directory, 'rooms');
  mkdirSync(path);
  writeFileSync(join(path, 'rooms.txt'), rooms.map((room, i) => `; ${i}\n${room}\n`).join('\n'));
  return path;
}

describe('names', () => {
  it('are new, as long as asked for, and begin as asked for; lines that are no names are set aside', async () => {
    const source = namesFile(150);
    const { run, summary } = await designed(source, { want: 'starts with ka, length 6' });
    const made = readFileSync(join(run.directory, 'designs/names.txt'), 'utf8').trim().split('\n');
    const originals = new Set(readFileSync(source, 'utf8').split('\n'));
    expect(made.length).toBe(summary.made);
    expect(made.length).toBeGreaterThan(0);
    for (const name of made) {
      expect(name).toMatch(/^ka.{4}$/);
      expect(originals.has(name)).toBe(false);
    }
    expect(summary.miss).toBe(0);
    expect(summary.setAside.map(({ count, where }) => [count, where])).toEqual([
      [1, ['names-150.txt:151']],
      [1, ['names-150.txt:152']],
    ]);
    const service = await design.service.open(run.directory);
    const ask = () => service.answer(design.service.request.parse({ count: 3, want: 'length 4' }));
    const answer = (await ask()) as { results: { design: string }[] };
    expect(answer.results.map(({ design }) => design.length)).toEqual([4, 4, 4]);
    expect(await ask()).toEqual(answer);
    await service.close();
  });

  it('of too few lines are refused, with how many are needed', async () => {
    const path = join(directory, 'few.txt');
    writeFileSync(path, 'Ada\nBob\nCy\n');
    await expect(designed(path)).rejects.toThrow('few.txt holds 3 different names; at least 20 are needed');
  });
});

describe('levels', () => {
  it('of Sokoban come with a solution, as files that people edit, and none is a copy', async () => {
    const { run, summary } = await designed(roomsFolder());
    expect(summary.notes[0]!.en).toContain('Sokoban');
    const files = readdirSync(join(run.directory, 'designs'));
    const made = files.filter((file) => /^level-\d+\.txt$/.test(file));
    expect(made.length).toBe(summary.made);
    expect(made.length).toBeGreaterThan(0);
    for (const file of made) {
      const rows = readFileSync(join(run.directory, 'designs', file), 'utf8')
        .trimEnd()
        .split('\n');
      expect(solveSokoban(sokobanLevel({ width: 7, height: 7, rows })).kind).toBe('solved');
      expect(rows.join('').split('$')).toHaveLength(3);
      const tiled = JSON.parse(
        readFileSync(join(run.directory, 'designs', file.replace('.txt', '.tmj')), 'utf8'),
      );
      expect(String.fromCodePoint(...tiled.layers[0].data)).toBe(rows.join(''));
    }
    expect(summary.baselines.recombination.n).toBe(summary.baselines.ngram.n);
  });
});

describe('what people want', () => {
  const known = {
    length: { kind: 'number' },
    enemy: { kind: 'number' },
    enemies: { kind: 'number', as: 'enemy' },
    challenge_rating: { kind: 'number' },
    'rarity.name': { kind: 'choice', values: ['Common', 'Very Rare'] },
    class: { kind: 'choice', values: ['mon/undead', 'mon/dragons'] },
    'starts with': { kind: 'text' },
    'ends with': { kind: 'text' },
  } as const;

  it.each([
    ['8 enemies, length 120', { enemy: 8, length: 120 }],
    ['challenge 3, rarity very rare', { challenge_rating: 3, 'rarity.name': 'Very Rare' }],
    ['undead', { class: 'mon/undead' }],
    ['class mon/dragons', { class: 'mon/dragons' }],
    ['length: 7', { length: 7 }],
    ['长度 9，8 个敌人', { length: 9, enemy: 8 }],
    ['starts with Ka; ends with "x"', { 'starts with': 'Ka', 'ends with': 'x' }],
    ['', {}],
  ])('%s', (text, wants) => {
    expect(readWants(text, known)).toEqual(wants);
  });

  it.each([
    ['5 dragons', '"5 dragons" is not understood'],
    ['length', '"length" is not understood'],
    ['length 5, length 8', 'asks for two things at once: length 5 and length 8'],
    ['0 enemies, enemy: 8', 'asks for two things at once: enemy 0 and enemy 8'],
    ['rarity unheard', '"rarity unheard" is not understood'],
  ])('is refused: %s', (text, message) => {
    expect(() => readWants(text, known)).toThrow(message);
  });
});
