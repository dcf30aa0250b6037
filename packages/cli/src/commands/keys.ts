import { InvalidArgumentError } from 'commander';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus keys create|list|revoke`: who else may ask the server, and for what. */
export const keys: AddCommand = (program, terminal) => {
  const command = program.command('keys').description('keys for those who may ask the server');
  command
    .command('create <name>')
    .description('make a key; it is shown this once')
    .option('--scope <list>', 'what it may do, joined by commas: predict, feedback, read, admin', 'predict')
    .option('--rate <number>', 'requests a second at most', aNumber)
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (name: string, { scope, rate, out }: { scope: string; rate?: number; out: string }) => {
      const scopes = scope.split(',').map((text) => text.trim());
      terminal.print(
        await withDatabase(out, (database, { createKey }) => createKey(database, { name, scopes, rate })),
      );
      terminal.tell(
        terminal.say({
          en: 'Keep it: it is not shown again. Requests carry it as: authorization: Bearer KEY',
          zh: '请保存：不会再次显示。请求须带标头 authorization: Bearer KEY',
        }),
      );
    });
  command
    .command('list')
    .description('all keys, without the secrets')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object a line')
    .action(async ({ out, json }: { out: string; json?: boolean }) => {
      for (const key of await withDatabase(out, (database, { listKeys }) => listKeys(database))) {
        const rate = key.rate === undefined ? '' : `, ${key.rate}/s`;
        const revoked = key.revokedAt
          ? terminal.say({ en: `, revoked ${key.revokedAt}`, zh: `，已于 ${key.revokedAt} 吊销` })
          : '';
        terminal.print(
          json
            ? JSON.stringify(key)
            : `${key.name}: ${key.scopes.join(', ')}${rate}, ${key.createdAt}${revoked}`,
        );
      }
    });
  command
    .command('revoke <name>')
    .description('a key that is revoked opens nothing any more')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (name: string, { out }: { out: string }) => {
      await withDatabase(out, (database, { revokeKey }) => revokeKey(database, name));
      terminal.print(terminal.say({ en: `Revoked: ${name}`, zh: `已吊销：${name}` }));
    });
};

function aNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}
