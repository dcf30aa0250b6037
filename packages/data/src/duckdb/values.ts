/**
 * DuckDB's values as plain JavaScript ones, which cross from process to process.
 *
 * - integers of any width: number where that is exact, bigint where it is not
 * - FLOAT, DOUBLE: number (a FLOAT with the fewest digits that tell it from its neighbours: 0.1, not 0.10000000149)
 * - DECIMAL: number up to 15 digits, text beyond
 * - DATE, TIME, TIMESTAMP: ISO 8601 text; with a zone, in UTC
 * - BLOB: bytes; UUID, ENUM, BIT, INTERVAL: text
 * - LIST, ARRAY: array; STRUCT: object; MAP: array of { key, value }
 */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBGeometryValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVariantValue,
} from '@duckdb/node-api';
import type { DuckDbValue } from './protocol.ts';

/** Digits that every DECIMAL of that width keeps as a double. */
const EXACT_DIGITS = 15;

export function plainValue(value: DuckDBValue, type: DuckDBType): DuckDbValue {
  if (type.typeId === DuckDBTypeId.FLOAT && typeof value === 'number') return shortest(value);
  return plain(value);
}

function plain(value: DuckDBValue): DuckDbValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object') return value;
  const rule = OBJECTS.find(([kind]) => value instanceof kind);
  return rule ? rule[1](value as never) : isoText(String(value));
}

type Kind = abstract new (...parts: never[]) => object;
const rule = <K extends Kind>(kind: K, to: (value: InstanceType<K>) => DuckDbValue) => [kind, to] as const;

const OBJECTS: readonly (readonly [Kind, (value: never) => DuckDbValue])[] = [
  rule(DuckDBDecimalValue, (value) =>
    value.width <= EXACT_DIGITS ? Number(value.toString()) : value.toString(),
  ),
  rule(DuckDBTimestampTZValue, ({ micros }) => `${isoText(new DuckDBTimestampValue(micros).toString())}Z`),
  rule(DuckDBTimestampNanosecondsValue, (value) => isoText(value.toString()).replace(/(\.\d*?)0+$/, '$1')),
  rule(DuckDBBlobValue, ({ bytes }) => bytes),
  rule(DuckDBGeometryValue, ({ bytes }) => bytes),
  rule(DuckDBListValue, ({ items }) => items.map(plain)),
  rule(DuckDBArrayValue, ({ items }) => items.map(plain)),
  rule(DuckDBStructValue, ({ entries }) => record(Object.entries(entries))),
  rule(DuckDBMapValue, ({ entries }) =>
    entries.map(({ key, value }) => ({ key: plain(key), value: plain(value) })),
  ),
  rule(DuckDBUnionValue, ({ value }) => plain(value)),
  rule(DuckDBVariantValue, ({ value }) => plain(value)),
];

/** Not by assignment: a field may be called `__proto__`. */
const record = (entries: readonly (readonly [string, DuckDBValue])[]): DuckDbValue =>
  Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));

/** `2024-01-02 03:04:05` as ISO 8601 has it. */
const isoText = (text: string): string => text.replace(/^(\d{4,}-\d\d-\d\d) (?=\d)/, '$1T');

/** The double with the fewest digits that rounds to this 32-bit float. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
