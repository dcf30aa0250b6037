/** What goes along with a run's model.onnx: what it takes, what it is worth, and what of the run it cannot hold. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimals, UserError } from '@gradus/base';
import { type HandOver, MODEL_FILE } from '@gradus/loop';
import { QUANTILES, type WindowModel } from '@gradus/tasks';
import { z } from 'zod';

export const GRAPH_FILE = 'graph.json';

const Description = z.object({
  window: z.number(),
  season: z.number(),
  horizon: z.number(),
  error: z.number(),
  naiveError: z.number(),
  example: z.array(z.number()),
});

export function graphJson(
  { window, season, horizon, error, naiveError }: WindowModel,
  history: Float64Array,
): string {
  const values = Array.from({ length: window }, (_, i) => history[history.length - window + i] ?? 0);
  return JSON.stringify({ window, season, horizon, error, naiveError, example: values });
}

export async function handOver(directory: string): Promise<HandOver | undefined> {
  const path = join(directory, GRAPH_FILE);
  if (!existsSync(join(directory, MODEL_FILE)) || !existsSync(path)) return undefined;
  const parsed = Description.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    throw new UserError({
      en: `${path} is damaged. Make the run again.`,
      zh: `${path} 已损坏。请重新运行。`,
    });
  }
  const { window, season, horizon, error, naiveError, example } = parsed.data;
  const levels = QUANTILES.join(', ');
  return {
    files: { 'forecast.json': JSON.stringify({ window, season, horizon, quantiles: QUANTILES }) },
    notes: {
      en: [
        `\`history\` [batch, ${window}]: the last ${window} amounts of each item, the oldest first, without gaps. \`mean\` [batch, ${horizon}]: what is expected of the next ${horizon} steps. \`quantiles\` [batch, ${horizon}, ${QUANTILES.length}]: at ${levels}.`,
        `The graph is the regression on windows of all items: one linear map from the past to the future. On the last ${horizon} steps of the histories, which it had not seen, its error was ${decimals(error)} of a window's spread, that of the seasonal naive forecast ${decimals(naiveError)}.`,
        'The forecasts of the run itself come from more: smoothing, theta and ARIMA are fitted to each history anew, which a graph cannot do, and the model of all items takes dates, prices and plans. They stay in Gradus (`gradus serve`).',
      ].join('\n'),
      zh: [
        `\`history\` [batch, ${window}]：每个商品最近 ${window} 步的数量，最早的在前，不含空缺。\`mean\` [batch, ${horizon}]：接下来 ${horizon} 步的预计数量。\`quantiles\` [batch, ${horizon}, ${QUANTILES.length}]：分位数 ${levels}。`,
        `图是全部商品的窗口回归：由过去到未来的一个线性映射。在它未见过的最后 ${horizon} 步上，误差为窗口离散度的 ${decimals(error)}，季节朴素法为 ${decimals(naiveError)}。`,
        '运行本身的预测还来自更多方法：平滑、Theta 和 ARIMA 对每条历史重新拟合，图做不到；全部商品的模型还需要日期、价格和计划。它们留在 Gradus 中（`gradus serve`）。',
      ].join('\n'),
    },
    example: { history: { dtype: 'float32', dims: [1, window], data: Float32Array.from(example) } },
  };
}
