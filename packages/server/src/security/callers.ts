/**
 * Who may do what. Whoever runs the server has its token, which may do everything; others get keys of their own, with
 * scopes and a rate. Keys are random and long, so that a plain hash (SHA-256) of them is safe to keep; a key itself is shown once.
 */
import { timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { type Caller, hashOf, isSecret, newSecret, SCOPES, type Scope } from '@gradus/lifecycle';

const TOKEN_FILE = '.token';
const SHORTEST = 16;

/**
 * The server's own token: what `GRADUS_TOKEN` says, else what lies beside the runs, for this user's eyes only; made when
 * there is none.
 */
export function serverToken(runs: string, environment: NodeJS.ProcessEnv = process.env): string {
  const token = environment.GRADUS_TOKEN;
  if (token !== undefined) {
    if (token.length >= SHORTEST && /^[\x21-\x7e]+$/.test(token)) return token;
    throw new UserError({
      en: `GRADUS_TOKEN is too short or has characters that a header cannot hold. Expected at least ${SHORTEST} visible ASCII characters.`,
      zh: `GRADUS_TOKEN 太短，或含有标头不允许的字符。应为至少 ${SHORTEST} 个可见 ASCII 字符。`,
    });
  }
  const file = join(runs, TOKEN_FILE);
  mkdirSync(runs, { recursive: true });
  try {
    writeFileSync(file, newSecret(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      const { message } = error as Error;
      throw new UserError(
        { en: `${file} cannot be written: ${message}`, zh: `无法写入 ${file}：${message}` },
        { cause: error },
      );
    }
    chmodSync(file, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/** What is remembered of a key, so that not every request asks the database. Milliseconds: a revoked key lives this much longer. */
const REMEMBERED = 2000;
const MOST_REMEMBERED = 10_000;

export class Callers {
  readonly #owner: Buffer;
  readonly #find: (hash: string) => Promise<Caller | undefined>;
  readonly #known = new Map<string, { caller: Caller | undefined; until: number }>();

  /** @param find Looks a key up by its hash. */
  constructor(token: string, find: (hash: string) => Promise<Caller | undefined>) {
    this.#owner = Buffer.from(hashOf(token));
    this.#find = find;
  }

  /** @returns undefined where nobody has this secret */
  async of(secret: string): Promise<Caller | undefined> {
    const hash = hashOf(secret);
    if (timingSafeEqual(Buffer.from(hash), this.#owner)) {
      return { name: 'owner', scopes: Object.keys(SCOPES) as Scope[] };
    }
    if (!isSecret(secret)) return undefined;
    const known = this.#known.get(hash);
    if (known && known.until > Date.now()) return known.caller;
    const caller = await this.#find(hash);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(hash, { caller, until: Date.now() + REMEMBERED });
    return caller;
  }
}
