/**
 * Webhooks that are notified of alarms, each with a secret of its own and the kinds of alarms that it subscribed to. The
 * transaction that records an alarm also writes its notifications (a transactional outbox); deliver.ts sends them.
 */

import { randomBytes } from 'node:crypto';
import { type Localized, UserError } from '@gradus/base';
import type { Transaction } from 'kysely';
import { type Database, inTransaction, type Tables } from '../../database/tables.ts';
import { Conflict } from '../../errors.ts';
import { recordChange } from '../../registry/audit.ts';
import { alarmText } from '../alarm-text.ts';
import type { WatchWindow } from '../window.ts';
import { noWebhook } from './deliver.ts';
import { requireAllowed } from './targets.ts';

export const EVENTS = ['drift', 'quality', 'errors'] as const;
export type Event = (typeof EVENTS)[number];

export interface Webhook {
  readonly id: number;
  readonly url: string;
  readonly events: readonly Event[];
  readonly allowPrivate: boolean;
  readonly by: string;
  readonly createdAt: string;
}

/** As the Standard Webhooks have secrets (standardwebhooks.com): the prefix tells it from others, the rest is the key. */
const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const MOST_WEBHOOKS = 20;

/**
 * @param events Of `EVENTS`
 * @returns its secret, which is shown this once
 * @throws UserError where the address is invalid, not allowed, or a webhook already
 */
export async function addWebhook(
  database: Database,
  options: {
    readonly url: string;
    readonly events?: readonly string[];
    readonly allowPrivate?: boolean;
    readonly by: string;
  },
): Promise<{ readonly id: number; readonly secret: string }> {
  const { url, events = EVENTS, allowPrivate = false, by } = options;
  const unknown = events.find((event) => !(EVENTS as readonly string[]).includes(event));
  if (unknown !== undefined || events.length === 0) {
    throw new UserError({
      en: `"${unknown ?? ''}" is no kind of alarm. There are: ${EVENTS.join(', ')}.`,
      zh: `“${unknown ?? ''}”不是可发送的警报类别。可选：${EVENTS.join('、')}。`,
    });
  }
  requireAllowed(url, allowPrivate);
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
  return inTransaction(database, async (transaction) => {
    const { count } = await transaction
      .selectFrom('webhooks')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) >= MOST_WEBHOOKS) {
      throw new UserError({
        en: `There are ${MOST_WEBHOOKS} webhooks already. Remove one first: gradus alerts remove.`,
        zh: `已有 ${MOST_WEBHOOKS} 个 webhook。请先移除一个：gradus alerts remove。`,
      });
    }
    const made = await transaction
      .insertInto('webhooks')
      .values({
        url,
        secret,
        events: JSON.stringify([...new Set(events)]),
        allowPrivate: allowPrivate ? 1 : 0,
        by,
        createdAt: new Date().toISOString(),
      })
      .onConflict((conflict) => conflict.column('url').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) {
      throw new Conflict({
        en: `${url} is a webhook already. gradus alerts list shows all.`,
        zh: `${url} 已是 webhook。gradus alerts list 可列出全部。`,
      });
    }
    await recordChange(transaction, {
      who: by,
      what: 'add webhook',
      model: '',
      before: null,
      after: { url, events, allowPrivate },
    });
    return { id: made.id, secret };
  });
}

/** Without the secrets. */
export async function listWebhooks(database: Database): Promise<Webhook[]> {
  const rows = await database.selectFrom('webhooks').selectAll().orderBy('id').execute();
  return rows.map(({ id, url, events, allowPrivate, by, createdAt }) => ({
    id,
    url,
    events: JSON.parse(events) as Event[],
    allowPrivate: allowPrivate === 1,
    by,
    createdAt,
  }));
}

/** Also deletes its waiting notifications. @throws UserError where there is none of this id */
export async function removeWebhook(database: Database, id: number, by: string): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const removed = await transaction
      .deleteFrom('webhooks')
      .where('id', '=', id)
      .returning('url')
      .executeTakeFirst();
    if (!removed) throw noWebhook(id);
    await transaction.deleteFrom('deliveries').where('webhook', '=', id).execute();
    await recordChange(transaction, {
      who: by,
      what: 'remove webhook',
      model: '',
      before: { url: removed.url },
      after: null,
    });
  });
}

/** The body of a notification. */
export interface Alert {
  readonly event: Event;
  readonly model: string;
  readonly version: string;
  readonly at: string;
  /** For people. */
  readonly text: Localized;
  readonly window: Pick<WatchWindow, 'window' | 'startedAt' | 'endedAt' | 'report'>;
}

/** Writes an alarm's notifications, one for each webhook that subscribed to its kind. */
export async function alert(transaction: Transaction<Tables>, window: WatchWindow): Promise<void> {
  const { kind, model, version, startedAt, endedAt, report } = window;
  const now = new Date().toISOString();
  const body: Alert = {
    event: kind,
    model,
    version,
    at: now,
    text: alarmText(window),
    window: { window: window.window, startedAt, endedAt, report },
  };
  const hooks = await listWebhooks(transaction);
  const subscribed = hooks.filter(({ events }) => events.includes(kind));
  if (subscribed.length === 0) return;
  await transaction
    .insertInto('deliveries')
    .values(
      subscribed.map(({ id }) => ({
        webhook: id,
        event: kind,
        body: JSON.stringify(body),
        state: 'waiting' as const,
        attempts: 0,
        notBefore: now,
        error: null,
        createdAt: now,
        finishedAt: null,
      })),
    )
    .execute();
}
