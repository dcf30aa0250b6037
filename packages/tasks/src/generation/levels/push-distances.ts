/**
 * How many pushes a lone box needs from each cell to each goal, by pulling boxes back from the goals. A cell from which no goal can be
 * reached is dead: a box there is lost. Pushes are counted for a player who may stand anywhere, so no number is too high.
 */
import type { SokobanLevel } from './sokoban-level.ts';

/** What no box can be pushed through. */
export const OUT_OF_REACH = 0x3fff;

/** @returns [goal][cell] */
export function pushDistances({ width, walls, goals }: SokobanLevel): Uint16Array[] {
  const steps = [1, -1, width, -width];
  return goals.map((goal) => {
    const distance = new Uint16Array(walls.length).fill(OUT_OF_REACH);
    distance[goal] = 0;
    const queue = [goal];
    for (const cell of queue) {
      for (const step of steps) {
        // The player pulls the box from `cell` to `before` and stands behind it.
        const before = cell + step;
        if (walls[before] || walls[before + step] || distance[before] !== OUT_OF_REACH) continue;
        distance[before] = distance[cell]! + 1;
        queue.push(before);
      }
    }
    return distance;
  });
}

/** Cells from which a box reaches no goal, 1 each. */
export const deadCells = (distances: readonly Uint16Array[]): Uint8Array =>
  Uint8Array.from(distances[0]!, (_, cell) => Number(distances.every((of) => of[cell] === OUT_OF_REACH)));
