/** What columns of a language-model log hold. */
import { findColumns } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';

export const ANSWER_COLUMNS = {
  input: ['input', 'prompt', 'question', 'query', 'userquery', 'instruction', '输入', '问题', '提问'],
  output: [
    'output',
    'answer',
    'response',
    'completion',
    'reply',
    'chatgptresponse',
    'modelresponse',
    'output1',
    '输出',
    '回答',
    '回复',
  ],
  expected: [
    'expected',
    'ideal',
    'expectedoutput',
    'reference',
    'groundtruth',
    '期望',
    '参考答案',
    '标准答案',
  ],
  label: [
    'label',
    'human',
    'humanlabel',
    'pass',
    'correct',
    'gold',
    'hallucination',
    'harmful',
    'toxic',
    '人工',
    '人工标注',
    '标注',
    '是否正确',
    '幻觉',
  ],
  verdict: ['verdict', 'judgement', 'judgment', 'judgeverdict', 'grade', '评审', '裁判'],
  swapped: ['verdictswapped', 'swapped', 'judgeswapped', 'verdictreversed'],
  latency: [
    'latency',
    'latencyms',
    'latencys',
    'duration',
    'durationms',
    'seconds',
    'responsetime',
    'elapsed',
    '延迟',
    '耗时',
  ],
  cost: ['cost', 'costusd', 'price', '成本', '费用'],
  satisfaction: ['satisfaction', 'csat', 'rating', 'userrating', 'thumbs', 'feedback', '满意度', '评分'],
  user: [
    'user',
    'userid',
    'customer',
    'session',
    'sessionid',
    'conversation',
    'conversationid',
    '用户',
    '会话',
  ],
  item: ['id', 'i', 'case', 'caseid', 'item', 'itemid', 'questionid', '编号'],
} as const;

export type AnswerColumns = Partial<Record<keyof typeof ANSWER_COLUMNS, string>>;

export const answerColumns = (
  table: EvidenceTable,
  named: Readonly<Record<string, string>> = {},
): AnswerColumns => findColumns(table, ANSWER_COLUMNS, named);
