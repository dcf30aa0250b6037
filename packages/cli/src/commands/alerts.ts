import { InvalidArgumentError } from 'commander';
import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus alerts add|list|remove`: who is told of drift, of falling quality and of errors. */
export const alerts: AddCommand = (program, terminal) => {
  const command = program.command('alerts').description('webhooks that are told of alarms');
  command
    .command('add <url>')
    .description('tell an address of alarms; its secret, which signs what it is told, is shown this once')
    .option('--on <list>', 'of what, joined by commas: drift, quality, errors', 'drift,quality,errors')
    .option('--allow-private', 'it may be on this machine or in a private network')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(
      async (
        url: string,
        { on, allowPrivate = false, out }: { on: string; allowPrivate?: boolean; out: string },
      ) => {
        const events = on.split(',').map((text) => text.trim());
        const { secret } = await withDatabase(out, (database, { addWebhook, thisUser }) =>
          addWebhook(database, { url, events, allowPrivate, by: thisUser() }),
        );
        terminal.print(secret);
        terminal.tell(
          terminal.say({
            en: 'Keep it: it is not shown again. Messages are signed with it as Standard Webhooks are (standardwebhooks.com).',
            zh: '请保存：不会再次显示。消息按 Standard Webhooks（standardwebhooks.com）用它签名。',
          }),
        );
      },
    );
  command
    .command('list')
    .description('all webhooks, without the secrets')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object a line')
    .action(async ({ out, json }: { out: string; json?: boolean }) => {
      for (const hook of await withDatabase(out, (database, { listWebhooks }) => listWebhooks(database))) {
        terminal.print(
          json
            ? JSON.stringify(hook)
            : plain(`${hook.id}  ${hook.url}  ${hook.events.join(', ')}  ${hook.createdAt}`),
        );
      }
    });
  command
    .command('remove <id>')
    .description('tell it nothing any more')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (id: string, { out }: { out: string }) => {
      if (!/^\d+$/.test(id))
        throw new InvalidArgumentError('Expected the number that gradus alerts list shows.');
      await withDatabase(out, (database, { removeWebhook, thisUser }) =>
        removeWebhook(database, Number(id), thisUser()),
      );
      terminal.print(terminal.say({ en: `Removed: ${id}`, zh: `已移除：${id}` }));
    });
};
