/**
 * Repairs a level of Sokoban that cannot be solved, by as little as it takes: one after another, the player, a box or a goal changes places
 * with a floor cell by chance, until the solver finds a solution; a change that is of no use is taken back after some tries.
 */
import { type Random, UserError } from '@gradus/base';
import { sokobanLevel, solveSokoban } from '@gradus/tasks';
import { gridOf } from './level-rules.ts';

const TRIES = 60;
/** Changes on top of each other before it begins again from what was made. */
const DEPTH = 3;
/** A level that needs more is solved too hard to be looked at so often. */
const STATES = 3_000;
const MOVED = new Set(['@', '$', '.']);
const FLOOR = ' ';

export function repairSokoban(item: string, random: Random): string | undefined {
  if (!isComplete(item)) return undefined;
  let tiles = [...item];
  for (let i = 0; i < TRIES; i++) {
    if (i % DEPTH === 0) tiles = [...item];
    const places = Array.from(tiles.keys());
    const from = places.filter((place) => MOVED.has(tiles[place]!));
    const to = places.filter((place) => tiles[place] === FLOOR);
    if (from.length === 0 || to.length === 0) return undefined;
    const [a, b] = [from[random.below(from.length)]!, to[random.below(to.length)]!];
    [tiles[a], tiles[b]] = [tiles[b]!, tiles[a]!];
    const repaired = tiles.join('');
    if (solveSokoban(sokobanLevel(gridOf(repaired)), STATES).kind === 'solved') return repaired;
  }
  return undefined;
}

/** Whether there is one player, and a goal for each box: no change of places makes up for what is not there. */
function isComplete(item: string): boolean {
  try {
    sokobanLevel(gridOf(item));
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
