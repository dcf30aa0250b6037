/**
 * Walks an expression symbol by symbol. Where a walk stands is a set of stacks: what is expected next, and what after that, as a
 * parser of any context-free grammar has it (Lang, 1974). Places and the ways between them are made when they are first met and kept
 * in a table, as a regular expression's automaton is made lazily.
 */
import { type Costs, EMPTY, type Expression, type Repeat } from './expression.ts';

interface Stack {
  readonly id: number;
  readonly top: Expression;
  /** None: what is on top is all. */
  readonly below: Stack | undefined;
  readonly cost: number;
  readonly above: Map<number, Stack>;
}

/** Where a walk stands: every way to go on begins with a symbol or a text on top of a stack. */
export interface Place {
  readonly id: number;
  readonly age: number;
  readonly stacks: readonly Stack[];
  /** Whether what was walked is a whole text. */
  readonly whole: boolean;
  /** Tokens that a shortest end takes, at most. */
  readonly cost: number;
}

/** No place: the symbol may not stand there. */
export const DEAD = 0;
const UNKNOWN = -1;
/** Places that are kept, each a row of the table. */
const MOST_PLACES = 32_768;

export interface AutomatonOptions {
  /** How many symbols there are: bytes, or the classes of code points that matter. */
  readonly alphabet: number;
  /** The symbol that stands for a class; default itself. */
  readonly symbolOf?: (index: number) => number;
  /** Default: 0 of all. */
  readonly costs?: Costs;
  /** Called where a place has more stacks than this; without it the cheapest are kept, and fewer texts can be had. */
  readonly onCrowd?: () => never;
}

const MOST_STACKS = 512;

export class Automaton {
  readonly #root: Expression;
  readonly #alphabet: number;
  readonly #symbolOf: (index: number) => number;
  readonly #onCrowd: (() => never) | undefined;
  #table = new Int32Array(0);
  #places: (Place | undefined)[] = [];
  #ids = new Map<string, number>();
  #bottom = new Map<number, Stack>();
  #repeats = new Map<string, Repeat>();
  readonly #costs: Costs | undefined;
  /** Of repeats that were made on the way. */
  #repeatCosts = new Map<number, number>();
  #stacks = 0;
  /** Whether symbols are their own indices, so that those beside one another can be taken together. */
  readonly #ordered: boolean;
  /** Grows when all places are forgotten. */
  age = 0;

  constructor(root: Expression, { alphabet, symbolOf, costs, onCrowd }: AutomatonOptions) {
    this.#costs = costs;
    this.#root = root;
    this.#alphabet = alphabet;
    this.#symbolOf = symbolOf ?? ((index) => index);
    this.#ordered = symbolOf === undefined;
    this.#onCrowd = onCrowd;
    this.#forget();
  }

