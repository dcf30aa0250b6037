/** Keys for those who may ask the server. */
import { z } from 'zod';
import { SCOPES, type Scope } from '../keys/caller.ts';
import { createKey, listKeys, revokeKey } from '../keys/keys.ts';
import { field } from './field.ts';
import { operation } from './operation.ts';

const NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];
const name = field(z.string().min(1).max(60), { en: "the key's name", zh: '密钥名称' });

export const create = operation({
  name: 'keys.create',
  title: { en: 'make a key; it is shown this once', zh: '创建密钥；仅显示这一次' },
  scope: 'admin',
  input: z.strictObject({
    name,
    scopes: field(z.array(z.enum(NAMES)).min(1), {
      en: `what it may do: ${NAMES.join(', ')}`,
      zh: `允许的权限：${NAMES.join('、')}`,
    }).default(['predict']),
    rate: field(z.number().min(1), { en: 'requests a second at most', zh: '每秒最多请求数' }).optional(),
  }),
  output: z.strictObject({ name: z.string(), key: z.string() }),
  http: { method: 'post', path: '/v1/keys', status: 201 },
  cli: {
    command: 'keys create',
    positionals: ['name'],
    flags: { scopes: 'scope' },
    render: ({ key }) => [
      { en: key, zh: key },
      {
        note: true,
        en: 'Keep it: it is not shown again. Requests carry it as: authorization: Bearer KEY',
        zh: '请保存：不会再次显示。请求须带标头 authorization: Bearer KEY',
      },
    ],
  },
  run: async (requested, workspace) => ({
    name: requested.name,
    key: await createKey(await workspace.database(), { ...requested, by: workspace.by }),
  }),
});

export const list = operation({
  name: 'keys.list',
  title: { en: 'list all keys, without the secrets', zh: '列出所有密钥（不含机密内容）' },
  scope: 'admin',
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      name: z.string(),
      scopes: z.array(z.enum(NAMES)),
      rate: z.number().optional(),
      createdAt: z.string(),
      revokedAt: z.string().nullable(),
    }),
  ),
  http: { method: 'get', path: '/v1/keys', list: 'keys' },
  cli: {
    command: 'keys list',
    render: (keys) =>
      keys.map(({ name, scopes, rate, createdAt, revokedAt }) => {
        const line = `${name}: ${scopes.join(', ')}${rate === undefined ? '' : `, ${rate}/s`}, ${createdAt}`;
        return {
          en: line + (revokedAt ? `, revoked ${revokedAt}` : ''),
          zh: line + (revokedAt ? `，已于 ${revokedAt} 吊销` : ''),
        };
      }),
  },
  run: async (_, workspace) => listKeys(await workspace.database()),
});

export const revoke = operation({
  name: 'keys.revoke',
  title: { en: 'revoke a key: it opens nothing any more', zh: '吊销密钥：它将不再有效' },
  scope: 'admin',
  input: z.strictObject({ name }),
  output: z.strictObject({ revoked: z.string() }),
  http: { method: 'delete', path: '/v1/keys/:name' },
  cli: {
    command: 'keys revoke',
    positionals: ['name'],
    render: ({ revoked }) => [{ en: `Revoked: ${revoked}`, zh: `已吊销：${revoked}` }],
  },
  run: async ({ name }, workspace) => {
    await revokeKey(await workspace.database(), name, workspace.by);
    return { revoked: name };
  },
});
