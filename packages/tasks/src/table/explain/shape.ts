/** How the answer goes as a column grows, in few words: it rises, falls, stays, turns once, or goes up and down. */
import type { DependencePoint } from './dependence.ts';

/** Points by place. */
export type Shape =
  /** It hardly changes, beside how far rows are apart. */
  | { readonly kind: 'flat' }
  | { readonly kind: 'rises' | 'falls'; readonly from: number; readonly until: number }
  | { readonly kind: 'peak' | 'valley'; readonly turn: number }
  | { readonly kind: 'wavy'; readonly highest: number; readonly lowest: number };

/** Of the whole way from the lowest to the highest answer: smaller turns are no turns. */
const TURN = 0.2;
/** Nearer than this to the end of the way, it stays. */
const STAYS = 0.1;
/** A smaller change of the mean, beside the spread of the rows, is hardly one. */
const FLAT = 0.05;
/** Points that a stretch where it stays has at least, besides the one where it begins. */
const FEWEST_STAYING = 2;

/** @param points of a number or of times, ascending */
export function shapeOf(points: readonly DependencePoint[]): Shape {
  const answers = points.map(({ answer }) => answer);
  const [lowest, highest] = [Math.min(...answers), Math.max(...answers)];
  const way = highest - lowest;
  const spread = points.reduce((sum, { low, high }) => sum + high - low, 0) / points.length;
  if (way === 0 || way < FLAT * spread) return { kind: 'flat' };
  const turns = turnsOf(answers, TURN * way);
  const last = answers.length - 1;
  if (turns.length === 1)
    return { kind: answers[turns[0]!]! > answers[0]! ? 'peak' : 'valley', turn: turns[0]! };
  if (turns.length > 1)
    return { kind: 'wavy', highest: answers.indexOf(highest), lowest: answers.indexOf(lowest) };
  const rises = answers[last]! > answers[0]!;
  const done = answers.map((answer) => (rises ? answer - lowest : highest - answer) / way);
  const from = done.findLastIndex((share) => share <= STAYS);
  const until = done.findIndex((share) => share >= 1 - STAYS);
  return {
    kind: rises ? 'rises' : 'falls',
    from: from >= FEWEST_STAYING ? from : 0,
    until: last - until >= FEWEST_STAYING ? until : last,
  };
}

/** Places where it turns by more than `least`. */
function turnsOf(answers: readonly number[], least: number): number[] {
  const turns: number[] = [];
  let [top, bottom] = [0, 0];
  let direction = 0;
  for (const [i, answer] of answers.entries()) {
    if (answer > answers[top]!) top = i;
    if (answer < answers[bottom]!) bottom = i;
    if (direction <= 0 && answer - answers[bottom]! > least) {
      if (direction < 0) turns.push(bottom);
      direction = 1;
      top = i;
    } else if (direction >= 0 && answers[top]! - answer > least) {
      if (direction > 0) turns.push(top);
      direction = -1;
      bottom = i;
    }
  }
  return turns;
}
