/**
 * Demand analysis: from a file of reviews to what customers need, and a served model that improves.
 *
 * Sentiment is learnt from the file's own labels or ratings; themes are found without labels, in clauses; the analysis
 * puts them together: how often, how bad, growing or shrinking, at what cost, and so what to do first.
 */
import { recipe, type StepOutputs } from '@gradus/loop';
import { type Built, build } from './build.ts';
import { demandCard } from './card.ts';
import { compare } from './compare.ts';
import { deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { fits } from './fits.ts';
import { handOver } from './hand-over/hand-over.ts';
import { languageModelSection } from './language-model/section.ts';
import { OwnOptions, TAKES } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Processed, process } from './process.ts';
import { dataSummaryOf } from './report/data-summary.ts';
import { encoderSection } from './report/encoder.ts';
import { demandReport } from './report/report.ts';
import { DemandSummary } from './report/summary.ts';
import { demandFindings } from './report/terminal.ts';
import { demandService } from './service.ts';
import { claimedGains, type Trained, train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: Processed;
  build: Built;
  train: Trained;
  evaluate: Evaluated;
  deploy: DemandSummary;
}

export const demand = recipe<typeof TAKES, typeof OwnOptions, Outputs>({
  name: 'demand',
  title: { en: 'Demand analysis of reviews', zh: '评价需求分析' },
  about: {
    en: 'From customer reviews to what customers need: themes, how often and how bad each is, what grows, what to do first; and a model of sentiment and themes that serves and improves.',
    zh: '从客户评价得出客户需要什么：主题、各主题的频率与严重程度、变化趋势、首先该做什么；并得到可部署、可持续改进的情感与主题模型。',
  },
  version: 7,
  takes: TAKES,
  fits,
  options: OwnOptions,
  steps: { prepare, process, build, train, evaluate, deploy },
  summary: DemandSummary,
  findings: (summary) => demandFindings(DemandSummary.parse(summary)),
  report: ({ prepare, process, build, train, evaluate }) => {
    const { analysis, evaluation, languageModel, labelGain, sentiment } = evaluate;
    const report = demandReport(
      analysis,
      evaluation,
      dataSummaryOf(prepare.data, process.notes),
      build.since,
      new Map(prepare.reviews.map(({ row, text }) => [row, text])),
    );
    const brought = [
      ...(build.encoder ? [encoderSection(build.encoder, claimedGains(train, sentiment))] : []),
      ...(languageModel ? [languageModelSection(languageModel, analysis.noun, labelGain)] : []),
    ];
    return { ...report, sections: [...report.sections, ...brought] };
  },
  card: ({ run, prepare, process, train: { encoder }, evaluate }) =>
    demandCard(
      dataSummaryOf(prepare.data, process.notes),
      evaluate,
      evaluate.sentiment && encoder?.used ? encoder.ref.name : null,
      run.seed,
    ),
  service: demandService,
  handOver,
  compare,
});
