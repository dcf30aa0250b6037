/** The monitoring page: traffic, drift, quality and alerts of the last days, as a report. */

import type { Localized } from '@gradus/base';
import type { Block, Cell, Report, Section } from '@gradus/report';
import type { Alerts, Overview, QualityWindow } from './overview.ts';
import type { DriftReport, Quality, Tally, WatchWindow } from './window.ts';
import { ALERT_TEXTS, FIRST_TRAFFIC, percent, TRAINING } from './wording.ts';

/** Points of a line: more could not be told apart. */
const MOST_POINTS = 200;
const MOST_FEATURES = 15;

export function monitoringReport(title: Localized, overview: Overview, days: number): Report {
  const { model, predictions, alarms } = overview;
  const since = predictions.since?.slice(0, 10) ?? '–';
  return {
    title: { en: `Monitoring: ${model}`, zh: `监控：${model}` },
    lead: {
      en: `${title.en}. The last ${days} days, in UTC; ${predictions.logged} requests in the log, since ${since}; ${alarms.length} alarms.`,
      zh: `${title.zh}。最近 ${days} 天（UTC）；日志中有 ${predictions.logged} 个请求（自 ${since}）；${alarms.length} 次警报。`,
    },
    sections: [
      alarmSection(overview),
      trafficSection(overview.traffic),
      driftSection(overview.drift),
      qualitySection(overview.quality),
      alertSection(overview.alerts),
    ],
  };
}

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');
const note = (tone: 'info' | 'warning' | 'good', en: string, zh: string): Block => ({
  kind: 'note',
  tone,
  text: { en, zh },
});
const label = (en: string, zh: string) => ({ label: { en, zh } });
const number = (en: string, zh: string) => ({ label: { en, zh }, align: 'right' as const });

function alarmSection({ alarms }: Overview): Section {
  return {
    id: 'alarms',
    title: { en: 'Alarms', zh: '警报' },
    blocks: [
      alarms.length === 0
        ? note('good', 'There were none.', '没有警报。')
        : {
            kind: 'table',
            columns: [label('when', '时间'), label('what', '内容')],
            rows: alarms
              .slice(0, 20)
              .map((window) => [minute(window.endedAt), ALERT_TEXTS[window.kind](window as never)]),
          },
    ],
  };
}

function trafficSection(traffic: readonly Tally[]): Section {
  const title = { en: 'Traffic, errors, latency', zh: '流量、错误、延迟' };
  const sum = (key: 'requests' | 'errors' | 'shed') =>
    traffic.reduce((total, tally) => total + tally[key], 0);
  const requests = sum('requests');
  if (traffic.length === 0) {
    return {
      id: 'traffic',
      title,
      blocks: [note('info', 'Nothing is counted yet: look again in a minute.', '尚无统计：请一分钟后再看。')],
    };
  }
  const points = merged(traffic);
  const line = (name: Localized, values: readonly (number | null)[], height: number): Block => ({
    kind: 'chart',
    caption: name,
    height,
    option: (language) => ({
      grid: { left: 60, right: 20, top: 20, bottom: 30 },
      xAxis: { type: 'time' },
      yAxis: { type: 'value', min: 0 },
      series: [
        {
          type: 'line',
          name: name[language],
          symbol: values.length < 30 ? 'circle' : 'none',
          data: points.map(({ at }, i) => [at, values[i] ?? null]),
        },
      ],
    }),
  });
  return {
    id: 'traffic',
    title,
    blocks: [
      {
        kind: 'figures',
        items: [
          { label: { en: 'requests for answers', zh: '回答请求' }, value: String(requests) },
          {
            label: { en: 'failed', zh: '失败' },
            value: requests === 0 ? '–' : percent(sum('errors') / requests),
            detail: { en: `${sum('errors')} of them`, zh: `${sum('errors')} 个` },
          },
          {
            label: { en: 'turned away', zh: '拒绝' },
            value: String(sum('shed')),
            detail: { en: 'too much to do, or a rate limit', zh: '过载或限速' },
          },
        ],
      },
      line(
        { en: 'Requests a second', zh: '每秒请求数' },
        points.map(({ requests: count, seconds }) => count / Math.max(seconds, 1e-9)),
        180,
      ),
      line(
        {
          en: 'Milliseconds that 99 of 100 requests stay below',
          zh: '百分之九十九的请求所需的毫秒数（p99）',
        },
        points.map(({ p99 }) => p99),
        180,
      ),
      line(
        { en: 'Failed requests, %', zh: '失败请求，%' },
        points.map(({ requests: count, errors }) => (count === 0 ? null : (100 * errors) / count)),
        140,
      ),
    ],
  };
}

