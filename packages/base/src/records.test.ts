import { expect, it } from 'vitest';
import { mergedRecords } from './records.ts';

it('keeps an entry of every name, and of one name the last', () => {
  const proto = Object.fromEntries([['__proto__', 3]]);
  const merged = mergedRecords([{ a: 1, constructor: 2 }, proto, { a: 4 }]);
  expect(Object.entries(merged)).toEqual([
    ['a', 4],
    ['constructor', 2],
    ['__proto__', 3],
  ]);
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});
