/**
 * Who may do what. Whoever runs the server has its token, which may do everything; others get keys of their own, with
 * scopes and a rate. Keys are random and long, so that a plain hash (SHA-256) of them is safe to keep; a key itself is shown once.
 */
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import {
  type Caller,
  DatabaseBusy,
  DatabaseUnavailable,
  hashOf,
  isSecret,
  SCOPES,
  type Scope,
} from '@gradus/lifecycle';
import { canBeSecret } from './token.ts';

/**
 * What is remembered of a key, so that not every request asks the database. Milliseconds: a revoked key lives this much longer,
 * whatever the machine's clock does meanwhile.
 */
const REMEMBERED = 2000;
const MOST_REMEMBERED = 10_000;
/**
 * Milliseconds. While the database does not answer, a key that was used this shortly before still counts: what it may do by
 * itself, asking models, goes on. Nobody can revoke one meanwhile.
 */
const GRACE = 600_000;
const SOON = 500;

const AWAY = Symbol('away');

export class Callers {
  readonly #owner: Buffer;
  readonly #find: (hash: string) => Promise<Caller | undefined>;
  readonly #known = new Map<string, { caller: Caller | undefined; until: number; grace: number }>();

  /** @param find Looks a key up by its hash. */
  constructor(token: string, find: (hash: string) => Promise<Caller | undefined>) {
    if (!canBeSecret(token)) throw new Error('the token is no secret');
    this.#owner = Buffer.from(hashOf(token));
    this.#find = find;
  }

  /** @returns undefined where nobody has this secret */
  async of(secret: string): Promise<Caller | undefined> {
    return canBeSecret(secret) ? this.ofHash(hashOf(secret), isSecret(secret)) : undefined;
  }

  /**
   * @param hash Of a secret
   * @param mayBeKey Whether a key can have it, so that it is worth to look
   */
  async ofHash(hash: string, mayBeKey = true): Promise<Caller | undefined> {
    if (timingSafeEqual(Buffer.from(hash), this.#owner)) {
      return { name: 'owner', scopes: Object.keys(SCOPES) as Scope[] };
    }
    if (!mayBeKey) return undefined;
    const known = this.#known.get(hash);
    if (known && known.until > performance.now()) return known.caller;
    if (!known?.caller || known.grace <= performance.now()) return this.#look(hash);
    const looking = this.#look(hash).catch((error): typeof AWAY => {
      if (error instanceof DatabaseUnavailable || error instanceof DatabaseBusy) return AWAY;
      throw error;
    });
    const caller = await Promise.race([looking, after<typeof AWAY>(SOON, AWAY, { ref: false })]);
    if (caller !== AWAY) return caller;
    known.until = performance.now() + REMEMBERED;
    known.grace = performance.now() + GRACE;
    return known.caller;
  }

  async #look(hash: string): Promise<Caller | undefined> {
    const caller = await this.#find(hash);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    const now = performance.now();
    this.#known.set(hash, { caller, until: now + REMEMBERED, grace: now + GRACE });
    return caller;
  }
}
