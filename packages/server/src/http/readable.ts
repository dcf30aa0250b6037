/** An answer's JSON as HTML: names and values as tables, lists in order, numbers with four digits. */
import { count } from '@gradus/base';
import { escapeHtml } from '@gradus/report';

/** Items of a list, and levels of nesting. */
const MOST = 100;
const DEEPEST = 12;

export function readable(value: unknown, depth = 0): string {
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return list(value, depth);
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).map(
      ([name, of]) => `<tr><th>${escapeHtml(name)}</th><td>${readable(of, depth + 1)}</td></tr>`,
    );
    return `<table>${rows.join('\n')}</table>`;
  }
  if (typeof value === 'number') return number(value);
  return value === null ? '–' : escapeHtml(String(value));
}

function list(values: readonly unknown[], depth: number): string {
  if (values.length === 0) return '–';
  const shown = values.slice(0, MOST);
  const more = values.length > MOST ? `… (${count(values.length)})` : '';
  const isFlat = shown.every((value) => typeof value !== 'object' || value === null);
  if (isFlat)
    return [...shown.map((value) => readable(value, depth + 1)), ...(more ? [more] : [])].join(', ');
  return `<ol>${shown.map((value) => `<li>${readable(value, depth + 1)}</li>`).join('\n')}</ol>${more}`;
}

const number = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
