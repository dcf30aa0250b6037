/** What `gradus quality` takes: evidence, and if people have them needs and a standard. */
import { folder, type OptionsOf } from '@gradus/loop';
import { z } from 'zod';
import { PRESETS } from './standard/presets.ts';

export const TAKES = {
  evidence: folder({
    en: 'evidence: a log, table of measurements, survey or folder of photographs; several, where there are',
    zh: '证据：日志、测量表、问卷或照片文件夹，可给出多个',
  }).several(),
  needs: folder({
    en: 'what users need: the directory of a demand run (runs/ID), or a table of needs and weights',
    zh: '用户需求：一次需求分析的运行目录（runs/ID），或需求与权重的表格',
  }).optional(),
  standard: folder({ en: 'standard.yaml: characteristics and limits', zh: 'standard.yaml：质量特性与限值' })
    .optional()
    .orPreset(PRESETS),
};

const VERSION = {
  en: 'column that says which version a row is of; the last one is compared with the one before',
  zh: '标明每行所属版本的列；最后一个版本与前一个比较',
};
const SLICES = {
  en: 'columns by which slices are looked at; default: those of few values',
  zh: '用于分组查看的列；默认取值较少的列',
};

export const OwnOptions = z.strictObject({
  version: z.string().min(1).max(500).optional().describe(VERSION.en).meta(VERSION),
  slices: z.array(z.string().min(1).max(500)).max(50).default([]).describe(SLICES.en).meta(SLICES),
});
export type QualityOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;
