import type { Localized } from '@gradus/base';
import { type Chart, heightOf } from './charts/chart.ts';
import type { SimpleBlock } from './document.ts';

/** @param height In pixels; left out, the height at which a chart of its kind reads well. */
export function chartBlock(caption: Localized, chart: Chart, height = heightOf(chart)): SimpleBlock {
  return { kind: 'chart', chart, caption, height };
}
