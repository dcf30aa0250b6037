/**
 * Tells webhooks what waits for them, signed as Standard Webhooks are (github.com/standard-webhooks/standard-webhooks): the
 * header `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`. A delivery is tried until
 * somebody answers with 2xx, later each time, for about a day; the same one may therefore come twice, with the same id.
 */
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Database } from '../../database/tables.ts';
import { NotFound } from '../../errors.ts';
import { guardedLookup, requireAllowed } from './targets.ts';

/** Milliseconds that a webhook may take to answer. */
const PATIENCE = 10_000;
/** Milliseconds for which a delivery is one server's: longer than it takes. */
const LEASE = 30_000;
/** Milliseconds before the second try; each later one waits twice as long. */
const RETRY_AFTER = 5000;
const MOST_ATTEMPTS = 15;
const AT_ONCE = 10;

/** Tries everything that is due, once. @returns how many were tried */
export async function deliverDue(
  database: Database,
  { now = Date.now(), retryAfter = RETRY_AFTER }: { now?: number; retryAfter?: number } = {},
): Promise<number> {
  const due = await database
    .selectFrom('deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'deliveries.webhook')
    .select(['deliveries.id', 'url', 'secret', 'allowPrivate', 'body', 'attempts', 'notBefore'])
    .where('state', '=', 'waiting')
    .where(({ or, eb }) =>
      or([
        eb('notBefore', '<=', new Date(now).toISOString()),
        // No delivery waits that long: the clock has been set back.
        eb('notBefore', '>', new Date(now + Math.max(LEASE, retryAfter * 2 ** MOST_ATTEMPTS)).toISOString()),
        eb('deliveries.createdAt', '>', new Date(now + LEASE).toISOString()),
      ]),
    )
    .orderBy('deliveries.id')
    .limit(AT_ONCE)
    .execute();
  const tried = await Promise.all(
    due.map(async ({ id, notBefore, attempts, allowPrivate, ...delivery }) => {
      // Of several servers one has it: whoever changes the row that all have read.
      const { numUpdatedRows } = await database
        .updateTable('deliveries')
        .set({ attempts: attempts + 1, notBefore: new Date(now + LEASE).toISOString() })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .where('notBefore', '=', notBefore)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return 0;
      const error = await tell({ id, ...delivery, allowPrivate: allowPrivate === 1 }).catch(
        (reason: Error) => reason.message,
      );
      const over = error === undefined || attempts + 1 >= MOST_ATTEMPTS;
      const at = new Date().toISOString();
      await database
        .updateTable('deliveries')
        .set({
          state: error === undefined ? 'delivered' : over ? 'failed' : 'waiting',
          error: error?.slice(0, 500) ?? null,
          notBefore: over ? at : new Date(Date.now() + retryAfter * 2 ** attempts).toISOString(),
          finishedAt: over ? at : null,
        })
        .where('id', '=', id)
        .execute();
      return 1;
    }),
  );
  return tried.reduce((sum: number, count) => sum + count, 0);
}

/**
 * Sends a webhook a message of the event `test`, now.
 *
 * @returns why it did not go well; undefined where it did. @throws NotFound where there is none of this id
 */
export async function deliverTest(database: Database, id: number): Promise<string | undefined> {
  const hook = await database
    .selectFrom('webhooks')
    .select(['url', 'secret', 'allowPrivate'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!hook) throw noWebhook(id);
  const at = new Date().toISOString();
  const text = { en: 'This is a test of Gradus.', zh: '这是来自 Gradus 的测试消息。' };
  const { allowPrivate, ...rest } = hook;
  const body = JSON.stringify({ event: 'test', at, text });
  return tell({ id: 0, ...rest, body, allowPrivate: allowPrivate === 1 }).catch(
    ({ message }: Error) => message,
  );
}

export const noWebhook = (id: number): NotFound =>
  new NotFound({
    en: `There is no webhook ${id}. gradus alerts list shows all.`,
    zh: `没有编号为 ${id} 的 webhook。gradus alerts list 显示全部。`,
  });

/** @returns why it did not go well; undefined where it did */
function tell({
  id,
  url,
  secret,
  body,
  allowPrivate,
}: {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly body: string;
  readonly allowPrivate: boolean;
}): Promise<string | undefined> {
  const address = requireAllowed(url, allowPrivate);
  const name = `delivery_${id}`;
  const seconds = String(Math.floor(Date.now() / 1000));
  return new Promise((resolve) => {
    // Redirects are not followed: they could lead where the address itself may not.
    const request = (address.protocol === 'https:' ? httpsRequest : httpRequest)(address, {
      method: 'POST',
      lookup: guardedLookup(allowPrivate) as never,
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Gradus',
        'webhook-id': name,
        'webhook-timestamp': seconds,
        'webhook-signature': webhookSignature({ secret, id: name, seconds, body }),
      },
    });
    request.on('error', (error) => resolve(error.message));
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      // What it says is of no interest.
      response.destroy();
      resolve(statusCode >= 200 && statusCode < 300 ? undefined : `it answered ${statusCode}`);
    });
    request.end(body);
  });
}

/** What the header `webhook-signature` must hold. */
export function webhookSignature(message: {
  readonly secret: string;
  readonly id: string;
  /** Since 1970. */
  readonly seconds: string;
  readonly body: string;
}): string {
  const key = Buffer.from(message.secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${message.id}.${message.seconds}.${message.body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
