/**
 * Redaction: personal data go out of texts before anything else sees them. ONNX has no words for that: it is done before
 * the graph (`graphInputs`).
 */
import { UserError } from '@gradus/engine';
import { z } from 'zod';
import { KIND_NAMES, PERSONAL_KINDS, type PersonalKind } from '../../personal/kinds.ts';
import { applyRedaction, fitRedaction } from '../../personal/plan.ts';
import { pseudonyms } from '../../personal/pseudonyms.ts';
import { tag } from '../../personal/redact.ts';
import { columnStep, declares } from '../step.ts';

/** Where the key of pseudonyms is; a pipeline is kept with its model, and the key is not to be. */
const KEY = 'GRADUS_PSEUDONYM_KEY';

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
  /** What all cells are, where the column holds nothing else. */
  parameters: z.object({ whole: z.enum(PERSONAL_KINDS).nullable() }),
  fit: ({ block, data }, { kinds }) => {
    const cells = (data.data as readonly string[]).slice(0, SAMPLE);
    const { columns } = fitRedaction({ columns: [block.name], rows: cells.map((cell) => [cell]) }, kinds);
    const what = columns[block.name];
    return { whole: what === undefined || what === 'text' ? null : what };
  },
  read: (column, { whole }, { kinds, pseudonyms: keyed }) => {
    const rule: PersonalKind | 'text' = whole ?? 'text';
    const row = applyRedaction(
      { step: 'redact', kinds, columns: { x: rule } },
      ['x'],
      keyed ? pseudonyms(keyOf()) : tag,
    );
    return { ...column, data: (column.data as readonly string[]).map((cell) => row([cell])[0]!) };
  },
  trace: (block) => block,
  says: ({ kinds, pseudonyms: keyed }) => {
    const all = kinds.length === PERSONAL_KINDS.length;
    const named = (language: 'en' | 'zh') => kinds.map((kind) => KIND_NAMES[kind][language]);
    return {
      en: `${all ? 'personal data' : named('en').join(', ')} replaced by ${keyed ? 'pseudonyms' : 'tags'}, before the graph`,
      zh: `${all ? '个人信息' : named('zh').join('、')}替换为${keyed ? '假名' : '标签'}，在图之前`,
    };
  },
  found: ({ whole }) =>
    whole
      ? { en: `all of it is: ${KIND_NAMES[whole].en}`, zh: `整列都是：${KIND_NAMES[whole].zh}` }
      : { en: 'looked through cell by cell', zh: '逐格查找' },
});

function keyOf(): string {
  const key = process.env[KEY];
  if (key !== undefined) return key;
  throw new UserError(`redact: pseudonyms need a key of your own in ${KEY}, and it is not set`);
}

/** Numbers and dates in texts stay. What no detector finds stays, too. */
export const redact = declares(redactStep);
