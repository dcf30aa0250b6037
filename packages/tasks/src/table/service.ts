/** How a finished run of a table answers: `{"rows": [{COLUMN: VALUE, …}]}`, one result each, with reasons and what would change it on request. */
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/data';
import { type Cell, isWhole, type Service, type ServiceDeclaration } from '@gradus/loop';
import { z } from 'zod';
import { pixelsUrl, unreadUrl } from '../image/inline.ts';
import { decodeSource } from '../image/source.ts';
import { readBundle, readModel } from '../recipe/service.ts';
import type { TableBundle } from './bundle.ts';
import type { RawRow } from './columns.ts';
import type { StoredImage } from './images/stored.ts';
import { MOST_WHAT_IF, openTable, type TableAnswer } from './open.ts';
import { checkColumns, checkRenamed } from './read/forms.ts';
import { labelReader } from './read/target.ts';
import { MOST_TEXT, tableLearning } from './task.ts';
import { COLUMNS, notRead, probabilityColumn, REQUEST } from './words.ts';

const MOST_ROWS = 1000;
const MOST_REASONS = 10;
/** In a file. */
const TOP_REASONS = 3;

const described = ({ en, zh }: Localized) => ({ description: en, en, zh });

const Request = z.strictObject({
  rows: z.array(tableLearning.input).min(1).max(MOST_ROWS).meta(described(REQUEST.rows)),
  reasons: z.boolean().optional().meta(described(REQUEST.reasons)),
  whatIf: z
    .boolean()
    .optional()
    .meta(described(REQUEST.whatIf(MOST_WHAT_IF))),
});

const value = z.union([z.number(), z.string()]);
const Change = z.object({
  column: z.string(),
  from: value.nullable(),
  to: value,
  answer: z.number(),
  change: z.number(),
  isFixed: z.boolean(),
});
const Asked = z.object({
  reasons: z.array(z.object({ unit: z.string(), weight: z.number() })).optional(),
  whatIf: z
    .object({
      answer: z.number(),
      speaksOf: z.string().optional(),
      raising: z.array(Change),
      lowering: z.array(Change),
      deciding: z.array(Change.extend({ decision: z.string(), size: z.number() })),
    })
    .optional()
    .meta(described(REQUEST.changes)),
});
type Result = TableAnswer & z.infer<typeof Asked>;

const Correction = z.strictObject({
  row: tableLearning.input,
  label: z.union([z.string().min(1).max(1000), z.number(), z.boolean()]).transform(String),
});

/** @param example A row of a table that it could have been made from */
export function tableService(example: RawRow): ServiceDeclaration {
  return {
    request: Request,
    answer: z.object({ results: z.array(z.intersection(tableLearning.answer, Asked)) }),
    correction: Correction,
    example: { rows: [example] },
    ofFiles: { reasons: true },
    columns: COLUMNS,
    open,
  };
}

async function open(directory: string): Promise<Service> {
  const bundle = readBundle(tableLearning, directory);
  const { forms, example, target, images } = bundle;
  const opened = await openTable(bundle, readModel(directory));
  const fields = forms.map(({ name }) => name);
  const request = (value: unknown) => value as z.infer<typeof Request>;
  return {
    columns: Object.fromEntries(fields.map((name) => [name, name])),
    ...(images.length === 1 && { filesAs: images[0]!.name }),
    answerColumns: answerColumns(target),
    cells: (answer) => cellsOfAnswer(target, answer as Result),
    rowOf: async (cells, folder) => {
      const row = Object.fromEntries(fields.map((name) => [name, cells[name] ?? '']));
      return { value: images.length === 0 ? row : { ...row, ...(await readImages(images, row, folder)) } };
    },
    checkColumns: (columns) => checkColumns(forms, columns),
    example: { rows: [example] },
    correction: correctionOf(target),
    correctionOf: (logged, row, outcome) => {
      const values = request(logged)?.rows?.[row];
      const label =
        typeof outcome === 'object' && outcome !== null ? (outcome as { label?: unknown }).label : outcome;
      return values === undefined || label === undefined || !isWhole(values)
        ? undefined
        : { row: values, label };
    },
    answer: async (value) => {
      const { rows, reasons = false, whatIf = false } = request(value);
      checkRenamed(forms, rows);
      checkSizes(images, rows);
      const answers = await opened.answer(rows);
      const why = reasons ? await opened.reasons?.(rows) : undefined;
      const changes = whatIf ? await opened.whatIf(rows) : undefined;
      return {
        results: answers.map((answer, i) => ({
          ...answer,
          ...(why && { reasons: why[i]!.slice(0, MOST_REASONS) }),
          ...(changes && { whatIf: changes[i]! }),
        })),
      };
    },
    describe: (value, answer) => {
      const { results } = answer as { readonly results: readonly TableAnswer[] };
      return request(value).rows.map((row, i) => opened.describe(row, results[i]!));
    },
    close: () => opened.close(),
  };
}

