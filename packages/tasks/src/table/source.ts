/** A run's table, and the one for testing where there is one, as rows of the table task. */
import { basename, dirname } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import type { RunContext, RunSource } from '@gradus/loop';
import { type ImageEncoder, STATISTICS } from '../image/encoder.ts';
import { readEncoder } from '../image/imported-encoder.ts';
import type { PixelRange } from '../image/pixel-range.ts';
import type { TaskData } from '../recipe/read.ts';
import { openBroughtEncoder } from '../shared/brought-encoder.ts';
import type { TableColumn, TableRows } from './columns.ts';
import { CLASS_COLUMNS, type ClassFolder, isClassFolder, readClassFolder } from './images/class-folder.ts';
import { describeRows } from './images/describe-rows.ts';
import { findImages } from './images/find-images.ts';
import { futureInWords } from './read/future.ts';
import { tableRows } from './read/rows.ts';
import type { TaskKind } from './read/target.ts';
import { withVectors } from './texts/describe-texts.ts';

/** What a recipe's options say of the table. */
export interface TableSourceOptions {
  readonly target?: string | undefined;
  readonly time?: string | undefined;
  readonly group?: string | undefined;
  readonly weight?: string | undefined;
  readonly ignore?: readonly string[];
  readonly task?: TaskKind | undefined;
  readonly pixels?: PixelRange | undefined;
}

/** More cells than this are sampled evenly, by rows. */
const MOST_CELLS = 30_000_000;
const MOST_CHARACTERS = 400e6;
/** Rows that are read before anyone knows how many columns there are. */
const MOST_ROWS = 1_000_000;

