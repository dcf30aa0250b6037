/** Alarms in words, for webhooks and for the monitoring page. */
import { count, type Localized, percent } from '@gradus/base';
import type { DriftReport, WatchWindow, WindowKind } from './window.ts';

/** What a window was compared with. */
export const REFERENCE_NAMES: Readonly<Record<DriftReport['reference'], Localized>> = {
  run: { en: "the run's own data", zh: '训练时的数据' },
  traffic: { en: 'its first traffic', zh: '最初的流量' },
};

const MOST_FEATURES = 5;

export function alarmText<K extends WindowKind>(window: WatchWindow<K>): Localized {
  return ALARM_TEXTS[window.kind as K](window);
}

const ALARM_TEXTS: { readonly [K in WindowKind]: (window: WatchWindow<K>) => Localized } = {
  drift: ({ model, version, report }) => {
    const drifted = report.features.filter((feature) => feature.drifted).map(({ feature }) => feature);
    const names = drifted.slice(0, MOST_FEATURES).join(', ') + (drifted.length > MOST_FEATURES ? ', …' : '');
    const reference = REFERENCE_NAMES[report.reference];
    return {
      en: `${model}, version ${version}: the last ${count(report.rows)} rows differ from ${reference.en} (${names}).`,
      zh: `${model} 版本 ${version}：最近 ${count(report.rows)} 行与${reference.zh}不同（${names}）。`,
    };
  },

  quality: ({ model, version, report }) => {
    const { value, interval, n } = report.figures.find(({ metric }) => metric === 'accuracy')!;
    const range = interval.map(percent).join(' – ');
    const expected = percent(report.gate!.accuracy);
    return {
      en: `${model}, version ${version}: ${percent(value)} of the last ${count(n)} answers with a known outcome were right (99% interval ${range}); expected at least ${expected}.`,
      zh: `${model} 版本 ${version}：最近 ${count(n)} 个已知结果的回答中 ${percent(value)} 正确（99% 区间 ${range}）；预期至少 ${expected}。`,
    };
  },

  errors: ({ model, report: { requests, errors, p99, gates, exceeded } }) =>
    exceeded.includes('errors')
      ? {
          en: `${model}: ${count(errors)} of ${count(requests)} requests failed (${percent(errors / requests)}; at most ${percent(gates.errors)} may fail).`,
          zh: `${model}：${count(requests)} 个请求中 ${count(errors)} 个失败（${percent(errors / requests)}，上限 ${percent(gates.errors)}）。`,
        }
      : {
          en: `${model}: one request in a hundred took longer than ${count(p99!)} ms; the limit is ${gates.latency} ms.`,
          zh: `${model}：百分之一的请求耗时超过 ${count(p99!)} 毫秒；上限为 ${gates.latency} 毫秒。`,
        },
};
