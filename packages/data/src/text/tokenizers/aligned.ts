/**
 * A text made from another, and where in the other each of its characters stood: so that a token found in lower-cased,
 * normalized text can be shown in the text as it was written. Positions are UTF-16 units, as everywhere in JavaScript.
 */
import { Budget } from './budget.ts';

export class Aligned {
  readonly text: string;
  /** What may still be written for the text that all this is made from. */
  readonly #budget: Budget;
  /** Where unit 0 stood, where the text is unchanged. */
  readonly #base: number;
  /** Where the original of each unit begins and ends; absent where the text is unchanged. */
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;

  private constructor(text: string, budget: Budget, base: number, starts?: Int32Array, ends?: Int32Array) {
    this.text = text;
    this.#budget = budget;
    this.#base = base;
    this.#starts = starts;
    this.#ends = ends;
  }

  /** A text as it stands, `base` units into the original. */
  static of(text: string, base = 0, budget: Budget = new Budget(text.length)): Aligned {
    return new Aligned(text, budget, base);
  }

  startOf(unit: number): number {
    return this.#starts ? this.#starts[unit]! : this.#base + unit;
  }

  /** Where the original of the units before `unit` ends. */
  endBefore(unit: number): number {
    return this.#ends ? this.#ends[unit - 1]! : this.#base + unit;
  }

  slice(from: number, to: number): Aligned {
    if (from === 0 && to === this.text.length) return this;
    return new Aligned(
      this.text.slice(from, to),
      this.#budget,
      this.#base + from,
      this.#starts?.subarray(from, to),
      this.#ends?.subarray(from, to),
    );
  }

  /** Texts one after another, made from the same original. */
  static join(parts: readonly Aligned[]): Aligned {
    const budget = parts.length > 0 ? parts[0]!.#budget : new Budget(0);
    budget.spend(parts.reduce((sum, part) => sum + part.text.length, 0));
    const text = parts.map((part) => part.text).join('');
    const [starts, ends] = [new Int32Array(text.length), new Int32Array(text.length)];
    let at = 0;
    for (const part of parts) {
      for (let i = 0; i < part.text.length; i++) {
        starts[at] = part.startOf(i);
        ends[at++] = part.endBefore(i + 1);
      }
    }
    return new Aligned(text, budget, 0, starts, ends);
  }

  /** The same places with another text of as many units. */
  withText(text: string): Aligned {
    return new Aligned(text, this.#budget, this.#base, this.#starts, this.#ends);
  }

  static readonly Builder: new (source: Aligned) => AlignedBuilder = class {
    readonly #source: Aligned;
    #text = '';
    #starts: Int32Array;
    #ends: Int32Array;
    #length = 0;

    constructor(source: Aligned) {
      this.#source = source;
      this.#starts = new Int32Array(source.text.length + 16);
      this.#ends = new Int32Array(source.text.length + 16);
    }

    get length(): number {
      return this.#length;
    }

    /** Keeps the units from `from` to `to` of the source. */
    keep(from: number, to: number): void {
      this.#reserve(to - from);
      this.#text += this.#source.text.slice(from, to);
      for (let i = from; i < to; i++) {
        this.#starts[this.#length] = this.#source.startOf(i);
        this.#ends[this.#length++] = this.#source.endBefore(i + 1);
      }
    }

    /** Puts `text` in the place of the units from `from` to `to` of the source. */
    put(text: string, from: number, to: number): void {
      this.#reserve(text.length);
      this.#text += text;
      const start =
        from < this.#source.text.length ? this.#source.startOf(from) : this.#source.endBefore(from);
      const end = to > from ? this.#source.endBefore(to) : start;
      this.#starts.fill(start, this.#length, this.#length + text.length);
      this.#ends.fill(end, this.#length, this.#length + text.length);
      this.#length += text.length;
    }

    done(): Aligned {
      const { length } = this.#text;
      return new Aligned(
        this.#text,
        this.#source.#budget,
        0,
        this.#starts.subarray(0, length),
        this.#ends.subarray(0, length),
      );
    }

    #reserve(more: number): void {
      this.#source.#budget.spend(more);
      if (this.#length + more <= this.#starts.length) return;
      const size = 2 * (this.#length + more);
      const [starts, ends] = [new Int32Array(size), new Int32Array(size)];
      starts.set(this.#starts);
      ends.set(this.#ends);
      this.#starts = starts;
      this.#ends = ends;
    }
  };

  /** Each character (code point) replaced by what `change` makes of it; the source itself where nothing changes. */
  mapCharacters(change: (character: string) => string): Aligned {
    let builder: InstanceType<typeof Aligned.Builder> | undefined;
    let at = 0;
    let kept = 0;
    for (const character of this.text) {
      const end = at + character.length;
      const changed = change(character);
      if (changed !== character) {
        builder ??= new Aligned.Builder(this);
        builder.keep(kept, at);
        builder.put(changed, at, end);
        kept = end;
      }
      at = end;
    }
    if (!builder) return this;
    builder.keep(kept, at);
    return builder.done();
  }
}

/** Makes a text out of another, from its start to its end. */
export interface AlignedBuilder {
  readonly length: number;
  keep(from: number, to: number): void;
  put(text: string, from: number, to: number): void;
  done(): Aligned;
}
