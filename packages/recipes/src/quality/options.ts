/** What `gradus quality` takes: evidence, and if people have them needs and a standard. */
import { folder, model, type OptionsOf } from '@gradus/loop';
import { PIXEL_RANGES } from '@gradus/tasks';
import { z } from 'zod';
import { PRESETS } from './standard/presets.ts';

export const TAKES = {
  evidence: folder({
    en: 'evidence, one or several: a log, a table of measurements, a survey or a folder of photographs',
    zh: '证据，一项或多项：日志、测量表、问卷或照片文件夹',
  }).several(),
  needs: folder({
    en: 'what users need: the directory of a demand run (runs/ID), or a table of needs and weights',
    zh: '用户需求：一次需求分析的运行目录（runs/ID），或需求与权重的表格',
  }).optional(),
  standard: folder({ en: 'standard.yaml: characteristics and limits', zh: 'standard.yaml：质量特性与限值' })
    .optional()
    .orPreset(PRESETS),
  encoder: model({
    en: 'ONNX network that describes photographs of pieces',
    zh: '用于描述产品照片的 ONNX 网络',
  }).optional(),
};

const VERSION = {
  en: 'column that says which version a row is of; the last one is compared with the one before',
  zh: '标明每行所属版本的列；最后一个版本与前一个比较',
};
const SLICES = {
  en: 'columns by which slices are looked at; default: those of few values',
  zh: '用于分组查看的列；默认取值较少的列',
};

const FALSE_REJECTS = {
  en: 'of photographs: the share of good pieces that may be rejected',
  zh: '照片：允许误判的良品比例',
};
const MISSED_COST = {
  en: 'of photographs: what a missed defect costs, in rejected good pieces; sets the threshold where defects are known',
  zh: '照片：漏检一件缺陷的代价，相当于误判多少件良品；已知缺陷时据此设定阈值',
};
const DEFECT_SHARE = {
  en: 'of photographs: the share of pieces with a defect in production, for --missed-cost',
  zh: '照片：生产中缺陷件的比例，配合 --missed-cost 使用',
};

export const OwnOptions = z.strictObject({
  version: z.string().min(1).max(500).optional().describe(VERSION.en).meta(VERSION),
  falseRejects: z.number().positive().max(0.5).default(0.05).describe(FALSE_REJECTS.en).meta(FALSE_REJECTS),
  missedCost: z.number().positive().max(1e9).optional().describe(MISSED_COST.en).meta(MISSED_COST),
  defectShare: z.number().positive().max(0.99).default(0.01).describe(DEFECT_SHARE.en).meta(DEFECT_SHARE),
  pixels: z.enum(PIXEL_RANGES).optional().meta({
    en: 'the range of pixels that the network of --encoder takes; default: what its notes say',
    zh: '--encoder 网络接受的像素范围；默认依据其说明',
  }),
  slices: z.array(z.string().min(1).max(500)).max(50).default([]).describe(SLICES.en).meta(SLICES),
});
export type QualityOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;
