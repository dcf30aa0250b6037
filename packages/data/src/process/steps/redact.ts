/**
 * Redaction: takes personal data out of texts before any other step. ONNX cannot express it: it runs before the graph
 * (`graphInputs`).
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { KIND_NAMES, PERSONAL_KINDS } from '../../personal/kinds.ts';
import { NUMBER_RULE } from '../../personal/number-columns.ts';
import { applyRedaction, fitRedaction } from '../../personal/plan.ts';
import { PSEUDONYM_KEY, pseudonyms } from '../../personal/pseudonyms.ts';
import { tag } from '../../personal/redact.ts';
import { columnStep, declares } from '../step.ts';

/** Texts that are looked at to learn whether a column is personal from end to end. */
const SAMPLE = 10_000;

export const redactStep = columnStep({
  name: 'redact',
  title: { en: 'Redact', zh: '脱敏' },
  accepts: ['text'],
  options: z.strictObject({
    /** What is to go. */
    kinds: z
      .array(z.enum(PERSONAL_KINDS))
      .min(1)
      .default([...PERSONAL_KINDS]),
    /** Pseudonyms, by the key in GRADUS_PSEUDONYM_KEY, in place of tags. */
    pseudonyms: z.boolean().default(false),
  }),
  /** As in a plan: what all cells are, or `text` to be looked through, or which numbers go; null: numbers or dates, which stay. */
  parameters: z.object({ what: z.union([z.enum([...PERSONAL_KINDS, 'text']), NUMBER_RULE]).nullable() }),
  fit: ({ block, data }, { kinds }) => {
    const cells = (data.data as readonly string[]).slice(0, SAMPLE);
    const { columns } = fitRedaction({ columns: [block.name], rows: cells.map((cell) => [cell]) }, kinds);
    return { what: columns[block.name] ?? null };
  },
  beforeGraph: (column, { what }, { kinds, pseudonyms: keyed }) => {
    const plan = { step: 'redact', kinds, columns: what ? { x: what } : {} } as const;
    const row = applyRedaction(plan, ['x'], keyed ? pseudonyms(keyOf()) : tag);
    return { ...column, data: (column.data as readonly string[]).map((cell) => row([cell])[0]!) };
  },
  trace: (block) => block,
  describe: ({ kinds, pseudonyms: keyed }) => {
    const all = kinds.length === PERSONAL_KINDS.length;
    const named = (language: 'en' | 'zh') => kinds.map((kind) => KIND_NAMES[kind][language]);
    return {
      en: `${all ? 'personal data' : named('en').join(', ')} replaced by ${keyed ? 'pseudonyms' : 'tags'}, before the graph`,
      zh: `${all ? '个人信息' : named('zh').join('、')}替换为${keyed ? '假名' : '标签'}，在图之前`,
    };
  },
  describeFitted: ({ what }) => {
    if (typeof what === 'object' && what !== null) {
      return {
        en: 'numbers or dates, left as they are but for phone, identity and card numbers',
        zh: '数字或日期，除电话、证件和银行卡号外保持原样',
      };
    }
    if (what === null) return { en: 'numbers or dates, left as they are', zh: '数字或日期，保持原样' };
    return what === 'text'
      ? { en: 'looked through cell by cell', zh: '逐格查找' }
      : { en: `all of it is: ${KIND_NAMES[what].en}`, zh: `整列都是：${KIND_NAMES[what].zh}` };
  },
});

function keyOf(): string {
  const key = process.env[PSEUDONYM_KEY];
  if (key !== undefined) return key;
  throw new UserError({
    en: `redact: pseudonyms need a key of your own in ${PSEUDONYM_KEY}, and it is not set`,
    zh: `redact：使用假名需要在 ${PSEUDONYM_KEY} 中设置自己的密钥，目前尚未设置`,
  });
}

/** The key of pseudonyms is in GRADUS_PSEUDONYM_KEY wherever texts are processed. What no detector finds stays. */
export const redact = declares(redactStep);
