/** Who changed what, when. */
import { z } from 'zod';
import { auditOf } from '../registry/audit.ts';
import { field } from './field.ts';
import { operation, plainLine } from './operation.ts';

export const audit = operation({
  name: 'audit',
  title: {
    en: 'list the latest changes of the registry: when, who, what, before and after',
    zh: '列出注册表的最新变更：时间、人员、内容、变更前后',
  },
  scope: 'read',
  input: z.strictObject({
    model: field(z.string().min(1).max(100), { en: 'of this model alone', zh: '仅此模型' }).optional(),
    limit: field(z.int().min(1).max(1000), { en: 'changes at most', zh: '最多条数' }).default(100),
  }),
  output: z.array(
    z.strictObject({
      id: z.int(),
      at: z.string(),
      who: z.string(),
      what: z.string(),
      model: z.string(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
  http: { method: 'get', path: '/v1/audit', list: 'changes' },
  cli: {
    command: 'audit',
    positionals: ['model'],
    render: (changes) =>
      changes.map(({ at, who, what, model, before, after }) => {
        const change = `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
        return plainLine(`${at.slice(0, 19).replace('T', ' ')}  ${who}  ${what}  ${model}  ${change}`);
      }),
  },
  run: async ({ model, limit }, workspace) =>
    auditOf(await workspace.database(), { most: limit, ...(model !== undefined && { model }) }),
});
