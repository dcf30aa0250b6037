/**
 * Names of predictions: UUIDs of version 7 (RFC 9562), which begin with the milliseconds since 1970. In the order of their
 * text they are in the order of time, so that what is older than a day is what is less than a certain id.
 *
 * A request may ask about many things: `ID.0` is its first row, `ID.1` its second; `ID` alone is the only one.
 */
import { randomUUID } from 'node:crypto';

export function newPredictionId(now = Date.now()): string {
  // Version 4 from the ninth digit on, with the version's digit set: Node draws those from a pool, which is fast.
  return `${timeOf(now)}-7${randomUUID().slice(15)}`;
}

/** Less than every id made at this time or later, and greater than every one made before. */
export const idAt = (time: number): string => `${timeOf(time)}-7`;

function timeOf(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

const NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})(?:\.(\d{1,9}))?$/i;

/** @returns undefined where the text names no prediction */
export function parsePrediction(
  text: string,
): { readonly id: string; readonly row: number | undefined } | undefined {
  const [, id, row] = NAME.exec(text.trim()) ?? [];
  return id === undefined
    ? undefined
    : { id: id.toLowerCase(), row: row === undefined ? undefined : Number(row) };
}
