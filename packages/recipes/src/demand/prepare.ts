/** Step 1: from a file to reviews, with what was chosen and what was set aside. */

import { basename } from 'node:path';
import { count, type Localized, percent, plural, UserError } from '@gradus/base';
import {
  cleanText,
  findDuplicates,
  findRoles,
  isDefaultText,
  LANGUAGE_NAMES,
  languageOf,
  parseTimes,
  type Role,
  type Roles,
  readTable,
  type Table,
} from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import type { AnyWarning } from './analysis/warning-data.ts';
import { advertReason, copiesOf, copyReason } from './copies.ts';
import type { DemandOptions } from './options.ts';
import type { DataSummary } from './report/data-summary.ts';
import type { Review } from './review.ts';
import { type OpinionColumn, opinionsOf } from './satisfaction.ts';
import { segmentColumns } from './segments.ts';

type SetAside = DataSummary['setAside'][number];

export interface Prepared {
  readonly reviews: readonly Review[];
  readonly data: DataSummary;
  /** By review: the index of the first one like it. */
  readonly duplicates: Int32Array;
  /** What to know of the data before trusting the rest. */
  readonly cautions: readonly AnyWarning[];
}

/** More rows than this are sampled: enough for themes of a tenth of a percent. */
const MOST_ROWS = 40_000;
const FEWEST_REVIEWS = 10;

export async function prepare({ run }: { readonly run: RunContext<DemandOptions> }): Promise<Prepared> {
  const source = run.sources.data!;
  const file = basename(source.address);
  const table = await readTable(source.path, {
    maxRows: MOST_ROWS,
    signal: run.signal,
    onProgress: (bytes, total) => run.progress({ en: 'rows', zh: '行' }, bytes, total),
  });
  const roles = findRoles(table, run.options);
  const { reviews: written, silent, cautions } = reviewsOf(table, roles, run.options);
  run.progress({ en: 'duplicates', zh: '重复' }, 0, 1);
  const { reviews, duplicates, copied, copies } = withoutCopies(written);
  if (reviews.length < FEWEST_REVIEWS) {
    throw new UserError({
      en: `${file} has ${reviews.length} rows with text in "${roles.text.column}"; at least ${FEWEST_REVIEWS} are needed to tell themes from chance, and some hundreds to be sure of them. Collect more, or name another column with --text.`,
      zh: `${file} 的“${roles.text.column}”列有 ${reviews.length} 行文本；至少需要 ${FEWEST_REVIEWS} 行才能区分主题与偶然，有几百行才可靠。请补充数据，或用 --text 指定另一列。`,
    });
  }
  const setAside = [
    ...table.setAside.rows.map(({ row, reason }) => ({ row, reason })),
    ...silent,
    ...copied,
  ].sort((a, b) => a.row - b.row);
  return {
    reviews,
    data: {
      file,
      rows: {
        read: table.rowsRead,
        used: reviews.length,
        setAside: table.setAside.count + silent.length + copied.length,
      },
      columns: roles,
      setAside: setAside.slice(0, 1000),
      notes: notesOf(table, reviews),
    },
    duplicates,
    cautions: [...cautions, ...copies],
  };
}

