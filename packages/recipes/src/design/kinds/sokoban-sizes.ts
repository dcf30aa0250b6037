/** Rooms of Sokoban of several sizes, brought to one: what lies outside of a room is wall, and around smaller ones stand more walls. */
import type { TileGrid } from '@gradus/tasks';

/** Of the rooms, those that are no larger than the size that all are brought to. */
const FITTING = 0.9;
const FLOORS = new Set([' ', '-', '_']);
const PLAYERS = new Set(['@', '+']);
const WALL = '#';

export interface RoomSize {
  readonly width: number;
  readonly height: number;
}

/** @returns undefined where all are of one size */
export function sizeOfRooms(rooms: readonly TileGrid[]): RoomSize | undefined {
  const [first] = rooms;
  if (rooms.every(({ width, height }) => width === first!.width && height === first!.height)) {
    return undefined;
  }
  const most = (sizes: readonly number[]) =>
    sizes.toSorted((a, b) => a - b)[Math.ceil(FITTING * sizes.length) - 1]!;
  return { width: most(rooms.map(({ width }) => width)), height: most(rooms.map(({ height }) => height)) };
}

/** @returns undefined where the room is larger */
export function walledTo({ width, height }: RoomSize, room: TileGrid): TileGrid | undefined {
  if (room.width > width || room.height > height) return undefined;
  const inside = insideOf(room);
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const tile = room.rows[y]?.[x] ?? WALL;
      return FLOORS.has(tile) && !inside.has(y * room.width + x) ? WALL : tile;
    }).join(''),
  );
  return { width, height, rows };
}

/** Cells that hang together with the player's. */
function insideOf({ width, height, rows }: TileGrid): Set<number> {
  const cells = Array.from({ length: width * height }, (_, cell) => cell);
  const tileAt = (cell: number) => rows[Math.floor(cell / width)]![cell % width]!;
  const inside = new Set(cells.filter((cell) => PLAYERS.has(tileAt(cell))));
  // A set is walked through to what is added on the way.
  for (const cell of inside) {
    const [x, y] = [cell % width, Math.floor(cell / width)];
    const beside = [
      ...(x > 0 ? [cell - 1] : []),
      ...(x + 1 < width ? [cell + 1] : []),
      ...(y > 0 ? [cell - width] : []),
      ...(y + 1 < height ? [cell + width] : []),
    ];
    for (const next of beside) if (tileAt(next) !== WALL) inside.add(next);
  }
  return inside;
}
