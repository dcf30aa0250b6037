import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { findJob, hasEnded, jobLines, openDatabase } from '@gradus/lifecycle';
import { type Progress, terminalProgress } from '@gradus/loop';
import type { AddCommand } from '../add-command.ts';
import { commandAt, DEFAULT_RUNS, runsOption } from '../operation-command.ts';

/** Milliseconds. */
const LOOK_EVERY = 300;

/** `gradus jobs watch ID`: how far a job is until it ends. */
export const watch: AddCommand = (program, terminal) => {
  const { say, language, signal } = terminal;
  commandAt(program, 'jobs', terminal)
    .command('watch <id>')
    .description(say({ en: 'show how far a job is until it ends', zh: '显示任务进度直至结束' }))
    .addOption(runsOption(terminal))
    .option('--json', say({ en: 'print JSON on stdout', zh: '在标准输出打印 JSON' }))
    .action(
      async (text: string, { runs = DEFAULT_RUNS, json = false }: { runs?: string; json?: boolean }) => {
        const id = jobId(text);
        const database = await openDatabase(runs);
        const progress = terminalProgress(process.stderr, language);
        try {
          for (;;) {
            const job = await findJob(database, id);
            if (hasEnded(job)) {
              progress.end();
              if (json) terminal.print(JSON.stringify(job));
              else for (const line of jobLines(job)) terminal.print(say(line));
              return;
            }
            if (job.progress) progress.update(job.progress as Progress);
            await pause(LOOK_EVERY, undefined, { signal });
          }
        } finally {
          progress.end();
          await database.destroy();
        }
      },
    );
};

function jobId(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError({
    en: `"${text}" is no job. Expected its number; gradus jobs lists them.`,
    zh: `“${text}”不是任务。应为任务编号；gradus jobs 列出全部。`,
  });
}