  get start(): Place {
    const first = this.#push(this.#root, undefined);
    return this.place(this.#placed([first]));
  }

  place(id: number): Place {
    return this.#places[id]!;
  }

  /** The place as it is known now; all are forgotten when there are too many. Ids of before are void after this. */
  current(place: Place): Place {
    let known = place;
    if (this.#places.length > MOST_PLACES) {
      this.age++;
      this.#forget();
    }
    if (place.age !== this.age)
      known = this.place(
        this.#placed(
          place.stacks.map((s) => this.#again(s)),
          place.whole,
        ),
      );
    return known;
  }

  /** @returns the id of the place after a symbol, or DEAD */
  step(id: number, index: number): number {
    const next = this.#table[id * this.#alphabet + index]!;
    return next === UNKNOWN ? this.#stepped(id, index) : next;
  }

  #stepped(id: number, index: number): number {
    const symbol = this.#symbolOf(index);
    const after: (Stack | undefined)[] = [];
    // Symbols around this one that no stack tells from it lead to the same place.
    let [first, last] = [0, this.#alphabet - 1];
    for (const { top, below } of this.#places[id]!.stacks) {
      const within = rangeAround(top, symbol);
      if (within.has)
        after.push(top.kind === 'text' && top.rest !== EMPTY ? this.#push(top.rest, below) : below);
      first = Math.max(first, within.first);
      last = Math.min(last, within.last);
    }
    const next = after.length === 0 ? DEAD : this.#placed(after);
    if (!this.#ordered) first = last = index;
    this.#table.fill(next, id * this.#alphabet + first, id * this.#alphabet + last + 1);
    return next;
  }

  /** The place of stacks, whatever is on top of them: taken apart until each begins with a symbol. */
  #placed(stacks: readonly (Stack | undefined)[], wholeBefore = false): number {
    const open = [...stacks];
    const seen = new Set<Stack>();
    let ready: Stack[] = [];
    let whole = wholeBefore;
    for (let at = 0; at < open.length; at++) {
      const stack = open[at];
      if (!stack) {
        whole = true;
        continue;
      }
      if (seen.has(stack) || stack.cost === Number.POSITIVE_INFINITY) continue;
      seen.add(stack);
      const { top, below } = stack;
      if (top.kind === 'class' || top.kind === 'text') ready.push(stack);
      else if (top.kind === 'empty') open.push(below);
      else if (top.kind === 'sequence') open.push(this.#push(top.head, this.#push(top.tail, below)));
      else if (top.kind === 'choice') for (const option of top.options) open.push(this.#push(option, below));
      else if (top.kind === 'rule') open.push(this.#push(top.body, below));
      else {
        if (top.min === 0) open.push(below);
        const rest = top.max === 1 ? below : this.#push(this.#less(top), below);
        open.push(this.#push(top.body, rest));
      }
    }
    if (ready.length > MOST_STACKS && this.#onCrowd) this.#onCrowd();
    ready.sort((a, b) => a.cost - b.cost || a.id - b.id);
    if (ready.length > MOST_STACKS) ready = ready.slice(0, MOST_STACKS);
    if (ready.length === 0 && !whole) return DEAD;
    const cost = whole ? 0 : ready[0]!.cost;
    const key = `${whole ? '.' : ''}${ready
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join()}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#places.length;
    this.#places.push({ id, age: this.age, stacks: ready, whole, cost });
    this.#ids.set(key, id);
    this.#grow();
    return id;
  }

  /** A repeat of which one is done. */
  #less(repeat: Repeat): Repeat {
    const { body, min, max } = repeat;
    if (min === 0 && max === Number.POSITIVE_INFINITY) return repeat;
    return this.#repeated(body, Math.max(0, min - 1), max - 1);
  }

  #repeated(body: Expression, min: number, max: number): Repeat {
    const key = `${body.id},${min},${max}`;
    let known = this.#repeats.get(key);
    if (!known) {
      known = { kind: 'repeat', id: -1 - this.#repeats.size, body, min, max };
      this.#repeatCosts.set(known.id, min === 0 ? 0 : min * this.#costOf(body));
      this.#repeats.set(key, known);
    }
    return known;
  }

  #push(top: Expression, below: Stack | undefined): Stack {
    const above = below?.above ?? this.#bottom;
    let known = above.get(top.id);
    if (!known) {
      known = {
        id: this.#stacks++,
        top,
        below,
        cost: this.#costOf(top) + (below?.cost ?? 0),
        above: new Map(),
      };
      above.set(top.id, known);
    }
    return known;
  }

  #costOf({ id }: Expression): number {
    return (id < 0 ? this.#repeatCosts : this.#costs)?.get(id) ?? 0;
  }

  #again(stack: Stack): Stack {
    const tops: Expression[] = [];
    for (let at: Stack | undefined = stack; at; at = at.below) tops.push(at.top);
    return tops.reduceRight<Stack | undefined>((below, top) => {
      const known =
        top.id < 0 ? this.#repeated((top as Repeat).body, (top as Repeat).min, (top as Repeat).max) : top;
      return this.#push(known, below);
    }, undefined)!;
  }

  #forget(): void {
    this.#places = [undefined];
    this.#ids = new Map();
    this.#bottom = new Map();
    this.#repeats = new Map();
    this.#repeatCosts = new Map();
    this.#table = new Int32Array(16 * this.#alphabet).fill(UNKNOWN);
  }

  #grow(): void {
    const rows = this.#table.length / this.#alphabet;
    if (this.#places.length < rows) return;
    const grown = new Int32Array(2 * rows * this.#alphabet).fill(UNKNOWN);
    grown.set(this.#table);
    this.#table = grown;
  }
}

/** The symbols around one that a class or text takes, or does not take, as it does this one. */
function rangeAround(top: Expression, symbol: number): { has: boolean; first: number; last: number } {
  const ranges = top.kind === 'class' ? top.ranges : top.kind === 'text' ? [top.first, top.first] : [];
  let first = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (symbol < ranges[i]!) return { has: false, first, last: ranges[i]! - 1 };
    if (symbol <= ranges[i + 1]!) return { has: true, first: ranges[i]!, last: ranges[i + 1]! };
    first = ranges[i + 1]! + 1;
  }
  return { has: false, first, last: Number.POSITIVE_INFINITY };
}
