/**
 * Sessions of browsers. Cookies know no ports (RFC 6265, 8.5): what one program on a machine leaves in a browser is sent to every
 * other that the browser visits there. So a browser keeps no token, only the random name of a session of this process, which ends
 * when it rests, after half a day, at the sign-out, with the process, and with the key that it was opened by.
 * (OWASP, Session Management Cheat Sheet: idle and absolute timeouts.)
 */
import { randomBytes } from 'node:crypto';
import { hashOf } from '@gradus/lifecycle';

/** Milliseconds, by a clock that nobody sets. */
export const IDLE = 2 * 3600_000;
export const LONGEST = 12 * 3600_000;
const MOST = 1000;

interface Session {
  /** Of the secret that opened it: a key that is revoked takes its sessions with it. */
  readonly secretHash: string;
  readonly ends: number;
  idleAt: number;
}

export class Sessions {
  /** By the hash of their names. The one used longest ago comes first. */
  readonly #open = new Map<string, Session>();

  /** @returns its name, for the browser's cookie */
  open(secret: string, now = performance.now()): string {
    const name = randomBytes(32).toString('base64url');
    if (this.#open.size >= MOST) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(hashOf(name), { secretHash: hashOf(secret), ends: now + LONGEST, idleAt: now + IDLE });
    return name;
  }

  /** @returns the hash of the secret that opened it; undefined where there is no such session */
  secretHashOf(name: string, now = performance.now()): string | undefined {
    const hash = hashOf(name);
    const session = this.#open.get(hash);
    if (!session) return undefined;
    this.#open.delete(hash);
    if (now >= session.ends || now >= session.idleAt) return undefined;
    session.idleAt = now + IDLE;
    this.#open.set(hash, session);
    return session.secretHash;
  }

  close(name: string): void {
    this.#open.delete(hashOf(name));
  }
}

/**
 * The cookie's name: with the port by which the browser reaches this server, so that two servers of one machine do not sign each
 * other out.
 *
 * @param host The request's Host header
 */
export function cookieName(host: string | undefined): string {
  const port = /:(\d{1,5})$/.exec(host ?? '')?.[1];
  return port === undefined ? 'gradus_session' : `gradus_session_${port}`;
}
