/** An answer's JSON as HTML: names and values as tables, lists in order, numbers with four digits, sentences in one language. */
import { count, isLocalized, type Language } from '@gradus/base';
import { escapeHtml } from '@gradus/report';

/** Items of a list, and levels of nesting. */
const MOST = 100;
const DEEPEST = 12;

export function readable(value: unknown, language: Language, depth = 0): string {
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return list(value, language, depth);
  if (isLocalized(value)) return escapeHtml(value[language]);
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).map(
      ([name, of]) => `<tr><th>${escapeHtml(name)}</th><td>${readable(of, language, depth + 1)}</td></tr>`,
    );
    return `<table>${rows.join('\n')}</table>`;
  }
  if (typeof value === 'number') return number(value);
  return value === null ? '–' : escapeHtml(String(value));
}

function list(values: readonly unknown[], language: Language, depth: number): string {
  if (values.length === 0) return '–';
  const shown = values.slice(0, MOST);
  const more = values.length > MOST ? `… (${count(values.length)})` : '';
  const isFlat = shown.every((value) => typeof value !== 'object' || value === null);
  if (isFlat)
    return [...shown.map((value) => readable(value, language, depth + 1)), ...(more ? [more] : [])].join(
      ', ',
    );
  return `<ol>${shown.map((value) => `<li>${readable(value, language, depth + 1)}</li>`).join('\n')}</ol>${more}`;
}

const number = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
