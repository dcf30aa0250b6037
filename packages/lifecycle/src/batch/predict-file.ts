/**
 * Batch prediction: a file's rows, each with the model's answer, as CSV or JSON lines. A CSV file has the input's columns, then
 * those of the run's answers (`answerColumnsOf`). Rows that are no requests, or that the model
 * cannot answer, are set aside with the reason. The file is read as a stream, and a killed prediction goes on where it was, by
 * the version that began it.
 */
import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { UserError } from '@gradus/base';
import { explained } from '@gradus/base/files';
import { type StreamedRow, streamTable } from '@gradus/data';
import {
  type FoundRun,
  lock,
  type Progress,
  type RowElement,
  type Service,
  type ServiceDeclaration,
} from '@gradus/loop';
import { type RowReader, rowReader } from './columns.ts';
import { type ImageFolder, imageRows, withImageFolder } from './image-rows.ts';
import {
  type PredictionFormat,
  PredictionOutput,
  type PredictionState,
  type SetAside,
} from './prediction-output.ts';

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
  readonly reasons: readonly SetAside[];
  /** Columns that appeared only after the output had its header. */
  readonly leftOut: readonly string[];
  /** Pictures among the answers, from the output's directory on. */
  readonly pictures: readonly string[];
}

/** Rows that the model gets at once. */
const BATCH = 200;
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
  const { run, declared, service, input, columns: chosen = {}, signal, onProgress } = options;
  const output = new PredictionOutput(
    { ...options, format: formatOfOutput(options.output) },
    sourceOf(input, chosen),
  );
  let reader: RowReader | undefined;
  let columns: readonly string[] = [];
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
    const rows = batch.rows.slice(Math.max(0, output.state.rows - seen));
    seen += batch.rows.length;
    const size = Math.min(BATCH, reader?.most ?? BATCH);
    for (let from = 0; from < rows.length; from += size) {
      signal?.throwIfAborted();
      const part = rows.slice(from, from + size);
      const requests = await requestsOf(part, reader!, columns);
      await answerRows(options, reader!.field, requests, columns, output);
      output.seen(part.length);
      onProgress?.({
        step: 'predict',
        what: { en: 'rows', zh: '行' },
        done: batch.done,
        total: batch.total,
      });
      output.keepAtTimes();
    }
  }
  requirePredictions(output.state, input);
  output.finish();
  const { rows, predicted, setAside, reasons, header, pictures } = output.state;
  return {
    run: run.id,
    output: options.output,
    asideFile: output.asideFile,
    rows,
    predicted,
    setAside,
    reasons,
    leftOut: header ? columns.slice(header.length) : [],
    pictures,
  };
}

/** Of an input, by which one is known that was exchanged: size and time, where it is a file, and the columns that were chosen. */
function sourceOf(input: string, chosen: Readonly<Record<string, string>>): string {
  const found = statSync(input, { throwIfNoEntry: false });
  return JSON.stringify([found ? `${found.size} ${found.mtimeMs}` : input, chosen]);
}

interface RowRequest {
  readonly row: StreamedRow;
  readonly element: RowElement;
}

const requestsOf = (
  rows: readonly StreamedRow[],
  reader: RowReader,
  columns: readonly string[],
): Promise<RowRequest[]> =>
  Promise.all(
    rows.map(async (row) => ({
      row,
      element: row.reason === undefined ? await reader.element(row.cells, columns) : { reason: row.reason },
    })),
  );

/** @throws UserError saying why there are none */
function requirePredictions({ predicted, rows, reasons: [first] }: PredictionState, input: string): void {
  if (predicted > 0) return;
  throw new UserError(
    first
      ? {
          en: `None of the ${rows} rows can be predicted; line ${first.line}: ${first.reason.en}.`,
          zh: `${rows} 行均无法预测；第 ${first.line} 行：${first.reason.zh}。`,
        }
      : { en: `${input} has no rows.`, zh: `${input} 没有数据行。` },
  );
}

/** Asks for all rows at once; where that fails, one by one, so that one bad row costs only itself. */
async function answerRows(
  asking: Pick<PredictFileOptions, 'declared' | 'service'>,
  field: string,
  requests: readonly RowRequest[],
  columns: readonly string[],
  output: PredictionOutput,
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
      output.setAside(row, element.reason);
      continue;
    }
    const answer = answers[next++]!;
    if (answer instanceof Error) {
      const { message } = answer;
      output.setAside(row, { en: `the model cannot answer it: ${message}`, zh: `模型无法回答：${message}` });
    } else output.write(row, columns, answer);
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
