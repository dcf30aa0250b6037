/** What of a request's body is taken: as it is, up to a size, and only as much as there is memory for. */
import type { Context, MiddlewareHandler } from 'hono';
import type { BodyMemory } from '../limits/bodies.ts';
import { LARGEST_BODY } from '../limits/sizes.ts';
import { failure } from './errors.ts';
import { incomingOf } from './incoming.ts';

/** Seconds after which those for whose body there was no memory may try again. */
const RETRY_AFTER = 5;

/**
 * Reads the body, and keeps it where the adapter looks for one that has been read already. Its memory is given back when the
 * request is answered.
 */
export function limitedBody(memory: BodyMemory): MiddlewareHandler {
  return async (context, next) => {
    const incoming = incomingOf(context);
    const length = Number(incoming.headers['content-length'] ?? 0);
    if (length > LARGEST_BODY) return tooLarge(context);
    if (length === 0 && incoming.headers['transfer-encoding'] === undefined) return next();
    const share = memory.open();
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      // Whoever sends too much gets an answer: the connection is not closed under them.
      for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > LARGEST_BODY) return tooLarge(context);
        if (!share.take(chunk.length)) return noMemory(context);
        chunks.push(chunk);
      }
      context.get('charge')?.(size);
      incoming.rawBody = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
      await next();
    } finally {
      share.close();
    }
  };
}

const tooLarge = (context: Context): Response =>
  failure(context, {
    status: 413,
    code: 'body_too_large',
    message: {
      en: `The body is larger than ${LARGEST_BODY / 2 ** 20} MB. Send it in parts; or upload it as a dataset: POST /v1/uploads.`,
      zh: `请求体超过 ${LARGEST_BODY / 2 ** 20} MB。请分批发送，或作为数据集上传：POST /v1/uploads。`,
    },
  });

const noMemory = (context: Context): Response =>
  failure(context, {
    status: 503,
    code: 'overloaded',
    message: {
      en: `Too many large requests are under way. Try again in ${RETRY_AFTER} s, or send smaller ones.`,
      zh: `正在接收的大请求过多。请在 ${RETRY_AFTER} 秒后重试，或发送较小的请求。`,
    },
    retryAfter: RETRY_AFTER,
  });

/** What is packed could be a thousand times as large once unpacked, and nobody needs to pack 10 MB. */
export const unpackedBody: MiddlewareHandler = async (context, next) => {
  const { 'content-encoding': coding = 'identity', 'transfer-encoding': transfer = 'chunked' } =
    incomingOf(context).headers;
  if (/^identity$/i.test(coding.trim()) && /^chunked$/i.test(transfer.trim())) return next();
  return failure(context, {
    status: 415,
    code: 'encoded_body',
    message: {
      en: `The body is encoded (${coding === 'identity' ? transfer : coding}). Send it as it is, without Content-Encoding.`,
      zh: `请求体经过编码（${coding === 'identity' ? transfer : coding}）。请原样发送，不带 Content-Encoding。`,
    },
  });
};

/** Milliseconds: so long at most, and no longer once nothing has come for a while. */
const READ_OFF_WITHIN = 5000;
const QUIET = 100;

/**
 * Reads what is still to come of a request that is refused, within limits, before the refusal is sent: a connection that is
 * closed on somebody who is still sending takes the answer with it.
 */
export const readOff: MiddlewareHandler = async (context, next) => {
  await next();
  const incoming = incomingOf(context);
  if (context.res.status < 400 || incoming.complete || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    const started = performance.now();
    let [size, seen] = [0, -1];
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY) done();
    };
    const look = setInterval(() => {
      // What has arrived in the meantime is read before it counts as missing.
      setImmediate(() => {
        if (size === seen || performance.now() - started > READ_OFF_WITHIN) done();
        seen = size;
      });
    }, QUIET);
    const done = () => {
      clearInterval(look);
      incoming.off('data', onData).off('close', done).off('end', done);
      resolve();
    };
    incoming.on('data', onData).once('close', done).once('end', done).resume();
  });
};
