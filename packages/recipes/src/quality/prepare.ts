/** Step 1: reads the evidence, the standard and the needs, and sees what kind of evidence each file is. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { type RunContext, type RunSource, sourceOfName } from '@gradus/loop';
import type { EvidenceKind, EvidenceTable, LeftOut } from './evidence/evidence.ts';
import { type Joined, joinTables } from './evidence/join.ts';
import { KINDS, kindOf } from './evidence/kinds.ts';
import { isFolderOfSounds, readRecordings, withRecordings } from './evidence/recordings.ts';
import { withSpacesAsColumns } from './evidence/spaced.ts';
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

export interface PreparedEvidence {
  readonly kind: EvidenceKind;
  readonly joined: Joined;
}

const MOST_ROWS = 1_000_000;

export async function prepare({ run }: { readonly run: RunContext<QualityOptions> }): Promise<Prepared> {
  const { sources, signal } = run;
  const files = Object.entries(sources).filter(([name]) => sourceOfName(TAKES, name) === 'evidence');
  const given = sources.standard && standardSource(sources.standard);
  const standard = given && readStandard(given.text, given.file);
  let tables: EvidenceTable[] = [];
  const recordings: EvidenceTable[] = [];
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
    const { columns, rows, numbers, setAside } = await readTable(source.path, {
      maxRows: MOST_ROWS,
      maxCharacters: 1e9,
      signal,
    });
    if (setAside.count > 0) leftOut.push(unreadable(file, setAside));
    tables.push(withSpacesAsColumns({ file, columns, rows, numbers }));
  }
  for (const one of recordings) tables = withRecordings(tables, one);
  const evidence = joinTables(tables).map((joined) => ({
    kind: kindOf(joined.table, standard),
    joined,
  }));
  const kinds = [...new Set(evidence.map(({ kind }) => kind))];
  const texts = kinds.map((kind) => PRESETS[KINDS[kind]!.preset]!);
  return {
    evidence,
    standard:
      standard ?? joinedStandards(kinds.map((kind, i) => readStandard(texts[i]!, KINDS[kind]!.preset))),
    standardText: given?.text ?? texts.join('\n'),
    standardOf: !sources.standard ? 'nobody' : sources.standard.kind === 'preset' ? 'preset' : 'founder',
    needs: sources.needs
      ? answeredAsSaid(await readNeeds(sources.needs.path), standard?.needs ?? [])
      : (standard?.needs ?? []),
    leftOut,
    notes: [],
  };
}

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
