/** Charts as SVG files, drawn without a browser. */
import type { EChartsOption } from 'echarts';

/** One line a series, over steps or epochs. */
export function lossChart(series: Readonly<Record<string, readonly number[]>>): Promise<string> {
  const longest = Math.max(...Object.values(series).map((values) => values.length));
  return drawn({
    legend: { bottom: 0 },
    xAxis: {
      type: 'category',
      data: Array.from({ length: longest }, (_, i) => String(i + 1)),
      name: 'epoch',
    },
    yAxis: { type: 'value', name: 'loss', scale: true },
    series: Object.entries(series).map(([name, values]) => ({
      name,
      type: 'line',
      showSymbol: values.length < 50,
      data: [...values],
    })),
  });
}

/** Truth down, prediction across. */
export function confusionChart(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
): Promise<string> {
  const cells = matrix.flatMap((row, truth) => row.map((count, guess) => [guess, truth, count]));
  return drawn({
    grid: { left: 90, bottom: 70 },
    xAxis: { type: 'category', data: [...classes], name: 'predicted', axisLabel: { rotate: 45 } },
    yAxis: { type: 'category', data: [...classes], name: 'true', inverse: true },
    visualMap: {
      show: false,
      max: Math.max(...cells.map(([, , count]) => count!)),
      inRange: { color: ['#ffffff', '#2f5fa7'] },
    },
    series: [{ type: 'heatmap', data: cells, label: { show: true } }],
  });
}

async function drawn(option: EChartsOption): Promise<string> {
  const echarts = await import('echarts');
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 560 });
  chart.setOption({ animation: false, backgroundColor: '#fff', ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
