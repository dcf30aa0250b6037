/**
 * A sheet as a sequence of tokens and back, and which tokens can come next: the grammar of fields. A number or choice is a token of its
 * own field (a number of many values two: its range, then its place there), a list its things in their order and an end, a text its letters and
 * an end. Characters of the private use planes stand for all but letters, so that sheets are sequences as names and levels are.
 */
import type { Sheet, SheetField, SheetValue } from './fields.ts';

const FIRST = 0xf0000;
/** Numbers of more values are two tokens. */
const MOST_VALUES = 48;
const RANGES = 24;

/** Drawn fields: those that no other decides. */
type Drawn = Exclude<SheetField, { kind: 'derived' }>;

interface Slot {
  readonly field: Drawn;
  /** The number of its first character. */
  readonly first: number;
  /** Values of each range, of a number of many values. */
  readonly ranges?: readonly (readonly number[])[];
}

/** Of a list what it has to hold, else the values that a field may have; undefined: any. */
type Wished = FieldWish | readonly SheetValue[] | undefined;

/** What people asked a field to be. */
export type FieldWish = number | string;

export class SheetGrammar {
  readonly fields: readonly SheetField[];
  readonly #slots: readonly Slot[];

  constructor(fields: readonly SheetField[]) {
    this.fields = fields;
    let first = FIRST;
    this.#slots = fields
      .filter((field): field is Drawn => field.kind !== 'derived')
      // The name is written last, knowing the rest.
      .toSorted((a, b) => Number(a.kind === 'text') - Number(b.kind === 'text'))
      .map((field) => {
        const slot: Slot = { field, first, ...rangesOf(field) };
        first += sizeOf(slot);
        return slot;
      });
  }

  /** The characters of a longest sequence, its end not counted. */
  get longest(): number {
    return this.#slots.reduce(
      (sum, { field, ranges }) =>
        sum +
        (field.kind === 'list' ? field.most + 1 : field.kind === 'text' ? field.longest + 1 : ranges ? 2 : 1),
      0,
    );
  }

  sequenceOf(sheet: Sheet): string {
    return this.#slots.map((slot) => charactersOf(slot, sheet[slot.field.name] ?? null)).join('');
  }

  /** What was cut off is missing. */
  sheetOf(sequence: string): Sheet {
    const characters = [...sequence];
    const sheet: Record<string, SheetValue> = {};
    let at = 0;
    for (const slot of this.#slots) {
      const [value, length] = valueAt(slot, characters, at);
      sheet[slot.field.name] = value;
      at += length;
    }
    for (const field of this.fields) {
      if (field.kind === 'derived') sheet[field.name] = field.table[String(sheet[field.from])] ?? null;
    }
    return Object.fromEntries(this.fields.map(({ name }) => [name, sheet[name] ?? null]));
  }

  /**
   * Which characters can come next, given those before; '' is the end.
   *
   * @param wishes By field: what it has to be; of a list, what it has to hold
   */
  next(
    before: readonly string[],
    wishes: Readonly<Record<string, FieldWish>> = {},
  ): (character: string) => boolean {
    let at = 0;
    for (const slot of this.#slots) {
      const own = before.slice(at);
      const length = lengthAt(slot, own);
      if (length === undefined) return allowedIn(slot, own, this.#wished(slot.field, wishes));
      at += length;
    }
    return (character) => character === '';
  }

  /** What a field has to be, so that it and those that it decides are as wished. */
  #wished(field: Drawn, wishes: Readonly<Record<string, FieldWish>>): Wished {
    const own = wishes[field.name];
    const decided = this.fields.filter(
      (other) => other.kind === 'derived' && other.from === field.name && wishes[other.name] !== undefined,
    ) as Extract<SheetField, { kind: 'derived' }>[];
    if (field.kind === 'list' || field.kind === 'text') return own;
    const values: readonly SheetValue[] = field.values;
    const fits = values.filter((value) =>
      decided.every(({ name, table }) => String(table[String(value)]) === String(wishes[name])),
    );
    if (own !== undefined) return [nearestTo(field, own)];
    return decided.length > 0 && fits.length > 0 ? fits : undefined;
  }
}

function rangesOf(field: Drawn): Pick<Slot, 'ranges'> {
  if (field.kind !== 'number' || field.values.length <= MOST_VALUES) return {};
  const size = Math.ceil(field.values.length / RANGES);
  return {
    ranges: Array.from({ length: Math.ceil(field.values.length / size) }, (_, i) =>
      field.values.slice(i * size, (i + 1) * size),
    ),
  };
}

