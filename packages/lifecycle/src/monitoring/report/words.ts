/** The sentences of the monitoring page, by section. */
import { count, date, type Localized, minute, percent, plural } from '@gradus/base';
import { REFERENCE_NAMES } from '../alarm-text.ts';
import type { Overview } from '../overview.ts';
import type { DriftReport, WatchWindow, WindowKind } from '../window.ts';

const text = (en: string, zh: string): Localized => ({ en, zh });

export const NOTHING = '–';
export const TIME = text('Time', '时间');

export const titleOf = (model: string): Localized => text(`Monitoring: ${model}`, `监控：${model}`);

export function leadOf(title: Localized, { predictions, alarms }: Overview, days: number): Localized {
  const { logged, since } = predictions;
  return text(
    `${title.en}. Last ${plural(days, 'day')}, UTC. ${plural(logged, 'request')} logged${since ? ` since ${date(since)}` : ''}. ${plural(alarms.length, 'alarm')}.`,
    `${title.zh}。最近 ${days} 天（UTC）。日志中有 ${count(logged)} 个请求${since ? `（自 ${date(since)}）` : ''}。${alarms.length} 次警报。`,
  );
}

export const ALARMS = {
  title: text('Alarms', '警报'),
  none: text('No alarms.', '没有警报。'),
  alarm: text('Alarm', '警报'),
};

export const TRAFFIC = {
  title: text('Traffic, errors, latency', '流量、错误、延迟'),
  none: text('No traffic counted yet. Look again in a minute.', '尚无流量统计。请一分钟后再看。'),
  requests: text('Requests', '请求'),
  failed: text('Failed', '失败'),
  failedCount: (errors: number) => text(plural(errors, 'request'), `${count(errors)} 个请求`),
  rejected: text('Rejected', '拒绝'),
  whyRejected: text('overload or rate limit', '过载或限速'),
  requestsChart: text('Requests per second', '每秒请求数'),
  latencyChart: text(
    'Latency that 99% of requests stay below (p99), ms',
    '99% 的请求不超过的延迟（p99），毫秒',
  ),
  failedChart: text('Failed requests, %', '失败请求，%'),
};

export const DRIFT = {
  title: text('Drift', '漂移'),
  none: text(
    'No complete window yet. Drift is tested once enough rows have arrived.',
    '尚无完整窗口。行数足够后才检验漂移。',
  ),
  about: ({ rows, reference, referenceRows, threshold }: DriftReport) => {
    const [before, limit] = [REFERENCE_NAMES[reference], threshold.toPrecision(2)];
    return text(
      `Each window holds ${plural(rows, 'row')} and is compared with ${before.en} (${plural(referenceRows, 'row')}), feature by feature. A p-value below ${limit} is an alarm. At this level, fewer than 1% of 1,000 windows without a shift raise one.`,
      `每个窗口 ${count(rows)} 行，逐个特征与${before.zh}（${count(referenceRows)} 行）比较。p 值低于 ${limit} 即为警报。按此水平，1,000 个无变化的窗口中误报少于 1%。`,
    );
  },
  skipped: text(
    'There is more traffic than can be tested. Rows between windows are skipped.',
    '流量超出检验能力。窗口之间的部分行被略过。',
  ),
  chart: (limit: number) =>
    text(
      `−log10 of the p-values by window and feature; values from ${limit.toFixed(1)} on are alarms`,
      `各窗口、各特征的 p 值（−log10）；达到 ${limit.toFixed(1)} 即为警报`,
    ),
  window: ({ version, window, startedAt, endedAt }: WatchWindow<'drift'>) =>
    text(
      `Version ${version}, window ${window}, ${minute(startedAt)} to ${minute(endedAt)}`,
      `版本 ${version}，窗口 ${window}，${minute(startedAt)} 至 ${minute(endedAt)}`,
    ),
  feature: text('Feature', '特征'),
  pValue: text('p-value', 'p 值'),
  alarm: text('Alarm', '警报'),
  yes: text('yes', '是'),
  measure: text('Distance measure', '距离度量'),
  distance: text('Distance', '距离'),
  psi: text('PSI', 'PSI'),
};

export const QUALITY = {
  title: text('Quality', '质量'),
  none: text(
    'No outcomes known yet. Send them to POST /v1/outcomes or with gradus outcomes FILE, each with the id of its prediction.',
    '尚无已知结果。请用 POST /v1/outcomes 或 gradus outcomes FILE 提交，并附上预测的编号。',
  ),
  about: text(
    'By day of the prediction, with 95% intervals. The figures describe only the predictions with a known outcome: see how many there are. Corrections are counted separately, because people mostly correct wrong answers.',
    '按预测日期统计，附 95% 区间。指标只说明结果已知的预测：请看其数量。更正单独计数，因为人们多半只更正错误的回答。',
  ),
  day: text('Day', '日期'),
  version: text('Version', '版本'),
  shadow: (version: string) => text(`${version} (shadow)`, `${version}（影子）`),
  predictions: text('Predictions', '预测'),
  outcomes: text('Outcomes', '结果'),
  knownShare: (outcomes: number, predictions: number) =>
    `${count(outcomes)} (${percent(outcomes / Math.max(1, predictions))})`,
  corrections: text('Corrections', '更正'),
  delay: text('Delay, hours', '延迟（小时）'),
  metrics: {
    accuracy: text('Accuracy', '准确率'),
    'macro F1': text('Macro F1', '宏平均 F1'),
    'mean absolute error': text('Mean absolute error', '平均绝对误差'),
  },
};

export const NOTIFICATIONS = {
  title: text('Notifications', '通知'),
  none: text(
    'No notifications sent. Add a webhook with gradus alerts add URL.',
    '尚未发送通知。用 gradus alerts add URL 添加 webhook。',
  ),
  counts: (delivered: number, waiting: number, failed: number) =>
    text(
      `${count(delivered)} delivered, ${count(waiting)} waiting, ${count(failed)} given up.`,
      `已送达 ${count(delivered)}，等待 ${count(waiting)}，放弃 ${count(failed)}。`,
    ),
  recipient: text('Recipient', '接收方'),
  event: text('Event', '事件'),
  events: {
    drift: text('drift', '漂移'),
    quality: text('quality', '质量'),
    errors: text('errors or latency', '错误或延迟'),
  } satisfies Readonly<Record<WindowKind, Localized>> as Readonly<Record<string, Localized>>,
  state: text('State', '状态'),
  states: {
    waiting: text('waiting', '等待'),
    delivered: text('delivered', '已送达'),
    failed: text('given up', '放弃'),
  },
  attempts: text('Attempts', '尝试次数'),
  error: text('Error', '错误'),
};
