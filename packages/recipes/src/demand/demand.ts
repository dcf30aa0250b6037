/**
 * Demand analysis: from a file of reviews to what customers need, and a served model that improves.
 *
 * Sentiment is learnt from the file's own labels or ratings; themes are found without labels, in clauses; the analysis
 * puts them together: how often, how bad, growing or shrinking, at what cost, and so what to do first.
 */
import type { Recipe, StepOutputs } from '@gradus/loop';
import { type Built, build } from './build.ts';
import { compare } from './compare.ts';
import { deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { handOver } from './hand-over/hand-over.ts';
import { DemandOptions } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Processed, process } from './process.ts';
import type { DemandSummary } from './report/summary.ts';
import { demandFindings } from './report/terminal.ts';
import { openService } from './service.ts';
import { type Trained, train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: Processed;
  build: Built;
  train: Trained;
  evaluate: Evaluated;
  deploy: DemandSummary;
}

export const demand: Recipe<DemandOptions, Outputs> = {
  name: 'demand',
  title: { en: 'Demand analysis of reviews', zh: '评价需求分析' },
  version: 1,
  options: DemandOptions,
  steps: {
    prepare,
    process: (run, before) => process(run, before.prepare),
    build: (run, before) => build(run, before.prepare, before.process),
    train: (run, before) => train(run, before.process),
    evaluate: (run, before) => evaluate(run, before.prepare, before.process, before.build, before.train),
    deploy: (run, before) =>
      deploy(run, before.prepare, before.process, before.build, before.train, before.evaluate),
  },
  findings: (summary) => demandFindings(summary as DemandSummary),
  open: openService,
  handOver,
  compare,
};
