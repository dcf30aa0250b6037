/**
 * The names that this server answers to, and how the one who asks has named it. A server that listens on this machine only is
 * asked by its own names, or by those of a proxy in front of it that its owner has told it (`--allow-host`). Every other name is
 * one that a page of another site points here (DNS rebinding).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { domainToASCII } from 'node:url';
import { UserError } from '@gradus/base';

export class HostNames {
  readonly #isOpen: boolean;
  readonly #allowed: ReadonlySet<string>;

  /**
   * @param listens The address that the server listens on
   * @param allowed Names that a proxy in front of it is asked by
   * @throws UserError where one of them is no name
   */
  constructor(listens: string, allowed: readonly string[]) {
    this.#isOpen = !isLoopback(listens);
    this.#allowed = new Set(allowed.map(hostName));
  }

  /** Whether a request with this Host header is answered. */
  accepts(header: string | undefined): boolean {
    const name = nameOf(header);
    if (this.#isOpen || isLoopback(name) || this.#allowed.has(name)) return true;
    // What a proxy calls its upstream (nginx sends the upstream's name): no page of the web is at a name without a dot.
    return this.#allowed.size > 0 && /^[\w-]+$/.test(name);
  }

  /** Whether a page at this origin is one of this server. */
  isOrigin(origin: string, { host }: IncomingHttpHeaders): boolean {
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return url.host === host || this.#allowed.has(nameOf(url.host));
  }

  /** The address by which whoever asks has reached this server: a proxy says it in headers, and is believed where its name is known. */
  originOf(headers: IncomingHttpHeaders): string {
    const forwarded = first(headers['x-forwarded-host']);
    const host = this.#allowed.has(nameOf(forwarded)) ? forwarded : (headers.host ?? 'localhost');
    const origin = `${isSecure(headers) ? 'https' : 'http'}://${host}`;
    return URL.canParse(origin) ? new URL(origin).origin : 'http://localhost';
  }
}

/** Whether the browser spoke TLS with the proxy. Only what is said to that browser depends on it. */
export const isSecure = (headers: IncomingHttpHeaders): boolean =>
  first(headers['x-forwarded-proto']).toLowerCase() === 'https';

/** Of a list, the nearest to whoever asked. */
const first = (header: string | string[] | undefined): string =>
  String(header ?? '')
    .split(',', 1)[0]!
    .trim();

const LABELS = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** @throws UserError where the text is no name of a host */
function hostName(text: string): string {
  const name = /[\s/\\?#@*%]/.test(text) ? '' : nameOf(domainToASCII(text) || text);
  if (LABELS.test(name) || /^[0-9a-f:]+$/.test(name)) return name;
  throw new UserError({
    en: `--allow-host: "${text.slice(0, 200)}" is no name of a host. Expected the name that people type, without https:// and path: api.example.com.`,
    zh: `--allow-host：“${text.slice(0, 200)}”不是主机名。应为访问时输入的域名，不带 https:// 和路径，例如 api.example.com。`,
  });
}

/** The name in a Host header: without port, brackets and the dot at its end, in small letters. */
export function nameOf(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Whether a name or address is this machine's own. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