/** Images of a file's row as decoded pixels: small, and they name no file any more. */
async function readImages(
  images: readonly StoredImage[],
  row: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const { name, size } of images) {
    if (row[name]!.trim() === '') continue;
    try {
      read[name] = pixelsUrl(await decodeSource(row[name]!.trim(), size, folder));
    } catch (error) {
      read[name] = unreadUrl(reasonOf(error).en);
    }
  }
  return read;
}

/** Only images are long. @throws UserError */
function checkSizes(images: readonly StoredImage[], rows: readonly RawRow[]): void {
  const named = new Set(images.map(({ name }) => name));
  for (const [i, row] of rows.entries()) {
    for (const [name, cell] of Object.entries(row)) {
      if (typeof cell !== 'string' || cell.length <= MOST_TEXT || named.has(name)) continue;
      throw new UserError({
        en: `rows.${i}.${name}: has ${cell.length} characters; expected at most ${MOST_TEXT}`,
        zh: `rows.${i}.${name}：有 ${cell.length} 个字符；最多 ${MOST_TEXT} 个`,
      });
    }
  }
}

function answerColumns(target: TableBundle['target']): Record<string, Localized> {
  const { prediction, abstained, reasons, low, high } = COLUMNS;
  if (target.kind === 'numbers') return { prediction, low, high, abstained, reasons };
  const probabilities = target.classes.map((label) => [`p_${label}`, probabilityColumn(label)]);
  return { prediction, ...Object.fromEntries(probabilities), abstained, reasons };
}

function cellsOfAnswer(target: TableBundle['target'], answer: Result): Record<string, Cell> {
  const { prediction, probabilities, low, high, abstained, unread, reasons } = answer;
  const unsure = [...(abstained ? [abstained] : []), ...(unread ? [notRead(unread)] : [])];
  const shared = {
    abstained:
      unsure.length > 0
        ? `${unsure.map(({ en }) => en).join('; ')}｜${unsure.map(({ zh }) => zh).join('；')}`
        : null,
    reasons: reasons
      ? reasons
          .slice(0, TOP_REASONS)
          .map(({ unit, weight }) => `${unit} ${weight > 0 ? '+' : '−'}`)
          .join('; ')
      : null,
  };
  if (target.kind === 'numbers') return { prediction, low: low!, high: high!, ...shared };
  return {
    prediction,
    ...Object.fromEntries(target.classes.map((label) => [`p_${label}`, probabilities![label]!])),
    ...shared,
  };
}

/** A label of a class that there is, or a number. */
function correctionOf(target: TableBundle['target']): z.ZodType {
  if (target.kind === 'numbers') {
    return Correction.refine(({ label }) => Number.isFinite(Number(label)), {
      error: 'is no number',
      path: ['label'],
    });
  }
  const read = labelReader(target.classes);
  return Correction.refine(({ label }) => read(label) >= 0, {
    error: `no class has this name; there are: ${target.classes.slice(0, 30).join(', ')}`,
    path: ['label'],
  });
}
