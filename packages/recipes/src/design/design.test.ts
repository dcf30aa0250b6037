/** What people rely on who let Gradus design: proofs hold, nothing is a copy, what is asked for comes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { runLoop } from '@gradus/loop';
import { sokobanLevel, solveSokoban } from '@gradus/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { chatServer } from '../../../lm/src/testing/chat-server.ts';
import { design } from './design.ts';
import { DesignSummary } from './summary.ts';
import { readWants } from './wants.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-design-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A seventh of them is learnt in, which is little work. */
const MINUTES = 0.07;

async function designed(source: string, options: object = {}) {
  const run = await runLoop(design, {
    sources: { designs: source },
    options: design.options.parse({ minutes: MINUTES, count: 6, ...options }),
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
    const known = readFileSync(source, 'utf8').split('\n');
    // A language model drafts one that is as asked for, one that is an original, one that is too long, and one that is no name.
    const server = await chatServer(() =>
      JSON.stringify({ designs: ['kastor', known[3], 'kalomirenstavor', '!?', 7] }),
    );
    const { run, summary } = await designed(source, { want: 'starts with ka, length 6', lm: server.url });
    await server.close();
    expect(summary.drafts).toMatchObject({
      model: 'tiny',
      host: new URL(server.url).host,
      failed: 0,
      kept: 1,
      unreadable: [{ reason: { en: 'no letter or digit in it' } }],
    });
    expect(summary.drafts!.numbers!.valid.value).toBeLessThan(1);
    expect(readFileSync(join(run.directory, 'designs/designs.csv'), 'utf8')).toMatch(/^kastor,.*,tiny\r?$/m);
    expect(server.bodies[0]).toContain('starts with ka');
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
      // Without its set of tiles an editor shows nothing.
      const [{ firstgid, source }] = tiled.tilesets;
      const set = JSON.parse(readFileSync(join(run.directory, 'designs', source), 'utf8'));
      expect(files).toContain(set.image);
      const known = set.tiles.map(({ id }: { id: number }) => id + firstgid);
      expect(known).toEqual(expect.arrayContaining(tiled.layers[0].data));
    }
    expect(summary.baselines.recombination.n).toBe(summary.baselines.ngram.n);
  });
});

const CLASSES = ['beast', 'dragon', 'undead'];

/** Characters whose health follows from their level. */
function charactersFolder(): string {
  const random = new Random(2);
  const path = join(directory, 'characters');
  mkdirSync(path);
  const lines = Array.from({ length: 90 }, () => {
    const level = 1 + random.below(9);
    const name = Array.from({ length: 3 }, () => SYLLABLES[random.below(SYLLABLES.length)]).join('');
    const traits = ['Flies', 'Swims'].filter(() => random.below(2) === 0);
    return JSON.stringify({
      name,
      level,
      class: CLASSES[random.below(3)],
      health: 10 * level + random.below(4),
      traits,
    });
  });
  writeFileSync(join(path, 'characters.jsonl'), lines.join('\n'));
  writeFileSync(join(path, 'rules.txt'), 'health > level\nif class = dragon then level >= 1\n');
  return path;
}

/** Discs and squares in two folders. */
async function spritesFolder(): Promise<string> {
  const random = new Random(6);
  const path = join(directory, 'sprites');
  const { encodePng } = await import('@gradus/data');
  const draw = async (file: string, size: number, isDisc: boolean) => {
    const data = new Uint8Array(4 * size * size);
    const [colour, radius] = [40 * random.below(6), 2 + random.below(5)];
    const [cx, cy] = [6 + random.below(4), 6 + random.below(4)];
    for (let at = 0; at < size * size; at++) {
      const [dx, dy] = [(at % size) - cx, Math.floor(at / size) - cy];
      const isIn = isDisc ? dx * dx + dy * dy <= radius ** 2 : Math.max(Math.abs(dx), Math.abs(dy)) <= radius;
      if (isIn) data.set([colour, 255 - colour, 90, 255], 4 * at);
    }
    writeFileSync(join(path, file), await encodePng({ width: size, height: size, data }));
  };
  for (const folder of ['discs', 'squares']) mkdirSync(join(path, folder), { recursive: true });
  for (let i = 0; i < 80; i++) await draw(`${i % 2 ? 'discs' : 'squares'}/${i}.png`, 16, i % 2 === 1);
  await draw('discs/large.png', 24, true);
  writeFileSync(join(path, 'squares/broken.png'), 'no image');
  return path;
}

