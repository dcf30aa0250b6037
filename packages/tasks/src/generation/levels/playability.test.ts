import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLevels, type TileGrid } from './grid.ts';
import { legendOf, readLegend } from './legend.ts';
import { type PlatformRules, playability, rulesOf } from './playability.ts';

const LEGEND = readLegend(
  JSON.stringify({
    tiles: {
      X: ['solid', 'ground'],
      '-': ['passable', 'empty'],
      H: ['climbable', 'ladder'],
      b: ['solid', 'diggable'],
      '^': ['damaging'],
      G: ['collectable'],
      M: ['spawn'],
    },
  }),
  'legend.json',
);
const grid = (...rows: string[]): TileGrid => ({ width: rows[0]!.length, height: rows.length, rows });
const judge = (rules: Partial<PlatformRules>, ...rows: string[]) =>
  playability(grid(...rows), { legend: LEGEND, task: 'right', jump: 3, ...rules });

describe('playability', () => {
  it('shows the way, a tile at a time, through nothing that is solid or deadly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = new Random(seed);
        const tiles = ['-', '-', '-', '-', 'X', 'X', 'H', '^'];
        const level = grid(
          ...Array.from({ length: 8 }, () =>
            Array.from({ length: 16 }, () => tiles[random.below(tiles.length)]!).join(''),
          ),
        );
        const judged = playability(level, { legend: LEGEND, task: 'right', jump: 3 });
        if (judged.kind !== 'playable') return;
        expect(judged.path[0]!.x).toBe(0);
        expect(judged.path.at(-1)!.x).toBe(15);
        for (const [i, { x, y }] of judged.path.entries()) {
          if (y >= 0) expect('X^').not.toContain(level.rows[y]![x]!);
          const next = judged.path[i + 1];
          if (next) expect(Math.max(Math.abs(next.x - x), Math.abs(next.y - y))).toBe(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('says where the way ends: a wall that is too high, a gap that is too wide', () => {
    expect(judge({}, '-----X--', '-----X--', '-----X--', '-----X--', '-----X--', 'XXXXXXXX')).toMatchObject({
      kind: 'unplayable',
      reason: {
        en: expect.stringMatching(/^no way leads to the right edge; the furthest place is row \d, column 5$/),
      },
    });
    const over = (width: number) =>
      judge({ jump: 2 }, ...Array(4).fill('-'.repeat(width + 6)), `XXX${'-'.repeat(width)}XXX`).kind;
    expect(over(3)).toBe('playable');
    expect(over(8)).toBe('unplayable');
  });

  it('climbs, digs, and collects everything', () => {
    const room = ['--------', '-M----G-', 'XXXXXHXX', '-----H--', 'G----H--', 'XXXXXXXX'];
    expect(judge({ task: 'collect', jump: 0 }, ...room).kind).toBe('playable');
    const without = room.map((row) => row.replaceAll('H', 'X'));
    expect(judge({ task: 'collect', jump: 0 }, ...without)).toMatchObject({
      reason: { en: 'what lies in row 5, column 1 cannot be reached' },
    });
    const dug = ['-M---', 'bbbbX', '--G--', 'XXXXX'];
    expect(judge({ task: 'collect', jump: 0 }, ...dug).kind).toBe('playable');
    expect(judge({ task: 'collect', jump: 0 }, ...dug.map((row) => row.replaceAll('b', 'X'))).kind).toBe(
      'unplayable',
    );
    // Whoever does not jump falls straight down, and not onto what lies two tiles beside the edge.
    const ledge = ['M-----', 'X-----', '------', '---G--', '---X--', 'XXXXXX'];
    expect(judge({ task: 'collect', jump: 0 }, ...ledge).kind).toBe('unplayable');
    expect(judge({ task: 'collect', jump: 1 }, ...ledge).kind).toBe('playable');
    // Ground of two tiles is dug through where there is room to dig it twice as wide.
    const thick = ['-M----', 'bbbbbX', 'bbbbbX', '--G---', 'XXXXXX'];
    expect(judge({ task: 'collect', jump: 0 }, ...thick).kind).toBe('playable');
    const narrow = ['XXXMXX', 'XXXXbX', 'XXXXbX', 'XXXXGX'];
    expect(judge({ task: 'collect', jump: 0 }, ...narrow).kind).toBe('unplayable');
    expect(judge({ task: 'collect' }, '---G', 'XXXX')).toMatchObject({
      reason: { en: 'no tile is the start of the player' },
    });
  });

  it('goes hand over hand along a rope, and neither up from it nor over it; lets guards pass', () => {
    // As the corpus of Summerville et al. (2016) has the tiles of Lode Runner.
    const legend = legendOf({
      B: ['solid', 'ground'],
      b: ['solid', 'diggable', 'ground'],
      '.': ['passable', 'empty'],
      '-': ['passable', 'climbable', 'rope'],
      '#': ['passable', 'climbable', 'ladder'],
      G: ['passable', 'pickupable', 'gold'],
      E: ['damaging', 'enemy'],
      M: ['passable', 'spawn'],
    });
    const collected = (...rows: string[]) =>
      playability(grid(...rows), { legend, task: 'collect', jump: 0 }).kind;
    expect(collected('.......', 'M-----G', 'B.....B', 'BBBBBBB')).toBe('playable');
    expect(collected('....G..', '.......', 'M-----.', 'B.....B')).toBe('unplayable');
    // Over the rope nobody walks: the gold is a step higher than it hangs.
    expect(collected('M.....G', 'B-----B', 'B.....B', 'BBBBBBB')).toBe('unplayable');
    expect(collected('M..E..G', 'BBBBBBB')).toBe('playable');
  });

  it('takes task and jump from the levels of a game', () => {
    const stairs = grid('----X', '---XX', '--X-X', '-----', 'XXXXX');
    expect(rulesOf([grid('------', '---X--', '---X--', 'XXXXXX')], LEGEND)).toMatchObject({
      task: 'right',
      jump: 2,
    });
    expect(rulesOf([stairs], LEGEND).task).toBe('top');
    expect(rulesOf([grid('M-G', 'XXX')], LEGEND)).toMatchObject({ task: 'collect', jump: 0 });
    // Higher jumps reach everything, and explain nothing: one level that needs them may as well be broken.
    const climbed = ['---------', '--------G', '----HXXXX', '----H----', 'M---H---G', 'XXXXXXXXX'];
    const broken = climbed.map((row) => row.replaceAll('H', '-'));
    expect(rulesOf([...Array(5).fill(grid(...climbed)), grid(...broken)], LEGEND).jump).toBe(0);
  });

  it('refuses a tile that nobody explained, and a legend that explains nothing', () => {
    expect(() => judge({}, '--?-', 'XXXX')).toThrow('row 1, column 3: what "?" means is not known');
    expect(() => readLegend('[]', 'legend.json')).toThrow('legend.json does not say what tiles mean');
    expect(() => readLegend('{"tiles": {"XY": ["solid"]}}', 'legend.json')).toThrow('legend.json');
  });

  const mario = '../shared/data/levels-vglc/Super_Mario_Bros';
  it.skipIf(!existsSync(mario))('finds a way through every level of a commercial game', () => {
    const legend = readLegend(readFileSync(`${mario}/smb.json`, 'utf8'), 'smb.json');
    const levels = readdirSync(`${mario}/Processed`)
      .filter((file) => file.endsWith('.txt'))
      .flatMap((file) => readLevels(readFileSync(`${mario}/Processed/${file}`, 'utf8'), file, '-').levels);
    const rules = rulesOf(levels, legend);
    expect(rules.task).toBe('right');
    for (const level of levels) expect(playability(level, rules).kind).toBe('playable');
  });

  it('goes on at the other side only where the levels of the game need it', () => {
    // The shaft at the right leads on only round the sides.
    const split = ['X-XXXX', 'X-XXXX', '--XXX-', 'XXXXX-', 'XXXXX-', 'XXXXXX'];
    expect(judge({ task: 'top', wraps: false }, ...split).kind).toBe('unplayable');
    expect(judge({ task: 'top', wraps: true }, ...split).kind).toBe('playable');
    const rules = (rows: string[]) => rulesOf([grid(...rows), grid(...rows)], LEGEND);
    expect(rules(split).wraps).toBe(true);
    expect(rules(['H-----', 'H-----', 'H-----', 'H-----', 'H-----', 'XXXXXX']).wraps).toBeUndefined();
  });
});
