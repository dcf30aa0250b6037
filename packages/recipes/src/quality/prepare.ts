/** Step 1: reads the evidence, the standard and the needs, and sees what kind of evidence each file is. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { type RunContext, type RunSource, sourceOfName } from '@gradus/loop';
import type { EvidenceTable, LeftOut, TableKind } from './evidence/evidence.ts';
import { type Joined, joinTables } from './evidence/join.ts';
import { KINDS, kindOf, recognizedKind } from './evidence/kinds.ts';
import { arePhotographs } from './evidence/photographs.ts';
import { isFolderOfSounds, readRecordings, withRecordings } from './evidence/recordings.ts';
import { turnedUpright, withSpacesAsColumns } from './evidence/spaced.ts';
import { answeredAsSaid, type Need, readNeeds } from './needs.ts';
import { type QualityOptions, TAKES } from './options.ts';
import { PRESETS } from './standard/presets.ts';
import { joinedStandards, readStandard, type Standard } from './standard/standard.ts';

export interface Prepared {
  readonly evidence: readonly PreparedEvidence[];
  readonly standard: Standard;
  /** Its text, which the run keeps so that people can change it. */
  readonly standardText: string;
  /**
   * Whose it is. What the founder's own lists has to be measured; a preset that was named lists alternatives, of which each
   * characteristic needs one; of one that nobody named, what the evidence does not measure is left out.
   */
  readonly standardOf: 'founder' | 'preset' | 'nobody';
  readonly needs: readonly Need[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Localized[];
}

export type PreparedEvidence = PreparedTable | PreparedPhotographs;

interface PreparedTable {
  readonly kind: TableKind;
  readonly joined: Joined;
}

/** They are read when they are learnt from: all of them at once are too much for a checkpoint. */
interface PreparedPhotographs {
  readonly kind: 'photographs';
  /** A folder, or a zip of one. */
  readonly path: string;
}

const MOST_ROWS = 1_000_000;

export async function prepare({ run }: { readonly run: RunContext<QualityOptions> }): Promise<Prepared> {
  const { sources, signal } = run;
  const files = Object.entries(sources).filter(([name]) => sourceOfName(TAKES, name) === 'evidence');
  const given = sources.standard && standardSource(sources.standard);
  const standard = given && (await readStandard(given.text, given.file));
  let tables: EvidenceTable[] = [];
  const recordings: EvidenceTable[] = [];
  const photographs: PreparedPhotographs[] = [];
  const leftOut: LeftOut[] = [];
  for (const [i, [, source]] of files.entries()) {
    run.progress({ en: 'reading', zh: '读取' }, i, files.length);
    const file = basename(source.address);
    if (isFolderOfSounds(source)) {
      const heard = await readRecordings(source, run);
      recordings.push(heard.table);
      leftOut.push(...heard.leftOut);
      continue;
    }
    if (await arePhotographs(source)) {
      photographs.push({ kind: 'photographs', path: source.path });
      continue;
    }
    const { columns, rows, numbers, setAside } = await readTable(source.path, {
      maxRows: MOST_ROWS,
      maxCharacters: 1e9,
      signal,
    });
    if (setAside.count > 0) leftOut.push(unreadable(file, setAside));
    tables.push(withSpacesAsColumns({ file, columns, rows, numbers }));
  }
  const upright = turnedUpright(tables);
  tables = upright.tables;
  for (const one of recordings) tables = withRecordings(tables, one);
  if (photographs.length > 1) throw severalFolders();
  const evidence: PreparedEvidence[] = [
    ...joinTables(tables, (table) => recognizedKind(table, standard)).map((joined) => ({
      kind: kindOf(joined.table, standard),
      joined,
    })),
    ...photographs,
  ];
  const kinds = [...new Set(evidence.map(({ kind }) => kind))];
  const texts = kinds.map((kind) => PRESETS[KINDS[kind].preset]!);
  return {
    evidence,
    standard:
      standard ??
      joinedStandards(await Promise.all(kinds.map((kind, i) => readStandard(texts[i]!, KINDS[kind].preset)))),
    standardText: given?.text ?? texts.join('\n'),
    standardOf: !sources.standard ? 'nobody' : sources.standard.kind === 'preset' ? 'preset' : 'founder',
    needs: sources.needs
      ? answeredAsSaid(await readNeeds(sources.needs.path), standard?.needs ?? [])
      : (standard?.needs ?? []),
    leftOut,
    notes: [...upright.notes, ...(sources.encoder && photographs.length === 0 ? [NO_PHOTOGRAPHS] : [])],
  };
}

const NO_PHOTOGRAPHS: Localized = {
  en: 'There are no photographs in the evidence: --encoder was not used.',
  zh: '证据中没有照片，--encoder 未使用。',
};

const severalFolders = () =>
  new UserError({
    en: 'A run learns from one folder of photographs. Judge other products in runs of their own, or put folders of one product into one folder.',
    zh: '一次运行只学习一个照片文件夹。不同产品请分别运行；同一产品的文件夹请放入同一个文件夹。',
  });

const MOST_BYTES = 4e6;

function standardSource({ path, address }: RunSource): { readonly text: string; readonly file: string } {
  const found = statSync(path);
  if (!found.isFile() || found.size > MOST_BYTES) {
    const names = Object.keys(PRESETS).join(', ');
    throw new UserError({
      en: `--standard: ${address} is no file of a standard. Name a YAML file, or one of: ${names}.`,
      zh: `--standard：${address} 不是标准文件。请给出 YAML 文件，或：${names}。`,
    });
  }
  return { text: readFileSync(path, 'utf8'), file: basename(address) };
}

const unreadable = (
  file: string,
  { count, rows }: { readonly count: number; readonly rows: readonly { row: number; reason: Localized }[] },
): LeftOut => {
  const [first] = rows;
  return {
    reason: {
      en: `${file}: rows that could not be read${first ? ` (the first: ${first.reason.en})` : ''}`,
      zh: `${file}：无法读取的行${first ? `（第一处：${first.reason.zh}）` : ''}`,
    },
    count,
    rows: rows.map(({ row }) => row).slice(0, 20),
  };
};
