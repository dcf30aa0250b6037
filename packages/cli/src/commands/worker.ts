import type { Localized } from '@gradus/base';
import { runWorker, type Turn } from '@gradus/lifecycle';
import type { AddCommand } from '../add-command.ts';
import { DEFAULT_RUNS, runsOption } from '../operation-command.ts';
import { plain } from '../terminal.ts';

const TURNS: Readonly<Record<Turn, Localized>> = {
  begins: { en: 'begins', zh: '开始' },
  done: { en: 'is done', zh: '完成' },
  cancelled: { en: 'was cancelled', zh: '已取消' },
  failed: { en: 'failed', zh: '失败' },
  again: { en: 'failed and will be tried again', zh: '失败，将重试' },
  'given back': { en: 'was given back', zh: '已交还' },
  lost: { en: 'went to another worker', zh: '已转交其他工作进程' },
};

/** `gradus worker`: does jobs until stopped. */
export const worker: AddCommand = (program, terminal, recipes) => {
  program
    .command('worker')
    .description(
      terminal.say({
        en: 'do jobs until stopped. Any number of workers share a database: many machines need DATABASE_URL, and the same directory of runs',
        zh: '执行任务直到被停止。任意数量的工作进程共享一个数据库：多台机器需要 DATABASE_URL 和相同的运行目录',
      }),
    )
    .addOption(runsOption(terminal))
    .action(async ({ runs = DEFAULT_RUNS }: { runs?: string }) => {
      await runWorker({
        runs,
        recipes,
        signal: terminal.signal,
        kinds: {
          // Large models are loaded when there is one to train.
          'fine-tune': async (payload, context) =>
            (await import('@gradus/server/tuning')).tuneJob(runs, payload, context),
        },
        onJob: ({ id, kind }, turn, why) => {
          const reason = why === undefined ? '' : `: ${why}`;
          const job = terminal.say({ en: `job ${id}`, zh: `任务 ${id}` });
          terminal.tell(plain(`${job} (${kind}) ${terminal.say(TURNS[turn])}${reason}`));
        },
      });
    });
};

/** This program as a worker for a directory of runs. */
export const workerCommand = (runs: string): [program: string, ...args: string[]] => [
  process.execPath,
  process.argv[1]!,
  'worker',
  '--runs',
  runs,
];
