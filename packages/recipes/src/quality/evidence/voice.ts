/**
 * The log of a voice assistant: what was said and what was heard, what was meant and what was understood, whether it helped. Word
 * errors are counted over all rows, not averaged over sentences, as they are everywhere else; of Chinese by character.
 */
import type { Localized } from '@gradus/base';
import {
  errorCount,
  isCharacterText,
  isMixedText,
  speechTokens,
  wordErrors,
  writtenCharacters,
  writtenWords,
  yesOrNo,
} from '@gradus/data';
import type { Figure, SliceColumn } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import { chainSection } from './chain.ts';
import { cellsOf, clustersBy, findColumns, plainName, sliceColumns, versionColumn } from './columns.ts';
import { entityFigure } from './entities.ts';
import {
  type Evidence,
  type EvidenceSettings,
  type EvidenceTable,
  type LeftOut,
  LeftOutRows,
} from './evidence.ts';
import { type Joined, SYSTEM } from './join.ts';
import { labelFigures, labelPairs } from './labels.ts';
import { RECORDING_FIGURES } from './recordings.ts';
import { satisfactionFigure } from './satisfaction.ts';
import { guessedNote, guessedSpoken } from './spoken-columns.ts';
import { numberOf, quoteOf } from './values.ts';

export const VOICE_COLUMNS = {
  reference: [
    'reference',
    'ref',
    'transcript',
    'groundtruth',
    'said',
    'sentence',
    'gold',
    'truth',
    '参考',
    '参考文本',
    '标注文本',
    '正确文本',
    '原文',
  ],
  hypothesis: [
    'hypothesis',
    'hyp',
    'asr',
    'asrresult',
    'recognized',
    'recognised',
    'heard',
    'predictedsentence',
    'predictedreference',
    '识别结果',
    '识别文本',
  ],
  wordErrorRate: ['wer', 'worderrorrate', 'cer', 'charactererrorrate', '字错率', '词错率'],
  annotation: ['annotation', 'entities', 'slots', '实体', '槽位'],
  entities: ['predictedentities', 'predentities', 'entitiespredicted', 'predictedslots', '预测实体'],
  success: ['success', 'tasksuccess', 'completed', 'resolved', '成功', '任务成功', '是否成功'],
  satisfaction: ['satisfaction', 'csat', 'userrating', 'rating', '满意度', '评分'],
  user: ['user', 'userid', 'speaker', 'speakerid', 'customer', '用户', '用户id', '说话人'],
  sentence: ['sentenceid', 'slurpid', 'utteranceid', 'promptid'],
  system: [
    'system',
    'asrsystem',
    'engine',
    'asrengine',
    'recognizer',
    'recogniser',
    'vendor',
    '系统',
    '引擎',
    '识别系统',
  ],
  recording: ['file', 'audio', 'wav', 'recording', '录音', '音频'],
} as const;

type VoiceColumns = Partial<Record<keyof typeof VOICE_COLUMNS, string>>;

/** SLURP's and others' records of entities without `predicted_` stand beside an annotated sentence. */
function withEntities(table: EvidenceTable, columns: VoiceColumns): VoiceColumns {
  if (columns.entities !== undefined || columns.annotation === undefined) return columns;
  const heard = table.columns.find(
    (name) => name !== columns.annotation && /^(entities|slots)$/.test(plainName(name)),
  );
  return heard === undefined ? columns : { ...columns, entities: heard };
}

export function voiceColumns(
  table: EvidenceTable,
  named: Readonly<Record<string, string>> = {},
): VoiceColumns {
  const found = withEntities(table, findColumns(table, VOICE_COLUMNS, named));
  return { ...found, ...guessedSpoken(table, found) };
}

/** Whether a table is one: it has what was heard, or labels of what was understood. */
export function isVoiceLog(table: EvidenceTable): boolean {
  const columns = voiceColumns(table);
  const isHeard = columns.reference !== undefined && columns.hypothesis !== undefined;
  const isRecorded = table.columns.includes(RECORDING_FIGURES[0]);
  return (
    isHeard || isRecorded || columns.wordErrorRate !== undefined || labelPairs(table, new Set()).length > 0
  );
}

