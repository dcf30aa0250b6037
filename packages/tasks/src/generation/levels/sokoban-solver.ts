/**
 * Solves Sokoban: best-first search over pushes (Junghanns and Schaeffer, "Sokoban: enhancing general single-agent search methods",
 * 2001). A state is where the boxes are and which cells the player can reach; what is left is estimated by the best matching of boxes
 * with goals; states in which a box is lost, alone (dead cells) or because it and its neighbours can never move again (frozen boxes),
 * are not followed. The estimate counts for more than the pushes made, so that solutions are found soon, not shortest.
 *
 * Work is counted in states and not in seconds, so that the same level gets the same verdict on every machine.
 */
import { linearAssignment } from '@gradus/classical';
import { deadCells, OUT_OF_REACH, pushDistances } from './push-distances.ts';
import type { SokobanLevel } from './sokoban-level.ts';

export type SokobanVerdict =
  /** `moves` as players write them: u d l r a step, U D L R a push. */
  | { readonly kind: 'solved'; readonly moves: string; readonly pushes: number; readonly states: number }
  /** No push leads to a solution: every state was looked at. */
  | { readonly kind: 'unsolvable'; readonly states: number }
  /** Neither was shown within the limit. */
  | { readonly kind: 'unknown'; readonly states: number };

/** States looked at: what takes about two seconds for a level of ten by ten. */
const MOST_STATES = 400_000;
/** What an estimated push weighs against one that was made. */
const WEIGHT = 4;
/** Goals for which all matchings are cheaper to weigh by dynamic programming than by the Hungarian method. */
const FEW_GOALS = 6;

export function solveSokoban(level: SokobanLevel, mostStates = MOST_STATES): SokobanVerdict {
  return new Search(level).run(mostStates);
}

class Search {
  readonly #level: SokobanLevel;
  /** Right, left, down, up. */
  readonly #steps: readonly number[];
  readonly #distances: readonly Uint16Array[];
  readonly #dead: Uint8Array;
  readonly #isGoal: Uint8Array;
  /** By cell: 1 where a box stands in the state that is looked at. */
  readonly #hasBox: Uint8Array;
  readonly #reachBefore: Reach;
  readonly #reachAfter: Reach;

  /** Of each state: the cells of its boxes in ascending order, and one that the player can reach. */
  readonly #boxes: Uint32Array[] = [];
  readonly #players: number[] = [];
  /** The state before it, and the push that led here: the box's cell before, times 4, plus the direction. */
  readonly #parents: number[] = [];
  readonly #pushes: number[] = [];
  readonly #made: number[] = [];
  readonly #known = new Set<string>();
  /** States that wait to be looked at, by rank. */
  readonly #waiting: number[][] = [];

  constructor(level: SokobanLevel) {
    this.#level = level;
    const { width, walls, goals } = level;
    this.#steps = [1, -1, width, -width];
    this.#distances = pushDistances(level);
    this.#dead = deadCells(this.#distances);
    this.#isGoal = new Uint8Array(walls.length);
    for (const goal of goals) this.#isGoal[goal] = 1;
    this.#hasBox = new Uint8Array(walls.length);
    this.#reachBefore = new Reach(walls, this.#hasBox, this.#steps);
    this.#reachAfter = new Reach(walls, this.#hasBox, this.#steps);
  }

