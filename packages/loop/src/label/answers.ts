/**
 * Answers, read back: each finds its row by number and fingerprint, or by fingerprint alone where rows have moved. What cannot
 * be used is set aside with the reason: the row is another one now, two answers differ, the label looks like a slip of the pen.
 */
import { basename } from 'node:path';
import type { Localized } from '@gradus/base';
import { UserError } from '@gradus/base';
import { closestName, readEveryRow, unharmed } from '@gradus/data';
import { countLabels, type LabelTable, labelProblem } from './table.ts';

export interface AnswerSetAside {
  /** In the file of answers. */
  readonly line: number;
  readonly reason: Localized;
}

export interface Answers {
  /** By row of the table, the answers taken in. */
  readonly labels: readonly string[];
  readonly answered: number;
  readonly rows: ReadonlySet<number>;
  /** Labels that were changed by a second look. */
  readonly changed: number;
  /** Rows that are equal to one that was answered. */
  readonly copied: number;
  /** Answers as suggested, of those that had a suggestion. */
  readonly asSuggested: { readonly count: number; readonly of: number };
  readonly newClasses: readonly string[];
  readonly setAside: readonly AnswerSetAside[];
}

/** Characters of a label that may be a slip of the pen. */
const SHORTEST_SLIP = 4;

interface Answer {
  readonly line: number;
  readonly row: number;
  readonly label: string;
  readonly suggested: string;
}

/** @throws UserError where the file holds no answers */
export async function readAnswers(labelTable: LabelTable, path: string): Promise<Answers> {
  const name = basename(path);
  const { columns, rows: read } = await readEveryRow(path);
  const at = (column: string) => columns.indexOf(column);
  if (at('label') < 0 || (at('row') < 0 && at('check') < 0)) {
    throw new UserError({
      en: `${name} holds no answers: expected the columns "row", "check" and "label", as in the file of questions; it has ${columns.map((column) => `"${column}"`).join(', ')}.`,
      zh: `${name} 中没有答案：需要与问题文件相同的“row”“check”“label”列；现有 ${columns.join('、')}。`,
    });
  }
  const cell = (row: readonly string[], column: string) => row[at(column)]?.trim() ?? '';
  const setAside: AnswerSetAside[] = read.flatMap(({ line, reason }) =>
    reason === undefined ? [] : [{ line, reason: { en: reason.en, zh: `无法读取：${reason.zh}` } }],
  );
  const rows = read.filter(({ reason }) => reason === undefined);
  const spelling = spellings(labelTable.labels);
  const places = placesOf(labelTable);
  const found: Answer[] = [];
  const given = rows.map(({ cells }) =>
    unharmed(cell(cells, 'label')).normalize('NFKC').replace(/\s+/g, ' ').trim(),
  );
  const counts = countLabels(given.map(keyOf));
  for (const [i, { line, cells: row }] of rows.entries()) {
    const label = given[i]!;
    if (label === '') continue;
    const place = places(cell(row, 'row'), cell(row, 'check'));
    const known = spelling.get(keyOf(label));
    const problem =
      (typeof place === 'number' ? undefined : place) ??
      labelProblem(label) ??
      (known === undefined && counts.get(keyOf(label)) === 1 ? slip(label, spelling) : undefined);
    if (problem) setAside.push({ line, reason: problem });
    else
      found.push({
        line,
        row: place as number,
        label: known ?? label,
        suggested: unharmed(cell(row, 'suggested')),
      });
  }
  if (found.length === 0 && setAside.length === 0)
    throw new UserError({
      en: `${name} holds no answers yet: its column "label" is empty.`,
      zh: `${name} 中还没有答案：“label”列为空。`,
    });
  return { ...taken(labelTable, oneEach(found, labelTable, setAside)), setAside };
}

/** Spelt as the table spells it, whatever its capitals. */
function spellings(labels: readonly string[]): Map<string, string> {
  return new Map([...countLabels(labels).keys()].reverse().map((label) => [keyOf(label), label]));
}

/** Spreadsheets make 1.0 of 1, and TRUE of true. */
const keyOf = (label: string): string =>
  label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^(-?\d+)\.0+$/, '$1');

function slip(label: string, spelling: ReadonlyMap<string, string>): Localized | undefined {
  // "2" is no misspelt "1".
  if (label.length < SHORTEST_SLIP) return undefined;
  const close = closestName(label, [...spelling.values()]);
  if (close === undefined) return undefined;
  return {
    en: `"${label}" is none of the labels so far; did you mean "${close}"?`,
    zh: `“${label}”不是已有的标签；是否指“${close}”？`,
  };
}

function placesOf({ table, checks, file }: LabelTable): (row: string, check: string) => number | Localized {
  const byNumber = new Map(table.numbers.map((number, place) => [number, place]));
  const byCheck = Map.groupBy(checks.keys(), (place) => checks[place]!);
  return (row, check) => {
    const place = byNumber.get(Number(row));
    if (row !== '' && place !== undefined && (check === '' || checks[place] === check)) return place;
    const moved = byCheck.get(check);
    // Rows that are equal get the same answer, whichever of them it was.
    if (moved) return moved[0]!;
    return check === ''
      ? { en: `there is no row "${row}"`, zh: `没有第“${row}”行` }
      : {
          en: `row ${row} is not what it was when the question was written: ${basename(file)} has changed`,
          zh: `第 ${row} 行与提问时不同：${basename(file)} 已经更改`,
        };
  };
}

/** Where two answers to a row differ, neither is used. */
function oneEach(answers: readonly Answer[], { table }: LabelTable, setAside: AnswerSetAside[]): Answer[] {
  return [...Map.groupBy(answers, ({ row }) => row)].flatMap(([row, given]) => {
    const labels = [...new Set(given.map(({ label }) => label))];
    if (labels.length === 1) return given.slice(0, 1);
    const list = (quote: (label: string) => string) => labels.map(quote).join(', ');
    const number = table.numbers[row];
    for (const { line } of given) {
      setAside.push({
        line,
        reason: {
          en: `row ${number} is answered in different ways: ${list((label) => `"${label}"`)}`,
          zh: `第 ${number} 行有不同的回答：${list((label) => `“${label}”`)}`,
        },
      });
    }
    return [];
  });
}

function taken(labelTable: LabelTable, answers: readonly Answer[]): Omit<Answers, 'setAside'> {
  const labels = [...labelTable.labels];
  let changed = 0;
  for (const { row, label } of answers) {
    if (labels[row] !== '' && labels[row] !== label) changed += 1;
    labels[row] = label;
  }
  const { looked, features } = labelTable;
  const place = new Map(Array.from(looked, (row, at) => [row, at]));
  const answered = new Map(
    answers.flatMap(({ row, label }) => {
      const at = place.get(row);
      return at === undefined ? [] : [[features.equal[at]!, label] as const];
    }),
  );
  let copied = 0;
  for (const [at, row] of looked.entries()) {
    const label = answered.get(features.equal[at]!);
    if (label === undefined || labels[row] !== '') continue;
    labels[row] = label;
    copied += 1;
  }
  const before = countLabels(labelTable.labels);
  const suggested = answers.filter(({ suggested }) => suggested !== '');
  return {
    labels,
    answered: answers.length,
    rows: new Set(answers.map(({ row }) => row)),
    changed,
    copied,
    asSuggested: {
      count: suggested.filter(({ label, suggested }) => label === suggested).length,
      of: suggested.length,
    },
    newClasses: [...countLabels(labels).keys()].filter((label) => !before.has(label)),
  };
}