/** Characters of a slot: the first is that of nothing, or of an end. */
function sizeOf({ field, ranges }: Slot): number {
  if (field.kind === 'text') return 1;
  if (ranges) return 1 + ranges.length + Math.max(...ranges.map(({ length }) => length));
  return 1 + field.values.length;
}

const character = (first: number, offset: number): string => String.fromCodePoint(first + offset);
const offsetOf = ({ first }: Slot, of: string | undefined): number => (of?.codePointAt(0) ?? 0) - first;

function charactersOf(slot: Slot, value: SheetValue): string {
  const { field, first, ranges } = slot;
  if (field.kind === 'text') return `${value ?? ''}${character(first, 0)}`;
  if (field.kind === 'list') {
    const places = (value as readonly string[]).map((element) => field.values.indexOf(element) + 1);
    return [...places.sort((a, b) => a - b), 0].map((place) => character(first, place)).join('');
  }
  if (value === null) return character(first, 0);
  if (ranges) {
    const range = ranges.findIndex((of) => of.includes(value as number));
    const place = ranges[range]!.indexOf(value as number);
    return character(first, 1 + range) + character(first, 1 + ranges.length + place);
  }
  return character(first, 1 + (field.values as readonly SheetValue[]).indexOf(value));
}

/** How many characters a slot takes of those from its beginning on; undefined where more are to come. */
function lengthAt(slot: Slot, own: readonly string[]): number | undefined {
  const { field, ranges } = slot;
  if (field.kind === 'list' || field.kind === 'text') {
    const end = own.indexOf(character(slot.first, 0));
    return end < 0 ? undefined : end + 1;
  }
  const length = ranges && offsetOf(slot, own[0]) !== 0 ? 2 : 1;
  return own.length < length ? undefined : length;
}

function valueAt(slot: Slot, characters: readonly string[], at: number): [value: SheetValue, length: number] {
  const own = characters.slice(at);
  const length = lengthAt(slot, own) ?? own.length;
  const { field, ranges } = slot;
  if (field.kind === 'text')
    return [
      own
        .slice(0, length - 1)
        .join('')
        .trim() || null,
      length,
    ];
  const places = own.slice(0, length).map((of) => offsetOf(slot, of) - 1);
  if (field.kind === 'list') {
    const values = places.slice(0, -1).map((place) => field.values[place]);
    return [values.filter((value): value is string => value !== undefined), length];
  }
  const [place = -1, within = 0] = places;
  if (ranges) return [ranges[place]?.[within - ranges.length] ?? null, length];
  return [field.values[place] ?? null, length];
}

function allowedIn(slot: Slot, own: readonly string[], wished: Wished): (character: string) => boolean {
  const { field, ranges } = slot;
  const offset = (of: string): number => (of === '' ? -1 : offsetOf(slot, of));
  if (field.kind === 'text') {
    const isEnd = (of: string) => offset(of) === 0;
    if (own.length === 0) return (of) => of !== '' && !isEnd(of) && isLetter(of);
    if (own.length >= field.longest) return isEnd;
    return (of) => isEnd(of) || (of !== '' && isLetter(of));
  }
  if (field.kind === 'list') {
    const last = own.length === 0 ? 0 : offset(own.at(-1)!);
    const needed = typeof wished === 'string' ? field.values.indexOf(wished) + 1 : 0;
    if (own.length >= field.most) return (of) => offset(of) === 0;
    return (of) => {
      const place = offset(of);
      if (needed > last) return place > last && place <= needed;
      return place === 0 || (place > last && place <= field.values.length);
    };
  }
  const isWished = (value: SheetValue): boolean => !Array.isArray(wished) || wished.includes(value);
  const lacking = Number(!field.mayLack || Array.isArray(wished));
  if (!ranges) {
    return (of) => {
      const place = offset(of);
      return (
        place >= lacking &&
        place <= field.values.length &&
        (place === 0 || isWished(field.values[place - 1]!))
      );
    };
  }
  if (own.length === 0) {
    return (of) => {
      const place = offset(of);
      return place >= lacking && place <= ranges.length && (place === 0 || ranges[place - 1]!.some(isWished));
    };
  }
  const values = ranges[offset(own[0]!) - 1]!;
  return (of) => {
    const place = offset(of) - 1 - ranges.length;
    return place >= 0 && place < values.length && isWished(values[place]!);
  };
}

const isLetter = (of: string): boolean => of.codePointAt(0)! < FIRST;

/** The value of a field that is what was asked for, or nearest to it. */
function nearestTo(field: Extract<Drawn, { kind: 'number' | 'choice' }>, wish: FieldWish): SheetValue {
  if (field.kind === 'choice') return String(wish);
  return field.values.reduce((a, b) => (Math.abs(b - Number(wish)) < Math.abs(a - Number(wish)) ? b : a));
}
