/**
 * What stands before every handler: which names this server answers to, who asks, how often, how much is under way, and how
 * large a body may be. What comes in is hostile until shown otherwise.
 */
import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { Admission } from '../limits/admission.ts';
import type { RateLimit } from '../limits/rate.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { RequestTrace, Tracing } from '../monitoring/tracing.ts';
import type { TrafficTally } from '../monitoring/traffic-tally.ts';
import type { Caller, Callers, Scope } from '../security/callers.ts';
import { failure, overloaded } from './errors.ts';

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller;
    /** Only where traces are collected. */
    trace: RequestTrace | undefined;
  }
}

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
    if (isLoopback(host) && !isLoopback(hostnameOf(context.req.header('host')))) {
      return failure(context, {
        status: 403,
        code: 'forbidden_host',
        message: 'This server answers on this machine only, by the name localhost.',
      });
    }
    return next();
  };
}

const LARGEST_BODY = 10 * 2 ** 20;

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
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
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
    message: `The body is larger than ${LARGEST_BODY / 2 ** 20} MB. Send it in parts.`,
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

/** Counts requests for answers, and those that were turned away. */
export function tallied(traffic: TrafficTally): MiddlewareHandler {
  return async (context, next) => {
    const started = performance.now();
    await next();
    traffic.add(context.res.status, performance.now() - started);
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
      message: `Too many requests. Try again in ${retryAfter} s.`,
      retryAfter,
    });
  };
  return async (context, next) => {
    const given = context.req.query('token');
    if (given !== undefined && context.req.method === 'GET') {
      // The secret leaves the address at once: addresses end up in logs and histories.
      setCookie(context, COOKIE, given, { httpOnly: true, sameSite: 'Strict', path: '/' });
      const url = new URL(context.req.url);
      url.searchParams.delete('token');
      return context.redirect(url.pathname + url.search, 303);
    }
    const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const secret = bearer ?? getCookie(context, COOKIE);
    const caller = secret === undefined ? undefined : await callers.of(secret);
    if (!caller) {
      const wait = secret === undefined ? 0 : rates.take(`wrong ${addressOf(context)}`, WRONG_A_SECOND);
      if (wait > 0) return slowDown(context, wait);
      if (bearer === undefined && secret !== undefined) deleteCookie(context, COOKIE);
      context.header('www-authenticate', 'Bearer');
      return failure(context, {
        status: 401,
        code: 'unauthorized',
        message:
          secret === undefined
            ? 'Expected the header "authorization: Bearer TOKEN". The server prints its token when it starts; gradus keys create makes others.'
            : 'This token is not known, or has been revoked.',
      });
    }
    if (!caller.scopes.includes(scope)) {
      return failure(context, {
        status: 403,
        code: 'missing_scope',
        message: `The key "${caller.name}" may not do this: it lacks the scope "${scope}".`,
      });
    }
    const wait = caller.rate === undefined ? 0 : rates.take(caller.name, caller.rate);
    if (wait > 0) return slowDown(context, wait);
    context.set('caller', caller);
    return next();
  };
}

/** Milliseconds a request may take before its client is told to stop waiting. */
const TIMEOUT = 30_000;

/** Counts those under way, and turns away what would wait too long and came past the door (door.ts). */
export function admitted(admission: Admission, metrics: Metrics): MiddlewareHandler {
  return async (context, next) => {
    const entered = admission.enter();
    if (typeof entered !== 'function') {
      metrics.shed.inc({ reason: 'overload' });
      context.header('retry-after', String(entered.retryAfter));
      return context.json(overloaded(context.req.path, entered.retryAfter), 503);
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
            message: `No answer within ${TIMEOUT / 1000} s.`,
          }),
        );
      }, TIMEOUT);
    });
    try {
      return await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
      entered();
    }
  };
}

/** Node's own view of the request: reading its headers makes no objects. */
function incomingOf(context: Context): IncomingMessage & { rawBody?: Buffer } {
  return (context.env as { incoming: IncomingMessage }).incoming;
}

const addressOf = (context: Context): string => incomingOf(context).socket.remoteAddress ?? '';

function hostnameOf(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
