/**
 * What a prediction of a file writes: the answers, as CSV or JSON lines, beside them the rows that were set aside, with the reasons; and
 * how far it is, so that one that was killed goes on.
 */
import type { Localized } from '@gradus/base';
import { BYTE_ORDER_MARK, csvLine, type StreamedRow } from '@gradus/data';
import {
  answerCellsOf,
  answerColumnsOf,
  type FoundRun,
  type Service,
  type ServiceDeclaration,
} from '@gradus/loop';
import { ResumableOutput } from './output.ts';
import { PictureFiles } from './picture-files.ts';

export const FORMATS = ['csv', 'jsonl'] as const;
export type PredictionFormat = (typeof FORMATS)[number];

export interface SetAside {
  readonly line: number;
  readonly reason: Localized;
}

/** What a prediction that goes on must know. */
export interface PredictionState {
  readonly run: string;
  /** Of the input, where it is a file: size and time; and the columns that were chosen. */
  readonly input: string;
  /** Rows that have been seen to. */
  readonly rows: number;
  readonly predicted: number;
  readonly setAside: number;
  readonly reasons: readonly SetAside[];
  /** Of the output, once it has a header. */
  readonly header: readonly string[] | null;
  readonly pictures: readonly string[];
}

const REASONS_KEPT = 20;
/** Milliseconds between states that are kept. */
const KEEP_EVERY = 1000;

interface PredictionOutputOptions {
  readonly run: FoundRun;
  readonly declared: ServiceDeclaration;
  readonly service: Service;
  /** Path of the answers. */
  readonly output: string;
  readonly format: PredictionFormat;
}

export class PredictionOutput {
  readonly asideFile: string;
  readonly #declared: ServiceDeclaration;
  readonly #service: Service;
  readonly #format: PredictionFormat;
  readonly #answerColumns: readonly string[];
  readonly #files: ResumableOutput<PredictionState>;
  readonly #pictures: PictureFiles;
  #state: PredictionState;
  #kept = performance.now();

  /** Goes on with what was begun of the same input by the same run. */
  constructor({ run, declared, service, output: path, format }: PredictionOutputOptions, input: string) {
    this.#declared = declared;
    this.#service = service;
    this.#format = format;
    this.#answerColumns = Object.keys(answerColumnsOf(declared, service));
    this.asideFile = `${path}.set-aside.csv`;
    this.#files = new ResumableOutput([path, this.asideFile]);
    const before = this.#files.resume((state) => state.run === run.id && state.input === input);
    this.#state = before ?? {
      run: run.id,
      input,
      rows: 0,
      predicted: 0,
      setAside: 0,
      reasons: [],
      header: null,
      pictures: [],
    };
    this.#pictures = new PictureFiles(path);
    this.#pictures.names.push(...this.#state.pictures);
    if (!before) this.#files.add(1, `${BYTE_ORDER_MARK}${csvLine(['row', 'line', 'reason', 'content'])}`);
  }

  get state(): PredictionState {
    return this.#state;
  }

  setAside({ row, line, cells }: StreamedRow, reason: Localized): void {
    this.#files.add(1, csvLine([String(row), String(line), reason.en, csvLine(cells).trimEnd()]));
    const { reasons, setAside } = this.#state;
    this.#state = {
      ...this.#state,
      setAside: setAside + 1,
      reasons: reasons.length < REASONS_KEPT ? [...reasons, { line, reason }] : reasons,
    };
  }

  write(row: StreamedRow, columns: readonly string[], answered: Readonly<Record<string, unknown>>): void {
    const answer = this.#pictures.withNames(row, answered);
    if (this.#format === 'jsonl') {
      const cells = Object.fromEntries(columns.map((name, i) => [name, row.cells[i] ?? '']));
      this.#files.add(0, `${JSON.stringify({ row: row.row, input: cells, answer })}\n`);
    } else {
      const header = this.#state.header ?? this.#begunWith(columns);
      const input = header.map((_, i) => row.cells[i] ?? '');
      const cells = answerCellsOf(this.#declared, this.#service, answer);
      this.#files.add(0, csvLine([...input, ...this.#answerColumns.map((name) => cellOf(cells[name]))]));
    }
    this.#state = { ...this.#state, predicted: this.#state.predicted + 1, pictures: this.#pictures.names };
  }

  /** The header is of the columns that there are when the first row is written. */
  #begunWith(columns: readonly string[]): readonly string[] {
    this.#state = { ...this.#state, header: columns };
    const names = [...columns, ...namesBeside(columns, this.#answerColumns)];
    this.#files.add(0, BYTE_ORDER_MARK + csvLine(names));
    return columns;
  }

  /** So many rows more are written or set aside. */
  seen(rows: number): void {
    this.#state = { ...this.#state, rows: this.#state.rows + rows };
  }

  keepAtTimes(): void {
    if (performance.now() - this.#kept <= KEEP_EVERY) return;
    this.#files.keep(this.#state);
    this.#kept = performance.now();
  }

  finish(): void {
    this.#files.keep(this.#state);
    this.#files.finish();
  }
}

/** The answer's fields beside the input's columns: one that has the name of a column is marked. */
const namesBeside = (columns: readonly string[], names: readonly string[]): string[] =>
  names.map((name) => (columns.includes(name) ? `${name} (answer)` : name));

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
