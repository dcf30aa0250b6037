/** Jobs on a schedule; a worker does them. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { Gates } from '../iteration/gates.ts';
import {
  findSchedule,
  listSchedules,
  removeSchedule,
  requireScheduleName,
  SHORTEST,
  setSchedule,
} from '../jobs/schedules.ts';
import { field, modelReference } from './field.ts';
import { jobRequest } from './jobs.ts';
import { jsonLines, type Line, type Operation, operation } from './operation.ts';
import { jobFor } from './start-job.ts';
import { iterate } from './training.ts';

const ScheduleOutput = z.strictObject({
  name: z.string(),
  kind: z.string(),
  payload: z.unknown(),
  about: z.string().nullable(),
  everySeconds: z.int(),
  nextAt: z.string(),
});
type ScheduleOutput = z.infer<typeof ScheduleOutput>;

const name = field(z.string().min(1).max(200), { en: "the schedule's name", zh: '计划名称' });

const setLines = ({ name, everySeconds }: ScheduleOutput): Line[] => [
  {
    en: `${name}: every ${everySeconds / 3600} h. A worker does it: gradus serve has one, gradus worker is another.`,
    zh: `${name}：每 ${everySeconds / 3600} 小时一次，由工作进程执行：gradus serve 自带一个，gradus worker 可再启动。`,
  },
];

const plainSchedule = ({ about = null, ...rest }: Awaited<ReturnType<typeof findSchedule>>) => ({
  ...rest,
  about,
});

export const list = operation({
  name: 'schedules.list',
  title: { en: 'list all schedules, and when each runs next', zh: '列出所有计划及下次执行时间' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.array(ScheduleOutput),
  http: { method: 'get', path: '/v1/schedules', list: 'schedules' },
  cli: {
    command: 'schedule list',
    render: (schedules) =>
      schedules.map(({ name, kind, about, everySeconds, nextAt }) => {
        const head = `${name}  ${kind} ${about ?? ''}`;
        const next = nextAt.slice(0, 16).replace('T', ' ');
        return {
          en: `${head}  ${everySeconds / 3600} h  → ${next}`,
          zh: `${head}  ${everySeconds / 3600} 小时  → ${next}`,
        };
      }),
  },
  run: async (_, workspace) => (await listSchedules(await workspace.database())).map(plainSchedule),
});

export const show = operation({
  name: 'schedules.show',
  title: { en: 'show a schedule', zh: '查看计划' },
  scope: 'read',
  input: z.strictObject({ name }),
  output: ScheduleOutput,
  http: { method: 'get', path: '/v1/schedules/:name' },
  cli: {
    command: 'schedule show',
    positionals: ['name'],
    render: (schedule) => [...setLines(schedule), ...jsonLines(schedule.payload)],
  },
  run: async ({ name }, workspace) => plainSchedule(await findSchedule(await workspace.database(), name)),
});

/** @param operations Those that take long. */
export const set = (operations: readonly Operation[]): Operation =>
  operation({
    name: 'schedules.set',
    title: { en: 'run a job every so many seconds', zh: '每隔若干秒执行一次任务' },
    scope: 'admin',
    input: z.strictObject({
      name,
      everySeconds: field(z.int().min(SHORTEST), { en: 'seconds', zh: '间隔秒数' }),
      job: field(jobRequest(operations), {
        en: 'the job, as JSON: {"kind": …, "payload": …}',
        zh: '任务（JSON）：{"kind": …, "payload": …}',
      }),
    }),
    output: ScheduleOutput,
    http: { method: 'put', path: '/v1/schedules/:name' },
    cli: { command: 'schedule set', positionals: ['name'], render: setLines },
    run: async ({ name, everySeconds, job: { kind, payload } }, workspace) => {
      const database = await workspace.database();
      const requested = operations.find((known) => known.name === kind)!;
      const job = await jobFor(requested, payload, workspace);
      await setSchedule(database, { name: requireScheduleName(name), everySeconds, ...job });
      return plainSchedule(await findSchedule(database, name));
    },
  }) as Operation;

export const iterates = operation({
  name: 'schedules.iterate',
  title: { en: 'improve a model every so often', zh: '定期改进模型' },
  scope: 'admin',
  input: z.strictObject({
    model: modelReference,
    every: field(z.string().min(1).max(10), { en: 'say 12h or 7d', zh: '如 12h 或 7d' }),
    name: field(z.string().min(1).max(200), {
      en: 'the schedule’s name; by default iterate-MODEL',
      zh: '计划名称；默认为 iterate-MODEL',
    }).optional(),
    gates: field(Gates, {
      en: 'what the new model must not be worse at, as gradus iterate has them',
      zh: '新模型不得变差的方面（同 gradus iterate）',
    }).optional(),
  }),
  output: ScheduleOutput,
  http: { method: 'post', path: '/v1/schedules' },
  cli: {
    command: 'schedule iterate',
    positionals: ['model'],
    flags: { gates: 'gate' },
    render: setLines,
  },
  run: async ({ model, every, name, gates }, workspace) => {
    const everySeconds = secondsOf(every);
    const database = await workspace.database();
    const job = await jobFor(iterate as Operation, { model, ...(gates && { gates }) }, workspace);
    const called = requireScheduleName(name ?? `iterate-${job.about}`);
    await setSchedule(database, { name: called, everySeconds, ...job });
    return plainSchedule(await findSchedule(database, called));
  },
});

export const remove = operation({
  name: 'schedules.remove',
  title: { en: 'remove a schedule', zh: '移除计划' },
  scope: 'admin',
  input: z.strictObject({ name }),
  output: z.strictObject({ removed: z.string() }),
  http: { method: 'delete', path: '/v1/schedules/:name' },
  cli: {
    command: 'schedule remove',
    positionals: ['name'],
    render: ({ removed }) => [{ en: `Removed: ${removed}`, zh: `已移除：${removed}` }],
  },
  run: async ({ name }, workspace) => {
    await removeSchedule(await workspace.database(), name);
    return { removed: name };
  },
});

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(count) * SECONDS[unit]!;
  throw new UserError({
    en: `"${text}" is no time. Expected a whole number and m, h or d: 90m, 12h, 7d.`,
    zh: `“${text}”不是时间间隔。应为整数加 m、h 或 d：90m、12h、7d。`,
  });
}
