/**
 * Where goals, boxes and the player can stand in walls that are already there, so that nothing says of the level at once that it cannot be
 * solved: all in one room that hangs together, each box on a cell from which a goal of its own can be reached by pushes (Hall's condition, by
 * matching), no block of four that can never move (a freeze deadlock), and a player who can push something. No level that can be solved is
 * barred; those that remain a solver still has to prove.
 */
import { OUT_OF_REACH, pushDistances } from './push-distances.ts';
import { outlined, type SokobanLevel } from './sokoban-level.ts';

export interface Walls {
  readonly width: number;
  readonly height: number;
  /** By cell along the rows, 1 where nothing can stand. */
  readonly walls: ArrayLike<number>;
}

/** Cells are numbered along the rows of `walls`. */
export class SokobanPlacement {
  readonly #width: number;
  readonly #outer: Pick<SokobanLevel, 'width' | 'height' | 'walls'>;
  readonly #room: Int32Array;
  /** Cells of each room. */
  readonly #sizes: number[] = [];
  #goals: number[] = [];
  #boxes: number[] = [];
  /** By goal, pushes from each cell. */
  #pushes: Uint16Array[] = [];

  constructor({ width, height, walls }: Walls) {
    this.#width = width;
    this.#outer = outlined(width, height, walls);
    this.#room = rooms(this.#outer.walls, this.#outer.width, () => false);
    for (const room of this.#room) if (room >= 0) this.#sizes[room] = (this.#sizes[room] ?? 0) + 1;
  }

  /** @param goals Cells @param boxes Cells */
  place(goals: readonly number[], boxes: readonly number[]): this {
    this.#goals = goals.map((cell) => this.#out(cell));
    this.#boxes = boxes.map((cell) => this.#out(cell));
    this.#pushes = pushDistances({ ...this.#outer, goals: this.#goals, boxes: [], player: 0 });
    return this;
  }

  /** @param boxes How many there will be: its room has to hold them and the player */
  allowsGoal(at: number, boxes = 1): boolean {
    const cell = this.#out(at);
    if (this.#outer.walls[cell] || this.#goals.includes(cell)) return false;
    if (this.#sizes[this.#room[cell]!]! <= boxes) return false;
    return this.#goals.length === 0 || this.#room[cell] === this.#room[this.#goals[0]!];
  }

  allowsBox(at: number): boolean {
    const cell = this.#out(at);
    if (this.#outer.walls[cell] || this.#boxes.includes(cell)) return false;
    const boxes = [...this.#boxes, cell];
    return this.#canMatch(boxes) && !this.#isFrozen(cell, boxes);
  }

  allowsPlayer(at: number): boolean {
    const cell = this.#out(at);
    const { walls, width } = this.#outer;
    if (walls[cell] || this.#boxes.includes(cell)) return false;
    if (this.#boxes.every((box) => this.#goals.includes(box))) return true;
    const reached = rooms(walls, width, (other) => this.#boxes.includes(other));
    const isFree = (other: number) => !walls[other] && !this.#boxes.includes(other);
    const isLive = (other: number) => this.#pushes.some((of) => of[other] !== OUT_OF_REACH);
    return this.#boxes.some((box) =>
      [1, -1, width, -width].some(
        (step) =>
          isFree(box - step) &&
          reached[box - step] === reached[cell] &&
          isFree(box + step) &&
          isLive(box + step),
      ),
    );
  }

  #out(cell: number): number {
    return (Math.floor(cell / this.#width) + 1) * this.#outer.width + (cell % this.#width) + 1;
  }

  /** Whether each box can have a goal of its own (augmenting paths; Kuhn, 1955). */
  #canMatch(boxes: readonly number[]): boolean {
    const boxOf = new Int32Array(this.#goals.length).fill(-1);
    const isFound = (box: number, tried: Uint8Array): boolean =>
      this.#pushes.some((pushes, goal) => {
        if (tried[goal] || pushes[boxes[box]!] === OUT_OF_REACH) return false;
        tried[goal] = 1;
        if (boxOf[goal]! >= 0 && !isFound(boxOf[goal]!, tried)) return false;
        boxOf[goal] = box;
        return true;
      });
    return boxes.every((_, box) => isFound(box, new Uint8Array(this.#goals.length)));
  }

  /** A square of walls and boxes, of which a box is on no goal. */
  #isFrozen(cell: number, boxes: readonly number[]): boolean {
    const { walls, width } = this.#outer;
    return [0, -1, -width, -width - 1].some((shift) => {
      const square = [0, 1, width, width + 1].map((step) => cell + shift + step);
      const stand = square.filter((other) => boxes.includes(other));
      const isFull = square.every((other) => walls[other] || boxes.includes(other));
      return isFull && stand.some((box) => !this.#goals.includes(box));
    });
  }
}

/** By cell, the number of the room that it is in; −1 of walls and what is barred. */
function rooms(walls: Uint8Array, width: number, isBarred: (cell: number) => boolean): Int32Array {
  const room = new Int32Array(walls.length).fill(-1);
  for (let begin = 0, number = 0; begin < walls.length; begin++) {
    if (walls[begin] || room[begin] !== -1 || isBarred(begin)) continue;
    const queue = [begin];
    room[begin] = number;
    for (const cell of queue) {
      for (const step of [1, -1, width, -width]) {
        const next = cell + step;
        if (walls[next] || room[next] !== -1 || isBarred(next)) continue;
        room[next] = number;
        queue.push(next);
      }
    }
    number++;
  }
  return room;
}
