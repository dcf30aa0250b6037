/**
 * Quality assessment: evidence of a product (logs, surveys, measurements) against a standard, with what users need beside it. Each
 * figure has an interval; each verdict is "meets", "fails" or "cannot tell", with the rows that prove it.
 */
import { recipe, type StepOutputs } from '@gradus/loop';
import { build, type House } from './build.ts';
import { compare } from './compare.ts';
import { deploy } from './deploy.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { qualityFindings } from './findings.ts';
import { fits } from './fits.ts';
import { OwnOptions, TAKES } from './options.ts';
import { photographHandOver } from './photograph-service.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Processed, process } from './process.ts';
import { qualityReport } from './report/report.ts';
import { readScorers } from './scorers.ts';
import { qualityService } from './service.ts';
import { QualitySummary } from './summary.ts';
import { type Trained, train } from './train.ts';

interface Outputs extends StepOutputs {
  prepare: Prepared;
  process: Processed;
  build: House;
  train: Trained;
  evaluate: Evaluated;
  deploy: QualitySummary;
}

export const quality = recipe<typeof TAKES, typeof OwnOptions, Outputs>({
  name: 'quality',
  title: { en: 'Quality assessment', zh: '质量评估' },
  about: {
    en: 'Does a product meet its needs and standards? Judges logs, surveys, measurements and photographs against limits: meets, fails or cannot tell, each figure with its interval; what to repair first, and what the last version changed.',
    zh: '产品是否满足需求与标准？用日志、问卷、测量数据和照片对照限值判断：达标、不达标或尚不能判断，每个指标都有区间；并说明先改进什么、最新版本改变了什么。',
  },
  version: 2,
  takes: TAKES,
  fits,
  options: OwnOptions,
  steps: { prepare, process, build, train, evaluate, deploy },
  summary: QualitySummary,
  findings: (summary) => qualityFindings(QualitySummary.parse(summary)),
  fails: ({ verdict }) => verdict === 'fails',
  report: ({ prepare, process, build, evaluate }) =>
    qualityReport({ prepared: prepare, evidence: process.evidence, house: build, evaluated: evaluate }),
  service: qualityService,
  handOver: async (directory) => photographHandOver(readScorers(directory)),
  compare,
});
