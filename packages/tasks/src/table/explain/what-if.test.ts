import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { TableColumn } from '../columns.ts';
import { isFixedColumn } from './fixed-columns.ts';
import type { Predict } from './variants.ts';
import { whatIf, whatIfCandidates } from './what-if.ts';

const random = new Random(1);
const rows = 1000;
const number = (name: string, values: Float64Array): TableColumn => ({
  name,
  cells: { kind: 'number', values, decimal: '.' },
});
const category = (name: string, levels: readonly string[], codes: Int32Array): TableColumn => ({
  name,
  cells: { kind: 'category', codes, levels },
});
const training = [
  number(
    'visits',
    Float64Array.from({ length: rows }, (_, row) => row / 10),
  ),
  number(
    'age',
    Float64Array.from({ length: rows }, (_, row) => 20 + (row % 50)),
  ),
  category(
    'plan',
    ['free', 'team', 'gone'],
    Int32Array.from({ length: rows }, (_, row) => (row === 7 ? 2 : random.below(2))),
  ),
];
const candidates = whatIfCandidates(training);

const read = (columns: readonly TableColumn[], row: number) => {
  const [visits, age, plan] = columns.map(({ cells }) => cells);
  if (visits?.kind !== 'number' || age?.kind !== 'number' || plan?.kind !== 'category')
    throw new Error('other columns');
  return {
    visits: visits.values[row]!,
    age: age.values[row]!,
    plan: plan.levels[plan.codes[row]!]!,
    rows: plan.codes.length,
  };
};
const chance = (visits: number, age: number, plan: string) =>
  1 / (1 + Math.exp(-(visits / 10 - 6 + (age - 40) / 4 + (plan === 'team' ? 0.5 : 0))));
const predict: Predict = async (columns) =>
  Float64Array.from({ length: read(columns, 0).rows }, (_, row) => {
    const { visits, age, plan } = read(columns, row);
    return chance(visits, age, plan);
  });
const customer = [
  number('visits', Float64Array.of(30)),
  number('age', Float64Array.of(40)),
  // A request knows its own level alone.
  category('plan', ['free'], Int32Array.of(0)),
  {
    name: 'constructor',
    cells: { kind: 'text', values: ['a name that every object has'] },
  } satisfies TableColumn,
];

describe('candidates', () => {
  it('are the middle 90 % of numbers, and frequent levels', () => {
    expect(candidates.visits!.length).toBe(19);
    expect(candidates.visits![0]).toBeCloseTo(5, 0);
    expect(candidates.visits!.at(-1)).toBeCloseTo(95, 0);
    expect(candidates.plan!.toSorted()).toEqual(['free', 'team']);
    expect(JSON.parse(JSON.stringify(candidates))).toEqual(candidates);
  });
});

describe('what if', () => {
  it('finds the changes that move the answer most, those that nobody can make last', async () => {
    const found = await whatIf({ row: customer, candidates, predict, classes: ['stays', 'leaves'] });
    const { answer, speaksOf, raising, lowering } = found;
    expect(speaksOf).toBe('leaves');
    expect(answer).toBe(chance(30, 40, 'free'));
    const [mostVisits, leastVisits] = [candidates.visits!.at(-1)!, candidates.visits![0]!];
    const [oldest, youngest] = [candidates.age!.at(-1)!, candidates.age![0]!];
    expect(raising.map(({ column, from, to, isFixed }) => [column, from, to, isFixed])).toEqual([
      ['visits', 30, mostVisits, false],
      ['plan', 'free', 'team', false],
      ['age', 40, oldest, true],
    ]);
    expect(lowering.map(({ column, to }) => [column, to])).toEqual([
      ['visits', leastVisits],
      ['age', youngest],
    ]);
    for (const of of [...raising, ...lowering]) {
      const changed = { visits: 30, age: 40, plan: 'free', [of.column]: of.to };
      expect(of.answer).toBe(chance(changed.visits, changed.age, changed.plan));
      expect(of.change).toBe(of.answer - answer);
    }
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('finds the smallest change that decides otherwise', async () => {
    const { deciding } = await whatIf({ row: customer, candidates, predict, classes: ['stays', 'leaves'] });
    // From 60 visits on, or three years per ten visits: the first candidate beyond.
    const enough = candidates.visits!.find((to) => chance(Number(to), 40, 'free') >= 0.5);
    expect(deciding.map(({ column, to, decision }) => [column, to, decision])).toEqual([
      ['visits', enough, 'leaves'],
      ['age', candidates.age!.find((to) => chance(30, Number(to), 'free') >= 0.5), 'leaves'],
    ]);
    expect(deciding[0]!.size).toBeCloseTo(0.3, 0);
  });

  it('of more than two classes speaks of the one that is decided on', async () => {
    const { speaksOf, answer, deciding, lowering } = await whatIf({
      row: customer,
      candidates,
      predict: async (columns) => {
        const leaving = await predict(columns);
        return Float64Array.from({ length: 3 * leaving.length }, (_, i) => {
          const p = leaving[Math.floor(i / 3)]!;
          return [0.8 * (1 - p), 0.2 * (1 - p), p][i % 3]!;
        });
      },
      classes: ['stays', 'grows', 'leaves'],
    });
    expect(speaksOf).toBe('stays');
    expect(answer).toBeCloseTo(0.8 * (1 - chance(30, 40, 'free')), 12);
    expect(lowering[0]!.column).toBe('visits');
    expect(new Set(deciding.map(({ decision }) => decision))).toEqual(new Set(['leaves']));
  });

  it('of numbers has no decision; what is missing is filled', async () => {
    const missing = [number('visits', Float64Array.of(Number.NaN)), ...customer.slice(1)];
    const found = await whatIf({
      row: missing,
      candidates,
      predict: async (columns) =>
        Float64Array.from({ length: read(columns, 0).rows }, (_, row) => read(columns, row).visits || 0),
    });
    expect(found.answer).toBe(0);
    expect(found.deciding).toEqual([]);
    expect(found.raising.map(({ column, from, to }) => [column, from, to])).toEqual([
      ['visits', null, candidates.visits!.at(-1)],
    ]);
    expect(found.lowering).toEqual([]);
  });
});

it.each([
  ['age', true],
  ['Customer_Age', true],
  ['customerID', true],
  ['IDNumber', true],
  ['date of birth', true],
  ['性别', true],
  ['员工年龄', true],
  ['身份证号', true],
  ['page', false],
  ['paid', false],
  ['agent', false],
  ['套餐', false],
])('"%s" can be changed by nobody: %s', (name, isFixed) => {
  expect(isFixedColumn(name)).toBe(isFixed);
});
