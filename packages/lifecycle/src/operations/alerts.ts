/** Webhooks that receive alarms of drift, of falling quality and of errors. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { deliverTest } from '../monitoring/alerts/deliver.ts';
import { addWebhook, EVENTS, listWebhooks, removeWebhook } from '../monitoring/alerts/webhooks.ts';
import { field } from './field.ts';
import { operation, plainLine } from './operation.ts';

const id = field(z.int().min(1), {
  en: 'the number that gradus alerts list shows',
  zh: 'gradus alerts list 显示的编号',
});

export const add = operation({
  name: 'alerts.add',
  title: {
    en: 'send alarms to an address; its secret, which signs the messages, is shown this once',
    zh: '将警报发送到某个地址；用于签名的密钥仅显示这一次',
  },
  scope: 'admin',
  input: z.strictObject({
    url: field(z.string().min(1).max(2000), { en: 'the address', zh: '地址' }),
    events: field(z.array(z.enum(EVENTS)).min(1), {
      en: `of what: ${EVENTS.join(', ')}`,
      zh: `警报类别：${EVENTS.join('、')}`,
    }).default([...EVENTS]),
    allowPrivate: field(z.boolean(), {
      en: 'it may be on this machine or in a private network',
      zh: '允许位于本机或私有网络',
    }).default(false),
  }),
  output: z.strictObject({ id: z.int(), secret: z.string() }),
  http: { method: 'post', path: '/v1/alerts', status: 201 },
  cli: {
    command: 'alerts add',
    positionals: ['url'],
    flags: { events: 'on' },
    render: ({ secret }) => [
      plainLine(secret),
      {
        note: true,
        en: 'Keep it: it is not shown again. Messages are signed with it as Standard Webhooks are (standardwebhooks.com).',
        zh: '请保存：不会再次显示。消息按 Standard Webhooks（standardwebhooks.com）用它签名。',
      },
    ],
  },
  run: async (hook, workspace) => {
    // An administrator's key shall not have the server knock at doors of its own network.
    if (hook.allowPrivate && !workspace.isOwner) {
      throw new UserError({
        en: 'Only whoever runs the server may allow an address in its own network: gradus alerts add URL --allow-private.',
        zh: '只有服务器的运行者可以允许其自身网络中的地址：gradus alerts add URL --allow-private。',
      });
    }
    return addWebhook(await workspace.database(), { ...hook, by: workspace.by });
  },
});

export const list = operation({
  name: 'alerts.list',
  title: { en: 'list all webhooks, without the secrets', zh: '列出所有 webhook（不含密钥）' },
  scope: 'admin',
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      id: z.int(),
      url: z.string(),
      events: z.array(z.enum(EVENTS)),
      allowPrivate: z.boolean(),
      by: z.string(),
      createdAt: z.string(),
    }),
  ),
  http: { method: 'get', path: '/v1/alerts', list: 'alerts' },
  cli: {
    command: 'alerts list',
    render: (hooks) =>
      hooks.map(({ id, url, events, createdAt }) =>
        plainLine(`${id}  ${url}  ${events.join(', ')}  ${createdAt}`),
      ),
  },
  run: async (_, workspace) => listWebhooks(await workspace.database()),
});

export const remove = operation({
  name: 'alerts.remove',
  title: { en: 'remove a webhook: it gets no more alarms', zh: '不再向某个 webhook 发送警报' },
  scope: 'admin',
  input: z.strictObject({ id }),
  output: z.strictObject({ removed: z.int() }),
  http: { method: 'delete', path: '/v1/alerts/:id' },
  cli: {
    command: 'alerts remove',
    positionals: ['id'],
    render: ({ removed }) => [{ en: `Removed: ${removed}`, zh: `已移除：${removed}` }],
  },
  run: async ({ id }, workspace) => {
    await removeWebhook(await workspace.database(), id, workspace.by);
    return { removed: id };
  },
});

export const test = operation({
  name: 'alerts.test',
  title: {
    en: 'send a webhook a test message, and say what it answered',
    zh: '向 webhook 发送测试消息并显示其回应',
  },
  scope: 'admin',
  input: z.strictObject({ id }),
  output: z.strictObject({ id: z.int(), delivered: z.boolean(), error: z.string().optional() }),
  http: { method: 'post', path: '/v1/alerts/:id/test' },
  cli: {
    command: 'alerts test',
    positionals: ['id'],
    render: ({ delivered, error }) => [
      delivered
        ? { en: 'Delivered.', zh: '已送达。' }
        : { en: `Not delivered: ${error}`, zh: `未送达：${error}` },
    ],
  },
  run: async ({ id }, workspace) => {
    const error = await deliverTest(await workspace.database(), id);
    return { id, delivered: error === undefined, ...(error !== undefined && { error }) };
  },
});
