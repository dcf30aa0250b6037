/** Keys for others than the owner. The database has their hashes only: a key that is lost is replaced, not looked up. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { type Database, inTransaction } from '../database/tables.ts';
import { Conflict, NotFound } from '../errors.ts';
import { recordChange, thisUser } from '../registry/audit.ts';
import { type Caller, hashOf, newSecret, SCOPES, type Scope } from './caller.ts';

const Scopes = z.array(z.enum(Object.keys(SCOPES) as [Scope, ...Scope[]]));

export interface Key extends Caller {
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Requests a second. Default: no limit. */
  readonly rate?: number | undefined;
  /** For the audit log. Default: whoever runs this process. */
  readonly by?: string;
}

/**
 * @returns the key itself, which is nowhere kept
 * @throws UserError where the name is taken or a scope unknown
 */
export async function createKey(
  database: Database,
  { name, scopes, rate, by = thisUser() }: NewKey,
): Promise<string> {
  if (!/^[\w.@-]{1,60}$/.test(name) || name === 'owner') {
    throw new UserError({
      en: `"${name}" is no name for a key. Expected letters, digits and . _ @ -, at most 60, and not "owner".`,
      zh: `“${name}”不能用作密钥名称。应为最多 60 个字母、数字或 . _ @ -，且不能是“owner”。`,
    });
  }
  const known = Scopes.safeParse(scopes);
  if (!known.success || scopes.length === 0) {
    throw new UserError({
      en: `Unknown scopes: ${scopes.join(', ')}. There are: ${Object.keys(SCOPES).join(', ')}.`,
      zh: `未知的权限：${scopes.join('、')}。可选：${Object.keys(SCOPES).join('、')}。`,
    });
  }
  if (rate !== undefined && !(rate >= 1)) {
    throw new UserError({
      en: `The rate is ${rate}. Expected at least 1 request a second.`,
      zh: `速率为 ${rate}。至少应为每秒 1 次请求。`,
    });
  }
  const secret = newSecret();
  await inTransaction(database, async (transaction) => {
    const taken = await transaction
      .selectFrom('keys')
      .select('name')
      .where('name', '=', name)
      .executeTakeFirst();
    if (taken) {
      throw new Conflict({
        en: `There is a key "${name}" already. Revoke it, or take another name.`,
        zh: `已有名为“${name}”的密钥。请吊销它，或另取名称。`,
      });
    }
    await transaction
      .insertInto('keys')
      .values({
        name,
        hash: hashOf(secret),
        scopes: JSON.stringify(known.data),
        rate: rate ?? null,
        createdAt: new Date().toISOString(),
        revokedAt: null,
      })
      .execute();
    const after = { name, scopes: known.data, rate: rate ?? null };
    await recordChange(transaction, { who: by, what: 'create key', model: '', before: null, after });
  });
  return secret;
}

export async function listKeys(database: Database): Promise<Key[]> {
  const rows = await database.selectFrom('keys').selectAll().orderBy('id').execute();
  return rows.map(({ name, scopes, rate, createdAt, revokedAt }) => ({
    name,
    scopes: Scopes.parse(JSON.parse(scopes)),
    rate: rate ?? undefined,
    createdAt,
    revokedAt,
  }));
}

/** @throws UserError where there is no such key in force */
export async function revokeKey(database: Database, name: string, by = thisUser()): Promise<void> {
  const revoked = await inTransaction(database, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('keys')
      .set({ revokedAt: new Date().toISOString() })
      .where('name', '=', name)
      .where('revokedAt', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await recordChange(transaction, {
      who: by,
      what: 'revoke key',
      model: '',
      before: { name },
      after: null,
    });
    return true;
  });
  if (revoked) return;
  const names = (await listKeys(database)).filter(({ revokedAt }) => !revokedAt).map((key) => key.name);
  throw new NotFound({
    en: `There is no key "${name}" in force. There are: ${names.join(', ') || 'none'}.`,
    zh: `没有有效的密钥“${name}”。现有：${names.join('、') || '无'}。`,
  });
}

/** Whose key has this hash. */
export async function callerOf(database: Database, hash: string): Promise<Caller | undefined> {
  const row = await database
    .selectFrom('keys')
    .select(['name', 'scopes', 'rate'])
    .where('hash', '=', hash)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return row && { name: row.name, scopes: Scopes.parse(JSON.parse(row.scopes)), rate: row.rate ?? undefined };
}