export function voiceEvidence(joined: Joined, settings: EvidenceSettings): Evidence {
  const { standard, version, slices } = settings;
  const { table, leftOut: notJoined } = joined;
  const columns = voiceColumns(table, standard.columns);
  const spoken = readSpoken(table, columns, standard.columns);
  const kept = spoken.table;
  const cell = (role: keyof VoiceColumns) => cellsOf(kept, columns[role]);
  const taken = new Set(Object.values(columns));
  const pairs = labelPairs(kept, taken);
  const labels = labelFigures(kept, pairs);
  const heardWrong = spoken.errors.map((errors, row) =>
    spoken.lengths[row]! > 0 ? (errors > 0 ? 1 : 0) : Number.NaN,
  );
  const satisfaction =
    columns.satisfaction === undefined ? undefined : satisfactionFigure(kept, columns.satisfaction);
  const clustered = clustersBy(kept, [columns.user, columns.sentence, columns.reference]);
  const systems = joined.isOfSystems ? SYSTEM : systemColumn(kept, columns);
  const versions = versionColumn(kept, version ?? systems);
  const figures = [
    ...spoken.figures,
    ...labels.figures,
    ...(columns.annotation !== undefined && columns.entities !== undefined
      ? [entityFigure(kept.rows.length, cell('annotation'), cell('entities'))]
      : []),
    ...(columns.success === undefined ? [] : [successFigure(kept, columns.success)]),
    ...(satisfaction ? [satisfaction.figure] : []),
  ];
  const chain = chainSection(heardWrong, labels.allRight, clustered?.clusters);
  const predicted = pairs.map((pair) => pair.predicted);
  const parts = sliceColumns(kept, {
    asked: slices,
    taken: new Set([...taken, ...predicted, ...(versions ? [versions.name] : []), SYSTEM]),
  });
  return {
    kind: 'voice',
    file: table.file,
    rows: Int32Array.from(kept.numbers),
    figures,
    ...(clustered && { clusters: clustered.clusters, clusteredBy: clustered.name }),
    slices: [...(slices.length > 0 ? [] : nameWords(kept, columns.recording)), ...parts],
    ...(versions && { versions }),
    quotes: kept.rows.map((_, row) =>
      quoteOf(
        cell('reference')(row),
        cell('hypothesis')(row),
        ...pairs.map(({ expected, predicted }) => {
          const [a, b] = [cellsOf(kept, expected)(row), cellsOf(kept, predicted)(row)];
          return a === b ? '' : `${expected}: ${a} / ${b}`;
        }),
      ),
    ),
    leftOut: [...notJoined, ...spoken.leftOut],
    notes: [...joined.notes, ...spoken.notes, ...labels.notes, ...(satisfaction?.notes ?? [])],
    sections: chain ? [chain] : [],
    columns: {
      ...(columns as Record<string, string>),
      ...Object.fromEntries(pairs.map(({ name, predicted }) => [`predicted ${name}`, predicted])),
    },
  };
}

/** A column that names the system of each row, where several of them heard the same sentences. */
function systemColumn(
  table: EvidenceTable,
  { system, sentence, reference }: VoiceColumns,
): string | undefined {
  const said = sentence ?? reference;
  if (system === undefined || said === undefined) return undefined;
  const [name, spoken] = [cellsOf(table, system), cellsOf(table, said)];
  const systemsOf = new Map<string, Set<string>>();
  for (let row = 0; row < table.rows.length; row++)
    systemsOf.set(spoken(row), (systemsOf.get(spoken(row)) ?? new Set()).add(name(row)));
  const shared = [...systemsOf.values()].filter(({ size }) => size > 1).length;
  return shared >= FEWEST_SHARED * systemsOf.size ? system : undefined;
}

/** Of the sentences, so many were heard by several systems. */
const FEWEST_SHARED = 0.5;

interface Spoken {
  readonly table: EvidenceTable;
  readonly figures: readonly Figure[];
  /** Of each row, and how many tokens there were; 0 where nobody knows. */
  readonly errors: Float64Array;
  readonly lengths: Float64Array;
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Localized[];
}

/** Rows that can be judged, and their word errors: counted, or taken from the log's own column. */
function readSpoken(
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

function successFigure(table: EvidenceTable, column: string): Figure {
  const cell = cellsOf(table, column);
  const values = Float64Array.from(table.rows, (_, row) => yesOrNo(cell(row)));
  return {
    id: 'task_success',
    title: figureTitle('task_success'),
    unit: 'share',
    better: 'more',
    values: {
      kind: 'ratio',
      range: 'share',
      numerator: values.map((each) => (each === 1 ? 1 : 0)),
      denominator: values.map((each) => (Number.isNaN(each) ? 0 : 1)),
    },
  };
}

/** Words in the names of recordings that some have and others have not: "…-headset.flac". */
function nameWords(table: EvidenceTable, column: string | undefined): SliceColumn[] {
  if (column === undefined) return [];
  const cell = cellsOf(table, column);
  const words = table.rows.map(
    (_, row) =>
      new Set(
        cell(row)
          .toLowerCase()
          .match(/\p{L}{3,}/gu),
      ),
  );
  const counts = new Map<string, number>();
  for (const of of words) for (const word of of) counts.set(word, (counts.get(word) ?? 0) + 1);
  const n = table.rows.length;
  return [...counts]
    .filter(([, count]) => count >= MARKED * n && count <= (1 - MARKED) * n)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_MARKS)
    .map(([word]) => ({
      name: column,
      levels: [`with "${word}"`, `without "${word}"`],
      codes: Int32Array.from(words, (of) => (of.has(word) ? 0 : 1)),
    }));
}

const MARKED = 0.05;
const MOST_MARKS = 4;

const NO_REFERENCE = {
  en: 'nothing stands for what was said: an empty reference has no error rate',
  zh: '参考文本为空：无法计算错误率',
};
const DUPLICATE = { en: 'the same as an earlier row in every column', zh: '与前面某一行完全相同' };
const NO_RATE = { en: 'the error rate is no number of 0 or more', zh: '错误率不是非负数字' };

const nothingHeard = (rows: number): Localized => ({
  en: `In ${rows} rows nothing was heard (the hypothesis is empty): all their words count as lost.`,
  zh: `有 ${rows} 行未识别出任何内容（识别结果为空）：其全部字词计为丢失。`,
});

const mixedLanguages = (rows: number): Localized => ({
  en: `${rows} sentences mix Chinese with words of another script: Chinese is counted by character, the rest by word.`,
  zh: `有 ${rows} 句中外文混用：中文按字计，其余按词计。`,
});
