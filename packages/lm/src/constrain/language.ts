/**
 * A set of texts that regular expressions describe together: those that all of them match, of so many characters. Its automaton is the
 * product of theirs, so that what cannot be completed is known before anything is generated.
 */
import { UserError } from '@gradus/base';
import { Automaton, DEAD } from './automaton.ts';
import { CHARACTERS, LAST_CODE_POINT, merged } from './code-points.ts';
import {
  choice,
  EMPTY,
  type Expression,
  partsOf,
  type Ranges,
  type Rule,
  repeat,
  rule,
  sequence,
  symbols,
} from './expression.ts';
import { BEGIN, END } from './regular-expression.ts';

const MOST_STATES = 20_000;

const ANYTHING = repeat(symbols([0, END]));
/** Texts in which a match is found, wherever: as JSON Schema means a pattern. */
export const found = (pattern: Expression): Expression => sequence(ANYTHING, pattern, ANYTHING);
/** Texts that match from end to end. */
export const whole = (pattern: Expression): Expression =>
  sequence(choice(EMPTY, symbols([BEGIN, BEGIN])), pattern, choice(EMPTY, symbols([END, END])));

/** Code points that no expression tells apart. */
interface Group {
  readonly ranges: number[];
}

export class Language {
  readonly #place: string;
  readonly #automata: readonly Automaton[];
  readonly #groups: readonly Group[];
  readonly #begin: number;
  readonly #end: number;

  /**
   * @param expressions over code points, BEGIN and END
   * @throws UserError naming the place where they are more than can be told apart
   */
  constructor(expressions: readonly Expression[], place: string) {
    this.#place = place;
    const { groups, begin, end } = groupsOf(expressions);
    this.#groups = groups;
    this.#begin = begin;
    this.#end = end;
    this.#automata = expressions.map(
      (expression) =>
        new Automaton(expression, {
          alphabet: groups.length,
          symbolOf: (index) => groups[index]!.ranges[0]!,
          onCrowd: () => this.#tooMuch(),
        }),
    );
  }

  has(text: string): boolean {
    let state = this.#started();
    for (const character of text) {
      const point = character.codePointAt(0)!;
      const group = this.#groups.findIndex(({ ranges }) => inside(ranges, point));
      state = this.#stepped(state, group);
      if (state.includes(DEAD)) return false;
    }
    return this.#ends(state);
  }

  /**
   * As an expression over bytes.
   * @param written how one character of a set is written
   */
  expression(
    written: (ranges: Ranges) => Expression,
    {
      min = 0,
      max = Number.POSITIVE_INFINITY,
      most = MOST_STATES,
    }: { min?: number; max?: number; most?: number } = {},
  ): Expression {
    const rules = new Map<string, Rule>();
    // Beyond what lengths ask for they are all the same.
    const lengthOf = (length: number) => (max === Number.POSITIVE_INFINITY ? Math.min(length, min) : length);
    const ruleOf = (state: readonly number[], characters: number): Rule => {
      const length = lengthOf(characters);
      const key = `${state.join()}:${length}`;
      const known = rules.get(key);
      if (known) return known;
      if (rules.size >= Math.min(most, MOST_STATES)) this.#tooMuch();
      const own = rule(this.#place, length >= min && this.#ends(state));
      rules.set(key, own);
      open.push({ own, state, length });
      return own;
    };
    const open: { own: Rule; state: readonly number[]; length: number }[] = [];
    const characters = new Map<string, Expression>();
    const start = ruleOf(this.#started(), 0);
    for (let next = open.pop(); next; next = open.pop()) {
      const { own, state, length } = next;
      const options: Expression[] = own.nullable ? [EMPTY] : [];
      const after = new Map<Rule, number[]>();
      for (let group = 0; length < max && group < this.#groups.length; group++) {
        if (group === this.#begin || group === this.#end) continue;
        const to = this.#stepped(state, group);
        if (to.includes(DEAD)) continue;
        const target = ruleOf(to, length + 1);
        const ranges = after.get(target) ?? [];
        ranges.push(...this.#groups[group]!.ranges);
        after.set(target, ranges);
      }
      for (const [target, ranges] of after) {
        const set = merged(ranges);
        const key = set.join();
        const character = characters.get(key) ?? written(set);
        characters.set(key, character);
        options.push(sequence(character, target));
      }
      own.body = choice(...options);
    }
    return start;
  }

  #started(): readonly number[] {
    return this.#automata.map((automaton) => {
      const { id } = automaton.start;
      return id === DEAD ? DEAD : automaton.step(id, this.#begin);
    });
  }

  #stepped(state: readonly number[], group: number): readonly number[] {
    return state.map((id, i) => (id === DEAD ? DEAD : this.#automata[i]!.step(id, group)));
  }

  #ends(state: readonly number[]): boolean {
    return this.#stepped(state, this.#end).every(
      (id, i) => id !== DEAD && this.#automata[i]!.place(id).whole,
    );
  }

  #tooMuch(): never {
    throw new UserError({
      en: `${this.#place}: the pattern has more than ${MOST_STATES} states, or is too ambiguous: make it simpler, or its counts and lengths smaller`,
      zh: `${this.#place}：模式的状态超过 ${MOST_STATES} 个，或歧义过多：请简化模式，或减小次数与长度`,
    });
  }
}

function inside(ranges: Ranges, point: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (point >= ranges[i]! && point <= ranges[i + 1]!) return true;
  return false;
}

/** Divides all code points by the sets they are in. */
function groupsOf(expressions: readonly Expression[]): { groups: Group[]; begin: number; end: number } {
  const sets = new Map<string, Ranges>();
  for (const expression of expressions)
    for (const part of partsOf(expression))
      if (part.kind === 'class') sets.set(part.ranges.join(), part.ranges);
  const edges = new Map<number, [number, number][]>();
  const mark = (at: number, set: number, change: number) =>
    edges.set(at, [...(edges.get(at) ?? []), [set, change]]);
  for (const [i, ranges] of [...sets.values(), CHARACTERS].entries())
    for (let k = 0; k < ranges.length; k += 2) {
      mark(ranges[k]!, i, 1);
      mark(ranges[k + 1]! + 1, i, -1);
    }
  for (const at of [0, BEGIN, END]) if (!edges.has(at)) edges.set(at, []);
  const points = [...edges.keys()].filter((at) => at <= END).sort((a, b) => a - b);
  const within = new Set<number>();
  const known = new Map<string, Group>();
  for (const [i, at] of points.entries()) {
    for (const [set, change] of edges.get(at)!) {
      if (change > 0) within.add(set);
      else within.delete(set);
    }
    const last = (points[i + 1] ?? END + 1) - 1;
    if (at <= LAST_CODE_POINT && !within.has(sets.size)) continue; // halves of surrogate pairs
    const key = at > LAST_CODE_POINT ? `edge ${at}` : [...within].sort((a, b) => a - b).join();
    const group = known.get(key) ?? { ranges: [] };
    group.ranges.push(at, last);
    known.set(key, group);
  }
  const groups = [...known.values()];
  const indexOf = (edge: number) => groups.findIndex(({ ranges }) => ranges[0] === edge);
  return { groups, begin: indexOf(BEGIN), end: indexOf(END) };
}
