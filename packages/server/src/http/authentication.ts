/**
 * Who asks: a program by its token in a header, a browser by the session that a sign-in has left. A token in an address
 * (`?token=`) is a sign-in, and leaves the address at once: addresses end up in logs and histories.
 */
import type { Caller, Metrics, Scope } from '@gradus/lifecycle';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { RateLimit } from '../limits/rate.ts';
import type { Callers } from '../security/callers.ts';
import { cookieName, type Sessions } from '../security/sessions.ts';
import { failure } from './errors.ts';
import { type HostNames, isSecure } from './hosts.ts';
import { incomingOf } from './incoming.ts';
import { preferredLanguage } from './language.ts';
import { signInPage } from './page.ts';

const NO_TOKEN = {
  en: 'Expected the header "authorization: Bearer TOKEN", or in a browser ?token=TOKEN after the address. It is what GRADUS_TOKEN says where the server runs, else in the file .token among its runs; gradus keys create makes others.',
  zh: '应带标头“authorization: Bearer TOKEN”，或在浏览器地址后加 ?token=TOKEN。令牌由服务器所在环境的 GRADUS_TOKEN 指定，否则在其运行目录的 .token 文件中；gradus keys create 可创建其他密钥。',
};
const UNKNOWN_TOKEN = {
  en: 'This token is not known, or has been revoked.',
  zh: '此令牌未知或已被吊销。',
};
const SIGNED_OUT = {
  en: 'The sign-in has ended: after some hours, with the key that it was made with, or with the server. Sign in again.',
  zh: '登录已失效：可能是时间过长、所用密钥已被吊销，或服务器已重启。请重新登录。',
};
const CROSS_ORIGIN = {
  en: 'A browser may send this from pages of this server only. Programs send "authorization: Bearer TOKEN".',
  zh: '浏览器只能从此服务器自己的页面发送此请求。程序请发送“authorization: Bearer TOKEN”。',
};

/** Wrong secrets a second from one address: a key cannot be guessed anyway, but trying shall cost nothing here. */
const WRONG_A_SECOND = 5;

export interface AuthenticationOptions {
  readonly callers: Callers;
  readonly sessions: Sessions;
  readonly hosts: HostNames;
  readonly rates: RateLimit;
  readonly metrics: Metrics;
}

export class Authentication {
  readonly #options: AuthenticationOptions;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /** Lets those through whose key has the scope, as often as its rate allows. */
  requires(scope: Scope): MiddlewareHandler {
    return async (context, next) => {
      const given = context.req.method === 'GET' ? context.req.query('token') : undefined;
      const bearer = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
      const secret = given ?? bearer;
      const caller = secret === undefined ? await this.#ofSession(context) : await this.#of(secret);
      if (!caller) return this.#refuse(context, secret);
      if (given !== undefined) {
        this.#leaveSession(context, given);
        const url = new URL(context.req.url);
        url.searchParams.delete('token');
        return context.redirect(url.pathname + url.search, 303);
      }
      if (bearer === undefined && !this.#isOfOurPages(context)) return crossOrigin(context);
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
      const wait = caller.rate === undefined ? 0 : this.#options.rates.take(caller.name, caller.rate);
      if (wait > 0) return this.#slowDown(context, wait);
      context.set('caller', caller);
      if (caller.rate !== undefined) {
        context.set('charge', (size) => this.#options.rates.charge(caller.name, size));
      }
      context.header('cache-control', 'no-store');
      return next();
    };
  }

  /** @param secret As the form of the sign-in has it */
  async signIn(context: Context, secret: string): Promise<Response> {
    // No page of others may sign a browser in: what its user does then would be done by a stranger's key.
    if (!this.#isOfOurPages(context)) return crossOrigin(context);
    if (!(await this.#of(secret))) return this.#refuse(context, secret);
    this.#leaveSession(context, secret);
    return context.redirect('/', 303);
  }

  async signOut(context: Context): Promise<Response> {
    if (!this.#isOfOurPages(context)) return crossOrigin(context);
    const name = this.#cookieOf(context);
    if (name !== undefined) this.#options.sessions.close(name);
    deleteCookie(context, cookieName(context.req.header('host')), { path: '/' });
    return context.html(signInPage(preferredLanguage(context)));
  }

  #of(secret: string): Promise<Caller | undefined> {
    return this.#options.callers.of(secret);
  }

  async #ofSession(context: Context): Promise<Caller | undefined> {
    const { sessions, callers } = this.#options;
    const name = this.#cookieOf(context);
    const hash = name === undefined ? undefined : sessions.secretHashOf(name);
    return hash === undefined ? undefined : callers.ofHash(hash);
  }

  #cookieOf(context: Context): string | undefined {
    return getCookie(context, cookieName(context.req.header('host')));
  }

  #leaveSession(context: Context, secret: string): void {
    const { headers } = incomingOf(context);
    setCookie(context, cookieName(headers.host), this.#options.sessions.open(secret), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: isSecure(headers),
    });
  }

  #refuse(context: Context, secret: string | undefined): Response {
    const { rates } = this.#options;
    const hasCookie = this.#cookieOf(context) !== undefined;
    const tried = secret !== undefined || hasCookie;
    const wait = tried ? rates.take(`wrong ${addressOf(context)}`, WRONG_A_SECOND) : 0;
    if (wait > 0) return this.#slowDown(context, wait);
    if (secret === undefined && hasCookie) {
      deleteCookie(context, cookieName(context.req.header('host')), { path: '/' });
    }
    const message = secret !== undefined ? UNKNOWN_TOKEN : hasCookie ? SIGNED_OUT : NO_TOKEN;
    context.header('www-authenticate', 'Bearer');
    if (/\btext\/html\b/i.test(context.req.header('accept') ?? '')) {
      return context.html(signInPage(preferredLanguage(context), message), 401);
    }
    return failure(context, { status: 401, code: 'unauthorized', message });
  }

  #slowDown(context: Context, retryAfter: number): Response {
    this.#options.metrics.shed.inc({ reason: 'rate' });
    return failure(context, {
      status: 429,
      code: 'too_many_requests',
      message: {
        en: `Too many requests. Try again in ${retryAfter} s.`,
        zh: `请求过多。请在 ${retryAfter} 秒后重试。`,
      },
      retryAfter,
    });
  }

  /**
   * Whether a request that a cookie speaks for may change something. Browsers send cookies along with what pages of other
   * programs on this machine ask for as well (to SameSite, http://localhost:3000 is the same site); they say where it comes
   * from in headers that pages cannot set (OWASP, Cross-Site Request Forgery Prevention).
   */
  #isOfOurPages(context: Context): boolean {
    if (context.req.method === 'GET' || context.req.method === 'HEAD') return true;
    const { headers } = incomingOf(context);
    const { origin, 'sec-fetch-site': site } = headers;
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    return origin !== undefined && this.#options.hosts.isOrigin(origin, headers);
  }
}

const crossOrigin = (context: Context): Response =>
  failure(context, { status: 403, code: 'cross_origin', message: CROSS_ORIGIN });

const addressOf = (context: Context): string => incomingOf(context).socket.remoteAddress ?? '';
