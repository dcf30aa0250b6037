/**
 * Batch prediction: a file's rows, each with the model's answer, as CSV or JSON lines. A CSV file has the input's columns, then
 * those of the run's answers (`answerColumnsOf`). Rows that are no requests, or that the model
 * cannot answer, are set aside with the reason. The file is read as a stream, and a killed prediction goes on where it was, by
 * the version that began it.
 */
import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { explained } from '@gradus/base/files';
import { BYTE_ORDER_MARK, csvLine, type StreamedRow, streamTable } from '@gradus/data';
import {
  answerCellsOf,
  answerColumnsOf,
  type FoundRun,
  lock,
  type Progress,
  type RowElement,
  type Service,
  type ServiceDeclaration,
} from '@gradus/loop';
import { type RowReader, rowReader } from './columns.ts';
import { type ImageFolder, imageRows, withImageFolder } from './image-rows.ts';
import { ResumableOutput } from './output.ts';
import { PictureFiles } from './picture-files.ts';

export const FORMATS = ['csv', 'jsonl'] as const;
export type PredictionFormat = (typeof FORMATS)[number];

export interface PredictFileOptions {
  readonly run: FoundRun;
  /** What the run's recipe says of it, and the run itself, open. */
  readonly declared: ServiceDeclaration;
  readonly service: Service;
  /** Anything `readTable` reads; a folder of images, or a zip of one, where the service reads these. */
  readonly input: string;
  readonly output: string;
  /** Which column holds a field of the model's requests, where its name does not say. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

export interface PredictedFile {
  readonly run: string;
  readonly output: string;
  /** Where the rows that were set aside are, with the reasons. */
  readonly asideFile: string;
  readonly rows: number;
  readonly predicted: number;
  readonly setAside: number;
  /** The first of them. */
  readonly reasons: readonly { readonly line: number; readonly reason: Localized }[];
  /** Columns that appeared only after the output had its header. */
  readonly leftOut: readonly string[];
  /** Pictures among the answers, from the output's directory on. */
  readonly pictures: readonly string[];
}

/** What a prediction that goes on must know. */
interface State {
  readonly run: string;
  /** Of the input, where it is a file: size and time; and the columns that were chosen. */
  readonly input: string;
  /** Rows that have been seen to. */
  readonly rows: number;
  readonly predicted: number;
  readonly setAside: number;
  readonly reasons: PredictedFile['reasons'];
  /** Of the output, once it has a header. */
  readonly header: readonly string[] | null;
  readonly pictures: readonly string[];
}

/** Rows that the model gets at once. */
const BATCH = 200;
const REASONS_KEPT = 20;
/** Milliseconds between states that are kept. */
const KEEP_EVERY = 1000;

/** The format of an output by its name. @throws UserError where it says neither */
export function formatOfOutput(path: string): PredictionFormat {
  const suffix = extname(path).toLowerCase().slice(1);
  if (suffix === 'csv') return 'csv';
  if (suffix === 'jsonl' || suffix === 'ndjson') return 'jsonl';
  throw new UserError({
    en: `${path} is no output for predictions. Expected a name that ends in .csv or .jsonl.`,
    zh: `${path} 不能作为预测结果的输出。文件名应以 .csv 或 .jsonl 结尾。`,
  });
}

/** @throws UserError where the file is no table, the model takes no rows, or none of the rows can be used */
export async function predictFile(options: PredictFileOptions): Promise<PredictedFile> {
  const { input, output, service, signal } = options;
  requireOther(input, output);
  // A worker that was taken for dead may still be at it.
  const unlock = locked(output);
  try {
    if (service.filesAs === undefined) return await predictInto(options);
    return await withImageFolder(input, signal, (images) => predictInto(options, images));
  } finally {
    unlock();
  }
}

function locked(output: string): () => void {
  try {
    return lock(`${output}.part-lock`, output);
  } catch (error) {
    throw explained(error, output);
  }
}

