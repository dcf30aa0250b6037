/**
 * What tiles may mean that no legend names: guesses from the characters that level files mostly use (the corpora of Summerville et al., 2016, and
 * roguelikes), as far as a tile stands as its character says, and from how tiles stand. A guess is for people to confirm; whether the levels can
 * be played by it, and how hard that is by chance, tells which one is better.
 */
import type { TileGrid } from './grid.ts';
import { isLadder, isOnly, isRope, isThing, type Stand, standsOf, tilesByCount } from './tile-stands.ts';

/** Attributes by tile, as in a legend. */
export type TileAttributes = Readonly<Record<string, readonly string[]>>;

export interface Guess {
  readonly attributes: TileAttributes;
  /** Tiles that are left unknown, taken for ground that can be dug away or jumped through, or for something else than they stand like: what is said of them is worth less. */
  readonly doubts: number;
}

type Role = 'solid' | 'nothing' | 'enemy' | 'item' | 'climbable' | 'platform' | 'deadly' | 'start' | 'exit';

/** Pipes stand upright, and are no ladders. */
const PIPES = '[]<>?Q';
const USUAL: readonly (readonly [tiles: string, role: Role, attributes: readonly string[]])[] = [
  ['#XWB█', 'solid', ['solid']],
  ['-. _,', 'nothing', ['passable']],
  ['EeF', 'enemy', ['enemy', 'passable']],
  ['oG*c$', 'item', ['collectable', 'passable']],
  ['H|', 'climbable', ['climbable', 'ladder', 'passable']],
  ['T=', 'platform', ['platform', 'passable']],
  ['^~', 'deadly', ['damaging']],
  ['@SPM', 'start', ['start', 'passable']],
  ['D>', 'exit', ['exit', 'passable']],
  [`${PIPES}bC`, 'solid', ['solid']],
];
const NOTHING = ['passable'];
const SOLID = ['solid'];
const DIGGABLE = ['solid', 'diggable'];
const PLATFORM = ['platform', 'passable'];
const START = ['start', 'passable'];
const ITEM = ['collectable', 'passable'];
const LADDER = ['climbable', 'ladder', 'passable'];
const ROPE = ['climbable', 'rope', 'passable'];
/** What is not known: a way that neither enters it nor stands on it is one whatever it means. */
const AVOIDED = ['unknown', 'damaging'];
const PASSED = ['unknown', 'passable'];

/** Of the cells, from which a tile that is not the commonest one may be what most of a level is. */
const MUCH = 0.25;
/** Of what items and starts stand on. */
const GROUND = 0.05;
const MOST_EXITS = 4;
/** Of the cells. */
const RARE = 0.1;
const MOST_STARTS = 3;
/** Of the cells of a tile, those with the same beside them. */
const IN_ROWS = 0.6;

/**
 * Guesses, the likelier first where nothing tells them apart.
 *
 * @param tiles That nothing is known of
 */
export function guessesOfTiles(grids: readonly TileGrid[], tiles: ReadonlySet<string>): Guess[] {
  const byCount = tilesByCount(grids);
  const cells = byCount.reduce((sum, [, count]) => sum + count, 0);
  const airs = byCount.filter(([, count], rank) => rank === 0 || count >= MUCH * cells).slice(0, 2);
  const guesses = airs.flatMap(([nothing]) => guessesWith(standsOf(grids, nothing), cells, nothing, tiles));
  const seen = new Set<string>();
  return guesses.filter(({ attributes }) => {
    const text = JSON.stringify(attributes);
    return !seen.has(text) && seen.add(text);
  });
}