function reviewsOf(
  table: Table,
  roles: Roles,
  named: DemandOptions,
): { reviews: Review[]; silent: SetAside[]; cautions: readonly AnyWarning[] } {
  const cells = (role: Role): string[] | undefined => {
    const at = table.columns.indexOf(roles[role].column ?? '');
    return at < 0 ? undefined : table.rows.map((row) => row[at]!);
  };
  const texts = withTitles(table, roles, cells('text')!).map(cleanText);
  const groups = segmentColumns(table, roles);
  const opinionColumn = (role: 'label' | 'rating'): OpinionColumn | undefined => {
    const [name, own] = [roles[role].column, cells(role)];
    return name !== undefined && own ? { name, cells: own, isNamed: named[role] !== undefined } : undefined;
  };
  const { ratings, labels, cautions } = opinionsOf({
    label: opinionColumn('label'),
    rating: opinionColumn('rating'),
  });
  const times = cells('time') && parseTimes(cells('time')!, true).times;
  const products = cells('product')?.map((name) => cleanText(name).slice(0, 100));
  const reviews: Review[] = [];
  const silent: SetAside[] = [];
  const defaults: string[] = [];
  for (const [i, text] of texts.entries()) {
    const row = table.numbers[i]!;
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)) {
      silent.push({ row, reason: { en: 'the text is empty', zh: '文本为空' } });
      continue;
    }
    if (isDefaultText(text)) {
      silent.push({ row, reason: { en: 'nobody wrote the text', zh: '文本并非客户所写' } });
      defaults.push(text);
      continue;
    }
    const [label, rating, time, product] = [labels?.[i], ratings?.[i], times?.[i], products?.[i]];
    const segments = Object.fromEntries(
      groups.flatMap(({ column, groups: of }) => (of[i] === undefined ? [] : [[column, cleanText(of[i])]])),
    );
    reviews.push({
      row,
      text,
      ...(label !== undefined && { label }),
      ...(rating !== undefined && { rating }),
      ...(time !== undefined && { time }),
      ...(product && { product }),
      ...(groups.length > 0 && { segments }),
    });
  }
  const unwritten: AnyWarning[] =
    defaults.length === 0
      ? []
      : [{ id: 'default-texts', data: { count: defaults.length, examples: examplesOf(defaults) } }];
  return { reviews, silent, cautions: [...cautions, ...unwritten] };
}

const TITLE = /^(?:review[ _]?)?(?:title|headline|subject|标题|评价标题)$/iu;

/** What stands in a column of titles is a part of the review; often it says the most. */
function withTitles(table: Table, roles: Roles, texts: readonly string[]): string[] {
  const at = table.columns.findIndex((name) => TITLE.test(name.trim()) && name !== roles.text.column);
  return texts.map((text, i) => {
    const title = at < 0 ? '' : (table.rows[i]![at] ?? '').trim();
    if (title === '' || text.startsWith(title)) return text;
    return /[\p{P}]$/u.test(title) ? `${title} ${text}` : `${title}. ${text}`;
  });
}

const MOST_EXAMPLES = 3;

const examplesOf = (texts: readonly string[]): string[] =>
  [...Map.groupBy(texts, (text) => text)]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_EXAMPLES)
    .map(([text]) => text);

/** Each text once: a copy is no second voice. */
function withoutCopies(written: readonly Review[]): {
  reviews: Review[];
  duplicates: Int32Array;
  copied: SetAside[];
  copies: AnyWarning[];
} {
  const texts = written.map(({ text }) => text);
  const duplicates = findDuplicates(texts);
  const { firstOf, groups } = copiesOf(texts, duplicates);
  const adverts = new Map(groups.flatMap(({ first, size, isAdvert }) => (isAdvert ? [[first, size]] : [])));
  const kept = [...written.keys()].filter((i) => firstOf[i] === i && !adverts.has(i));
  const place = new Map(kept.map((from, to) => [from, to]));
  const examples = groups
    .slice(0, MOST_EXAMPLES)
    .map(({ first, size }) => ({ text: texts[first]!, count: size }));
  const copies = groups.reduce((sum, { size }) => sum + size, 0);
  return {
    reviews: kept.map((i) => written[i]!),
    // The first of those that are alike is never a copy itself.
    duplicates: Int32Array.from(kept, (i) => place.get(duplicates[i]!)!),
    copied: [...firstOf.entries()]
      .filter(([i, first]) => first !== i || adverts.has(i))
      .map(([i, first]) => {
        const copied = adverts.get(first);
        const reason = copied === undefined ? copyReason(written[first]!.row) : advertReason(copied);
        return { row: written[i]!.row, reason };
      }),
    copies:
      copies === 0
        ? []
        : [
            {
              id: 'copies',
              data: {
                texts: copies,
                different: groups.length,
                adverts: [...adverts.values()].reduce((a, b) => a + b, 0),
                examples,
              },
            },
          ],
  };
}