/** Neighbouring intervals together, so that few enough are left; of times the worst. */
function merged(traffic: readonly Tally[]): Tally[] {
  const size = Math.ceil(traffic.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(traffic.length / size) }, (_, i) => {
    const part = traffic.slice(i * size, (i + 1) * size);
    const sum = (key: 'requests' | 'errors' | 'shed' | 'seconds') =>
      part.reduce((total, tally) => total + tally[key], 0);
    const worst = (key: 'p50' | 'p99') =>
      part.reduce<number | null>(
        (most, { [key]: value }) => (value === null ? most : Math.max(most ?? 0, value)),
        null,
      );
    return {
      at: part[0]!.at,
      seconds: sum('seconds'),
      requests: sum('requests'),
      errors: sum('errors'),
      shed: sum('shed'),
      p50: worst('p50'),
      p99: worst('p99'),
    };
  });
}

function driftSection(windows: readonly WatchWindow<DriftReport>[]): Section {
  const title = { en: 'Drift', zh: '漂移' };
  const [latest] = windows;
  if (!latest) {
    return {
      id: 'drift',
      title,
      blocks: [
        note(
          'info',
          'No window is full yet: drift is tested when enough rows have come.',
          '尚无完整窗口：行数足够后才检验漂移。',
        ),
      ],
    };
  }
  const { report, version, window } = latest;
  const before = report.reference === 'run' ? TRAINING : FIRST_TRAFFIC;
  const ofVersion = windows.filter((each) => each.version === version).toReversed();
  return {
    id: 'drift',
    title,
    blocks: [
      {
        kind: 'text',
        text: {
          en: `Windows of ${report.rows} rows, each compared with ${before.en} (${report.referenceRows} rows), feature by feature. A p-value below ${report.threshold.toPrecision(2)} is an alarm: at that level fewer than 1 % of 1,000 windows without a shift alarm.`,
          zh: `每个窗口 ${report.rows} 行，逐个特征与${before.zh}（${report.referenceRows} 行）比较。p 值低于 ${report.threshold.toPrecision(2)} 即为警报：按此水平，1,000 个无变化的窗口中误报少于 1 %。`,
        },
      },
      ...(report.skipped
        ? [
            note(
              'info',
              'There is more traffic than is tested: rows between windows are passed over.',
              '流量多于检验能力：窗口之间的部分行被略过。',
            ),
          ]
        : []),
      heatmap(ofVersion, report.threshold),
      {
        kind: 'table',
        caption: {
          en: `Version ${version}, window ${window}, ${minute(latest.startedAt)} to ${minute(latest.endedAt)}`,
          zh: `版本 ${version}，窗口 ${window}，${minute(latest.startedAt)} 至 ${minute(latest.endedAt)}`,
        },
        columns: [
          label('feature', '特征'),
          number('p-value', 'p 值'),
          label('alarm', '警报'),
          label('measure', '度量'),
          number('score', '数值'),
          number('PSI', 'PSI'),
        ],
        rows: report.features.map(({ feature, pValue, drifted, distance, psi }): Cell[] => [
          feature,
          pValue < 1e-4 ? pValue.toExponential(1) : pValue.toFixed(4),
          drifted ? { en: 'yes', zh: '是' } : '–',
          distance?.method ?? '–',
          distance ? distance.score.toPrecision(3) : '–',
          psi === null ? '–' : psi.toFixed(3),
        ]),
      },
    ],
  };
}

/** How improbable each feature of each window is, as orders of magnitude. */
function heatmap(windows: readonly WatchWindow<DriftReport>[], threshold: number): Block {
  const names = windows
    .at(-1)!
    .report.features.slice(0, MOST_FEATURES)
    .map(({ feature }) => feature);
  const shown = windows.slice(-60);
  const cells = shown.flatMap(({ report }, x) =>
    names.flatMap((name, y) => {
      const found = report.features.find(({ feature }) => feature === name);
      return found ? [[x, y, Math.min(20, -Math.log10(Math.max(found.pValue, 1e-20)))]] : [];
    }),
  );
  const limit = -Math.log10(threshold);
  return {
    kind: 'chart',
    caption: {
      en: `p-values by window and feature, as 10 to the minus …; an alarm from ${limit.toFixed(1)} on`,
      zh: `各窗口、各特征的 p 值（10 的负几次方）；从 ${limit.toFixed(1)} 起为警报`,
    },
    height: 90 + 24 * names.length,
    option: () => ({
      grid: { left: 190, right: 20, top: 10, bottom: 70 },
      xAxis: { type: 'category', data: shown.map(({ window }) => String(window)) },
      yAxis: {
        type: 'category',
        data: names,
        inverse: true,
        axisLabel: { width: 180, overflow: 'truncate' },
      },
      visualMap: {
        type: 'piecewise',
        orient: 'horizontal',
        left: 'center',
        bottom: 0,
        pieces: [
          { max: limit / 2, color: '#e4ecf7' },
          { min: limit / 2, max: limit, color: '#f6c667' },
          { min: limit, color: '#c0392b' },
        ],
        formatter: (from: unknown, to: unknown) =>
          `${Math.max(0, Number(from)).toFixed(1)} – ${Number.isFinite(Number(to)) ? Number(to).toFixed(1) : '…'}`,
      },
      series: [{ type: 'heatmap', data: cells, itemStyle: { borderColor: '#ffffff', borderWidth: 1 } }],
    }),
  };
}

