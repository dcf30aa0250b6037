/** The columns of a voice log, by their names or by what two of them hold, and whether a table is one. */
import { cellsOf, findColumns, plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { labelPairs } from './labels.ts';
import { RECORDING_FIGURES } from './recordings.ts';
import { guessedSpoken } from './spoken-columns.ts';

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

export type VoiceColumns = Partial<Record<keyof typeof VOICE_COLUMNS, string>>;

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

/** A column that names the system of each row, where several of them heard the same sentences. */
export function systemColumn(
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
