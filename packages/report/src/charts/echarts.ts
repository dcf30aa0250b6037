/**
 * Apache ECharts, as far as reports use it. The only file that imports it: it loads here when the first chart is drawn, and
 * packing can bundle what this file reaches. A kind of chart that needs another part of ECharts registers it here.
 *
 * The parts register themselves. `echarts/charts` would load every kind of chart, at twice the time and memory.
 */
import 'echarts/lib/chart/bar.js';
import 'echarts/lib/chart/heatmap.js';
import 'echarts/lib/chart/line.js';
import 'echarts/lib/chart/scatter.js';
import 'echarts/lib/component/gridSimple.js';
import 'echarts/lib/component/legend.js';
import 'echarts/lib/component/title.js';
import 'echarts/lib/component/visualMap.js';
import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use(SVGRenderer);

export type Option = EChartsOption;

/** ECharts' SVG renderer escapes all text. */
export function svgOf(option: Option, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ backgroundColor: 'transparent', ...option, animation: false });
    return chart.renderToSVGString({ useViewBox: true });
  } finally {
    chart.dispose();
  }
}
