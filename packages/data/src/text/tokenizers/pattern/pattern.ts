/**
 * A regular expression matched in one walk over the text, never going back: time is linear in the text whatever the
 * expression, which a tokenizer file from anywhere may hold. JavaScript's own engine can take exponential time, and
 * overflows its stack on a run of a few million Chinese characters.
 *
 * The expression becomes a program of single steps (Thompson, 1968); the ordered list of places where the program may
 * be is one state of an automaton, so that the first alternative wins as it does in Perl (Cox, "Regular expression
 * matching in the wild", 2010). States and transitions are made when they are first met. Characters are distinguished
 * only as far as the sets of the expression do.
 */
import { UserError } from '@gradus/base';
import { parsePattern, type SetTree, type Tree } from './parse.ts';

type Step =
  | { readonly op: 'set'; readonly set: number }
  | { readonly op: 'look'; readonly set: number; readonly behind: boolean; readonly negated: boolean }
  /** Goes on at each of these; earlier ones are preferred. */
  | { readonly op: 'fork'; readonly to: number[] }
  | { readonly op: 'match' };

interface State {
  /** Places in the program, most preferred first. */
  readonly places: readonly number[];
  /** The class of the character before; 0 where nothing looks behind. */
  readonly before: number;
}

const MAX_STEPS = 20_000;
const MAX_STATES = 5_000;
/** Classes of characters: 0 is not known yet, 1 no character, at the edges of the text. */
const EDGE = 1;
const MAX_CLASSES = 256;
/** A search that finds nothing is begun anew at each character; this many times the text's length, no more. */
const PATIENCE = 200;
/** States: nothing can match any more; the beginning. */
const DEAD = 0;
const BEGIN = 1;

export class Pattern {
  readonly source: string;
  readonly #steps: Step[] = [];
  readonly #sets: RegExp[] = [];
  readonly #setNumbers = new Map<string, number>();
  #looksBehind = false;
  /** The class of each code point, found when it is first met. */
  readonly #classes = new Uint8Array(0x110000);
  /** For each class, which sets it is in. */
  readonly #memberships: boolean[][] = [[], []];
  readonly #classNumbers = new Map<string, number>();
  readonly #states: State[] = [];
  readonly #stateNumbers = new Map<string, number>();
  readonly #starts = new Map<number, number>();
  /** [state, class] → 2 · (next state + 1) + whether a match ends before the character; 0 where not known yet. */
  #table = new Int32Array(16 * MAX_CLASSES);
  /** Where the last match that `find` found begins and ends. */
  start = 0;
  end = 0;

  constructor(source: string) {
    this.source = source;
    this.#compile(parsePattern(source));
    this.#emit({ op: 'match' });
    this.#memberships[EDGE] = this.#sets.map(() => false);
    // The states DEAD and BEGIN.
    this.#state([], 0);
    this.#state([0], this.#looksBehind ? EDGE : 0);
  }

  /**
   * Finds the first match at or after `from` in text.slice(low, high), into `start` and `end`; beyond low and high there
   * is nothing. @throws UserError where the search takes too long.
   */
  find(text: string, from: number, low: number, high: number): boolean {
    let patience = PATIENCE * (high - from) + 100_000;
    const inside =
      from > low && from < high && isLow(text.charCodeAt(from)) && isHigh(text.charCodeAt(from - 1));
    for (let at = inside ? from + 1 : from; at <= high; at++) {
      const end = this.#matchAt(text, at, low, high);
      if (end >= 0) {
        this.start = at;
        this.end = end;
        return true;
      }
      patience -= this.#walked;
      if (patience < 0)
        throw new UserError({
          en: `The pattern ${JSON.stringify(this.source)} takes too long on a text.`,
          zh: `模式 ${JSON.stringify(this.source)} 处理某段文本耗时过长。`,
        });
      if (at < high && isHigh(text.charCodeAt(at)) && at + 1 < high && isLow(text.charCodeAt(at + 1))) at++;
    }
    return false;
  }

  #walked = 0;

