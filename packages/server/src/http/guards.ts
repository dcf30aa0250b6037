/**
 * What stands before every handler: which names this server answers to, who asks, how often, how much is under way, and how
 * large a body may be. What comes in is hostile until shown otherwise.
 */
import type { IncomingMessage } from 'node:http';
import type { Caller, Metrics, Scope, TrafficTally } from '@gradus/lifecycle';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { Admission } from '../limits/admission.ts';
import type { RateLimit } from '../limits/rate.ts';
import { LARGEST_BODY } from '../limits/sizes.ts';
import type { Asker } from '../models/inference.ts';
import type { Callers } from '../security/callers.ts';
import type { RequestTrace, Tracing } from '../tracing/tracing.ts';
import { failure, overloaded } from './errors.ts';

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller;
    /** Only where traces are collected. */
    trace: RequestTrace | undefined;
  }
}

/** Who asks, as far as answers depend on it. */
export const askerOf = (context: Context): Asker => ({
  caller: context.get('caller').name,
  user: context.req.header('x-user-id')?.slice(0, LONGEST_USER),
  trace: context.get('trace'),
});

const LONGEST_USER = 200;

export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'unsafe-inline'"],
    imgSrc: ['data:'],
    formAction: ["'self'"],
  },
});

/** Against pages of other sites that point a name of theirs at this machine (DNS rebinding). */
export function onlyLoopbackNames(host: string): MiddlewareHandler {
  return async (context, next) => {
    const { headers, httpVersion } = incomingOf(context);
    if (!headers.host && httpVersion !== '1.0') {
      return failure(context, {
        status: 400,
        code: 'no_host',
        message: { en: 'The header Host is missing.', zh: '缺少标头 Host。' },
      });
    }
    if (isLoopback(host) && !isLoopback(hostnameOf(context.req.header('host')))) {
      return failure(context, {
        status: 403,
        code: 'forbidden_host',
        message: {
          en: 'This server answers on this machine only, by the name localhost.',
          zh: '此服务器仅在本机以 localhost 之名应答。',
        },
      });
    }
    return next();
  };
}

/**
 * A body that says its length can be held to it by Node itself. One in chunks is read here, and kept where the adapter looks
 * for a body that has been read already.
 */
export const limitedBody: MiddlewareHandler = async (context, next) => {
  const incoming = incomingOf(context);
  const length = Number(incoming.headers['content-length'] ?? 0);
  let small = length <= LARGEST_BODY;
  if (small && incoming.headers['transfer-encoding'] !== undefined) {
    const chunks: Buffer[] = [];
    let size = 0;
    // Whoever sends too much gets an answer: the connection is not closed under them.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      small = size <= LARGEST_BODY;
      if (!small) break;
      chunks.push(chunk);
    }
    incoming.rawBody = Buffer.concat(chunks);
  }
  if (small) return next();
  return failure(context, {
    status: 413,
    code: 'body_too_large',
    message: {
      en: `The body is larger than ${LARGEST_BODY / 2 ** 20} MB. Send it in parts; or upload it as a dataset: POST /v1/uploads.`,
      zh: `请求体超过 ${LARGEST_BODY / 2 ** 20} MB。请分批发送，或作为数据集上传：POST /v1/uploads。`,
    },
  });
};

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

export function measured(metrics: Metrics): MiddlewareHandler {
  return async (context, next) => {
    const started = performance.now();
    await next();
    const route = routePath(context, -1);
    metrics.requests.inc({ route, status: context.res.status });
    metrics.seconds.observe({ route }, (performance.now() - started) / 1000);
  };
}

/**
 * Counts requests for answers, and those that were turned away.
 *
 * @param of The tally of the model that a request was about; undefined where no such model is open
 */
export function tallied(of: (context: Context) => TrafficTally | undefined): MiddlewareHandler {
  return async (context, next) => {
    const started = performance.now();
    await next();
    of(context)?.add(context.res.status, performance.now() - started);
  };
}

export function traced(tracing: Tracing): MiddlewareHandler {
  return async (context, next) => {
    const trace = tracing.request(context.req.method, context.req.path, (name) => context.req.header(name));
    context.set('trace', trace);
    await next();
    trace.end(routePath(context, -1), context.res.status);
  };
}

const NO_TOKEN = {
  en: 'Expected the header "authorization: Bearer TOKEN", or in a browser ?token=TOKEN after the address. It is what GRADUS_TOKEN says where the server runs, else in the file .token among its runs; gradus keys create makes others.',
  zh: '应带标头“authorization: Bearer TOKEN”，或在浏览器地址后加 ?token=TOKEN。令牌由服务器所在环境的 GRADUS_TOKEN 指定，否则在其运行目录的 .token 文件中；gradus keys create 可创建其他密钥。',
};
const UNKNOWN_TOKEN = {
  en: 'This token is not known, or has been revoked.',
  zh: '此令牌未知或已被吊销。',
};

