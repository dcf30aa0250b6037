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
    numbered(svgOf({ color: SERIES, ...optionOf(chart, language) }, WIDTH, height), drawn++);
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
