/**
 * Rows of a CSV file as text: lines, joined where a quoted field goes on over a line end.
 *
 * The parser proper is csv-parse. What it cannot do is to go on after a quote that is opened and never closed, which
 * would swallow the rest of the file; so rows are separated here first, and such a line is rejected alone.
 */
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

/** Splits text in whole lines into rows; `end` returns the rest. */
export class RecordSplitter {
  readonly #delimiter: string;
  #pending: string[] = [];
  #pendingLength = 0;
  #open = false;
  #line = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  *take(text: string): Generator<RecordText> {
    let queue = linesIn(text);
    while (queue.length > 0) {
      const again: string[][] = [];
      for (const [i, line] of queue.entries()) {
        this.#pending.push(line);
        this.#pendingLength += line.length;
        const scanned = scan(line, this.#open, this.#delimiter);
        // A quote in mid-line that could only open a field, while one is open since a line before.
        const swallowed = scanned.stray && this.#open;
        this.#open = scanned.open;
        if (!this.#open && !swallowed) {
          yield this.#release();
        } else if (swallowed || this.#pending.length > MOST_LINES || this.#pendingLength > MOST_CHARACTERS) {
          again.push(this.#reject(), queue.slice(i + 1));
          yield { text: this.#rejected, line: this.#line - 1, unclosed: true };
          break;
        }
      }
      queue = again.flat();
    }
  }

  *end(): Generator<RecordText> {
    while (this.#pending.length > 0) {
      const rest = this.#reject();
      yield { text: this.#rejected, line: this.#line - 1, unclosed: true };
      yield* this.take(rest.join(''));
    }
  }

  #rejected = '';

  /** Rejects the first pending line, and returns those after it to be scanned again. */
  #reject(): string[] {
    const [first, ...rest] = this.#pending;
    this.#rejected = first!;
    this.#line += 1;
    this.#clear();
    return rest;
  }

  #release(): RecordText {
    const record = { text: this.#pending.join(''), line: this.#line };
    this.#line += this.#pending.length;
    this.#clear();
    return record;
  }

  #clear(): void {
    this.#pending = [];
    this.#pendingLength = 0;
    this.#open = false;
  }
}

function linesIn(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * Whether a quoted field is open at the end of a line, given whether one was at its start; and whether the line, while
 * the field was still open, holds a quote that neither doubles nor closes.
 */
function scan(line: string, openBefore: boolean, delimiter: string): { open: boolean; stray: boolean } {
  if (delimiter === '' || (!openBefore && !line.includes('"'))) return { open: false, stray: false };
  let open = openBefore;
  let inherited = openBefore;
  let stray = false;
  let fieldStart = !open;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
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
  return { open, stray };
}
