/** Rooms of several sizes become rooms of one. */
import { describe, expect, it } from 'vitest';
import { gridOf } from './level-rules.ts';
import { sizeOfRooms, walledTo } from './sokoban-sizes.ts';

const SMALL = gridOf('  #### \n###  # \n#@$ .##\n#     #\n#######');
const LARGE = gridOf('########\n#@ $  .#\n#      #\n#      #\n#      #\n########');

describe('rooms of Sokoban', () => {
  it('of one size stay as they are', () => {
    expect(sizeOfRooms([LARGE, LARGE])).toBeUndefined();
  });

  it('of several sizes are brought to one that most fit into: outside is wall', () => {
    const size = sizeOfRooms([SMALL, LARGE])!;
    expect(size).toEqual({ width: 8, height: 6 });
    expect(walledTo(size, SMALL)!.rows).toEqual([
      '########',
      '###  ###',
      '#@$ .###',
      '#     ##',
      '########',
      '########',
    ]);
    expect(walledTo(size, LARGE)).toEqual(LARGE);
  });

  it('that are larger than nine in ten do not fit', () => {
    const size = sizeOfRooms([...Array.from({ length: 12 }, () => SMALL), LARGE])!;
    expect(walledTo(size, LARGE)).toBeUndefined();
  });
});
