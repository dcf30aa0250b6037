/** Levels that are crossed and differ in height: what their files leave out at the top is air, where air is what they begin with. */
import type { TileGrid } from '@gradus/tasks';

/** Of the top row, from which on it is sky and no ceiling. */
const SKY = 0.8;

/** @returns undefined where rows at the top hold anything else, so that none can be set above them or taken away */
export function broughtToHeight(grid: TileGrid, height: number, nothing: string): TileGrid | undefined {
  const { width, rows } = grid;
  if (rows.length === height) return grid;
  const ofNothing = (row: string) => [...row].filter((tile) => tile === nothing).length;
  if (rows.length > height) {
    const above = rows.slice(0, rows.length - height);
    if (above.some((row) => ofNothing(row) < width)) return undefined;
    return { width, height, rows: rows.slice(-height) };
  }
  if (ofNothing(rows[0]!) < SKY * width) return undefined;
  const air = Array<string>(height - rows.length).fill(nothing.repeat(width));
  return { width, height, rows: [...air, ...rows] };
}
