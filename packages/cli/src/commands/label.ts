import { answerFindings, label as labelRound, questionFindings, standingFindings } from '@gradus/loop';
import { InvalidArgumentError } from 'commander';
import type { AddCommand } from './command.ts';

interface Given {
  readonly answers?: string;
  readonly label?: string;
  readonly text?: string;
  readonly count: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `gradus label FILE`: asks for the labels that would help most; with --answers reads them back, and asks again. */
export const label: AddCommand = (program, terminal) => {
  program
    .command('label <file>')
    .description('propose the rows whose labels would help most; read the answers back with --answers')
    .option('--answers <file>', 'the file of questions, with its column "label" filled in')
    .option('--label <column>', 'the column of labels (default: found by its name, else "label")')
    .option('--text <column>', 'the column to read, or "none" where all columns are features')
    .option('--count <number>', 'questions to ask', wholeNumber(1), 50)
    .option('--seed <number>', 'seed of everything random', wholeNumber(0), 0)
    .option('--out <file>', 'where the table with the answers is written (default: beside the table)')
    .option('--json', 'print one JSON object on stdout')
    .action(async (file: string, { json, ...options }: Given) => {
      const { language, signal } = terminal;
      const round = await labelRound(file, { ...options, language, signal });
      const { labelTable, proposal, questions, taken } = round;
      if (json) {
        const { labelColumn, textColumn } = labelTable;
        const standing = ({ classes, ...rest }: typeof proposal.standing) => ({
          ...rest,
          classes: Object.fromEntries(classes),
        });
        const answers = taken && {
          answered: taken.answers.answered,
          changed: taken.answers.changed,
          copied: taken.answers.copied,
          setAside: taken.answers.setAside.map(({ line, reason }) => ({ line, reason: reason[language] })),
          before: standing(taken.before),
          file: taken.file,
        };
        const asked = proposal.questions.map(({ row, suggested, probability, reason }) => ({
          row,
          suggested,
          probability,
          reason,
        }));
        terminal.print(
          JSON.stringify({
            labelColumn,
            textColumn,
            ...standing(proposal.standing),
            asked,
            questions,
            answers,
          }),
        );
        return;
      }
      const { setAside } = labelTable.table;
      if (setAside.count > 0) {
        const { line, reason } = setAside.rows[0]!;
        terminal.tell(
          terminal.say({
            en: `${setAside.count} rows cannot be read and are left out; line ${line}: ${reason.en}`,
            zh: `${setAside.count} 行无法读取，未计入；第 ${line} 行：${reason.zh}`,
          }),
        );
      }
      const lines = [
        ...(taken ? answerFindings(taken.answers, taken.before, proposal.standing) : []),
        ...(taken ? [{ en: `Written: ${taken.file}`, zh: `已写入：${taken.file}` }] : []),
        ...standingFindings(labelTable, proposal.standing),
        ...questionFindings(proposal, questions),
      ];
      for (const line of lines) terminal.print(terminal.say(line));
    });
};

const wholeNumber = (least: number) => (text: string) => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more.`);
  return number;
};
