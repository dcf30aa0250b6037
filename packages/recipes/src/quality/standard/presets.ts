/**
 * Standards to begin with. Their limits are starting points that a founder should set: they are what products of the kind commonly
 * promise, not figures of any norm. Names of the characteristics are those of ISO/IEC 25010:2023.
 */
const VOICE = `# A voice assistant. Change the limits to what your users need.
title: {en: Voice assistant, zh: 语音助手}
characteristics:
  - characteristic: {en: Speech recognition, zh: 语音识别}
    weight: 3
    keywords: [hear, heard, recognize, recognise, accent, microphone, noise, voice, speech, 听, 识别, 口音, 麦克风, 噪音, 语音, 方言]
    figures:
      - {figure: word_error_rate, at_most: 0.15}
      - {figure: character_error_rate, at_most: 0.12}
  - characteristic: {en: Understanding, zh: 语义理解}
    weight: 3
    keywords: [understand, understood, wrong, intent, command, answer, 理解, 听懂, 答非所问, 指令, 回答, 智能, 聪明]
    figures:
      - {figure: intent_accuracy, at_least: 0.85}
      - {figure: scenario_accuracy, at_least: 0.85}
      - {figure: entity_f1, at_least: 0.7}
  - characteristic: {en: Effectiveness, zh: 任务完成}
    weight: 2
    keywords: [work, works, done, fail, failed, function, 完成, 失败, 功能, 好用, 没反应]
    figures:
      - {figure: task_success, at_least: 0.8}
  - characteristic: {en: User satisfaction, zh: 用户满意}
    weight: 2
    keywords: [satisfied, disappointed, experience, like, 满意, 失望, 体验, 喜欢]
    figures:
      - {figure: satisfied, at_least: 0.7}
  - characteristic: {en: Recording quality, zh: 录音质量}
    keywords: [sound, audio, volume, clipping, 声音, 音质, 音量]
    figures:
      - {figure: clipped_recordings, at_most: 0.02}
      - {figure: noisy_recordings, at_most: 0.1}
      - {figure: silent_recordings, at_most: 0.02}
`;

const ANSWERS = `# A product that answers with a language model. Change the limits to what your users need.
title: {en: Language-model assistant, zh: 大模型助手}
characteristics:
  - characteristic: {en: Functional correctness, zh: 功能正确性}
    weight: 3
    keywords: [wrong, answer, answers, correct, accurate, hallucination, 错, 回答, 答案, 正确, 准确, 胡说, 幻觉]
    figures:
      - {figure: human_pass_rate, at_least: 0.8}
      - {figure: correct_answers, at_least: 0.8}
      - {figure: judged_pass_rate, at_least: 0.8}
  - characteristic: {en: Rules kept, zh: 规则遵守}
    weight: 2
    keywords: [format, language, empty, privacy, 格式, 语言, 隐私, 空白]
    figures:
      - {figure: rules_kept, at_least: 0.95}
  - characteristic: {en: Trust in the judge, zh: 评审可信度}
    keywords: []
    figures:
      - {figure: judge_accuracy, at_least: 0.8}
      - {figure: judge_kappa, at_least: 0.6}
      - {figure: judge_consistency, at_least: 0.8}
  - characteristic: {en: Reliability, zh: 可靠性}
    keywords: [same, different, unstable, 稳定, 不一致, 崩溃]
    figures:
      - {figure: repeat_agreement, at_least: 0.9}
  - characteristic: {en: Performance efficiency, zh: 性能效率}
    keywords: [slow, fast, wait, price, cost, 慢, 快, 等, 卡, 贵]
    figures:
      - {figure: latency_p95, at_most: 5}
      - {figure: latency_p50, at_most: 2}
  - characteristic: {en: User satisfaction, zh: 用户满意}
    keywords: [satisfied, disappointed, 满意, 失望]
    figures:
      - {figure: satisfied, at_least: 0.7}
`;

const SURVEY = `# Satisfaction of customers. Change the limits to what you aim at.
title: {en: Customer satisfaction, zh: 客户满意度}
characteristics:
  - characteristic: {en: Satisfaction, zh: 满意度}
    weight: 2
    keywords: [satisfied, disappointed, happy, 满意, 失望, 开心]
    figures:
      - {figure: csat, at_least: 0.7}
      - {figure: satisfied, at_least: 0.7}
  - characteristic: {en: Loyalty, zh: 忠诚度}
    keywords: [recommend, again, repurchase, 推荐, 回购, 再买]
    figures:
      - {figure: nps, at_least: 0}
  - characteristic: {en: Interaction capability, zh: 易用性}
    keywords: [easy, difficult, use, usability, 易用, 难用, 操作, 复杂]
    figures:
      - {figure: sus, at_least: 68}
  - characteristic: {en: Service quality, zh: 服务质量}
    keywords: [service, staff, support, 服务, 客服, 售后, 态度]
    figures:
      - {figure: servqual_gap, at_least: -0.5}
`;

