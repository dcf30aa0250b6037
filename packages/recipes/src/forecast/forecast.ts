/**
 * Forecasts of sales: from a file of what was sold to what will be, how sure that is, and what it rests on. Every item is judged on its
 * own past beside the seasonal naive forecast; what does not beat that is not used.
 */
import { recipe, type StepOutputs } from '@gradus/loop';
import { forecastCard } from './card.ts';
import { compare } from './compare.ts';
import { deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { fits } from './fits.ts';
import { handOver } from './hand-over.ts';
import { OwnOptions, TAKES } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { forecastReport } from './report/report.ts';
import { forecastService } from './service.ts';
import { ForecastSummary } from './summary.ts';
import { type Trained, train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: null;
  build: null;
  train: Trained;
  evaluate: Evaluated;
  deploy: ForecastSummary;
}

export const forecast = recipe<typeof TAKES, typeof OwnOptions, Outputs>({
  name: 'forecast',
  title: { en: 'Sales forecast', zh: '销售预测' },
  about: {
    en: 'From a file of sales to what will sell: every item with intervals, judged on its own past beside the naive forecast; what moved it, and what another plan would do; served, and watched.',
    zh: '由销售数据得出未来销量：每个商品都有区间，并在自身历史上与朴素法比较；说明影响因素以及不同计划的结果；可部署、可监控。',
  },
  version: 2,
  takes: TAKES,
  fits,
  options: OwnOptions,
  steps: { prepare, process: () => null, build: () => null, train, evaluate, deploy },
  summary: ForecastSummary,
  findings: (summary) => {
    const { findings, notes } = ForecastSummary.parse(summary);
    return [...notes, ...findings];
  },
  report: ({ prepare, train, evaluate }) => forecastReport({ ...prepare, train, evaluate }),
  card: ({ run, prepare, train, evaluate }) => forecastCard(prepare, train, evaluate, run.seed),
  service: forecastService,
  handOver,
  compare,
});
