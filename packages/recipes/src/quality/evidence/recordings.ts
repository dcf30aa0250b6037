/**
 * A folder of recordings as a table: a row for each, with its noise and clipping. A log that names the files is joined with it; figures
 * are then its columns.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Localized } from '@gradus/base';
import { UserError } from '@gradus/base';
import { recordingQuality, SoundDecoder } from '@gradus/data';
import type { RunContext, RunSource } from '@gradus/loop';
import type { EvidenceTable, LeftOut } from './evidence.ts';

const SOUNDS = /\.(wav|flac|mp3|ogg|oga|opus)$/i;

/** Most of the files are sounds. */
export const isFolderOfSounds = ({ kind, files }: RunSource): boolean =>
  kind === 'folder' &&
  files.length > 0 &&
  files.filter(({ name }) => SOUNDS.test(name)).length > files.length / 2;

/** Speech that stands out by less is hard to hear, for people and recognizers. */
const NOISY_DECIBELS = 15;
/** More clipped samples than this are heard. */
const CLIPPED_SHARE = 0.001;
const SILENT_DECIBELS = -60;

export const RECORDING_FIGURES = ['noisy_recordings', 'clipped_recordings', 'silent_recordings'] as const;
const COLUMNS = ['file', 'seconds', 'signal_to_noise', 'level', ...RECORDING_FIGURES];

export async function readRecordings(
  source: RunSource,
  run: Pick<RunContext, 'progress' | 'signal'>,
): Promise<{ readonly table: EvidenceTable; readonly leftOut: readonly LeftOut[] }> {
  using decoder = new SoundDecoder();
  const rows: string[][] = [];
  const numbers: number[] = [];
  const leftOut: LeftOut[] = [];
  for (const [i, { name }] of source.files.entries()) {
    run.signal.throwIfAborted();
    if (i % 20 === 0) run.progress({ en: 'listening', zh: '听取录音' }, i, source.files.length);
    if (!SOUNDS.test(name)) continue;
    try {
      const sound = await decoder.decode(readFileSync(join(source.path, name)), name);
      const { seconds, signalToNoise, clipped, level } = recordingQuality(sound);
      const isSilent = level < SILENT_DECIBELS;
      const figures = [!isSilent && signalToNoise < NOISY_DECIBELS, clipped > CLIPPED_SHARE, isSilent];
      const measured = [seconds.toFixed(3), signalToNoise.toFixed(1), level.toFixed(1)];
      rows.push([basename(name), ...measured, ...figures.map((is) => (is ? 'yes' : 'no'))]);
      numbers.push(i + 1);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leftOut.push({ reason: unheard(error.localized), count: 1, rows: [i + 1] });
    }
  }
  return { table: { file: basename(source.address), columns: COLUMNS, rows, numbers }, leftOut };
}

const unheard = ({ en, zh }: Localized): Localized => ({
  en: `a recording that cannot be read: ${en}`,
  zh: `无法读取的录音：${zh}`,
});

/** Most values of a column are names of the recordings. */
const NAMED = 0.5;

/** The tables, with what was measured of the recordings beside the rows that name them; else the recordings as a table of their own. */
export function withRecordings(tables: readonly EvidenceTable[], recordings: EvidenceTable): EvidenceTable[] {
  const rowOf = new Map(recordings.rows.map((row) => [row[0]!, row]));
  let isNamed = false;
  const joined = tables.map((table) => {
    const at = table.columns.findIndex(
      (_, column) =>
        table.rows.filter((row) => rowOf.has(basename(row[column]!))).length > NAMED * table.rows.length,
    );
    if (at < 0) return table;
    isNamed = true;
    const added = COLUMNS.slice(1);
    return {
      ...table,
      columns: [...table.columns, ...added],
      rows: table.rows.map((row) => [
        ...row,
        ...(rowOf.get(basename(row[at]!))?.slice(1) ?? added.map(() => '')),
      ]),
    };
  });
  return isNamed ? joined : [...joined, recordings];
}
