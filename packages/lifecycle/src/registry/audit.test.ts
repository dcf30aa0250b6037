import { describe, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { addCorrections } from '../iteration/feedback.ts';
import { createKey, revokeKey } from '../keys/keys.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { auditOf } from './audit.ts';

describe('the audit log', () => {
  onBothDatabases((place) => {
    it('names who made and revoked keys and who corrected what, and holds no secret', async () => {
      const database = await openDatabase(...(await place()));
      const key = await createKey(database, { name: 'shop', scopes: ['predict'], rate: 2, by: 'ann' });
      await expect(createKey(database, { name: 'shop', scopes: ['read'], by: 'bob' })).rejects.toThrow(
        /already/,
      );
      await addCorrections(
        database,
        'demand-1',
        [{ text: "'; drop table keys; --" }, { text: '\u0000' }],
        'http',
        [],
        'shop',
      );
      await revokeKey(database, 'shop', 'ann');
      await expect(revokeKey(database, 'shop', 'bob')).rejects.toThrow(/no key "shop" in force/);
      const entries = await auditOf(database);
      expect(
        entries.map(({ who, what, model, before, after }) => ({ who, what, model, before, after })),
      ).toEqual([
        { who: 'ann', what: 'revoke key', model: '', before: { name: 'shop' }, after: null },
        {
          who: 'shop',
          what: 'feedback',
          model: 'demand-1',
          before: null,
          after: { corrections: 2, source: 'http' },
        },
        {
          who: 'ann',
          what: 'create key',
          model: '',
          before: null,
          after: { name: 'shop', scopes: ['predict'], rate: 2 },
        },
      ]);
      expect(JSON.stringify(entries)).not.toContain(key);
      await database.destroy();
    });
  });
});
