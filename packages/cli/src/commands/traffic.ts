import { UserError } from '@gradus/base';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus traffic MODEL champion=90 challenger=10`: canaries, A/B tests and shadows. */
export const traffic: AddCommand = (program, terminal) => {
  program
    .command('traffic <model> [shares...]')
    .description(
      'share the requests among versions, as VERSION=PERCENT (an alias or a number); without shares, show it. A user named in the header x-user-id keeps their version',
    )
    .option(
      '--shadow <share...>',
      'versions that get this share of the requests as well, and whose answers nobody sees',
    )
    .option('--reset', 'all to the champion again')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object on stdout')
    .action(
      async (
        model: string,
        shares: string[],
        {
          shadow = [],
          reset,
          out,
          json,
        }: { shadow?: string[]; reset?: boolean; out: string; json?: boolean },
      ) => {
        const now = await withDatabase(out, async (database, server) => {
          if (reset || shares.length > 0 || shadow.length > 0) {
            const answer = shares.length > 0 ? shares.map(shareOf) : [{ version: 'champion', percent: 100 }];
            await server.setTraffic(database, {
              model,
              traffic: reset ? undefined : { answer, shadow: shadow.map(shareOf) },
              by: server.thisUser(),
            });
          }
          await server.showModel(database, model);
          return server.trafficOf(database, model);
        });
        const { answer, shadow: shadows } = now ?? {
          answer: [{ version: 'champion', percent: 100 }],
          shadow: [],
        };
        if (json) {
          terminal.print(JSON.stringify({ model, answer, shadow: shadows }));
          return;
        }
        for (const { version, percent } of answer) terminal.print(`${version}: ${percent}%`);
        const role = terminal.say({ en: 'shadow', zh: '影子' });
        for (const { version, percent } of shadows) terminal.print(`${version}: ${percent}% (${role})`);
      },
    );
};

function shareOf(text: string): { version: string; percent: number } {
  const [, version, percent] = /^([^=]+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (version === undefined) {
    throw new UserError(`"${text}" is no share of the traffic. Expected VERSION=PERCENT, say champion=90.`);
  }
  return { version, percent: Number(percent) };
}
