/**
 * Makes rooms.txt: rooms of Sokoban for trying `gradus design` on. A random walk carves a room, boxes and goals are put into it by
 * chance, and what the solver solves in no fewer than six pushes is kept.
 *
 *     node examples/levels/make.ts > examples/levels/rooms.txt
 */

import { Random } from '@gradus/nn';
import { sokobanLevel, solveSokoban } from '@gradus/tasks';

const ROOMS = 160;
const SIZE = 9;
const BOXES = 3;
const FEWEST_PUSHES = 6;
const STEPS = [1, -1, SIZE, -SIZE];

function room(random: Random): string[] | undefined {
  const cells = new Array<string>(SIZE * SIZE).fill('#');
  let at = Math.floor(SIZE / 2) * (SIZE + 1);
  for (let i = 0; i < 90; i++) {
    cells[at] = ' ';
    const next = at + STEPS[random.below(4)]!;
    const [x, y] = [next % SIZE, Math.floor(next / SIZE)];
    if (x > 0 && x < SIZE - 1 && y > 0 && y < SIZE - 1) at = next;
  }
  const floor = random.shuffle(Int32Array.from(cells.keys()).filter((cell) => cells[cell] === ' '));
  if (floor.length < 20) return undefined;
  cells[floor[0]!] = '@';
  for (let i = 0; i < BOXES; i++) {
    cells[floor[1 + i]!] = '$';
    cells[floor[1 + BOXES + i]!] = '.';
  }
  const rows = Array.from({ length: SIZE }, (_, y) => cells.slice(y * SIZE, (y + 1) * SIZE).join(''));
  const verdict = solveSokoban(sokobanLevel({ width: SIZE, height: SIZE, rows }), 20_000);
  return verdict.kind === 'solved' && verdict.pushes >= FEWEST_PUSHES ? rows : undefined;
}

const random = new Random(2026);
const rooms: string[][] = [];
while (rooms.length < ROOMS) {
  const made = room(random);
  if (made) rooms.push(made);
}
console.log(rooms.map((rows, i) => [`; ${i + 1}`, ...rows, ''].join('\n')).join('\n'));
