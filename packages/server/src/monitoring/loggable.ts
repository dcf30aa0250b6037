/**
 * What of a request or an answer is kept: its texts redacted and cut, long lists cut, and the whole within a size, so that
 * neither a client's data nor the database's disk is at the mercy of what is sent.
 */
export type Redact = (text: string) => string;

/** Characters that are kept of a text, values of a list or an object. */
const LONGEST_TEXT = 1000;
const MOST_ITEMS = 50;
const DEEPEST = 8;
/** Characters of JSON. */
const LARGEST = 16_384;

/** @returns JSON */
export function loggable(value: unknown, redact: Redact): string {
  const kept = JSON.stringify(reduced(value, redact, 0)) ?? 'null';
  return kept.length <= LARGEST ? kept : JSON.stringify({ cut: kept.length });
}

function reduced(value: unknown, redact: Redact, depth: number): unknown {
  if (typeof value === 'string') {
    // Redacted before it is cut: half a telephone number would not be known as one. What is far longer is cut first.
    const text = redact(value.slice(0, 2 * LONGEST_TEXT));
    return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}, ${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => reduced(item, redact, depth + 1));
    return value.length <= MOST_ITEMS ? items : [...items, `… ${value.length}`];
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([name, item]) => [redact(name.slice(0, 100)), reduced(item, redact, depth + 1)]),
  );
}