const MACHINING = `# Machined parts. Tolerances may stand here or in the table's own columns (lower, upper).
title: {en: Machining, zh: 机械加工}
characteristics:
  - characteristic: {en: Process capability, zh: 过程能力}
    weight: 3
    keywords: [fit, size, loose, tight, defect, 尺寸, 松, 紧, 做工, 质量, 瑕疵]
    figures:
      - {figure: cpk, at_least: 1.33}
      - {figure: ppk, at_least: 1.33}
      - {figure: within_tolerance, at_least: 0.99}
  - characteristic: {en: Process stability, zh: 过程稳定性}
    weight: 2
    keywords: [uneven, batch, different, 不均, 批次, 不一致]
    figures:
      - {figure: points_in_control, at_least: 0.98}
      - {figure: missed_faults, at_most: 0.1}
      - {figure: false_alarms, at_most: 0.02}
  - characteristic: {en: Measurement system, zh: 测量系统}
    keywords: [measure, 测量]
    figures:
      - {figure: gauge_share, at_most: 0.3}
`;

const VISUAL = `# Inspection of photographs. A missed defect and a false alarm cost differently: set the limits to yours.
title: {en: Visual inspection, zh: 外观检验}
characteristics:
  - characteristic: {en: Defects found, zh: 缺陷检出}
    weight: 3
    keywords: [scratch, broken, defect, dent, 划痕, 破, 瑕疵, 缺陷, 裂]
    figures:
      - {figure: defect_auroc, at_least: 0.9}
      - {figure: missed_defects, at_most: 0.05}
  - characteristic: {en: Good pieces passed, zh: 良品通过}
    weight: 2
    keywords: [waste, 浪费]
    figures:
      - {figure: false_rejects, at_most: 0.05}
`;

const ISO_25010 = `# The product quality model of ISO/IEC 25010:2023. The limits are yours to set; the norm has none.
title: {en: ISO/IEC 25010, zh: ISO/IEC 25010}
characteristics:
  - characteristic: {en: Functional suitability, zh: 功能适合性}
    weight: 3
    keywords: [work, works, wrong, function, answer, understand, 功能, 错, 理解, 识别, 回答, 好用]
    figures:
      - {figure: word_error_rate, at_most: 0.15}
      - {figure: character_error_rate, at_most: 0.12}
      - {figure: intent_accuracy, at_least: 0.85}
      - {figure: task_success, at_least: 0.8}
      - {figure: human_pass_rate, at_least: 0.8}
      - {figure: correct_answers, at_least: 0.8}
      - {figure: rules_kept, at_least: 0.95}
      - {figure: within_tolerance, at_least: 0.99}
      - {figure: cpk, at_least: 1.33}
      - {figure: defect_auroc, at_least: 0.9}
  - characteristic: {en: Performance efficiency, zh: 性能效率}
    keywords: [slow, fast, wait, battery, 慢, 快, 卡, 等, 耗电, 续航]
    figures:
      - {figure: latency_p95, at_most: 5}
  - characteristic: {en: Compatibility, zh: 兼容性}
    keywords: [connect, wifi, bluetooth, compatible, 连接, 蓝牙, 兼容, 联网]
    figures:
      - {figure: compatible, at_least: 0.95}
  - characteristic: {en: Interaction capability, zh: 易用性}
    weight: 2
    keywords: [easy, difficult, use, app, interface, satisfied, 易用, 难用, 操作, 界面, 满意, 体验]
    figures:
      - {figure: sus, at_least: 68}
      - {figure: csat, at_least: 0.7}
      - {figure: satisfied, at_least: 0.7}
      - {figure: nps, at_least: 0}
  - characteristic: {en: Reliability, zh: 可靠性}
    weight: 2
    keywords: [crash, broken, unstable, stopped, 崩溃, 坏, 死机, 稳定, 质量]
    figures:
      - {figure: repeat_agreement, at_least: 0.9}
      - {figure: points_in_control, at_least: 0.98}
      - {figure: ppk, at_least: 1.33}
  - characteristic: {en: Security, zh: 信息安全性}
    keywords: [privacy, password, leak, security, 隐私, 密码, 泄露, 安全]
    figures:
      - {figure: no_personal_data, at_least: 0.99}
  - characteristic: {en: Maintainability, zh: 可维护性}
    keywords: [update, repair, 更新, 升级, 维修]
    figures:
      - {figure: maintained, at_least: 0.9}
  - characteristic: {en: Flexibility, zh: 灵活性}
    keywords: [accent, language, install, dialect, 口音, 方言, 语言, 安装]
    figures:
      - {figure: installed, at_least: 0.95}
  - characteristic: {en: Safety, zh: 安全无害性}
    keywords: [danger, hot, fire, hurt, child, 危险, 发烫, 烫, 伤, 儿童]
    figures:
      - {figure: safe, at_least: 0.99}
`;

export const PRESETS: Readonly<Record<string, string>> = {
  'iso-25010': ISO_25010,
  'voice-assistant': VOICE,
  'language-model': ANSWERS,
  'visual-inspection': VISUAL,
  machining: MACHINING,
  survey: SURVEY,
};