/** @throws UserError where the output would take the input's place */
function requireOther(input: string, output: string): void {
  const [from, to] = [input, output].map((path) => statSync(path, { throwIfNoEntry: false }));
  if (from && to && from.ino === to.ino && from.dev === to.dev) {
    throw new UserError({
      en: `${output} is the file that is predicted. Name another for the predictions.`,
      zh: `${output} 就是要预测的文件。请为预测结果另取名称。`,
    });
  }
}

/** @param images Where the input is images, which the service reads */
async function predictInto(options: PredictFileOptions, images?: ImageFolder): Promise<PredictedFile> {
  const { run, declared, service, input, output: path, columns: chosen = {}, signal, onProgress } = options;
  const format = formatOfOutput(path);
  const answerColumns = Object.keys(answerColumnsOf(declared, service));
  const asideFile = `${path}.set-aside.csv`;
  const output = new ResumableOutput<State>([path, asideFile]);
  const found = statSync(input, { throwIfNoEntry: false });
  const source = JSON.stringify([found ? `${found.size} ${found.mtimeMs}` : input, chosen]);
  const before = output.resume((state) => state.run === run.id && state.input === source);
  let state: State = before ?? {
    run: run.id,
    input: source,
    rows: 0,
    predicted: 0,
    setAside: 0,
    reasons: [],
    header: null,
    pictures: [],
  };
  const pictures = new PictureFiles(path);
  pictures.names.push(...state.pictures);
  if (!before) output.add(1, `${BYTE_ORDER_MARK}${csvLine(['row', 'line', 'reason', 'content'])}`);

  const aside = ({ row, line, cells }: StreamedRow, reason: Localized) => {
    output.add(1, csvLine([String(row), String(line), reason.en, csvLine(cells).trimEnd()]));
    const { reasons } = state;
    state = {
      ...state,
      setAside: state.setAside + 1,
      reasons: reasons.length < REASONS_KEPT ? [...reasons, { line, reason }] : reasons,
    };
  };
  const write = (
    row: StreamedRow,
    columns: readonly string[],
    answered: Readonly<Record<string, unknown>>,
  ) => {
    const answer = pictures.withNames(row, answered);
    if (format === 'jsonl') {
      const cells = Object.fromEntries(columns.map((name, i) => [name, row.cells[i] ?? '']));
      output.add(0, `${JSON.stringify({ row: row.row, input: cells, answer })}\n`);
    } else {
      if (!state.header) {
        state = { ...state, header: columns };
        output.add(0, BYTE_ORDER_MARK + csvLine([...columns, ...namesBeside(columns, answerColumns)]));
      }
      const input = state.header!.map((_, i) => row.cells[i] ?? '');
      const cells = answerCellsOf(declared, service, answer);
      output.add(0, csvLine([...input, ...answerColumns.map((name) => cellOf(cells[name]))]));
    }
    state = { ...state, predicted: state.predicted + 1, pictures: pictures.names };
  };

  let reader: RowReader | undefined;
  let columns: readonly string[] = [];
  let kept = performance.now();
  let seen = 0;
  const batches = images ? imageRows(images, service.filesAs!, signal) : streamTable(input, signal);
  for await (const batch of batches) {
    columns = batch.columns;
    if (batch.rows.length > 0)
      reader ??= rowReader({
        request: declared.request,
        service,
        columns,
        chosen,
        folder: images ? images.folder : dirname(input),
      });
    const rows = batch.rows.slice(Math.max(0, state.rows - seen));
    seen += batch.rows.length;
    const size = Math.min(BATCH, reader?.most ?? BATCH);
    for (let from = 0; from < rows.length; from += size) {
      signal?.throwIfAborted();
      const part = rows.slice(from, from + size);
      const requests = await Promise.all(
        part.map(async (row) => ({
          row,
          element:
            row.reason === undefined ? await reader!.element(row.cells, columns) : { reason: row.reason },
        })),
      );
      await answerRows({ declared, service }, reader!.field, requests, aside, (row, answer) =>
        write(row, columns, answer),
      );
      state = { ...state, rows: state.rows + part.length };
      onProgress?.({
        step: 'predict',
        what: { en: 'rows', zh: '行' },
        done: batch.done,
        total: batch.total,
      });
      if (performance.now() - kept > KEEP_EVERY) {
        output.keep(state);
        kept = performance.now();
      }
    }
  }
  if (state.predicted === 0) {
    const [first] = state.reasons;
    throw new UserError(
      first
        ? {
            en: `None of the ${state.rows} rows can be predicted; line ${first.line}: ${first.reason.en}.`,
            zh: `${state.rows} 行均无法预测；第 ${first.line} 行：${first.reason.zh}。`,
          }
        : { en: `${input} has no rows.`, zh: `${input} 没有数据行。` },
    );
  }
  output.keep(state);
  output.finish();
  const { rows, predicted, setAside, reasons, header } = state;
  return {
    run: run.id,
    output: path,
    asideFile,
    rows,
    predicted,
    setAside,
    reasons,
    leftOut: header ? columns.slice(header.length) : [],
    pictures: pictures.names,
  };
}