  /** Where the preferred match that begins at `at` ends, or −1. */
  #matchAt(text: string, at: number, low: number, high: number): number {
    const classes = this.#classes;
    let table = this.#table;
    let state = this.#looksBehind ? this.#startBehind(text, at, low) : BEGIN;
    let end = -1;
    let i = at;
    for (;;) {
      let width = 1;
      let kind = EDGE;
      if (i < high) {
        let code = text.charCodeAt(i);
        if ((code & 0xfc00) === 0xd800 && i + 1 < high) {
          const second = text.charCodeAt(i + 1);
          if (isLow(second)) {
            code = ((code - 0xd800) << 10) + (second - 0xdc00) + 0x10000;
            width = 2;
          }
        }
        kind = classes[code]!;
        if (kind === 0) kind = this.#classify(code);
      }
      let next = table[state * MAX_CLASSES + kind]!;
      if (next === 0) {
        next = this.#step(state, kind);
        table = this.#table;
      }
      if ((next & 1) === 1) end = i;
      state = (next >> 1) - 1;
      if (state === DEAD) break;
      i += width;
    }
    this.#walked = i - at + 1;
    return end;
  }

  #startBehind(text: string, at: number, low: number): number {
    let before = EDGE;
    if (at > low) {
      let code = text.charCodeAt(at - 1);
      if (isLow(code) && at - 2 >= low && isHigh(text.charCodeAt(at - 2))) code = text.codePointAt(at - 2)!;
      before = this.#classes[code] || this.#classify(code);
    }
    let start = this.#starts.get(before);
    if (start === undefined) {
      start = this.#state([0], before);
      this.#starts.set(before, start);
    }
    return start;
  }

  #classify(code: number): number {
    const character = String.fromCodePoint(code);
    const membership = this.#sets.map((set) => set.test(character));
    const key = membership.join();
    let number = this.#classNumbers.get(key);
    if (number === undefined) {
      number = this.#memberships.push(membership) - 1;
      if (number >= MAX_CLASSES) throw this.#tooComplex();
      this.#classNumbers.set(key, number);
    }
    this.#classes[code] = number;
    return number;
  }

  /** The transition of a state on a class of characters. */
  #step(number: number, kind: number): number {
    const { places, before } = this.#states[number]!;
    const seen = new Set<number>();
    const next: number[] = [];
    let matched = false;
    // Forks are followed depth first, so that what is preferred is met first; a match ends all that is preferred less.
    const stack = places.toReversed();
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (seen.has(place)) continue;
      seen.add(place);
      const step = this.#steps[place]!;
      if (step.op === 'match') {
        matched = true;
        break;
      }
      if (step.op === 'fork') for (const to of step.to.toReversed()) stack.push(to);
      else if (step.op === 'look') {
        const there = this.#memberships[step.behind ? before : kind]![step.set];
        if (there !== step.negated) stack.push(place + 1);
      } else if (this.#memberships[kind]![step.set]) next.push(place + 1);
    }
    const state = next.length === 0 ? DEAD : this.#state([...new Set(next)], this.#looksBehind ? kind : 0);
    const transition = 2 * (state + 1) + (matched ? 1 : 0);
    this.#table[number * MAX_CLASSES + kind] = transition;
    return transition;
  }

  #state(places: readonly number[], before: number): number {
    const key = `${before}:${places.join()}`;
    const known = this.#stateNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.push({ places, before }) - 1;
    if (number >= MAX_STATES) throw this.#tooComplex();
    this.#stateNumbers.set(key, number);
    if ((number + 1) * MAX_CLASSES > this.#table.length) {
      const grown = new Int32Array(this.#table.length * 2);
      grown.set(this.#table);
      this.#table = grown;
    }
    return number;
  }

  #compile(tree: Tree): void {
    COMPILE[tree.kind](this.#compiler, tree as never);
  }

  readonly #compiler: Compiler = {
    compile: (tree) => this.#compile(tree),
    emit: (step) => this.#emit(step),
    set: (tree) => this.#setNumber(tree),
    here: () => this.#steps.length,
    looksBehind: () => {
      this.#looksBehind = true;
    },
  };

  #emit<S extends Step>(step: S): S {
    if (this.#steps.length >= MAX_STEPS) throw this.#tooComplex();
    this.#steps.push(step);
    return step;
  }

  #setNumber({ set, ignoreCase }: SetTree): number {
    const key = `${ignoreCase ? 'i' : ''}${set}`;
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.push(new RegExp(`^${set}$`, ignoreCase ? 'vi' : 'v')) - 1;
      this.#setNumbers.set(key, number);
    }
    return number;
  }

  #tooComplex(): UserError {
    return new UserError({
      en: `The pattern ${JSON.stringify(this.source.slice(0, 200))} is too complex.`,
      zh: `模式 ${JSON.stringify(this.source.slice(0, 200))} 过于复杂。`,
    });
  }
}

interface Compiler {
  compile(tree: Tree): void;
  emit<S extends Step>(step: S): S;
  set(tree: SetTree): number;
  /** The place of the next step. */
  here(): number;
  looksBehind(): void;
}

const COMPILE: {
  readonly [K in Tree['kind']]: (compiler: Compiler, tree: Tree & { readonly kind: K }) => void;
} = {
  set: (compiler, tree) => {
    compiler.emit({ op: 'set', set: compiler.set(tree) });
  },
  look: (compiler, { behind, negated, at }) => {
    if (behind) compiler.looksBehind();
    compiler.emit({ op: 'look', set: compiler.set(at), behind, negated });
  },
  sequence: (compiler, { parts }) => {
    for (const part of parts) compiler.compile(part);
  },
  choice: (compiler, { options }) => {
    const fork = compiler.emit({ op: 'fork', to: [] as number[] });
    const ends: { to: number[] }[] = [];
    for (const option of options) {
      fork.to.push(compiler.here());
      compiler.compile(option);
      ends.push(compiler.emit({ op: 'fork', to: [] as number[] }));
    }
    for (const end of ends) end.to.push(compiler.here());
  },
  repeat: (compiler, { body, min, max, greedy }) => {
    const prefer = (fork: { to: number[] }, again: number, leave: number) =>
      fork.to.push(...(greedy ? [again, leave] : [leave, again]));
    for (let i = 0; i < min; i++) compiler.compile(body);
    if (max === Number.POSITIVE_INFINITY) {
      const place = compiler.here();
      const fork = compiler.emit({ op: 'fork', to: [] as number[] });
      compiler.compile(body);
      compiler.emit({ op: 'fork', to: [place] });
      prefer(fork, place + 1, compiler.here());
      return;
    }
    const forks: { place: number; fork: { to: number[] } }[] = [];
    for (let i = min; i < max; i++) {
      forks.push({ place: compiler.here(), fork: compiler.emit({ op: 'fork', to: [] as number[] }) });
      compiler.compile(body);
    }
    for (const { place, fork } of forks) prefer(fork, place + 1, compiler.here());
  },
};

const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLow = (code: number): boolean => (code & 0xfc00) === 0xdc00;