const COOKIE = 'gradus_token';
/** Wrong secrets a second from one address: a key cannot be guessed anyway, but trying shall cost nothing here. */
const WRONG_A_SECOND = 5;

/** Lets those through whose key has the scope: a bearer token, or in a browser the cookie that `?token=` leaves. */
export function requires(
  scope: Scope,
  callers: Callers,
  rates: RateLimit,
  metrics: Metrics,
): MiddlewareHandler {
  const slowDown = (context: Context, retryAfter: number) => {
    metrics.shed.inc({ reason: 'rate' });
    return failure(context, {
      status: 429,
      code: 'too_many_requests',
      message: {
        en: `Too many requests. Try again in ${retryAfter} s.`,
        zh: `请求过多。请在 ${retryAfter} 秒后重试。`,
      },
      retryAfter,
    });
  };
  return async (context, next) => {
    const given = context.req.method === 'GET' ? context.req.query('token') : undefined;
    const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const secret = given ?? bearer ?? getCookie(context, COOKIE);
    const caller = secret === undefined ? undefined : await callers.of(secret);
    if (!caller) {
      const wait = secret === undefined ? 0 : rates.take(`wrong ${addressOf(context)}`, WRONG_A_SECOND);
      if (wait > 0) return slowDown(context, wait);
      if ((given ?? bearer) === undefined && secret !== undefined) deleteCookie(context, COOKIE);
      context.header('www-authenticate', 'Bearer');
      return failure(context, {
        status: 401,
        code: 'unauthorized',
        message: secret === undefined ? NO_TOKEN : UNKNOWN_TOKEN,
      });
    }
    if (given !== undefined) {
      // The secret leaves the address at once: addresses end up in logs and histories.
      setCookie(context, COOKIE, given, { httpOnly: true, sameSite: 'Strict', path: '/' });
      const url = new URL(context.req.url);
      url.searchParams.delete('token');
      return context.redirect(url.pathname + url.search, 303);
    }
    if (bearer === undefined && !isOfOurPages(context)) {
      return failure(context, {
        status: 403,
        code: 'cross_origin',
        message: {
          en: 'A browser may send this from pages of this server only. Programs send "authorization: Bearer TOKEN".',
          zh: '浏览器只能从此服务器自己的页面发送此请求。程序请发送“authorization: Bearer TOKEN”。',
        },
      });
    }
    if (!caller.scopes.includes(scope)) {
      return failure(context, {
        status: 403,
        code: 'missing_scope',
        message: {
          en: `The key "${caller.name}" may not do this: it lacks the scope "${scope}".`,
          zh: `密钥“${caller.name}”无权执行此操作：缺少权限“${scope}”。`,
        },
      });
    }
    const wait = caller.rate === undefined ? 0 : rates.take(caller.name, caller.rate);
    if (wait > 0) return slowDown(context, wait);
    context.set('caller', caller);
    context.header('cache-control', 'no-store');
    return next();
  };
}

/**
 * Whether a request that a cookie speaks for may change something. Browsers send cookies along with what pages of other
 * programs on this machine ask for as well (to SameSite, http://localhost:3000 is the same site); they say where it comes
 * from in headers that pages cannot set (OWASP, Cross-Site Request Forgery Prevention).
 */
function isOfOurPages(context: Context): boolean {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return true;
  const { host, origin, 'sec-fetch-site': site } = incomingOf(context).headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Counts those under way, and turns away what would wait too long and came past the door (door.ts).
 *
 * @param within Milliseconds a request may take before its client gets 504
 */
export function admitted(admission: Admission, metrics: Metrics, within: number): MiddlewareHandler {
  return async (context, next) => {
    const entered = admission.enter();
    if (typeof entered !== 'function') {
      metrics.shed.inc({ reason: 'overload' });
      context.header('retry-after', String(entered.retryAfter));
      const language = context.req.header('accept-language');
      return context.json(overloaded(context.req.path, entered.retryAfter, language), 503);
    }
    const trace = context.get('trace');
    trace?.part('admission', trace.started, performance.now());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Response>((resolve) => {
      timer = setTimeout(() => {
        resolve(
          failure(context, {
            status: 504,
            code: 'timeout',
            message: {
              en: `No answer within ${within / 1000} s.`,
              zh: `${within / 1000} 秒内没有得到回答。`,
            },
          }),
        );
      }, within);
    });
    // What nobody waits for any more is still under way, and counts as such.
    const answered = next().finally(() => {
      clearTimeout(timer);
      entered();
    });
    return Promise.race([answered, late]);
  };
}

/** Node's own view of the request: reading its headers makes no objects. */
export function incomingOf(context: Context): IncomingMessage & { rawBody?: Buffer } {
  return (context.env as { incoming: IncomingMessage }).incoming;
}

const addressOf = (context: Context): string => incomingOf(context).socket.remoteAddress ?? '';

function hostnameOf(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

/** Whether a name or address is this machine's own. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