  run(mostStates: number): SokobanVerdict {
    const { boxes, player } = this.#level;
    if (boxes.some((box) => this.#dead[box])) return { kind: 'unsolvable', states: 0 };
    for (const box of boxes) this.#hasBox[box] = 1;
    this.#add(Uint32Array.from(boxes).sort(), player, -1, 0, 0);
    for (const box of boxes) this.#hasBox[box] = 0;
    let looked = 0;
    for (let rank = 0; rank < this.#waiting.length; ) {
      const state = this.#waiting[rank]?.pop();
      if (state === undefined) {
        rank++;
        continue;
      }
      if (looked === mostStates) return { kind: 'unknown', states: looked };
      looked++;
      if (this.#boxes[state]!.every((box) => this.#isGoal[box])) {
        return { kind: 'solved', moves: this.#movesTo(state), pushes: this.#made[state]!, states: looked };
      }
      rank = Math.min(rank, this.#expand(state));
    }
    return { kind: 'unsolvable', states: looked };
  }

  /** @returns the least rank of the states that were added */
  #expand(state: number): number {
    const boxes = this.#boxes[state]!;
    for (const box of boxes) this.#hasBox[box] = 1;
    this.#reachBefore.from(this.#players[state]!);
    let least = Number.POSITIVE_INFINITY;
    for (const [i, box] of boxes.entries()) {
      for (const [direction, step] of this.#steps.entries()) {
        const to = box + step;
        const isFree = !this.#level.walls[to] && !this.#hasBox[to] && !this.#dead[to];
        if (!isFree || !this.#reachBefore.has(box - step)) continue;
        this.#hasBox[box] = 0;
        this.#hasBox[to] = 1;
        if (this.#isGoal[to] ? !this.#freezesAnother(to) : !this.#isFrozen(to, new Set())) {
          const made = this.#made[state]! + 1;
          least = Math.min(least, this.#add(moved(boxes, i, to), box, state, 4 * box + direction, made));
        }
        this.#hasBox[to] = 0;
        this.#hasBox[box] = 1;
      }
    }
    for (const box of boxes) this.#hasBox[box] = 0;
    return least;
  }

  /** @returns the rank of the state; infinity where it is known or lost */
  #add(boxes: Uint32Array, player: number, parent: number, push: number, made: number): number {
    const standing = this.#reachAfter.from(player);
    const key = String.fromCharCode(...boxes, standing);
    if (this.#known.has(key)) return Number.POSITIVE_INFINITY;
    this.#known.add(key);
    const left = this.#pushesLeft(boxes);
    if (left >= OUT_OF_REACH) return Number.POSITIVE_INFINITY;
    const state = this.#boxes.length;
    this.#boxes.push(boxes);
    this.#players.push(player);
    this.#parents.push(parent);
    this.#pushes.push(push);
    this.#made.push(made);
    const rank = made + WEIGHT * left;
    const waiting = this.#waiting[rank];
    if (waiting) waiting.push(state);
    else this.#waiting[rank] = [state];
    return rank;
  }

  /** The pushes of the best matching of boxes with goals, each box alone. */
  #pushesLeft(boxes: Uint32Array): number {
    if (this.#distances.length > FEW_GOALS) {
      const value = Array.from(boxes, (box) => this.#distances.map((distance) => -distance[box]!));
      const goals = linearAssignment(value);
      return goals.reduce((sum, goal, i) => sum - value[i]![goal]!, 0);
    }
    // By the set of goals that are taken: the least that the boxes so far can have cost.
    let costs = new Map([[0, 0]]);
    for (const box of boxes) {
      const next = new Map<number, number>();
      for (const [taken, cost] of costs) {
        for (const [goal, distance] of this.#distances.entries()) {
          const bit = 1 << goal;
          const total = cost + distance[box]!;
          if (taken & bit || total >= (next.get(taken | bit) ?? OUT_OF_REACH)) continue;
          next.set(taken | bit, total);
        }
      }
      costs = next;
    }
    return Math.min(OUT_OF_REACH, ...costs.values());
  }

  /** Whether a box can never move again: on both axes it is against a wall or a box that cannot move either, or between dead cells. */
  #isFrozen(box: number, taken: Set<number>): boolean {
    // What is being judged is taken for a wall, or two boxes would ask about each other for ever.
    taken.add(box);
    const blocks = (cell: number): boolean =>
      this.#level.walls[cell] === 1 ||
      taken.has(cell) ||
      (this.#hasBox[cell] === 1 && this.#isFrozen(cell, taken));
    const frozen = [1, this.#level.width].every(
      (step) =>
        (this.#dead[box - step] === 1 && this.#dead[box + step] === 1) ||
        blocks(box - step) ||
        blocks(box + step),
    );
    if (!frozen) taken.delete(box);
    return frozen;
  }

  /** A box on a goal may rest there for ever, unless it holds one that is on none. */
  #freezesAnother(box: number): boolean {
    return this.#steps.some((step) => {
      const other = box + step;
      return this.#hasBox[other] === 1 && !this.#isGoal[other] && this.#isFrozen(other, new Set());
    });
  }

  #movesTo(state: number): string {
    const states: number[] = [];
    for (let at = state; this.#parents[at] !== -1; at = this.#parents[at]!) states.unshift(at);
    let { player } = this.#level;
    const boxes = new Set(this.#level.boxes);
    let moves = '';
    for (const at of states) {
      const [box, direction] = [Math.floor(this.#pushes[at]! / 4), this.#pushes[at]! % 4];
      const step = this.#steps[direction]!;
      moves += walk(this.#level, boxes, this.#steps, player, box - step) + 'RLDU'[direction]!;
      boxes.delete(box);
      boxes.add(box + step);
      player = box;
    }
    return moves;
  }
}

/** What a player reaches without a push. */
class Reach {
  readonly #walls: Uint8Array;
  readonly #hasBox: Uint8Array;
  readonly #steps: readonly number[];
  /** By cell: the number of the search that reached it last. */
  readonly #reached: Uint32Array;
  readonly #queue: Int32Array;
  #searches = 0;

  constructor(walls: Uint8Array, hasBox: Uint8Array, steps: readonly number[]) {
    this.#walls = walls;
    this.#hasBox = hasBox;
    this.#steps = steps;
    this.#reached = new Uint32Array(walls.length);
    this.#queue = new Int32Array(walls.length);
  }

  /** @returns the least cell that is reached: the same for all places from which the same is reached */
  from(player: number): number {
    this.#searches++;
    let [least, read, written] = [player, 0, 1];
    this.#queue[0] = player;
    this.#reached[player] = this.#searches;
    while (read < written) {
      const cell = this.#queue[read++]!;
      if (cell < least) least = cell;
      for (const step of this.#steps) {
        const next = cell + step;
        if (this.#walls[next] || this.#hasBox[next] || this.#reached[next] === this.#searches) continue;
        this.#reached[next] = this.#searches;
        this.#queue[written++] = next;
      }
    }
    return least;
  }

  has(cell: number): boolean {
    return this.#reached[cell] === this.#searches;
  }
}

function moved(boxes: Uint32Array, i: number, to: number): Uint32Array {
  const next = boxes.slice();
  next[i] = to;
  return next.sort();
}

/** The shortest way of a player between two cells, as letters. */
function walk(
  { walls }: SokobanLevel,
  boxes: ReadonlySet<number>,
  steps: readonly number[],
  from: number,
  to: number,
): string {
  const came = new Map([[from, '']]);
  for (const [cell, path] of came) {
    if (cell === to) return path;
    for (const [direction, step] of steps.entries()) {
      const next = cell + step;
      if (!walls[next] && !boxes.has(next) && !came.has(next)) came.set(next, path + 'rldu'[direction]!);
    }
  }
  throw new Error('a push that the player could not reach');
}
