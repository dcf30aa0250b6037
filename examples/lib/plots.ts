/** Charts as SVG files, drawn without a browser. */
import { type Chart, chartDrawer } from '@gradus/report';

/** One line a series, over steps or epochs. */
export function lossChart(series: Readonly<Record<string, readonly number[]>>): Promise<string> {
  const longest = Math.max(...Object.values(series).map((values) => values.length));
  return drawn({
    kind: 'line',
    x: {
      kind: 'category',
      values: Array.from({ length: longest }, (_, i) => String(i + 1)),
      label: 'epoch',
    },
    y: { label: 'loss', fromZero: false },
    series: Object.entries(series).map(([name, values]) => ({ name, values })),
  });
}

/** Truth down, prediction across. */
export function confusionChart(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
): Promise<string> {
  return drawn({
    kind: 'heatmap',
    columns: classes,
    rows: classes,
    cells: matrix.flatMap((row, truth) => row.map((count, guess) => [guess, truth, count] as const)),
    scale: { kind: 'sequential' },
  });
}

async function drawn(chart: Chart): Promise<string> {
  const draw = await chartDrawer();
  return draw(chart, 'en', 560);
}