function guessesWith(
  stands: ReadonlyMap<string, Stand>,
  cells: number,
  nothing: string,
  tiles: ReadonlySet<string>,
): Guess[] {
  const all = [...stands.keys()].sort();
  const things = all.filter((tile) => tile !== nothing && isThing(stands.get(tile)!));
  const onlies = things.filter((tile) => isOnly(stands.get(tile)!));
  const ground = groundBelow(things, stands, nothing);
  // What a character usually is counts, where its tile stands as that does.
  const usual = new Map(
    all
      .flatMap((tile): [string, Role, readonly string[]][] => {
        const own = USUAL.find(([characters]) => characters.includes(tile));
        return own ? [[tile, own[1], own[2]]] : [];
      })
      .filter(([tile, role]) => standsAs(role, tile, stands.get(tile)!, { cells, nothing, things, ground }))
      .map(([tile, , attributes]) => [tile, attributes]),
  );
  const others = all.filter((tile) => tile !== nothing && !things.includes(tile));
  const uprights = others.filter((tile) => isLadder(stands.get(tile)!) && !PIPES.includes(tile));
  // Floors that are one tile thick hang in the air as ropes do, but things stand on them.
  const hanging = others.filter((tile) => isRope(stands.get(tile)!, nothing) && !ground.includes(tile));
  const guessWith = ({ names, start, ladders, ropes, floors, unknown }: Choice): Guess => {
    let doubts = 0;
    const roleOf = (tile: string): readonly string[] => {
      if (tile === nothing) return NOTHING;
      if (tile === start) return START;
      if (ladders.includes(tile)) return LADDER;
      if (ropes.includes(tile)) return ROPE;
      const stood = things.includes(tile) ? ITEM : ground.includes(tile) ? SOLID : unknown;
      const own = names.get(tile) ?? stood;
      const isOther = own.includes('solid') && floors.tiles.includes(tile);
      if (isOther) doubts += floors.doubt;
      if (own === unknown) doubts++;
      // Platforms hang as ropes do; what is called a wall and stands as ladders do is a doubt all the same.
      if (uprights.includes(tile) || (!names.has(tile) && hanging.includes(tile))) doubts++;
      return isOther ? floors.are : own;
    };
    const attributes = Object.fromEntries([...tiles].sort().map((tile) => [tile, roleOf(tile)]));
    return { attributes, doubts };
  };
  const isGround = (tile: string) => ground.includes(tile) || Boolean(usual.get(tile)?.includes('solid'));
  const floors = others
    .filter((tile) => isGround(tile) && !uprights.includes(tile) && !PIPES.includes(tile))
    .toSorted((a, b) => stands.get(b)!.count - stands.get(a)!.count);
  const other: readonly Floors[] = [
    { tiles: [], are: SOLID, doubt: 0 },
    { tiles: floors.slice(0, 1), are: DIGGABLE, doubt: 1 },
    { tiles: floors, are: DIGGABLE, doubt: 1 },
    // Nearly everything can be got to where all floors let players through.
    { tiles: floors, are: PLATFORM, doubt: 5 },
  ];
  return [usual, new Map<string, readonly string[]>()].flatMap((names) =>
    startsAmong(onlies, names).flatMap((start) =>
      each(uprights).flatMap((ladders) =>
        each(hanging).flatMap((ropes) =>
          other.flatMap((floors) =>
            [AVOIDED, SOLID, PASSED].map((unknown) =>
              guessWith({ names, start, ladders, ropes, floors, unknown }),
            ),
          ),
        ),
      ),
    ),
  );
}

/** What a guess is made of; tiles that stand like ladders, ropes or ground may be none. */
interface Choice {
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly start: string | undefined;
  readonly ladders: readonly string[];
  readonly ropes: readonly string[];
  readonly floors: Floors;
  readonly unknown: readonly string[];
}

/** Solid ground that can be dug away, or jumped through from below. */
interface Floors {
  readonly tiles: readonly string[];
  readonly are: readonly string[];
  /** Of each tile. */
  readonly doubt: number;
}

const each = (tiles: readonly string[]): (readonly string[])[] => (tiles.length === 0 ? [[]] : [tiles, []]);

/** What the player may begin at, of the tiles that are exactly one in each level: one that is called so, else one that is called nothing. */
function startsAmong(
  onlies: readonly string[],
  names: ReadonlyMap<string, readonly string[]>,
): (string | undefined)[] {
  const named = onlies.filter((tile) => names.get(tile)?.includes('start'));
  if (named.length > 0) return named;
  const nameless = onlies.filter((tile) => !names.has(tile));
  return nameless.length > 0 ? nameless.slice(0, MOST_STARTS) : [undefined];
}

/** Tiles that things stand on. */
function groundBelow(
  things: readonly string[],
  stands: ReadonlyMap<string, Stand>,
  nothing: string,
): string[] {
  const shares = new Map<string, number>();
  for (const tile of things) {
    for (const [below, share] of stands.get(tile)!.below)
      shares.set(below, (shares.get(below) ?? 0) + share / things.length);
  }
  return [...shares]
    .filter(([tile, share]) => tile !== nothing && !things.includes(tile) && share >= GROUND)
    .map(([tile]) => tile);
}

interface Level {
  readonly cells: number;
  readonly nothing: string;
  readonly things: readonly string[];
  readonly ground: readonly string[];
}

/** Whether a tile stands as what its character usually is. */
function standsAs(
  role: Role,
  tile: string,
  stand: Stand,
  { cells, nothing, things, ground }: Level,
): boolean {
  const isAlone = things.includes(tile);
  if (tile === nothing) return role === 'nothing';
  switch (role) {
    case 'nothing':
      return false;
    case 'start':
      return Math.max(...stand.counts) <= 1;
    case 'exit':
      return Math.max(...stand.counts) <= MOST_EXITS;
    case 'enemy':
    case 'item': {
      // Coins lie in rows, enemies do not.
      const isInRows = role === 'enemy' && stand.along > IN_ROWS;
      return stand.count <= RARE * cells && !ground.includes(tile) && !isLadder(stand) && !isInRows;
    }
    case 'deadly':
      return !isAlone && !ground.includes(tile);
    case 'solid':
    case 'climbable':
    case 'platform':
      return !isAlone;
  }
}
