import { joined } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { CONFIDENCE } from './words.ts';

/** The ranked improvements, each with what people wrote. */
export function whatToDo({ actions, satisfied, isUnproven }: DemandAnalysis): Section {
  const blocks = actions.flatMap((action): Block[] => {
    const head = { en: `${action.rank}. ${action.title.en}.`, zh: `${action.rank}. ${action.title.zh}。` };
    const confidence = {
      en: `Confidence: ${CONFIDENCE[action.confidence].en}.`,
      zh: `置信度：${CONFIDENCE[action.confidence].zh}。`,
    };
    return [
      { kind: 'text', text: joined([head, action.why, action.look, confidence]) },
      { kind: 'quotes', items: action.evidence },
    ];
  });
  return {
    id: 'what-to-do',
    title: { en: 'Recommended actions', zh: '改进建议' },
    blocks:
      blocks.length > 0
        ? blocks
        : [
            {
              kind: 'note',
              tone: 'info',
              text: isUnproven ? UNPROVEN : satisfied ? NO_PROBLEM : NO_SENTIMENT,
            },
          ],
  };
}

/** What people praise: not to be broken while fixing the rest. */
export function strengthsToProtect({ protect }: DemandAnalysis): Section | null {
  if (protect.length === 0) return null;
  return {
    id: 'strengths',
    title: { en: 'Strengths to protect', zh: '值得保护的优点' },
    blocks: protect.flatMap(({ name, why, evidence }): Block[] => [
      { kind: 'text', text: { en: `“${name}”: ${why.en}`, zh: `“${name}”：${why.zh}` } },
      { kind: 'quotes', items: evidence },
    ]),
  };
}

const NO_PROBLEM = {
  en: 'No action is proposed: no theme is both clearly a problem and mentioned often enough (20 reviews, 10 of them dissatisfied).',
  zh: '没有改进建议：没有哪个主题既明显是问题、又有足够多的人提到（20 条评价，其中 10 条不满意）。',
};

const UNPROVEN = {
  en: 'The sentiment model is not shown to be better than always guessing the larger class, so no action is proposed.',
  zh: '未能证明情感模型优于始终猜多数类，因此不提出改进建议。',
};

const NO_SENTIMENT = {
  en: 'Without ratings or labels, problems cannot be recognized, so no action is proposed.',
  zh: '没有评分或标签就无法识别问题，因此不提出改进建议。',
};
