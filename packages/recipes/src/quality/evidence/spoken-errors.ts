/** Word errors of a voice log: counted from what was said and heard, Chinese by character, or taken from the log's own column of rates. */
import { type Localized, plural } from '@gradus/base';
import {
  errorCount,
  isCharacterText,
  isMixedText,
  speechTokens,
  wordErrors,
  writtenCharacters,
  writtenWords,
} from '@gradus/data';
import type { Figure } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import { cellsOf, findColumns, plainName } from './columns.ts';
import { type EvidenceTable, type LeftOut, LeftOutRows } from './evidence.ts';
import { guessedNote } from './spoken-columns.ts';
import { numberOf } from './values.ts';
import { VOICE_COLUMNS, type VoiceColumns } from './voice-columns.ts';

export interface Spoken {
  readonly table: EvidenceTable;
  readonly figures: readonly Figure[];
  /** Of each row, and how many tokens there were; 0 where nobody knows. */
  readonly errors: Float64Array;
  readonly lengths: Float64Array;
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Localized[];
}

/** Rows that can be judged, and their word errors: counted, or taken from the log's own column. */
export function readSpoken(
  table: EvidenceTable,
  columns: VoiceColumns,
  named: Readonly<Record<string, string>>,
): Spoken {
  const out = new LeftOutRows();
  const [said, heard] = [cellsOf(table, columns.reference), cellsOf(table, columns.hypothesis)];
  const isHeard = columns.reference !== undefined && columns.hypothesis !== undefined;
  // Of labels alone equal rows are not the same row twice.
  const isTold = [
    columns.reference,
    columns.hypothesis,
    columns.recording,
    columns.sentence,
    columns.user,
  ].some(Boolean);
  const seen = new Set<string>();
  const kept: number[] = [];
  for (let row = 0; row < table.rows.length; row++) {
    const whole = table.rows[row]!.join('\u0001');
    if (columns.reference !== undefined && said(row).trim() === '')
      out.add(NO_REFERENCE, table.numbers[row]!);
    else if (isTold && seen.has(whole)) out.add(DUPLICATE, table.numbers[row]!);
    else kept.push(row);
    seen.add(whole);
  }
  const rows: EvidenceTable = {
    ...table,
    rows: kept.map((row) => table.rows[row]!),
    numbers: kept.map((row) => table.numbers[row]!),
  };
  const counted = isHeard ? countErrors(rows, columns) : recordedErrors(rows, columns, out);
  const notes: Localized[] = [...counted.notes];
  const { reference, hypothesis } = columns;
  const isKnown = ({ reference: said, hypothesis: heard }: VoiceColumns) =>
    said === reference && heard === hypothesis;
  if (
    reference !== undefined &&
    hypothesis !== undefined &&
    !isKnown(findColumns(table, VOICE_COLUMNS, named))
  )
    notes.push(guessedNote({ reference, hypothesis }));
  const silent = isHeard ? kept.filter((row) => heard(row).trim() === '').length : 0;
  if (silent > 0) notes.push(nothingHeard(silent));
  const mixed = columns.reference === undefined ? 0 : kept.filter((row) => isMixedText(said(row))).length;
  if (mixed > 0) notes.push(mixedLanguages(mixed));
  return { ...counted, table: rows, leftOut: out.all, notes };
}

type Counted = Pick<Spoken, 'figures' | 'errors' | 'lengths' | 'notes'>;

function countErrors(table: EvidenceTable, columns: VoiceColumns): Counted {
  const [said, heard] = [cellsOf(table, columns.reference), cellsOf(table, columns.hypothesis)];
  const n = table.rows.length;
  const zeros = () => new Float64Array(n);
  const [errors, lengths, written, writtenLengths, characters] = [
    zeros(),
    zeros(),
    zeros(),
    zeros(),
    zeros(),
  ];
  for (let row = 0; row < n; row++) {
    const [reference, hypothesis] = [said(row), heard(row)];
    const byCharacter = isCharacterText(reference);
    const counted = wordErrors(speechTokens(reference, byCharacter), speechTokens(hypothesis, byCharacter));
    const cut = byCharacter ? writtenCharacters : writtenWords;
    const plain = wordErrors(cut(reference), cut(hypothesis));
    characters[row] = byCharacter ? 1 : 0;
    errors[row] = errorCount(counted);
    lengths[row] = counted.length;
    written[row] = errorCount(plain);
    writtenLengths[row] = plain.length;
  }
  const of = (isCharacter: number, values: Float64Array) =>
    values.map((each, row) => (characters[row] === isCharacter ? each : 0));
  const figures = [1, 0].flatMap((isCharacter) => {
    if (!characters.includes(isCharacter)) return [];
    const { id, title, asWritten } = ERROR_RATES[isCharacter as 0 | 1];
    return [
      rateFigure(id, title, of(isCharacter, errors), of(isCharacter, lengths)),
      rateFigure(`written_${id}`, asWritten, of(isCharacter, written), of(isCharacter, writtenLengths)),
    ];
  });
  return { figures: [...figures, perfectFigure(errors, lengths)], errors, lengths, notes: [] };
}

