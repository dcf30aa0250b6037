/**
 * Product design by generation: everything that is designed is a sequence of tokens, letters of a name or tiles of a level, which a small
 * transformer and a table of what follows what make together under masks; what comes out is proved, compared with the originals, and judged by
 * four numbers beside two simpler ways of making it.
 */
import { recipe, type StepOutputs } from '@gradus/loop';
import { compareHeldOut, type FittedSequenceModel, readHeldOut } from '@gradus/tasks';
import { deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { designFindings } from './findings.ts';
import { type DesignOptions, OwnOptions, TAKES } from './options.ts';
import { type Built, build, type Prepared, type Processed, prepare, process } from './prepare.ts';
import { designReport } from './report.ts';
import { designService } from './service.ts';
import { DesignSummary } from './summary.ts';
import { train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: Processed;
  build: Built;
  train: FittedSequenceModel;
  evaluate: Evaluated;
  deploy: DesignSummary;
}

export type { DesignOptions };

export const design = recipe<typeof TAKES, typeof OwnOptions, Outputs>({
  name: 'design',
  title: { en: 'Product design', zh: '产品设计' },
  about: {
    en: 'From your own names or game levels to new ones: proved where they can be played or solved, none of them a copy, as many and with what you want, beside what simpler ways would make.',
    zh: '由您自己的名称或游戏关卡生成新的设计：能通关或能求解的附有证明，不与原有设计雷同，数量与属性由您指定，并与更简单的方法对比。',
  },
  version: 1,
  takes: TAKES,
  fits: () => ({
    score: 0,
    reasons: [{ en: 'It learns from names or levels, not from a table.', zh: '用于名称或关卡，而非表格。' }],
    columns: {},
  }),
  options: OwnOptions,
  steps: { prepare, process, build, train, evaluate, deploy },
  summary: DesignSummary,
  findings: (summary) => designFindings(DesignSummary.parse(summary)),
  report: ({ evaluate, deploy }) => designReport(deploy, evaluate),
  service: designService,
  compare: async (champion, challenger) => compareHeldOut(readHeldOut(champion), readHeldOut(challenger)),
});
