/** What is deployed says what was chosen: the graph on raw columns against the members' own scores, on tables of all kinds of columns. */
import { Random } from '@gradus/base';
import { readOnnx, writeOnnx } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import { answersOf } from './calibrate.ts';
import { outputsOf } from './candidates/candidate.ts';
import { pickColumns, type TableRows } from './columns.ts';
import { encode } from './encoding.ts';
import { fittedRows } from './fold-rows.ts';
import { type TableModel, tableGraph } from './model.ts';
import { tableRows } from './read/rows.ts';
import { tableFrom } from './read/testing/table.ts';
import { CANDIDATE_OF } from './search.ts';
import { narrow, TableSession } from './session.ts';

const N = 300;

/** Numbers with gaps, a category with rare levels, dates with gaps, and a target that follows from them. */
function rowsOf(kind: 'two' | 'four' | 'numbers', seed: number): TableRows {
  const random = new Random(seed);
  const draw = (of: () => string, missing: number) => (random.uniform() < missing ? '' : of());
  const rows = Array.from({ length: N }, () => ({
    x: draw(() => random.normal(5, 3).toFixed(3), 0.1),
    'x missing': draw(() => String(random.below(3)), 0),
    city: draw(
      () => ['Paris', 'Köln', '北京', 'Rio'][random.below(4)]! + (random.uniform() < 0.02 ? '!' : ''),
      0.1,
    ),
    day: draw(
      () => new Date(Date.UTC(2024, random.below(24), 1 + random.below(28))).toISOString().slice(0, 10),
      0.1,
    ),
  }));
  const score = (row: number) => {
    const { x, city } = rows[row]!;
    return (x === '' ? 4 : Number(x)) + (city === 'Paris' ? 3 : 0) + random.normal();
  };
  const y = rows.map((_, row) => score(row));
  const target = {
    two: (value: number) => (value > 6 ? 'yes' : 'no'),
    four: (value: number) => ['a', 'b', 'c', 'd'][Math.max(0, Math.min(3, Math.floor(value / 4)))]!,
    numbers: (value: number) => value.toFixed(3),
  }[kind];
  const names = ['x', 'x missing', 'city', 'day'] as const;
  const columns = Object.fromEntries(names.map((name) => [name, (row: number) => rows[row]![name]]));
  const table = tableFrom(N, { ...columns, y: (row) => target(y[row]!) });
  return tableRows(table, { target: 'y', time: 'none' }).rows;
}

describe('the graph of a table', () => {
  it.each(['two', 'four', 'numbers'] as const)('answers raw columns as its members do: %s', async (kind) => {
    const rows = rowsOf(kind, 1);
    const [train, later] = [
      Int32Array.from({ length: 200 }, (_, i) => i),
      Int32Array.from({ length: 100 }, (_, i) => 200 + i),
    ];
    const { encoding, training } = await fittedRows(rows, train, {
      withTrend: true,
      groups: Int32Array.from({ length: N }, (_, i) => i),
      random: new Random(4),
    });
    const configs = {
      linear: { c: 0.3 },
      trees: { learningRate: 0.2, leaves: 6, minRows: 5, l2: 1, rowShare: 1, columnShare: 1 },
    };
    const options = { error: 'squared', random: new Random(2), rounds: 20 } as const;
    const members = [];
    for (const name of ['linear', 'trees'] as const) {
      const { state } = await CANDIDATE_OF[name].fit(training, { ...options, config: configs[name] });
      members.push({ name, weight: name === 'linear' ? 0.3 : 0.7, state });
    }
    const calibration = { scale: 1.3, shift: kind === 'two' ? 0.2 : 0 };
    const { target } = rows;
    const model: TableModel = {
      encoding,
      members,
      target:
        target.kind === 'classes'
          ? { kind: 'classes', name: 'y', classes: target.classes, calibration, abstention: null }
          : {
              kind: 'numbers',
              name: 'y',
              least: 0,
              most: null,
              intervals: { promise: 0.9, low: -1, high: 2, scale: null },
            },
    };
    const columns = pickColumns(rows.columns, later);
    const encoded = await encode(encoding, columns);
    const mixed = new Float64Array(later.length * outputsOf(training.target));
    for (const { name, weight, state } of members) {
      const own = await CANDIDATE_OF[name].scores(state, encoded);
      for (let i = 0; i < mixed.length; i++) mixed[i]! += weight * own[i]!;
    }
    const expected = answersOf(mixed, training.target, {
      calibration,
      least: kind === 'numbers' ? 0 : null,
      most: null,
    });
    const bytes = writeOnnx(tableGraph(model));
    expect(Object.keys(readOnnx(bytes).graph.inputs).toSorted()).toEqual(['city', 'day', 'x', 'x missing']);
    const session = await TableSession.open(bytes, { texts: [], images: [] });
    try {
      const { answers, low, high } = await session.run(columns);
      const said = target.kind === 'classes' ? narrow(answers, target.classes.length) : answers;
      expect(said.length).toBe(expected.length);
      for (const [i, value] of said.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
      for (const [i, value] of low?.entries() ?? []) {
        expect(value).toBeCloseTo(Math.max(0, mixed[i]! - 1), 4);
        expect(high![i]).toBeCloseTo(Math.max(0, mixed[i]! + 2), 4);
      }
    } finally {
      await session.close();
    }
  });
});
