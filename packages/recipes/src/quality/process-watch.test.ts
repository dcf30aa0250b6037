import { Random } from '@gradus/base';
import { estimateFigure } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import type { EvidenceTable } from './evidence/evidence.ts';
import { joinTables } from './evidence/join.ts';
import { measurementEvidence } from './evidence/measurements.ts';
import { stretches } from './evidence/process-rows.ts';
import { turnedUpright, withSpacesAsColumns } from './evidence/spaced.ts';
import { PRESETS } from './standard/presets.ts';
import { readStandard } from './standard/standard.ts';

const SETTINGS = { standard: await readStandard(PRESETS.machining!, 'machining'), slices: [] };
const WIDTH = 8;

/** Rows of a process with two causes; `shift` moves one measurement. */
function rowsOf(count: number, shift: number, random: Random): string[][] {
  return Array.from({ length: count }, () => {
    const [a, b] = [random.normal(), random.normal()];
    return Array.from({ length: WIDTH }, (_, i) =>
      (a * ((i % 3) + 0.5) + b * ((i + 1) % 2) + 0.3 * random.normal() + (i === 4 ? shift : 0)).toFixed(4),
    );
  });
}

const tableOf = (file: string, columns: readonly string[], rows: string[][]): EvidenceTable => ({
  file,
  columns,
  rows,
  numbers: rows.map((_, i) => i + 1),
});
const NAMES = Array.from({ length: WIDTH }, (_, i) => `column ${i + 1}`);
const shareOf = (evidence: ReturnType<typeof measurementEvidence>, id: string): number => {
  const { values } = evidence.figures.find((figure) => figure.id === id)!;
  if (values.kind !== 'ratio') throw new Error('a ratio was expected');
  const sum = (of: Float64Array) => of.reduce((total, value) => total + value, 0);
  return sum(values.numerator) / sum(values.denominator);
};

describe('a process of many measurements', () => {
  it('in files: the one called normal is in control wherever it stands, and each other is told by itself', () => {
    const random = new Random('files');
    const [joined] = joinTables([
      tableOf('fault04.csv', NAMES, rowsOf(60, 3, random)),
      tableOf('later.csv', NAMES, rowsOf(60, 0, random)),
      tableOf('normal_train.csv', NAMES, rowsOf(300, 0, random)),
    ]);
    const evidence = measurementEvidence(joined!, SETTINGS);
    expect(evidence.notes[0]!.en).toContain('Rows of normal_train are taken to be in control');
    expect(evidence.slices).toMatchObject([{ name: 'file', levels: ['fault04', 'later'] }]);
    expect(shareOf(evidence, 'points_in_control')).toBeLessThan(0.6);
    const [parts] = evidence.sections[0]!.blocks;
    if (parts?.kind !== 'table') throw new Error('a table was expected');
    expect(parts.rows[0]).toEqual(['fault04', '60', '100%', '1', expect.stringContaining('column 5')]);
    expect(parts.rows[1]![3]).toBe('–');
    // Rows after each other are taken together, by file.
    expect(new Set(evidence.clusters).size).toBeLessThanOrEqual(3 + 3 + 15);
  });

  it('with a column of faults: alarms are held against it, and it is no measurement', () => {
    const random = new Random('labelled');
    const rows = [
      ...rowsOf(450, 0, random).map((row) => ['0', ...row]),
      ...rowsOf(50, 3, random).map((row) => ['7', ...row]),
    ];
    const [joined] = joinTables([tableOf('plant.csv', ['faultNumber', ...NAMES], rows)]);
    const evidence = measurementEvidence(joined!, SETTINGS);
    expect(shareOf(evidence, 'missed_faults')).toBe(0);
    expect(shareOf(evidence, 'false_alarms')).toBeLessThan(0.05);
    expect(Object.values(evidence.columns).filter((name) => name === 'faultNumber')).toHaveLength(1);
  });

  it('has intervals that hold the truth though its rows resemble each other', () => {
    const random = new Random('stretches');
    for (const memory of [0, 0.5, 0.9]) {
      let held = 0;
      for (let k = 0; k < 300; k++) {
        let state = random.normal();
        const scores = Array.from({ length: 600 }, () => {
          state = memory * state + Math.sqrt(1 - memory ** 2) * random.normal();
          return Math.exp(state);
        });
        const { clusters } = stretches([{ from: 0, to: 600 }], scores);
        const { low, high } = estimateFigure(
          {
            kind: 'ratio',
            range: 'share',
            numerator: Float64Array.from(scores, (score) => Number(score > Math.E)),
            denominator: new Float64Array(600).fill(1),
          },
          clusters,
        )!;
        // Above one spread: 0.1587. Rows alone would hold it in 45 % of the cases at a memory of 0.9.
        if (low <= 0.1587 && 0.1587 <= high) held++;
      }
      expect(held / 300).toBeGreaterThan(0.915);
      expect(held / 300).toBeLessThan(0.98);
    }
  });

  it('from a simulator: columns apart by spaces, without names, one file on its side', () => {
    const random = new Random('simulator');
    const asText = (file: string, rows: string[][]) =>
      withSpacesAsColumns(
        tableOf(
          file,
          ['column 1'],
          rows.map((row) => [`  ${row.join('   ')}`]),
        ),
      );
    const normal = rowsOf(40, 0, random);
    const { tables, notes } = turnedUpright([
      asText(
        'd00.dat',
        NAMES.map((_, k) => normal.map((row) => row[k]!)),
      ),
      asText('d04_te.dat', rowsOf(30, 3, random)),
    ]);
    expect(tables.map(({ columns, rows }) => [columns.length, rows.length])).toEqual([
      [WIDTH, 40],
      [WIDTH, 30],
    ]);
    expect(tables[0]!.rows).toEqual(normal);
    expect(notes[0]!.en).toContain('d00.dat has 8 rows of 40 values');
  });
});
