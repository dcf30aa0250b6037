/** The kinds of evidence, in one table: how each is recognized and read. */
import { type Localized, UserError } from '@gradus/base';
import type { Standard } from '../standard/standard.ts';
import { answerEvidence, isAnswerLog } from './answers.ts';
import type { Evidence, EvidenceKind, EvidenceSettings, EvidenceTable, TableKind } from './evidence.ts';
import type { Joined } from './join.ts';
import { isMeasurements, measurementEvidence } from './measurements.ts';
import { isSurvey, surveyEvidence } from './survey.ts';
import { voiceEvidence } from './voice.ts';
import { isVoiceLog } from './voice-columns.ts';

interface KindOfEvidence {
  readonly title: Localized;
  /** What it is judged by where nobody named a standard. */
  readonly preset: string;
}

/** Evidence that is a table. */
interface KindOfTable extends KindOfEvidence {
  /** Whether a table is of this kind; the first that says so is taken. */
  is(table: EvidenceTable, standard: Standard | undefined): boolean;
  read(joined: Joined, settings: EvidenceSettings): Evidence;
}

export const TABLE_KINDS: Readonly<Record<TableKind, KindOfTable>> = {
  voice: {
    title: { en: 'log of a voice assistant', zh: '语音助手日志' },
    preset: 'voice-assistant',
    is: isVoiceLog,
    read: voiceEvidence,
  },
  answers: {
    title: { en: 'log of a language-model product', zh: '大模型产品日志' },
    preset: 'language-model',
    is: isAnswerLog,
    read: answerEvidence,
  },
  survey: {
    title: { en: 'survey', zh: '问卷' },
    preset: 'survey',
    is: isSurvey,
    read: surveyEvidence,
  },
  measurements: {
    title: { en: 'measurements', zh: '测量数据' },
    preset: 'machining',
    is: isMeasurements,
    read: measurementEvidence,
  },
};

export const KINDS: Readonly<Record<EvidenceKind, KindOfEvidence>> = {
  ...TABLE_KINDS,
  photographs: { title: { en: 'photographs of pieces', zh: '产品照片' }, preset: 'visual-inspection' },
};

/** What a table is evidence of; undefined where nothing of it can be judged. */
export const recognizedKind = (table: EvidenceTable, standard: Standard | undefined): TableKind | undefined =>
  (Object.keys(TABLE_KINDS) as TableKind[]).find((kind) => TABLE_KINDS[kind].is(table, standard));

/** @throws UserError where nothing of the table can be judged, naming what each kind needs */
export function kindOf(table: EvidenceTable, standard: Standard | undefined): TableKind {
  const kind = recognizedKind(table, standard);
  if (kind) return kind;
  const columns = table.columns.slice(0, 20).join(', ');
  throw new UserError({
    en: `${table.file} is no evidence that can be judged. Expected the columns of a voice log (reference, hypothesis, intent, predicted_intent), of a language-model log (input, output, label, judge), of a survey (ratings), or of measurements (numbers, with tolerances in the table or the standard). It has: ${columns}. What columns hold can be said in the standard: columns: {reference: NAME}.`,
    zh: `${table.file} 不是可评估的证据。应为语音日志（reference、hypothesis、intent、predicted_intent）、大模型日志（input、output、label、judge）、问卷（评分）或测量数据（数值，公差写在表中或标准中）的列。现有列：${columns}。可在标准中说明各列含义：columns: {reference: 列名}。`,
  });
}
