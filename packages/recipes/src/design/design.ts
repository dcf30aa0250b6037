/**
 * Product design by generation: everything that is designed is a sequence of tokens, letters of a name, tiles of a level, fields of a sheet or patches of a sprite, which a small
 * transformer and a table of what follows what make together under masks; what comes out is proved, compared with the originals, and judged by
 * four numbers beside two simpler ways of making it.
 */
import { recipe, type StepOutputs } from '@gradus/loop';
import { compareDesigns } from './compare.ts';
import { DESIGNS, deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { designFindings } from './findings.ts';
import { type DesignOptions, OwnOptions, TAKES } from './options.ts';
import { type Built, build, type Prepared, type Processed, prepare, process } from './prepare.ts';
import { designReport } from './report.ts';
import { designService } from './service.ts';
import { DesignSummary } from './summary.ts';
import { type Trained, train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: Processed;
  build: Built;
  train: Trained;
  evaluate: Evaluated;
  deploy: DesignSummary;
}

export type { DesignOptions };

export const design = recipe<typeof TAKES, typeof OwnOptions, Outputs>({
  name: 'design',
  title: { en: 'Product design', zh: '产品设计' },
  about: {
    en: 'From your own names, items and characters, game levels or sprites to new ones: proved where they can be played or solved, none of them a copy, as many and with what you want, beside what simpler ways would make.',
    zh: '由您自己的名称、物品与角色、游戏关卡或精灵图生成新的设计：能通关或能求解的附有证明，不与原有设计雷同，数量与属性由您指定，并与更简单的方法对比。',
  },
  version: 4,
  takes: TAKES,
  fits: () => ({
    score: 0,
    reasons: [
      {
        en: 'It designs more of the same; what a table foretells is for other recipes.',
        zh: '用于生成同类的新设计；预测表格请用其他配方。',
      },
    ],
    columns: {},
  }),
  options: OwnOptions,
  steps: { prepare, process, build, train, evaluate, deploy },
  summary: DesignSummary,
  findings: (summary) => designFindings(DesignSummary.parse(summary)),
  report: ({ prepare, evaluate, deploy }) => designReport(deploy, evaluate, prepare.corpus.rules),
  service: designService,
  gives: {
    folder: DESIGNS,
    title: { en: 'the folder that the designs are written to as well', zh: '同时写入设计文件的文件夹' },
  },
  compare: compareDesigns,
});
