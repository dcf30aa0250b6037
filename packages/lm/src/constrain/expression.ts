/**
 * What a text may be, as an expression over symbols: code points where a regular expression is read, bytes where tokens are chosen.
 * Rules may refer to one another, and to themselves: JSON nests.
 */

export type Expression = Empty | Class | Text | Sequence | Choice | Repeat | Rule;

interface Node {
  readonly id: number;
}
export interface Empty extends Node {
  readonly kind: 'empty';
}
/** One symbol of a set: [first, last, first, last, …], ascending and apart. */
export interface Class extends Node {
  readonly kind: 'class';
  readonly ranges: Ranges;
}
/** Symbols one after the other, as a list that is walked. */
export interface Text extends Node {
  readonly kind: 'text';
  readonly first: number;
  readonly rest: Text | Empty;
}
export interface Sequence extends Node {
  readonly kind: 'sequence';
  readonly head: Expression;
  readonly tail: Expression;
}
export interface Choice extends Node {
  readonly kind: 'choice';
  readonly options: readonly Expression[];
}
/** Of a body that is never empty. */
export interface Repeat extends Node {
  readonly kind: 'repeat';
  readonly body: Expression;
  readonly min: number;
  readonly max: number;
}
/** What has a name, so that it can be referred to before it is known. */
export interface Rule extends Node {
  readonly kind: 'rule';
  /** Where in the schema it comes from. */
  readonly place: string;
  readonly nullable: boolean;
  body: Expression;
}

export type Ranges = readonly number[];

/** Of each part, by id, the tokens that its shortest text takes at most; infinite where it has none. */
export type Costs = ReadonlyMap<number, number>;

let count = 0;
const node = (): Node => ({ id: count++ });

export const EMPTY: Empty = { ...node(), kind: 'empty' };
export const NOTHING: Expression = { ...node(), kind: 'choice', options: [] };

export const symbols = (ranges: Ranges): Expression =>
  ranges.length === 0 ? NOTHING : { ...node(), kind: 'class', ranges };

export function text(given: string | Iterable<number>): Text | Empty {
  const list = typeof given === 'string' ? new TextEncoder().encode(given) : [...given];
  let made: Text | Empty = EMPTY;
  for (let i = list.length - 1; i >= 0; i--) made = { ...node(), kind: 'text', first: list[i]!, rest: made };
  return made;
}

export const sequence = (...parts: readonly Expression[]): Expression =>
  parts.reduceRight<Expression>((tail, head) => {
    if (head === NOTHING || tail === NOTHING) return NOTHING;
    if (head === EMPTY) return tail;
    if (tail === EMPTY) return head;
    return { ...node(), kind: 'sequence', head, tail };
  }, EMPTY);

export function choice(...options: readonly Expression[]): Expression {
  const kept = [...new Set(options)].filter((option) => option !== NOTHING);
  if (kept.length === 0) return NOTHING;
  return kept.length === 1 ? kept[0]! : { ...node(), kind: 'choice', options: kept };
}

export const optional = (body: Expression): Expression => choice(EMPTY, body);

export function repeat(body: Expression, min = 0, max = Number.POSITIVE_INFINITY): Expression {
  if (max === 0 || body === EMPTY) return EMPTY;
  if (body === NOTHING) return min === 0 ? EMPTY : NOTHING;
  if (!isNullable(body)) return { ...node(), kind: 'repeat', body, min, max };
  // What may be empty need not be repeated to be there: only what is not empty is.
  return repeat(withoutEmpty(body), 0, max);
}

export const rule = (place: string, nullable = false): Rule => ({
  ...node(),
  kind: 'rule',
  place,
  nullable,
  body: NOTHING,
});

/** One of several texts: those that begin alike share their beginning. */
export function oneOfTexts(texts: readonly (readonly number[])[]): Expression {
  const sorted = [...texts].sort((a, b) => {
    for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
    return a.length - b.length;
  });
  return between(0, sorted.length, 0);

  function between(from: number, to: number, at: number): Expression {
    const [first, last] = [sorted[from]!, sorted[to - 1]!];
    let same = at;
    while (same < first.length && same < last.length && first[same] === last[same]) same++;
    if (same === first.length && same === last.length) return text(first.slice(at));
    const options: Expression[] = [];
    let next = from;
    for (; next < to && sorted[next]!.length === same; next++) options[0] = EMPTY;
    while (next < to) {
      const start = next;
      const symbol = sorted[start]![same];
      while (next < to && sorted[next]![same] === symbol) next++;
      options.push(between(start, next, same));
    }
    return sequence(text(first.slice(at, same)), choice(...options));
  }
}

function isNullable(expression: Expression): boolean {
  switch (expression.kind) {
    case 'empty':
      return true;
    case 'sequence': {
      let rest: Expression = expression;
      for (; rest.kind === 'sequence'; rest = rest.tail) if (!isNullable(rest.head)) return false;
      return isNullable(rest);
    }
    case 'choice':
      return expression.options.some(isNullable);
    case 'repeat':
      return expression.min === 0;
    case 'rule':
      return expression.nullable;
    default:
      return false;
  }
}

function withoutEmpty(expression: Expression): Expression {
  if (!isNullable(expression)) return expression;
  switch (expression.kind) {
    case 'sequence': {
      const { head, tail } = expression;
      return choice(sequence(withoutEmpty(head), tail), withoutEmpty(tail));
    }
    case 'choice':
      return choice(...expression.options.map(withoutEmpty));
    case 'repeat':
      return repeat(expression.body, 1, expression.max);
    default:
      return NOTHING;
  }
}

/** Every expression that can be reached, those that others are made of first where they do not go round. */
export function partsOf(root: Expression): Expression[] {
  const seen = new Set<Expression>();
  const done: Expression[] = [];
  const open: { expression: Expression; left: boolean }[] = [{ expression: root, left: false }];
  for (let top = open.pop(); top; top = open.pop()) {
    const { expression, left } = top;
    if (left) {
      done.push(expression);
      continue;
    }
    if (seen.has(expression)) continue;
    seen.add(expression);
    open.push({ expression, left: true });
    for (const part of directParts(expression)) open.push({ expression: part, left: false });
  }
  return done;
}

export function directParts(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'text':
      return [expression.rest];
    case 'sequence':
      return [expression.head, expression.tail];
    case 'choice':
      return expression.options;
    case 'repeat':
    case 'rule':
      return [expression.body];
    default:
      return [];
  }
}
