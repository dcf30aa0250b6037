/**
 * What stands before every handler: which names this server answers to, how much is under way, what is counted and traced. Who
 * asks is in authentication.ts, and what of a body is taken in bodies.ts. What comes in is hostile until shown otherwise.
 */
import type { Caller, Metrics, TrafficTally } from '@gradus/lifecycle';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { Admission } from '../limits/admission.ts';
import type { Asker } from '../models/inference.ts';
import type { Places } from '../security/places.ts';
import type { RequestTrace, Tracing } from '../tracing/tracing.ts';
import { failure, overloaded } from './errors.ts';
import type { HostNames } from './hosts.ts';
import { incomingOf, outgoingOf } from './incoming.ts';

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller;
    /** What of texts about this machine is shown. */
    places: Places;
    /** Only where traces are collected. */
    trace: RequestTrace | undefined;
    /** Aborted when nobody waits for the answer any more. */
    waited: AbortSignal;
    /** The large model that the request is about, once that is known. */
    language: string | undefined;
    /** Told the size of the body, where the caller's rate is limited. */
    charge: ((size: number) => void) | undefined;
    /** Gives the place among those under way to others, since the request waits elsewhere. */
    stepAside: () => void;
  }
}

/** Who asks, as far as answers depend on it. */
export const askerOf = (context: Context): Asker => ({
  caller: context.get('caller').name,
  user: context.req.header('x-user-id')?.slice(0, LONGEST_USER),
  trace: context.get('trace'),
  signal: context.get('waited'),
  steppedAside: context.get('stepAside'),
});

const LONGEST_USER = 200;
/** Characters of a name that an error repeats. */
const LONGEST_SHOWN = 200;

export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'unsafe-inline'"],
    imgSrc: ['data:'],
    formAction: ["'self'"],
  },
});

/** Against pages of other sites that point a name of theirs at this machine (DNS rebinding). */
export function onlyKnownNames(hosts: HostNames): MiddlewareHandler {
  return async (context, next) => {
    const { headers, httpVersion } = incomingOf(context);
    const { host } = headers;
    if (!host && httpVersion !== '1.0') {
      return failure(context, {
        status: 400,
        code: 'no_host',
        message: { en: 'The header Host is missing.', zh: '缺少标头 Host。' },
      });
    }
    if (!hosts.accepts(host)) {
      const shown = (host ?? '').slice(0, LONGEST_SHOWN);
      return failure(context, {
        status: 403,
        code: 'forbidden_host',
        message: {
          en: `This server answers to localhost, and not to "${shown}". Where a proxy in front of it has that name, start it with --allow-host ${shown}.`,
          zh: `此服务器以 localhost 之名应答，不以“${shown}”之名应答。若前置代理使用该名称，请以 --allow-host ${shown} 启动。`,
        },
      });
    }
    return next();
  };
}

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
    // Aborted where nobody waits any more. An answer that has gone out aborts nothing, which would take longer than to give it.
    const waited = new AbortController();
    const outgoing = outgoingOf(context);
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) waited.abort();
    });
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
        waited.abort();
      }, within);
    });
    context.set('waited', waited.signal);
    let hasLeft = false;
    const leave = () => {
      if (!hasLeft) entered();
      hasLeft = true;
    };
    context.set('stepAside', leave);
    // What nobody waits for any more is still under way, and counts as such.
    const answered = next().finally(() => {
      clearTimeout(timer);
      leave();
    });
    return Promise.race([answered, late]);
  };
}