const FORMAT_NAMES: Readonly<Record<Table['format'], Localized>> = {
  csv: { en: 'CSV', zh: 'CSV' },
  json: { en: 'JSON', zh: 'JSON' },
  jsonl: { en: 'JSON Lines', zh: 'JSON Lines' },
  parquet: { en: 'Parquet', zh: 'Parquet' },
  xlsx: { en: 'Excel workbook', zh: 'Excel 工作簿' },
  html: { en: 'table of a page (HTML or XML)', zh: '网页表格（HTML 或 XML）' },
  sqlite: { en: 'SQLite database', zh: 'SQLite 数据库' },
  postgres: { en: 'Postgres database', zh: 'Postgres 数据库' },
  folder: { en: 'several files', zh: '多个文件' },
};

const DELIMITERS: Readonly<Record<string, Localized>> = {
  ',': { en: 'columns separated by commas', zh: '列以逗号分隔' },
  '\t': { en: 'columns separated by tabs', zh: '列以制表符分隔' },
  ';': { en: 'columns separated by semicolons', zh: '列以分号分隔' },
  '|': { en: 'columns separated by |', zh: '列以 | 分隔' },
  '': { en: 'one text a line', zh: '每行一条文本' },
};

function notesOf(table: Table, reviews: readonly Review[]): Localized[] {
  const notes: Localized[] = [];
  const delimiter = DELIMITERS[table.delimiter ?? 'none'];
  if (table.encoding && delimiter !== undefined) {
    notes.push({
      en: `Encoding ${table.encoding}, ${delimiter.en}.`,
      zh: `编码 ${table.encoding}，${delimiter.zh}。`,
    });
  } else
    notes.push({
      en: `Format: ${FORMAT_NAMES[table.format].en}.`,
      zh: `格式：${FORMAT_NAMES[table.format].zh}。`,
    });
  if (table.part && table.part.others.length > 0) {
    notes.push({
      en: `Read: ${table.part.name}. Not read: ${table.part.others.join(', ')}.`,
      zh: `已读取：${table.part.name}。未读取：${table.part.others.join('、')}。`,
    });
  }
  for (const { file, reason } of table.setAside.files?.slice(0, 20) ?? []) {
    notes.push({ en: `${file} was not read: ${reason.en}`, zh: `未读取 ${file}：${reason.zh}` });
  }
  if (table.foreignLines > 0) {
    notes.push({
      en: `${table.foreignLines} lines are in another encoding than the rest and were read by it.`,
      zh: `有 ${table.foreignLines} 行的编码与其余不同，已按各自编码读取。`,
    });
  }
  if (table.mergedFilled !== undefined) {
    notes.push({
      en: `${plural(table.mergedFilled, 'cell')} took the value of the cell merged with ${table.mergedFilled === 1 ? 'it' : 'them'}.`,
      zh: `${count(table.mergedFilled)} 个单元格取用了其所属合并单元格的值。`,
    });
  }
  if (table.encodingDoubt) {
    notes.push({
      en: `The encoding is in doubt: it may be ${table.encodingDoubt.join(' or ')} as well. If special letters are wrong, save the file in UTF-8.`,
      zh: `编码无法确定：也可能是 ${table.encodingDoubt.join('、')}。若特殊字符有误，请将文件另存为 UTF-8。`,
    });
  }
  if (table.linesAbove !== undefined) {
    notes.push({
      en: `${table.linesAbove === 1 ? 'One line' : `${table.linesAbove} lines`} above the header passed over.`,
      zh: `表头上方的 ${table.linesAbove} 行已跳过。`,
    });
  }
  if (table.sampled) {
    notes.push({
      en: `The file is large: an even sample of ${count(table.rows.length)} of its ${count(table.rowsRead)} rows was analysed.`,
      zh: `文件很大：从 ${count(table.rowsRead)} 行中均匀抽取 ${count(table.rows.length)} 行进行分析。`,
    });
  }
  const languages = Map.groupBy(reviews, ({ text }) => languageOf(text));
  const shares = [...languages].sort(([, a], [, b]) => b.length - a.length);
  const tell = (language: 'en' | 'zh') =>
    shares
      .map(([key, { length }]) => `${LANGUAGE_NAMES[key][language]} ${percent(length / reviews.length)}`)
      .join(', ');
  notes.push({ en: `Languages: ${tell('en')}.`, zh: `语言：${tell('zh')}。` });
  return notes;
}
