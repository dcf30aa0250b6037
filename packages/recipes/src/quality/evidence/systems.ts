/**
 * Several systems in one voice log: a column for what each of them heard, or a record of them in a cell. Each answer becomes a row of its
 * own, with the system's name beside it, so that systems are compared as pairs of the same sentence.
 */
import type { Localized } from '@gradus/base';
import { plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { areAlike, PERSON, SPEECH, sentenceColumns } from './spoken-columns.ts';

/** Speech recognizers that columns are called after. */
const RECOGNIZERS =
  /whisper|google|siri|alexa|azure|bing|nuance|kaldi|deepspeech|wav2vec|conformer|paraformer|funasr|vosk|iflytek|讯飞|百度|阿里|腾讯/i;
/** Columns of another kind of log. */
const OTHER_LOG = /^(?:input|prompt|question|output|answer|response|judge|verdict)$/;
/** What was said once more, in another form. */
const NO_SYSTEM = /annot|entit|slot|normali[sz]ed|标注|实体/i;
/** A log of one system, and of what else is made of its answers. */
const ONE_SYSTEM = /^(?:hyp|hypothesis|识别结果|识别文本)$/;
/** What was said, where its column has no other name. */
const PLAIN_TEXT = /^(?:text|utterance|query|文本|话语)$/;

export interface OfSystems {
  readonly table: EvidenceTable;
  readonly notes: readonly Localized[];
}

/** @param system What the column of the systems' names is called @returns undefined where the table is not of several systems side by side */
export function systemsAsRows(given: EvidenceTable, system: string): OfSystems | undefined {
  const table = withRecordsAsColumns(given);
  const { columns } = table;
  if (columns.includes(system) || columns.some((name) => OTHER_LOG.test(plainName(name)))) return undefined;
  if (!columns.some((name) => SPEECH.test(name) || /hypoth/i.test(name) || RECOGNIZERS.test(name)))
    return undefined;
  const sentences = sentenceColumns(table);
  const reference =
    sentences.find((name) => PERSON.test(name) && !/hyp|pred|asr/i.test(name)) ??
    sentences.find((name) => PLAIN_TEXT.test(plainName(name)));
  if (reference === undefined) return undefined;
  const heard = sentences.filter(
    (name) => name !== reference && !NO_SYSTEM.test(name) && areAlike(table, reference, name),
  );
  if (heard.length < 2 || heard.some((name) => ONE_SYSTEM.test(plainName(name)))) return undefined;
  const names = withoutShared(heard);
  const labels = labelsOf(columns, names, new Set([reference, ...heard]));
  const own = new Set([...heard, ...labels.flatMap(({ of }) => of)]);
  const shared = columns.filter((name) => !own.has(name));
  const at = new Map(columns.map((name, i) => [name, i]));
  const rows = names.flatMap((name, k) =>
    table.rows.map((row) => [
      ...shared.map((column) => row[at.get(column)!]!),
      row[at.get(heard[k]!)!]!,
      ...labels.map(({ of }) => row[at.get(of[k]!)!]!),
      name,
    ]),
  );
  const listed = heard.map((name) => `"${name}"`);
  return {
    table: {
      file: table.file,
      columns: [
        ...shared.map((name) => (name === reference ? 'reference' : name)),
        'hypothesis',
        ...labels.map(({ label }) => `predicted_${label}`),
        system,
      ],
      rows,
      numbers: names.flatMap(() => table.numbers),
    },
    notes: [
      {
        en: `"${reference}" is taken for what was said, and ${listed.join(', ')} for what ${names.length} systems heard; the last one is judged, and compared with the one before. To judge another, put its column last.`,
        zh: `“${reference}”视为原话，${listed.join('、')}视为 ${names.length} 个系统的识别结果；评估最后一个，并与前一个比较。要评估其他系统，请将其列放在最后。`,
      },
    ],
  };
}

/** Columns that each system has one of and the log the right one: `google_intent`, `whisper_intent` and `intent`. */
function labelsOf(columns: readonly string[], systems: readonly string[], taken: ReadonlySet<string>) {
  return columns.flatMap((label) => {
    if (taken.has(label)) return [];
    const of = systems.map((name) =>
      columns.find(
        (column) =>
          !taken.has(column) &&
          [plainName(name) + plainName(label), plainName(label) + plainName(name)].includes(
            plainName(column),
          ),
      ),
    );
    return of.every((column) => column !== undefined) ? [{ label, of: of as string[] }] : [];
  });
}

/** Names without what all of them begin or end with: `asr_google` and `asr_whisper` are google and whisper. */
function withoutShared(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(/[\s_.\-/]+/));
  const isShared = (at: (of: readonly string[]) => string | undefined) =>
    words.every((of) => of.length > 1 && at(of) === at(words[0]!));
  while (isShared((of) => of[0])) for (const of of words) of.shift();
  while (isShared((of) => of.at(-1))) for (const of of words) of.pop();
  return words.map((of) => of.join('_'));
}

/** A cell that holds a record of texts, `{"google": "…", "whisper": "…"}`, becomes a column for each of its names. */
function withRecordsAsColumns(table: EvidenceTable): EvidenceTable {
  for (const [at, name] of table.columns.entries()) {
    const records = table.rows.map((row) => textsOf(row[at]!));
    if (records.length === 0 || records.some((record) => record === undefined)) continue;
    const keys = [...new Set(records.flatMap((record) => Object.keys(record!)))];
    if (keys.length < 2 || keys.length > MOST_SYSTEMS) continue;
    return {
      ...table,
      columns: [...table.columns.filter((_, i) => i !== at), ...keys.map((key) => `${name}_${key}`)],
      rows: table.rows.map((row, i) => [
        ...row.filter((_, k) => k !== at),
        ...keys.map((key) => records[i]![key] ?? ''),
      ]),
    };
  }
  return table;
}

const MOST_SYSTEMS = 50;

function textsOf(cell: string): Readonly<Record<string, string>> | undefined {
  if (!cell.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(cell) as Record<string, unknown>;
    return Object.values(record).every((value) => typeof value === 'string')
      ? (record as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}
