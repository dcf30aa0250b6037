import { joined, type Localized } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { complaintsOf } from './complaints.ts';
import { quoted, type ReviewTexts } from './quotes.ts';
import { CONFIDENCE } from './words.ts';

/** Quotes that stand open; the others are folded. */
const SHOWN = 2;

/** The ranked improvements: what to do, one figure, two quotes; the rest on request. */
export function whatToDo(analysis: DemandAnalysis, texts: ReviewTexts): Section {
  const { actions, satisfied, isUnproven } = analysis;
  const blocks = actions.map((action): Block => {
    const confidence = {
      en: `Confidence: ${CONFIDENCE[action.confidence].en}.`,
      zh: `置信度：${CONFIDENCE[action.confidence].zh}。`,
    };
    const quotes = quoted(action.evidence, texts);
    return {
      kind: 'finding',
      title: { en: `${action.rank}. ${action.title.en}`, zh: `${action.rank}. ${action.title.zh}` },
      figure: action.figure,
      quotes: quotes.slice(0, SHOWN),
      more: [
        { kind: 'text', text: joined([action.why, action.look, confidence]) },
        ...(quotes.length > SHOWN ? [{ kind: 'quotes', items: quotes.slice(SHOWN) } as const] : []),
      ],
    };
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
              text:
                !isUnproven && satisfied
                  ? NO_PROBLEM
                  : joined([
                      isUnproven ? UNPROVEN : NO_SENTIMENT,
                      ...(complaintsOf(analysis).length > 0 ? [BELOW] : []),
                    ]),
            },
          ],
  };
}

/** What people praise: not to be broken while fixing the rest. */
export function strengthsToProtect({ protect }: DemandAnalysis, texts: ReviewTexts): Section | null {
  if (protect.length === 0) return null;
  return {
    id: 'strengths',
    title: { en: 'Strengths to protect', zh: '值得保护的优点' },
    blocks: protect.map(({ label, why, evidence }): Block => {
      const quotes = quoted(evidence, texts);
      return {
        kind: 'finding',
        title: label,
        figure: why,
        quotes: quotes.slice(0, SHOWN),
        more: quotes.length > SHOWN ? [{ kind: 'quotes', items: quotes.slice(SHOWN) }] : [],
      };
    }),
  };
}

const NO_PROBLEM: Localized = {
  en: 'No action is proposed: no complaint is made by at least five reviews that are dissatisfied more often than the others beyond chance.',
  zh: '没有改进建议：没有哪项抱怨有至少五条评价提出、且这些评价显著更不满意。',
};

const UNPROVEN: Localized = {
  en: 'The sentiment model is not shown to be better than always guessing the larger class, so no action is proposed.',
  zh: '未能证明情感模型优于始终猜多数类，因此不提出改进建议。',
};

const NO_SENTIMENT: Localized = {
  en: 'Without ratings or labels, problems cannot be weighed, so no action is proposed.',
  zh: '没有评分或标签就无法衡量问题，因此不提出改进建议。',
};

const BELOW: Localized = {
  en: 'What reviews complain of in so many words stands below.',
  zh: '评价中明说的抱怨列在下面。',
};
