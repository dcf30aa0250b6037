/** The rows whose labels would help most, and the answers read back: `gradus label`. */
import { plural } from '@gradus/base';
import {
  answerFindings,
  label as labelRound,
  questionFindings,
  type Standing,
  standingFindings,
} from '@gradus/loop';
import { z } from 'zod';
import { field, LocalizedText, source } from './field.ts';
import { type Line, operation } from './operation.ts';

const Estimate = z.object({ accuracy: z.number(), interval: z.tuple([z.number(), z.number()]) });

const standing = {
  rows: z.number(),
  labelled: z.number(),
  classes: z.record(z.string(), z.number()),
  estimate: Estimate.optional(),
  baseline: z.number().optional(),
  curve: z.array(z.object({ ...Estimate.shape, labels: z.number() })),
};

export const label = operation({
  name: 'label',
  title: {
    en: 'propose the rows whose labels would help most; read the answers back with --answers',
    zh: '提出最值得标注的行；用 --answers 读回答案',
  },
  scope: 'admin',
  input: z.strictObject({
    source: source({ en: 'the table', zh: '表' }),
    answers: source({
      en: 'the file of questions, with its column "label" filled in',
      zh: '已填写“label”列的问题文件',
    }).optional(),
    label: field(z.string().min(1).max(500), {
      en: 'the column of labels (default: found by its name, else "label")',
      zh: '标签列（默认按名称查找，否则为“label”）',
    }).optional(),
    text: field(z.string().min(1).max(500), {
      en: 'the column to read, or "none" where all columns are features',
      zh: '要读取的文本列；若所有列都是特征则为“none”',
    }).optional(),
    count: field(z.int().min(1).max(100_000), { en: 'questions to ask', zh: '问题数量' }).default(50),
    seed: field(z.int().min(0), { en: 'seed of everything random', zh: '随机种子' }).default(0),
  }),
  output: z.strictObject({
    labelColumn: z.string(),
    textColumn: z.string().optional(),
    ...standing,
    asked: z.array(
      z.strictObject({
        row: z.number(),
        suggested: z.string().optional(),
        probability: z.number().optional(),
        reason: z.enum(['typical', 'doubtful', 'suspicious']),
      }),
    ),
    questions: z.string().optional(),
    answers: z
      .strictObject({
        answered: z.number(),
        changed: z.number(),
        copied: z.number(),
        setAside: z.array(z.strictObject({ line: z.number(), reason: LocalizedText })),
        before: z.strictObject(standing),
        file: z.string(),
      })
      .optional(),
    lines: z.array(z.strictObject({ ...LocalizedText.shape, note: z.literal(true).optional() })),
  }),
  http: { method: 'post', path: '/v1/label' },
  job: { files: ({ questions, answers }) => [questions ?? [], answers?.file ?? []].flat() },
  writes: {
    title: {
      en: 'where the table with the answers is written (default: beside the table)',
      zh: '带答案的表写入何处（默认在原表旁）',
    },
  },
  cli: { command: 'label', positionals: ['source'], render: ({ lines }) => lines as Line[] },
  run: async ({ source, answers, ...options }, workspace) => {
    const { language, signal, job } = workspace;
    const table = await workspace.source(source);
    // Beside the table, unless it is not ours to write there.
    const chosen = job ? workspace.destination('labelled.csv') : workspace.destination('');
    const questionsFile = job && workspace.destination('questions.csv');
    const round = await labelRound(table, {
      ...options,
      answers: answers === undefined ? undefined : await workspace.source(answers),
      out: chosen.path === '' ? undefined : chosen.path,
      questions: questionsFile?.path,
      language,
      signal,
    });
    const { labelTable, proposal, taken } = round;
    const questions = round.questions && (questionsFile?.name ?? round.questions);
    const file = taken && (job ? chosen.name : taken.file);
    const { setAside } = labelTable.table;
    const lines: Line[] = [
      ...(setAside.count > 0
        ? [
            {
              note: true,
              en: `Left out: ${plural(setAside.count, 'row')} that cannot be read; line ${setAside.rows[0]!.line}: ${setAside.rows[0]!.reason.en}`,
              zh: `${setAside.count} 行无法读取，未计入；第 ${setAside.rows[0]!.line} 行：${setAside.rows[0]!.reason.zh}`,
            } as const,
          ]
        : []),
      ...(taken ? answerFindings(taken.answers, taken.before, proposal.standing) : []),
      ...(taken ? [{ en: `Written: ${file}`, zh: `已写入：${file}` }] : []),
      ...standingFindings(labelTable, proposal.standing),
      ...questionFindings(proposal, questions),
    ];
    return {
      labelColumn: labelTable.labelColumn,
      ...(labelTable.textColumn !== undefined && { textColumn: labelTable.textColumn }),
      ...standingOf(proposal.standing),
      asked: proposal.questions.map(({ row, suggested, probability, reason }) => ({
        row,
        suggested,
        probability,
        reason,
      })),
      ...(questions !== undefined && { questions }),
      ...(taken && {
        answers: {
          answered: taken.answers.answered,
          changed: taken.answers.changed,
          copied: taken.answers.copied,
          setAside: taken.answers.setAside.map(({ line, reason }) => ({ line, reason })),
          before: standingOf(taken.before),
          file: file!,
        },
      }),
      lines,
    };
  },
});

const standingOf = ({ classes, ...rest }: Standing) => ({ ...rest, classes: Object.fromEntries(classes) });
