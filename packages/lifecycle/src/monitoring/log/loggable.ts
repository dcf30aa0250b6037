/**
 * What of a request or an answer is kept: its texts redacted and cut, long lists cut, and the whole within a size, so that
 * neither a client's data nor the database's disk is at the mercy of what is sent.
 */
export type Redact = (text: string) => string;

/** Characters that are kept of a text, values of a list, fields of an object. */
const LONGEST_TEXT = 1000;
const MOST_ITEMS = 50;
/** A row of a table has a field a column, and outcomes can be learnt from only where all are kept. */
const MOST_FIELDS = 200;
const DEEPEST = 8;
/** Characters of all together, about. */
const LARGEST = 8000;
const CUT = '…';

/**
 * As much of a value as `loggable` looks at: of a long list its beginning, of a long text. It gives the same for both.
 *
 * @returns plain data
 */
export function previewOf(value: unknown, depth = 0): unknown {
  if (depth >= DEEPEST) return null;
  if (typeof value === 'string') return value.slice(0, 2 * LONGEST_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array();
  // One more than is kept says that there are more.
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS + 1).map((item) => previewOf(item, depth + 1));
  const entries = Object.entries(value).slice(0, MOST_FIELDS + 1);
  return Object.fromEntries(entries.map(([name, item]) => [name, previewOf(item, depth + 1)]));
}

/** @returns JSON, in which `…` stands for what was left out */
export function loggable(value: unknown, redact: Redact): string {
  return JSON.stringify(reduced(value, redact, { left: LARGEST }, 0)) ?? 'null';
}

function reduced(value: unknown, redact: Redact, size: { left: number }, depth: number): unknown {
  if (size.left <= 0 || depth >= DEEPEST) return CUT;
  if (typeof value === 'string') {
    // Redacted before it is cut: half a telephone number would not be known as one. What is far longer is cut first.
    const text = redact(value.slice(0, 2 * LONGEST_TEXT));
    const most = Math.min(LONGEST_TEXT, size.left);
    size.left -= Math.min(text.length, most) + 2;
    return text.length <= most ? text : text.slice(0, most) + CUT;
  }
  size.left -= 5;
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return CUT;
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => reduced(item, redact, size, depth + 1));
    return value.length > MOST_ITEMS ? [...items, CUT] : items;
  }
  const kept: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    if (kept.length === MOST_FIELDS || size.left <= 0) {
      kept.push([CUT, CUT]);
      break;
    }
    const short = redact(name.slice(0, 100));
    size.left -= short.length;
    kept.push([short, reduced(item, redact, size, depth + 1)]);
  }
  return Object.fromEntries(kept);
}
