/** The audit log: who changed the registry, the keys or the webhooks, or sent corrections; when, with the state before and after. */
import { userInfo } from 'node:os';
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../database/tables.ts';

export type Change =
  | 'register'
  | 'promote'
  | 'rollback'
  | 'delete alias'
  | 'tag'
  | 'traffic'
  | 'feedback'
  | 'create key'
  | 'revoke key'
  | 'add webhook'
  | 'remove webhook';

export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly who: string;
  readonly what: Change;
  /** Of feedback the lineage; of keys, which are no model's, empty. */
  readonly model: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Records a change. Takes a transaction, not a database: it must be the one that makes the change. */
export async function recordChange(
  transaction: Transaction<Tables>,
  change: Omit<AuditEntry, 'id' | 'at'>,
): Promise<void> {
  const { who, what, model, before, after } = change;
  await transaction
    .insertInto('audit')
    .values({
      at: new Date().toISOString(),
      who,
      what,
      model,
      before: JSON.stringify(before ?? null),
      after: JSON.stringify(after ?? null),
    })
    .execute();
}

/** The latest changes, of one model or of all, the last one first. */
export async function auditOf(
  database: Database,
  { model, most = 100 }: { readonly model?: string; readonly most?: number } = {},
): Promise<AuditEntry[]> {
  const rows = await database
    .selectFrom('audit')
    .selectAll()
    .$if(model !== undefined, (query) => query.where('model', '=', model!))
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => ({
    ...row,
    what: row.what as Change,
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
  }));
}

/** Who uses this process, for the audit log. */
export function thisUser(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have a number and no name.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