/** Asks for all rows at once; where that fails, one by one, so that one bad row costs only itself. */
async function answerRows(
  asking: Pick<PredictFileOptions, 'declared' | 'service'>,
  field: string,
  requests: readonly { readonly row: StreamedRow; readonly element: RowElement }[],
  aside: (row: StreamedRow, reason: Localized) => void,
  write: (row: StreamedRow, answer: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const values = requests.flatMap(({ element }) => ('value' in element ? [element.value] : []));
  let answers: readonly (Readonly<Record<string, unknown>> | Error)[];
  try {
    answers = await ask(asking, field, values);
  } catch {
    const singly: (Readonly<Record<string, unknown>> | Error)[] = [];
    for (const value of values) {
      const answer = ask(asking, field, [value]);
      singly.push(await answer.then(([only]) => only!).catch((error: Error) => error));
    }
    // Where nothing at all can be answered it is the model that is at fault.
    const [first] = singly;
    if (first instanceof Error && singly.every((answer) => answer instanceof Error)) throw first;
    answers = singly;
  }
  let next = 0;
  for (const { row, element } of requests) {
    if ('reason' in element) {
      aside(row, element.reason);
      continue;
    }
    const answer = answers[next++]!;
    if (answer instanceof Error) {
      const { message } = answer;
      aside(row, { en: `the model cannot answer it: ${message}`, zh: `模型无法回答：${message}` });
    } else write(row, answer);
  }
}

/** @returns one object a row */
async function ask(
  { declared, service }: Pick<PredictFileOptions, 'declared' | 'service'>,
  field: string,
  values: readonly unknown[],
): Promise<Readonly<Record<string, unknown>>[]> {
  if (values.length === 0) return [];
  const answer = await service.answer(declared.request.parse({ ...declared.ofFiles, [field]: values }));
  const lists = Object.entries((answer ?? {}) as Record<string, unknown>).filter(
    ([, list]) => Array.isArray(list) && list.length === values.length,
  );
  if (lists.length !== 1) {
    throw new UserError({
      en: 'This model does not answer row by row, so it cannot predict a file.',
      zh: '此模型不逐行回答，因此不能预测文件。',
    });
  }
  const [name, list] = lists[0] as [string, unknown[]];
  return list.map((one) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? (one as Record<string, unknown>)
      : { [name]: one },
  );
}

/** The answer's fields beside the input's columns: one that has the name of a column is marked. */
const namesBeside = (columns: readonly string[], names: readonly string[]): string[] =>
  names.map((name) => (columns.includes(name) ? `${name} (answer)` : name));

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
