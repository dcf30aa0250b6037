import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { count } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { profileReport, profileTable } from '@gradus/data';
import { renderReport } from '@gradus/report';
import type { AddCommand } from './command.ts';

const FINDINGS_PRINTED = 20;
const SIGNS = { critical: '!!', warning: ' !', notice: ' ·' } as const;

/** `gradus profile FILE`: what a table holds, what is wrong with it, and what to do about it. */
export const profile: AddCommand = (program, terminal) => {
  program
    .command('profile <file>')
    .description(
      'look a table over: types, gaps, duplicates, leaks, drift, personal data, and what to do about each',
    )
    .option('--out <directory>', 'where profile.html and profile.json go', 'profile')
    .option('--target <column>', 'what is to be predicted: its balance, and which columns give it away')
    .option('--time <column>', 'along which drift is looked for; else the first column of dates')
    .option('--json', 'print the whole profile as one JSON object on stdout')
    .action(
      async (
        file: string,
        { out, target, time, json }: { out: string; target?: string; time?: string; json?: boolean },
      ) => {
        const found = await profileTable(file, {
          signal: terminal.signal,
          ...(target !== undefined && { target }),
          ...(time !== undefined && { time }),
        });
        mkdirSync(out, { recursive: true });
        const report = join(out, 'profile.html');
        writeWhole(join(out, 'profile.json'), `${JSON.stringify(found, null, 2)}\n`);
        writeWhole(report, await renderReport(profileReport(found), terminal.language));
        if (json) return terminal.print(JSON.stringify(found));
        const { rows, columns, findings } = found;
        terminal.print(
          terminal.say({
            en: `${count(rows.count)} rows, ${columns.length} columns; ${findings.length} findings`,
            zh: `${count(rows.count)} 行，${columns.length} 列；${findings.length} 项发现`,
          }),
        );
        for (const { severity, what, todo } of findings.slice(0, FINDINGS_PRINTED)) {
          terminal.print(`${SIGNS[severity]} ${terminal.say(what)}`);
          terminal.print(`     ${terminal.say(todo)}`);
        }
        const rest = findings.length - FINDINGS_PRINTED;
        if (rest > 0) terminal.print(terminal.say({ en: `   and ${rest} more`, zh: `   另有 ${rest} 项` }));
        terminal.print('');
        terminal.print(terminal.say({ en: `Report: ${report}`, zh: `报告：${report}` }));
      },
    );
};