/** A dark square on white, as image models draw. */
function drawnSquare(size: number) {
  const data = new Uint8Array(4 * size * size).fill(255);
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (Math.min(x, y) > 12 && Math.max(x, y) < size - 12) data.set([120, 30, 90], 4 * i);
  }
  return { width: size, height: size, data };
}

/** A server that speaks as much of OpenAI's images API as is asked of it. */
async function imageServer(png: Uint8Array): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify({ data: [{ b64_json: Buffer.from(png).toString('base64') }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('items and characters', () => {
  it('obey their rules, are as asked for, and what is kept and dropped chooses the next round', async () => {
    const source = charactersFolder();
    const { run, summary } = await designed(source, { want: 'level 3, class dragon' });
    const made = readFileSync(join(run.directory, 'designs/sheets.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(made.length).toBeGreaterThan(0);
    for (const sheet of made) {
      expect(Object.keys(sheet)).toEqual(['name', 'level', 'class', 'health', 'traits']);
      expect([sheet.level, sheet.class]).toEqual([3, 'dragon']);
      expect(sheet.health).toBeGreaterThan(20);
      expect(sheet.health).toBeLessThan(45);
    }
    expect(summary.marks).toBeNull();

    // Whoever keeps those that swim gets those that swim.
    const service = await design.service.open(run.directory);
    const ask = (seed: number) => service.answer(design.service.request.parse({ count: 50, seed }));
    const first = (await ask(1)) as { results: { design: string }[] };
    const { results } = first;
    const doesSwim = (item: string) => (JSON.parse(item).traits as string[]).includes('Swims');
    const corrections = results.map(({ design: item }) =>
      design.service.correction.parse({ design: item, mark: doesSwim(item) ? 'keep' : 'drop' }),
    );
    await service.close();
    const next = await runLoop(design, {
      sources: { designs: source },
      options: design.options.parse({ minutes: MINUTES, count: 8 }),
      seed: 0,
      runs: join(directory, 'runs'),
      parent: run.id,
      corrections: corrections.slice(0, 40),
      recent: corrections.slice(40),
    });
    const { marks } = DesignSummary.parse(next.summary);
    expect(marks!.n).toBe(40);
    const verdict = await design.compare(run.directory, next.directory);
    expect(verdict.recent!.n).toBe(10);
    expect(marks!.kept!.chosen).toBeGreaterThan(marks!.kept!.all);
    // Fifty of the next round beside fifty of the first.
    const after = await design.service.open(next.directory);
    const second = (await after.answer(design.service.request.parse({ count: 50, seed: 1 }))) as typeof first;
    await after.close();
    const swimming = ({ results }: typeof first) =>
      results.filter(({ design: item }) => doesSwim(item)).length;
    expect(swimming(second)).toBeGreaterThan(swimming(first) + 10);
  });

  it('what cannot be is refused: a level that none has, a field that is not there', async () => {
    const source = join(directory, 'characters');
    await expect(designed(source, { want: 'level 40' })).rejects.toThrow('level goes from 1 to 9');
    await expect(designed(source, { want: 'magic 4' })).rejects.toThrow('"magic 4" is not understood');
  });
});

describe('sprites', () => {
  it('are PNG and SVG of the size and palette of the originals, of the class asked for, beside a GAN and flow matching', async () => {
    const { encodePng } = await import('@gradus/data');
    const server = await imageServer(await encodePng(drawnSquare(64)));
    const { run, summary } = await designed(await spritesFolder(), {
      want: 'discs',
      count: 4,
      images: server.url,
    });
    server.close();
    // What an image model draws comes into the size and the palette, and is judged as the rest.
    expect(summary.drafts).toMatchObject({ asked: 4, failed: 0, numbers: { n: 4 } });
    expect(summary.drafts!.kept).toBeLessThanOrEqual(1);
    expect(summary.setAside.slice(0, 2).map(({ count, where }) => [count, where])).toEqual([
      [1, ['squares/broken.png']],
      [1, ['discs/large.png']],
    ]);
    expect(Object.keys(summary.baselines)).toEqual(['ngram', 'recombination', 'gan', 'flow']);
    expect(Object.keys(summary.samples!.by)).toEqual([
      'model',
      'ngram',
      'recombination',
      'gan',
      'flow',
      'originals',
    ]);
    expect(summary.made).toBeGreaterThan(0);
    const { decodeRgba } = await import('@gradus/data');
    const palette: string[] = JSON.parse(readFileSync(join(run.directory, 'designs/palette.json'), 'utf8'));
    const { width, height, data } = await decodeRgba(
      readFileSync(join(run.directory, 'designs/sprite-001.png')),
      64,
    );
    expect([width, height]).toEqual([16, 16]);
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, alpha] = data.subarray(at, at + 4);
      if (alpha === 0) continue;
      const hex = [red, green, blue].map((channel) => channel!.toString(16).padStart(2, '0')).join('');
      expect(palette).toContain(`#${hex}`);
    }
    expect(readFileSync(join(run.directory, 'designs/sprite-001.svg'), 'utf8')).toContain('<svg');
  });

  it.each([
    ['three images', 3, '3 different sprites of 8 × 8 among 3 images; at least 40 are needed'],
    ['the same image again and again', 50, '1 different sprite of 8 × 8 among 50 images'],
  ])('%s are too few to learn from', async (_, count, message) => {
    const { encodePng } = await import('@gradus/data');
    const path = mkdtempSync(join(directory, 'few-'));
    for (let i = 0; i < count; i++) {
      const data = Uint8Array.from({ length: 256 }, (_, at) =>
        at % 4 === 3 ? 255 : count === 3 ? 60 * i : 90,
      );
      writeFileSync(join(path, `${i}.png`), await encodePng({ width: 8, height: 8, data }));
    }
    await expect(designed(path)).rejects.toThrow(message);
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
    ['with 8 enemies and a length of 120', { enemy: 8, length: 120 }],
    ['8 个敌人，长 120', { enemy: 8, length: 120 }],
    ['敌人 8 个、120 格长', { enemy: 8, length: 120 }],
    ['以 Ka 开头，以 x 结尾', { 'starts with': 'Ka', 'ends with': 'x' }],
    ['挑战等级 3，稀有度 common', { challenge_rating: 3, 'rarity.name': 'Common' }],
    ['starts with Ka; ends with "x"', { 'starts with': 'Ka', 'ends with': 'x' }],
    ['', {}],
  ])('%s', (text, wants) => {
    expect(readWants(text, known)).toEqual(wants);
  });

  it('is spelt in the letters that originals have, and refused before anything is learnt where they lack one', async () => {
    const small = { 'starts with': { kind: 'text', letters: 'aklm' }, length: { kind: 'number' } } as const;
    expect(readWants('starts with Ka, length 6', small)).toEqual({ 'starts with': 'ka', length: 6 });
    expect(readWants('starts with Ka and length 6', small)).toEqual({ 'starts with': 'ka', length: 6 });
    expect(() => readWants('starts with Kz', small)).toThrow('no original has the letter "z"');
    const path = join(directory, 'small.txt');
    const names = Array.from(
      { length: 30 },
      (_, i) => `${'abcdefgh'[i % 8]}${'aeiou'[i % 5]}l${'mnr'[i % 3]}a`,
    );
    writeFileSync(path, names.join('\n'));
    await expect(designed(path, { want: 'starts with Ko' })).rejects.toThrow(
      'no original has the letter "K"',
    );
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
