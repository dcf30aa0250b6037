/**
 * Rows of a CSV file as text: lines, joined where a field goes on over a line end.
 *
 * A quote that is opened and never closed would swallow the rest of the file; such a line is rejected alone, and those after it
 * are read again. A line is scanned at most twice, as one that begins a row and as one inside a quoted field: what the second scan
 * says is the same whichever line the field began in, and is remembered. So the time is that of the bytes.
 */
import type { Dialect, LineEnds } from './fields.ts';

export interface RecordText {
  readonly text: string;
  /** The number of its first line; the file's first is 1. */
  readonly line: number;
  /** The line opens a quote that is not closed within reason. */
  readonly unclosed?: true;
}

/** A quoted field longer than this counts as never closed. */
const MOST_LINES = 500;
const MOST_CHARACTERS = 1 << 20;

/** Where a line begins, or leaves what follows. */
type State = 'between' | 'quoted' | 'escaped';

/** Splits text in whole lines into rows; `end` returns the rest. */
export class RecordSplitter {
  readonly #dialect: Dialect;
  /** Not released yet, and how long they are together, each with those before it. */
  #lines: string[] = [];
  #lengths: number[] = [0];
  /** The row's first line, and the next one to scan. */
  #from = 0;
  #at = 0;
  #state: State = 'between';
  /** Lines before this, back to the last row's end, leave a field quoted that was so before them. */
  #quotedUntil = 0;
  /** The line that swallows the fields before it, where one was just found. */
  #swallows = -1;
  /** The number of #lines[0]. */
  #number = 1;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  *take(text: string): Generator<RecordText> {
    for (const line of linesIn(text, this.#dialect.ends)) {
      this.#lines.push(line);
      this.#lengths.push(this.#lengths.at(-1)! + line.length);
    }
    while (this.#at < this.#lines.length) {
      const before = this.#state;
      const isKnown = before === 'quoted' && this.#at === this.#swallows;
      const { state, stray } = isKnown ? SWALLOWS : scan(this.#lines[this.#at]!, before, this.#dialect);
      // A quote in mid-line that could only open a field, while one is open since a line before.
      const swallowed = stray && before === 'quoted';
      if (swallowed) this.#swallows = this.#at;
      this.#at += 1;
      if (state === 'between' && !swallowed) {
        yield this.#release();
        continue;
      }
      this.#state = state;
      if (state === 'quoted' && !swallowed) {
        if (before === 'quoted') this.#quotedUntil = Math.max(this.#quotedUntil, this.#at);
        else this.#at = Math.max(this.#at, this.#quotedUntil);
      }
      const length = this.#lengths[this.#at]! - this.#lengths[this.#from]!;
      if (swallowed || this.#at - this.#from > MOST_LINES || length > MOST_CHARACTERS) yield this.#reject();
    }
    this.#forget();
  }

  *end(): Generator<RecordText> {
    while (this.#from < this.#lines.length) {
      yield this.#reject();
      yield* this.take('');
    }
  }

  /** The first line alone; those after it are scanned again. */
  #reject(): RecordText {
    const rejected = {
      text: this.#lines[this.#from]!,
      line: this.#number + this.#from,
      unclosed: true,
    } as const;
    this.#from += 1;
    this.#at = this.#from;
    this.#state = 'between';
    return rejected;
  }

  #release(): RecordText {
    const text =
      this.#at === this.#from + 1
        ? this.#lines[this.#from]!
        : this.#lines.slice(this.#from, this.#at).join('');
    const record = { text, line: this.#number + this.#from };
    this.#from = this.#at;
    this.#state = 'between';
    return record;
  }

  /** Drops what is released. */
  #forget(): void {
    const from = this.#from;
    this.#lines = this.#lines.slice(from);
    const start = this.#lengths[from]!;
    this.#lengths = this.#lengths.slice(from).map((length) => length - start);
    this.#number += from;
    this.#at -= from;
    this.#quotedUntil = Math.max(0, this.#quotedUntil - from);
    this.#swallows = -1;
    this.#from = 0;
  }
}

function linesIn(text: string, ends: LineEnds): string[] {
  return text.match(ends === 'any' ? /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g : /[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * What a line leaves behind, given what it begins in; and whether the line, while the field was still open, holds a quote that
 * neither doubles nor closes.
 */
function scan(line: string, before: State, dialect: Dialect): { state: State; stray: boolean } {
  const { delimiter, escapedBy } = dialect;
  if (delimiter === '') return BETWEEN;
  if (escapedBy === '"' && before === 'between' && !line.includes('"')) return BETWEEN;
  let open = before === 'quoted';
  let inherited = open;
  let stray = false;
  let fieldStart = before === 'between';
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '\\' && escapedBy === '\\') {
      i += 1;
      fieldStart = false;
      if (!open && /^\r?\n$|^\r$/.test(line.slice(i))) return { state: 'escaped', stray };
      continue;
    }
    if (open) {
      if (character !== '"') continue;
      const next = line[i + 1];
      if (next === '"') i += 1;
      else if (next === undefined || next === delimiter || next === '\n' || next === '\r' || next === ' ') {
        open = false;
        inherited = false;
      } else stray ||= inherited;
    } else if (character === '"' && fieldStart) open = true;
    fieldStart = character === delimiter || (fieldStart && character === ' ');
  }
  return { state: open ? 'quoted' : 'between', stray };
}

const BETWEEN = { state: 'between', stray: false } as const;
const SWALLOWS = { state: 'quoted', stray: true } as const;
