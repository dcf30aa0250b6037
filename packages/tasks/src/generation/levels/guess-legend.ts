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
 * Guesses, the likeliest first: by characters alone; with tiles that stand like ladders; with those that hang like ropes too; with what a
 * player digs through; and where characters say nothing, by how often a tile comes up and what stands on it.
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
  const asLike = (is: (stand: Stand, tile: string) => boolean, attributes: readonly string[]) =>
    Object.fromEntries(
      others.filter((tile) => is(stands.get(tile)!, tile)).map((tile) => [tile, attributes] as const),
    );
  const ladders = asLike(isLadder, ['climbable', 'ladder', 'passable']);
  const standing = rolesOf(grids, tiles, stands, most);
  const ground = Object.keys(standing).filter((tile) => standing[tile]!.includes('solid'));
  // Floors that are one tile thick hang in the air as ropes do, but things stand on them.
  const ropes = asLike(
    (stand, tile) => isRope(stand, most) && !ground.includes(tile),
    ['climbable', 'rope', 'passable'],
  );
  const dug = Object.fromEntries(
    others
      .filter((tile) => tile === 'b' || tile === 'd')
      .map((tile) => [tile, ['solid', 'diggable']] as const),
  );
  // What a character usually is counts for more than how it stands, unless nothing can be played by that.
  const isNamed = (tile: string) => USUAL.some(([characters]) => characters.includes(tile));
  const roles = Object.fromEntries(Object.entries(standing).filter(([tile]) => !isNamed(tile)));
  const nameless = Object.fromEntries(
    Object.keys(usual).map((tile) => [tile, tile === most ? ['passable'] : ['passable', 'unknown']]),
  );
  const dugGround = Object.fromEntries(
    ground.filter((tile) => !isNamed(tile)).map((tile) => [tile, ['solid', 'diggable']] as const),
  );
  const guesses = [
    usual,
    { ...usual, ...ladders },
    { ...usual, ...ladders, ...ropes },
    { ...usual, ...ladders, ...ropes, ...dug },
    { ...usual, ...roles, ...ladders, ...ropes },
    { ...usual, ...ladders, ...ropes, ...roles, ...dugGround },
    { ...nameless, ...ladders, ...ropes, ...standing },
  ];
  const seen = new Set<string>();
  return guesses.filter((guess) => !seen.has(JSON.stringify(guess)) && seen.add(JSON.stringify(guess)));
}

/**
 * Of tiles with characters that say nothing: where a level has exactly one of a tile the player starts; what comes up a few times in each, alone, is
 * to be collected, or an enemy that can be got to all the same; and what these stand on is solid.
 */
function rolesOf(
  grids: readonly TileGrid[],
  tiles: ReadonlySet<string>,
  stands: ReadonlyMap<string, Stand>,
  nothing: string,
): TileAttributes {
  const countsOf = (tile: string) => grids.map(({ rows }) => rows.join('').split(tile).length - 1);
  const alone = [...tiles].filter((tile) => {
    const stand = stands.get(tile);
    return tile !== nothing && stand && stand.along <= ALONE && stand.upright <= ALONE;
  });
  const isOne = (tile: string) =>
    countsOf(tile).filter((count) => count === 1).length >= EVERY * grids.length;
  const [start] = alone.filter(isOne);
  const items = alone.filter((tile) => {
    const counts = countsOf(tile);
    const some = counts.filter((count) => count > 0).length;
    return tile !== start && some >= EVERY * grids.length && Math.max(...counts) <= MOST_ITEMS;
  });
  const ground = new Map<string, number>();
  for (const tile of [...items, ...(start === undefined ? [] : [start])]) {
    for (const [below, share] of stands.get(tile)!.below)
      ground.set(below, (ground.get(below) ?? 0) + share / (items.length + 1));
  }
  const under = [...ground].filter(
    ([tile, share]) => tile !== nothing && share >= GROUND && !alone.includes(tile),
  );
  const roles: [string, readonly string[]][] = [
    ...items.map((tile): [string, readonly string[]] => [tile, ['collectable', 'passable']]),
    ...(start === undefined ? [] : [[start, ['start', 'passable']] as [string, readonly string[]]]),
    ...under.map(([tile]): [string, readonly string[]] => [tile, ['solid']]),
  ];
  return Object.fromEntries(roles.filter(([tile]) => tiles.has(tile)));
}

const ALONE = 0.35;
/** Of the levels. */
const EVERY = 0.9;
const MOST_ITEMS = 60;
/** Of what items and starts stand on. */
const GROUND = 0.1;

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
