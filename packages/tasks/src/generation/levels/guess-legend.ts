/**
 * What tiles may mean that no legend names, guessed from the characters that level files mostly use (the corpora of Summerville et al., 2016,
 * and roguelikes), and from how they stand: most of a level is nothing, ladders stand upright and ropes hang in the air. A guess is for
 * people to confirm; whether the levels can be played by it tells which one is better.
 */
import type { TileGrid } from './grid.ts';

/** Attributes by tile, as in a legend. */
export type TileAttributes = Readonly<Record<string, readonly string[]>>;

/** Pipes stand upright, and are no ladders. */
const PIPES = '[]<>?Q';
const USUAL: readonly (readonly [tiles: string, attributes: readonly string[]])[] = [
  ['#XWB█', ['solid']],
  ['-. _,', ['passable']],
  ['EeF', ['enemy', 'passable']],
  ['oG*c', ['collectable', 'passable']],
  ['H|', ['climbable', 'ladder', 'passable']],
  ['T=', ['platform', 'passable']],
  ['^~', ['damaging']],
  ['@SPM', ['start', 'passable']],
  ['D>', ['exit', 'passable']],
  [`${PIPES}bC`, ['solid']],
];

/**
 * Guesses, the likeliest first: by characters alone; with tiles that stand like ladders; with those that hang like ropes too; and with what a
 * player digs through.
 *
 * @param tiles That nothing is known of
 */
export function guessesOfTiles(grids: readonly TileGrid[], tiles: ReadonlySet<string>): TileAttributes[] {
  const stands = standsOf(grids);
  const [most] = [...stands].toSorted(([, a], [, b]) => b.count - a.count)[0] ?? [''];
  const usual = Object.fromEntries(
    [...tiles].sort().map((tile): [string, readonly string[]] => {
      const attributes = USUAL.find(([characters]) => characters.includes(tile))?.[1];
      return [tile, attributes ?? (tile === most ? ['passable'] : ['passable', 'unknown'])];
    }),
  );
  const others = [...tiles].filter(
    (tile) => tile !== most && !PIPES.includes(tile) && (stands.get(tile)?.count ?? 0) >= FEWEST,
  );
  const asLike = (is: (stand: Stand) => boolean, attributes: readonly string[]) =>
    Object.fromEntries(
      others.filter((tile) => is(stands.get(tile)!)).map((tile) => [tile, attributes] as const),
    );
  const ladders = asLike(isLadder, ['climbable', 'ladder', 'passable']);
  const ropes = asLike((stand) => isRope(stand, most), ['climbable', 'rope', 'passable']);
  const dug = Object.fromEntries(
    others
      .filter((tile) => tile === 'b' || tile === 'd')
      .map((tile) => [tile, ['solid', 'diggable']] as const),
  );
  const guesses = [
    usual,
    { ...usual, ...ladders },
    { ...usual, ...ladders, ...ropes },
    { ...usual, ...ladders, ...ropes, ...dug },
  ];
  const seen = new Set<string>();
  return guesses.filter((guess) => !seen.has(JSON.stringify(guess)) && seen.add(JSON.stringify(guess)));
}

/** How a tile stands: its neighbours, as shares. */
interface Stand {
  readonly count: number;
  /** The same tile above or below it; beside it. */
  readonly upright: number;
  readonly along: number;
  /** By tile, how often that stands below. */
  readonly below: ReadonlyMap<string, number>;
}

const FEWEST = 3;
const MOSTLY = 0.6;
const HARDLY = 0.25;

const isLadder = ({ upright, along }: Stand): boolean => upright >= MOSTLY && along <= HARDLY;

const isRope = ({ upright, along, below }: Stand, nothing: string): boolean =>
  along >= MOSTLY && upright <= HARDLY && (below.get(nothing) ?? 0) >= MOSTLY;

function standsOf(grids: readonly TileGrid[]): Map<string, Stand> {
  const found = new Map<
    string,
    { count: number; upright: number; along: number; below: Map<string, number> }
  >();
  for (const { rows } of grids) {
    for (const [y, row] of rows.entries()) {
      for (const [x, tile] of [...row].entries()) {
        const own = found.get(tile) ?? { count: 0, upright: 0, along: 0, below: new Map<string, number>() };
        found.set(tile, own);
        const [above, below] = [rows[y - 1]?.[x], rows[y + 1]?.[x]];
        own.count++;
        own.upright += Number(above === tile || below === tile);
        own.along += Number(row[x - 1] === tile || row[x + 1] === tile);
        if (below !== undefined) own.below.set(below, (own.below.get(below) ?? 0) + 1);
      }
    }
  }
  return new Map(
    [...found].map(([tile, { count, upright, along, below }]) => [
      tile,
      {
        count,
        upright: upright / count,
        along: along / count,
        below: new Map([...below].map(([other, times]) => [other, times / count])),
      },
    ]),
  );
}
