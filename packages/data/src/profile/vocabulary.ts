/** The few words that a profile is written in, and how people read them. */
import type { Localized } from '@gradus/base';

const COLUMN_TYPES = ['number', 'category', 'text', 'date', 'boolean', 'identifier', 'empty'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export const TYPE_NAMES: Readonly<Record<ColumnType, Localized>> = {
  number: { en: 'number', zh: '数字' },
  category: { en: 'category', zh: '类别' },
  text: { en: 'text', zh: '文本' },
  date: { en: 'date', zh: '日期' },
  boolean: { en: 'boolean', zh: '布尔' },
  identifier: { en: 'identifier', zh: '标识符' },
  empty: { en: 'empty', zh: '空' },
};

/** How strongly two columns are associated: numbers, categories, or one of each. */
export type Measure = 'pearson' | 'spearman' | "cramer's v" | 'correlation ratio';

export const MEASURE_NAMES: Readonly<Record<Measure, Localized>> = {
  pearson: { en: 'Pearson correlation', zh: '皮尔逊相关系数' },
  spearman: { en: 'Spearman correlation', zh: '斯皮尔曼相关系数' },
  "cramer's v": { en: "Cramér's V", zh: '克莱姆 V 系数' },
  'correlation ratio': { en: 'correlation ratio', zh: '相关比' },
};

/** How well one column predicts the target: of classes the area under the ROC curve, of numbers R². */
export type PredictionMeasure = 'auc' | 'r2';

export const PREDICTION_MEASURE_NAMES: Readonly<Record<PredictionMeasure, string>> = { auc: 'AUC', r2: 'R²' };

/** The worst first. */
export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_NAMES: Readonly<Record<Severity, Localized>> = {
  critical: { en: 'critical', zh: '严重' },
  warning: { en: 'warning', zh: '警告' },
  notice: { en: 'notice', zh: '提示' },
};

export type DriftLevel = 'stable' | 'shifted' | 'strongly shifted';

export const DRIFT_LEVEL_NAMES: Readonly<Record<DriftLevel, Localized>> = {
  stable: { en: 'stable', zh: '稳定' },
  shifted: { en: 'shifted', zh: '有变化' },
  'strongly shifted': { en: 'strongly shifted', zh: '变化显著' },
};
