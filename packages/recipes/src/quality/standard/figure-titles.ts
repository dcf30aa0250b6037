/** Figures of the presets by the names that a standard has for them: what they are called, whether any evidence measures them or not. */
import type { Localized } from '@gradus/base';

const TITLES: Readonly<Record<string, Localized>> = {
  character_error_rate: { en: 'character error rate', zh: '字错率' },
  clipped_recordings: { en: 'clipped recordings', zh: '削波的录音' },
  compatible: { en: 'compatible', zh: '兼容' },
  correct_answers: { en: 'correct answers', zh: '正确的回答' },
  cpk: { en: 'process capability (Cpk)', zh: '过程能力（Cpk）' },
  csat: { en: 'satisfied users (CSAT)', zh: '满意用户占比（CSAT）' },
  defect_auroc: { en: 'defects ranked above good pieces (AUROC)', zh: '缺陷件与良品的区分能力（AUROC）' },
  entity_f1: { en: 'entities found (F1)', zh: '实体识别 F1' },
  false_alarms: { en: 'rows without a fault that raise an alarm', zh: '无故障而报警的行' },
  false_rejects: { en: 'good pieces rejected', zh: '误判率' },
  gauge_share: { en: 'share of the gauge in what varies (R&R)', zh: '量具重复性与再现性占比（R&R）' },
  human_pass_rate: { en: 'answers that people passed', zh: '人工判为合格的回答' },
  installed: { en: 'installed', zh: '安装成功' },
  intent_accuracy: { en: 'accuracy of the intent', zh: '意图准确率' },
  judge_accuracy: { en: 'judge says what people say', zh: '评审与人工一致率' },
  judge_consistency: { en: 'same verdict in both orders', zh: '两种顺序判断一致' },
  judge_kappa: { en: 'kappa of the judge', zh: '评审的 kappa' },
  judged_pass_rate: { en: 'answers that the judge passed', zh: '评审判为合格的回答' },
  latency_p50: { en: 'seconds that 50% of the answers stay below', zh: '50% 的回答所需秒数不超过' },
  latency_p95: { en: 'seconds that 95% of the answers stay below', zh: '95% 的回答所需秒数不超过' },
  maintained: { en: 'maintained', zh: '维护正常' },
  missed_defects: { en: 'missed defects', zh: '漏检率' },
  missed_faults: { en: 'rows with a fault that raise no alarm', zh: '有故障而未报警的行' },
  no_personal_data: { en: 'answers without personal data', zh: '不含个人信息的回答' },
  noisy_recordings: { en: 'noisy recordings', zh: '有噪声的录音' },
  nps: { en: 'net promoter score (NPS)', zh: '净推荐值（NPS）' },
  points_in_control: { en: 'points in control', zh: '受控点占比' },
  ppk: { en: 'process performance (Ppk)', zh: '过程性能（Ppk）' },
  repeat_agreement: { en: 'same answer when asked again', zh: '重复提问回答一致' },
  rules_kept: { en: 'answers that keep all rules', zh: '遵守全部规则的回答' },
  safe: { en: 'safe', zh: '安全' },
  satisfied: { en: 'satisfied users', zh: '满意用户占比' },
  scenario_accuracy: { en: 'accuracy of the scenario', zh: '场景准确率' },
  servqual_gap: { en: 'perceived less expected (SERVQUAL)', zh: '感知与期望之差（SERVQUAL）' },
  silent_recordings: { en: 'silent recordings', zh: '静音的录音' },
  sus: { en: 'usability (SUS)', zh: '可用性（SUS）' },
  task_success: { en: 'tasks done', zh: '任务成功率' },
  within_tolerance: { en: 'within tolerance', zh: '合格率' },
  word_error_rate: { en: 'word error rate', zh: '词错率' },
};

/** Of a figure that is none of a preset's: its name. */
export const figureTitle = (figure: string): Localized =>
  Object.hasOwn(TITLES, figure)
    ? TITLES[figure]!
    : { en: figure.replaceAll('_', ' '), zh: figure.replaceAll('_', ' ') };
