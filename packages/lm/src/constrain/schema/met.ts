/** Two cases of one type that hold at once, as one. */
import { type ArrayCase, innermost, type NumberCase, type ObjectCase, type Schemas } from './case.ts';

export function metNumbers(a: NumberCase, b: NumberCase): NumberCase {
  const [low, high] = [innermost([a.low, b.low], 1), innermost([a.high, b.high], -1)];
  return {
    type: 'number',
    integer: a.integer || b.integer,
    multiples: [...new Set([...a.multiples, ...b.multiples])],
    ...(low && { low }),
    ...(high && { high }),
  };
}

export const emptyNumbers = ({ low, high }: NumberCase): boolean =>
  low !== undefined &&
  high !== undefined &&
  (low.value > high.value || (low.value === high.value && (low.open || high.open)));

export function metArrays(a: ArrayCase, b: ArrayCase): ArrayCase {
  const count = Math.max(a.prefix.length, b.prefix.length);
  const at = (of: ArrayCase, i: number) => of.prefix[i] ?? of.items;
  return {
    type: 'array',
    prefix: Array.from({ length: count }, (_, i) => joined(at(a, i), at(b, i))),
    items: joined(a.items, b.items),
    min: Math.max(a.min, b.min),
    max: Math.min(a.max, b.max),
  };
}

export function metObjects(a: ObjectCase, b: ObjectCase): ObjectCase {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const of = (object: ObjectCase, name: string) => object.properties.get(name) ?? object.additional;
  return {
    type: 'object',
    properties: new Map([...names].map((name) => [name, joined(of(a, name), of(b, name))])),
    required: new Set([...a.required, ...b.required]),
    additional: joined(a.additional, b.additional),
    open: a.open && b.open,
    min: Math.max(a.min, b.min),
    max: Math.min(a.max, b.max),
  };
}

const joined = (a: Schemas, b: Schemas): Schemas => [
  ...new Map([...a, ...b].map((located) => [located.place, located])).values(),
];
