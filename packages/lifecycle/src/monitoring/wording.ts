/** Alarms in words. */

import type { Localized } from '@gradus/base';
import type { DriftReport, ErrorsReport, QualityReport, WatchWindow, WindowKind } from './window.ts';

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

interface Reports {
  readonly drift: DriftReport;
  readonly quality: QualityReport;
  readonly errors: ErrorsReport;
}

/** What a window that is an alarm says, by its kind. */
export const ALERT_TEXTS: {
  readonly [K in WindowKind]: (window: WatchWindow<Reports[K]>) => Localized;
} = {
  drift: ({ model, version, report }) => {
    const drifted = report.features.filter((feature) => feature.drifted).map(({ feature }) => feature);
    const named = drifted.slice(0, 5).join(', ') + (drifted.length > 5 ? ', …' : '');
    const before = report.reference === 'run' ? TRAINING : FIRST_TRAFFIC;
    return {
      en: `${model}, version ${version}: the last ${report.rows} rows are not like ${before.en} (${named}).`,
      zh: `${model} 版本 ${version}：最近 ${report.rows} 行与${before.zh}不同（${named}）。`,
    };
  },
  quality: ({ model, version, report }) => {
    const { value, interval, n } = report.figures.find(({ metric }) => metric === 'accuracy')!;
    const range = interval.map(percent).join(' – ');
    return {
      en: `${model}, version ${version}: of the last ${n} answers with a known outcome ${percent(value)} were right (99 % interval ${range}); expected ${percent(report.gate!.accuracy)}.`,
      zh: `${model} 版本 ${version}：最近 ${n} 个已知结果的回答中 ${percent(value)} 正确（99 % 区间 ${range}）；预期 ${percent(report.gate!.accuracy)}。`,
    };
  },
  errors: ({ model, report }) => {
    const { requests, errors, p99, gates, exceeded } = report;
    const failed = exceeded.includes('errors');
    return failed
      ? {
          en: `${model}: ${errors} of ${requests} requests failed (${percent(errors / requests)}; at most ${percent(gates.errors)} may).`,
          zh: `${model}：${requests} 个请求中 ${errors} 个失败（${percent(errors / requests)}，上限 ${percent(gates.errors)}）。`,
        }
      : {
          en: `${model}: one request in a hundred took longer than ${p99!.toFixed(0)} ms; at most ${gates.latency} ms are wanted.`,
          zh: `${model}：百分之一的请求耗时超过 ${p99!.toFixed(0)} 毫秒；上限为 ${gates.latency} 毫秒。`,
        };
  },
};

export const TRAINING: Localized = { en: "the run's own data", zh: '训练时的数据' };
export const FIRST_TRAFFIC: Localized = { en: 'its first traffic', zh: '最初的流量' };
