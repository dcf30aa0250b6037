import { count, UserError } from '@gradus/base';
import {
  KIND_NAMES,
  PERSONAL_KINDS,
  type PersonalKind,
  PSEUDONYM_KEY,
  pseudonyms,
  redactFile,
} from '@gradus/data';
import type { AddCommand } from './command.ts';

/** `gradus redact FILE --out CLEAN.csv`: a table without its personal data. */
export const redact: AddCommand = (program, terminal) => {
  program
    .command('redact <file>')
    .description(
      `write a table again without its personal data: tags such as [PHONE], or, with a key of your own in ${PSEUDONYM_KEY}, a pseudonym that is the same for the same person`,
    )
    .requiredOption('--out <file>', 'the CSV file to write')
    .option('--kinds <list>', `what is to go, of ${PERSONAL_KINDS.join(', ')}; else all`)
    .option('--json', 'print one JSON object on stdout')
    .action(async (file: string, { out, kinds, json }: { out: string; kinds?: string; json?: boolean }) => {
      const key = process.env[PSEUDONYM_KEY];
      const done = await redactFile(file, out, {
        signal: terminal.signal,
        ...(kinds !== undefined && { kinds: kindsOf(kinds) }),
        ...(key !== undefined && { replace: pseudonyms(key) }),
      });
      if (json) return terminal.print(JSON.stringify({ out, ...done }));
      for (const kind of PERSONAL_KINDS) {
        const replaced = done.replaced[kind];
        if (replaced === undefined) continue;
        const { en, zh } = KIND_NAMES[kind];
        terminal.print(
          terminal.say({
            en: `${en}: ${count(replaced)} replaced`,
            zh: `${zh}：替换 ${count(replaced)} 处`,
          }),
        );
      }
      const { count: lost, first } = done.setAside;
      if (first) {
        terminal.tell(
          terminal.say({
            en: `${count(lost)} rows could not be read and were left out; line ${first.line}: ${first.reason.en}`,
            zh: `${count(lost)} 行无法读取，未写入；第 ${first.line} 行：${first.reason.zh}`,
          }),
        );
      }
      terminal.print(
        terminal.say({
          en: `${count(done.rows)} rows: ${out}. What no detector knows is still in it: have somebody read a few rows before you share it.`,
          zh: `${count(done.rows)} 行：${out}。检测器不认识的内容仍在其中：分享前请人工查看若干行。`,
        }),
      );
    });
};

function kindsOf(list: string): PersonalKind[] {
  return list.split(',').map((text) => {
    const wish = text.trim().toLowerCase();
    const kind = PERSONAL_KINDS.find((kind) => kind === wish);
    if (!kind)
      throw new UserError(`"${text}" is no kind of personal data. Expected of ${PERSONAL_KINDS.join(', ')}.`);
    return kind;
  });
}