function qualitySection(windows: readonly QualityWindow[]): Section {
  const title = { en: 'Quality', zh: '质量' };
  if (windows.every(({ outcomes, corrections }) => outcomes + corrections === 0)) {
    return {
      id: 'quality',
      title,
      blocks: [
        note(
          'info',
          'No outcomes are known. Send them to POST /v1/outcomes, or with gradus outcomes FILE, each with the id of its prediction.',
          '尚无已知结果。请用 POST /v1/outcomes 或 gradus outcomes FILE 提交，并附上预测的编号。',
        ),
      ],
    };
  }
  const figure = ({ output, metric, value, interval, n }: Quality) => {
    const shown = (x: number) => (metric === 'mean absolute error' ? x.toPrecision(3) : percent(x));
    return `${output}: ${shown(value)} (${interval.map(shown).join(' – ')}, n = ${n})`;
  };
  const ofMetric = (figures: readonly Quality[], metric: Quality['metric']) =>
    figures
      .filter((each) => each.metric === metric)
      .map(figure)
      .join('; ') || '–';
  return {
    id: 'quality',
    title,
    blocks: [
      {
        kind: 'text',
        text: {
          en: 'By day of the prediction, with 95 % intervals. What is known of some predictions only tells of those: see how many there are. Corrections are counted apart, for people correct what is wrong.',
          zh: '按预测日期，附 95 % 区间。只有部分预测的结果已知，指标仅说明这部分：请看其数量。更正单独计数，因为人们只更正错误的回答。',
        },
      },
      {
        kind: 'table',
        columns: [
          label('day', '日期'),
          label('version', '版本'),
          number('predictions', '预测'),
          number('outcomes', '结果'),
          number('corrections', '更正'),
          number('hours late', '延迟（小时）'),
          label('accuracy', '准确率'),
          label('macro F1', '宏平均 F1'),
          label('mean absolute error', '平均绝对误差'),
        ],
        rows: windows
          .slice(0, 60)
          .map((window): Cell[] => [
            window.from.slice(0, 10),
            window.role === 'shadow'
              ? { en: `${window.version} (shadow)`, zh: `${window.version}（影子）` }
              : window.version,
            String(window.predictions),
            `${window.outcomes} (${percent(window.outcomes / Math.max(1, window.predictions))})`,
            String(window.corrections),
            window.delay === null ? '–' : window.delay.toFixed(1),
            ofMetric(window.figures, 'accuracy'),
            ofMetric(window.figures, 'macro F1'),
            ofMetric(window.figures, 'mean absolute error'),
          ]),
      },
    ],
  };
}

function alertSection({ waiting, delivered, failed, latest }: Alerts): Section {
  return {
    id: 'alerts',
    title: { en: 'Who was told', zh: '通知' },
    blocks:
      latest.length === 0
        ? [
            note(
              'info',
              'No webhook was told anything. Add one with: gradus alerts add URL',
              '尚未通知任何 webhook。用 gradus alerts add URL 添加。',
            ),
          ]
        : [
            {
              kind: 'text',
              text: {
                en: `${delivered} delivered, ${waiting} waiting, ${failed} given up.`,
                zh: `已送达 ${delivered}，等待 ${waiting}，放弃 ${failed}。`,
              },
            },
            {
              kind: 'table',
              columns: [
                label('when', '时间'),
                label('who', '对象'),
                label('what', '内容'),
                label('state', '状态'),
                number('tries', '尝试'),
                label('error', '错误'),
              ],
              rows: latest.map(({ at, url, event, state, attempts, error }) => [
                minute(at),
                url,
                event,
                state,
                String(attempts),
                error ?? '–',
              ]),
            },
          ],
  };
}
