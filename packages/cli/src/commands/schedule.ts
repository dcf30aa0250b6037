import { UserError } from '@gradus/base';
import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { GATE_OPTION, gatesOf } from './gates.ts';
import { named } from './named.ts';
import { DEFAULT_RUNS } from './recipe.ts';

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** `gradus schedule`: what comes round by itself. */
export const schedule: AddCommand = (program, terminal) => {
  const command = program
    .command('schedule')
    .description('jobs that come round by themselves; a worker does them');
  command
    .command('iterate <model>')
    .description('improve a model every so often')
    .requiredOption('--every <time>', 'say 12h or 7d', secondsOf)
    .option('--name <name>', 'the schedule’s name; by default iterate-MODEL')
    .option(...GATE_OPTION, named, {})
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(
      (
        model: string,
        {
          every,
          name,
          gate,
          out,
        }: { every: number; name?: string; gate: Record<string, string>; out: string },
      ) =>
        withDatabase(out, async (database, server) => {
          const payload = { model, gates: await gatesOf(gate) };
          const job = await server.jobOf(
            database,
            { kind: 'iterate', payload },
            { runs: out, by: server.thisUser() },
          );
          const called = server.requireScheduleName(name ?? `iterate-${job.about}`);
          await server.setSchedule(database, { name: called, everySeconds: every, ...job });
          terminal.print(
            terminal.say({
              en: `${called}: every ${every / 3600} h. A worker does it: gradus serve has one, gradus worker is another.`,
              zh: `${called}：每 ${every / 3600} 小时一次，由工作进程执行：gradus serve 自带一个，gradus worker 可再启动。`,
            }),
          );
        }),
    );
  command
    .command('list')
    .description('all schedules, and when they come round next')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON array on stdout')
    .action(({ out, json }: { out: string; json?: boolean }) =>
      withDatabase(out, async (database, { listSchedules }) => {
        const found = await listSchedules(database);
        if (json) terminal.print(JSON.stringify(found));
        else {
          for (const { name, kind, about, everySeconds, nextAt } of found) {
            const next = nextAt.slice(0, 16).replace('T', ' ');
            terminal.print(plain(`${name}  ${kind} ${about ?? ''}  ${everySeconds / 3600} h  → ${next}`));
          }
        }
      }),
    );
  command
    .command('remove <name>')
    .description('a job comes round no more')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (name: string, { out }: { out: string }) => {
      await withDatabase(out, (database, { removeSchedule }) => removeSchedule(database, name));
      terminal.print(terminal.say({ en: `Removed: ${name}`, zh: `已移除：${name}` }));
    });
};

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit === undefined) {
    throw new UserError(`"${text}" is no time. Expected a whole number and m, h or d: 90m, 12h, 7d.`);
  }
  return Number(count) * SECONDS[unit]!;
}
