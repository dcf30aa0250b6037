/** Draws charts to SVG, without a browser. */
import type { Language } from '@gradus/base';
import { SERIES } from '../palette.ts';
import { type Chart, optionOf } from './chart.ts';
import { WIDTH } from './size.ts';

export type DrawChart = (chart: Chart, language: Language, height: number) => string;

/** ECharts loads at the first call: it takes longer to load than all the rest of Gradus. */
export async function chartDrawer(): Promise<DrawChart> {
  const { svgOf } = await import('./echarts.ts');
  let drawn = 0;
  return (chart, language, height) =>
    numbered(
      svgOf({ color: SERIES, ...optionOf(withoutInheritedNames(chart), language) }, WIDTH, height),
      drawn++,
    );
}

const INHERITED = new RegExp(Object.getOwnPropertyNames(Object.prototype).join('|'), 'g');
const WORD_JOINER = '\u2060';

/**
 * The same data, where no text holds the name of a property that every object inherits. ECharts keeps what it knows of a text
 * in plain objects under that text: `__proto__` would change all objects of the process, `hasOwnProperty` end the drawing.
 * A word joiner within the name, which nobody sees, makes it another text, and its beginnings too, where it is cut.
 */
function withoutInheritedNames<T>(data: T): T {
  if (typeof data === 'string')
    return data.replace(INHERITED, (name) => `${name[0]}${WORD_JOINER}${name.slice(1)}`) as T;
  if (Array.isArray(data)) return data.map(withoutInheritedNames) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, withoutInheritedNames(value)]),
  ) as T;
}

/**
 * The names that a drawing gives its elements, made unique in the page. ECharts counts through the life of the process;
 * the same report has to give the same page.
 */
function numbered(svg: string, drawing: number): string {
  const names = new Map<string, string>();
  return svg.replace(/(?<=\b(?:id|class)="|="url\(#|\n\.)zr\d+-[a-z]+-?\d+/g, (name) => {
    const known = names.get(name) ?? `chart${drawing}-${names.size}`;
    names.set(name, known);
    return known;
  });
}