/** @param sources The names of the run's sources */
export async function readTableRows(
  run: RunContext<TableSourceOptions>,
  sources: { readonly main: string; readonly test: string; readonly encoder: string },
): Promise<TaskData<TableRows>> {
  const { time, group, weight, ignore } = run.options;
  // Numbers that were classes stay classes when the file has grown.
  const task = run.options.task ?? (run.parent?.summary as { readonly task?: TaskKind } | undefined)?.task;
  const { table: main, folder, notes: readNotes, target: usual } = await read(run, sources.main);
  const target = run.options.target ?? usual;
  const file = basename(run.sources[sources.main]!.address);
  if (target === undefined) throw new UserError(noTarget(file, main.columns));
  const test = run.sources[sources.test] && (await read(run, sources.test));
  const images = await findImages(main, folder);
  const choice = { target, time, group, weight, ignore, images: images.columns, task };
  const { rows: undescribed, notes, setAside } = tableRows(main, choice, test?.table);
  const { encoder, encoderNotes } = encoderOf(run, sources.encoder, images.columns.length > 0);
  const { rows: seen, notes: imageNotes } = await describeRows(undescribed, encoder, {
    folders: [folder, test?.folder],
    signal: run.signal,
    onProgress: (done, total) => run.progress(IMAGES, done, total),
  });
  const { rows, notes: textNotes } = await withTextEncoder(run, seen, sources.encoder);
  const named = { target, time: rows.times?.column, group: rows.groups?.column, weight };
  return {
    rows,
    used: rows.count,
    file,
    read: main.rowsRead + (test?.table.rowsRead ?? 0),
    setAside: main.setAside.count + (test?.table.setAside.count ?? 0) + setAside.length,
    columns: Object.fromEntries(
      Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    notes: [
      ...readNotes,
      ...notes,
      ...images.notes,
      ...encoderNotes,
      ...imageNotes,
      ...textNotes,
      ...(rows.times ? futureInWords(rows.times, Date.now()) : []),
      ...setAsideInWords(setAside),
    ],
  };
}

interface ReadSource {
  readonly table: ClassFolder['table'] & { readonly setAside: { readonly count: number } };
  /** Where the names of its images are looked for. */
  readonly folder: string | undefined;
  readonly notes: readonly Localized[];
  /** What is predicted unless somebody says otherwise. */
  readonly target?: string;
}

async function read(run: RunContext<TableSourceOptions>, name: string): Promise<ReadSource> {
  const source = run.sources[name]!;
  if (source.kind === 'folder' && isClassFolder(source.path)) {
    const { table, notes } = readClassFolder(source.path);
    return {
      table: { ...table, setAside: { count: 0 } },
      folder: source.path,
      notes,
      target: CLASS_COLUMNS.class,
    };
  }
  const table = await readTable(source.path, {
    maxRows: MOST_ROWS,
    maxCharacters: MOST_CHARACTERS,
    signal: run.signal,
    onProgress: (bytes, total) => run.progress({ en: 'rows', zh: '行' }, bytes, total),
  });
  const folder = folderOf(source);
  const most = Math.floor(MOST_CELLS / table.columns.length);
  if (table.rows.length <= most) return { table, folder, notes: [] };
  const places = Array.from({ length: most }, (_, i) => Math.floor((i * table.rows.length) / most));
  const sampled = {
    ...table,
    rows: places.map((i) => table.rows[i]!),
    numbers: places.map((i) => table.numbers[i]!),
    sampled: true,
  };
  return { table: sampled, folder, notes: [] };
}

/** What lies in a database or on S3 has no folder beside it. */
const folderOf = ({ kind, path }: RunSource): string | undefined =>
  kind === 'file' ? dirname(path) : kind === 'folder' ? path : undefined;

const IMAGES: Localized = { en: 'images', zh: '图像' };

function encoderOf(
  run: RunContext<TableSourceOptions>,
  name: string,
  hasImages: boolean,
): { readonly encoder: ImageEncoder; readonly encoderNotes: readonly Localized[] } {
  const source = run.sources[name];
  if (!source || isOfTexts(source))
    return { encoder: STATISTICS, encoderNotes: hasImages ? [STATISTICS_NOTE] : [] };
  if (!hasImages) return { encoder: STATISTICS, encoderNotes: [NO_IMAGES] };
  const { encoder, note } = readEncoder(source.path, run.options.pixels);
  return { encoder, encoderNotes: [note] };
}

/** A network that describes images is one file; an encoder of texts has its tokenizer beside it, in a folder. */
const isOfTexts = ({ kind }: RunSource): boolean => kind === 'folder' || kind === 'preset';

/** @throws UserError where the folder holds no encoder of texts */
async function withTextEncoder(
  run: RunContext<TableSourceOptions>,
  rows: TableRows,
  name: string,
): Promise<{ readonly rows: TableRows; readonly notes: readonly Localized[] }> {
  const source = run.sources[name];
  if (!source || !isOfTexts(source)) return { rows, notes: [] };
  if (!rows.columns.some(({ cells }) => cells.kind === 'text')) return { rows, notes: [NO_TEXTS] };
  const { encoder, ref } = await openBroughtEncoder(source.kind === 'preset' ? source.address : source.path);
  try {
    const columns: TableColumn[] = [];
    for (const column of rows.columns) {
      const { cells } = column;
      const options = {
        signal: run.signal,
        onTexts: (done: number, total: number) => run.progress(TEXTS, done, total),
      };
      columns.push(
        cells.kind === 'text' ? { ...column, cells: await withVectors(cells, encoder, options) } : column,
      );
    }
    return { rows: { ...rows, columns, textEncoder: ref }, notes: [] };
  } finally {
    await encoder.close();
  }
}

const TEXTS: Localized = { en: 'texts', zh: '文本' };
const NO_TEXTS: Localized = {
  en: 'No column that is learnt from holds texts: the encoder of --encoder was not used. A network that describes images is an .onnx file.',
  zh: '参与学习的列中没有文本列，--encoder 给出的文本编码器未使用。描述图像的网络应为 .onnx 文件。',
};

const STATISTICS_NOTE: Localized = {
  en: 'Images are described by strokes and colours, which need no trained network. With one (--encoder model.onnx) shapes and things are told apart better.',
  zh: '图像以笔画和颜色的统计描述，无需训练好的网络；若提供网络（--encoder model.onnx），能更好地区分形状与物体。',
};
const NO_IMAGES: Localized = {
  en: 'No column holds images: the network of --encoder was not used. An encoder of texts is a folder, with its tokenizer beside it.',
  zh: '没有图像列，--encoder 给出的网络未使用。文本编码器应为文件夹，其中带有分词器。',
};

/** Reasons that rows were set aside for, the most frequent first, with the first row of each. */
function setAsideInWords(
  setAside: readonly { readonly row: number; readonly reason: Localized }[],
): Localized[] {
  const byReason = [...Map.groupBy(setAside, ({ reason }) => reason.en).values()];
  return byReason
    .sort((a, b) => b.length - a.length)
    .slice(0, 5)
    .map((rows) => ({
      en: `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} set aside, the first of them row ${rows[0]!.row}: ${rows[0]!.reason.en}.`,
      zh: `搁置 ${rows.length} 行（首个为第 ${rows[0]!.row} 行）：${rows[0]!.reason.zh}。`,
    }));
}

const noTarget = (file: string, columns: readonly string[]): Localized => ({
  en: `Say which column shall be predicted: --target COLUMN. The columns of ${file} are ${shown(columns, ', ')}.`,
  zh: `请指明要预测哪一列：--target 列名。${file} 的列有：${shown(columns, '、')}。`,
});

const shown = (columns: readonly string[], comma: string): string =>
  columns.slice(0, 30).join(comma) + (columns.length > 30 ? `${comma}…` : '');