const ERROR_RATES = [
  {
    id: 'word_error_rate',
    title: figureTitle('word_error_rate'),
    asWritten: {
      en: 'word error rate as written, punctuation and case counted',
      zh: '按原样书写的词错率（计标点和大小写）',
    },
  },
  {
    id: 'character_error_rate',
    title: figureTitle('character_error_rate'),
    asWritten: {
      en: 'character error rate as written, punctuation counted',
      zh: '按原样书写的字错率（计标点）',
    },
  },
] as const;

/** A log may bring the error rate of each row, without what was heard. */
function recordedErrors(table: EvidenceTable, columns: VoiceColumns, out: LeftOutRows): Counted {
  const n = table.rows.length;
  const [errors, lengths] = [new Float64Array(n), new Float64Array(n)];
  if (columns.wordErrorRate === undefined) return { figures: [], errors, lengths, notes: [] };
  const cell = cellsOf(table, columns.wordErrorRate);
  let isPercent = false;
  for (let row = 0; row < n; row++) {
    const value = numberOf(cell(row));
    isPercent ||= value > 5;
    if (Number.isFinite(value) && value >= 0) {
      errors[row] = value;
      lengths[row] = 1;
    } else if (cell(row).trim() !== '') out.add(NO_RATE, table.numbers[row]!);
  }
  if (isPercent) for (let row = 0; row < n; row++) errors[row]! /= 100;
  const name = columns.wordErrorRate;
  const title = { en: `mean of the recorded "${name}"`, zh: `日志中“${name}”的平均值` };
  const id = /^c|字/.test(plainName(name)) ? 'character_error_rate' : 'word_error_rate';
  return {
    figures: [rateFigure(id, title, errors, lengths), perfectFigure(errors, lengths)],
    errors,
    lengths,
    notes: isPercent ? [{ en: `"${name}" is in percent.`, zh: `“${name}”以百分数表示。` }] : [],
  };
}

const rateFigure = (
  id: string,
  title: Localized,
  numerator: Float64Array,
  denominator: Float64Array,
): Figure => ({
  id,
  title,
  unit: 'share',
  better: 'less',
  values: { kind: 'ratio', range: 'error rate', numerator, denominator },
});

const perfectFigure = (errors: Float64Array, lengths: Float64Array): Figure => ({
  id: 'heard_exactly',
  title: { en: 'sentences heard without an error', zh: '完全听对的句子' },
  unit: 'share',
  better: 'more',
  values: {
    kind: 'ratio',
    range: 'share',
    numerator: errors.map((each, row) => (lengths[row]! > 0 && each === 0 ? 1 : 0)),
    denominator: lengths.map((each) => (each > 0 ? 1 : 0)),
  },
});
const NO_REFERENCE = {
  en: 'nothing stands for what was said: an empty reference has no error rate',
  zh: '参考文本为空：无法计算错误率',
};
const DUPLICATE = { en: 'the same as an earlier row in every column', zh: '与前面某一行完全相同' };
const NO_RATE = { en: 'the error rate is no number of 0 or more', zh: '错误率不是非负数字' };

const nothingHeard = (rows: number): Localized => ({
  en: `In ${plural(rows, 'row')} nothing was heard (the hypothesis is empty): all words count as lost.`,
  zh: `有 ${rows} 行未识别出任何内容（识别结果为空）：其全部字词计为丢失。`,
});

const mixedLanguages = (rows: number): Localized => ({
  en: `${plural(rows, 'sentence')} with Chinese and words of another script: Chinese is counted by character, the rest by word.`,
  zh: `有 ${rows} 句中外文混用：中文按字计，其余按词计。`,
});
