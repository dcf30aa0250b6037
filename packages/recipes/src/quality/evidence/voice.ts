/**
 * The log of a voice assistant: what was said and what was heard, what was meant and what was understood, whether it helped. Word
 * errors are counted over all rows, not averaged over sentences, as they are everywhere else; of Chinese by character.
 */
import { yesOrNo } from '@gradus/data';
import type { Figure, SliceColumn } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import { chainSection } from './chain.ts';
import { cellsOf, clustersBy, sliceColumns, versionColumn } from './columns.ts';
import { entityFigure } from './entities.ts';
import type { Evidence, EvidenceSettings, EvidenceTable } from './evidence.ts';
import { type Joined, SYSTEM } from './join.ts';
import { labelFigures, labelPairs } from './labels.ts';
import { satisfactionFigure } from './satisfaction.ts';
import { readSpoken } from './spoken-errors.ts';
import { quoteOf } from './values.ts';
import { systemColumn, type VoiceColumns, voiceColumns } from './voice-columns.ts';

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
