/** Files that are predicted by models whose requests are records of a file's own columns. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { closestName } from '@gradus/data';
import type { FoundRun, Service, ServiceDeclaration } from '@gradus/loop';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type PredictFileOptions, predictFile } from './predict-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-records-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = { id: 'run-1' } as FoundRun;
function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}
const read = (path: string) => readFileSync(path, 'utf8').replace(/^\uFEFF/, '');

/**
 * A service of records of any names: whether a customer leaves, by age and plan, as one that learnt from a table would. It
 * knows nothing of children.
 */
const words = (name: string) => ({ en: name, zh: name });
const LEAVES: ServiceDeclaration = {
  request: z.strictObject({
    rows: z
      .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
      .min(1)
      .max(40),
    reasons: z.boolean().optional(),
  }),
  answer: z.any(),
  correction: z.any(),
  example: null,
  columns: { prediction: words('prediction'), p_CLASS: words('p_CLASS') },
  open: () => Promise.reject(new Error('it is open already')),
};
const leaves = (rows: object[] = []): Service => ({
  columns: { Age: 'Age', 'Plan (EUR)': 'Plan (EUR)' },
  answerColumns: {
    prediction: { en: 'leaves or not', zh: '是否流失' },
    p_no: { en: 'probability of "no"', zh: '“no”的概率' },
    '=p_yes': { en: 'probability of "yes"', zh: '“yes”的概率' },
    abstained: { en: 'whether the model does not know', zh: '模型是否不知道' },
  },
  cells: (answer) => {
    const { prediction, p } = answer as { prediction: string | null; p: number };
    return { prediction, p_no: 1 - p, '=p_yes': p, abstained: prediction === null };
  },
  checkColumns: (columns) => {
    for (const name of ['Age', 'Plan (EUR)']) {
      if (columns.includes(name)) continue;
      const close = closestName(name, columns);
      const hint = close === undefined ? '' : ` Did you mean: --column "${name}=${close}"?`;
      throw new UserError({ en: `There is no column "${name}".${hint}`, zh: `没有“${name}”列。` });
    }
  },
  rowOf: (cells) => {
    const age = cells.Age === '' ? null : Number(cells.Age);
    if (Number.isNaN(age)) {
      return { reason: { en: `Age: "${cells.Age}" is no number`, zh: `Age：“${cells.Age}”不是数字` } };
    }
    return { value: { ...cells, Age: age } };
  },
  answer: async (request) => {
    const asked = (request as { rows: { Age: number | null; 'Plan (EUR)': string }[] }).rows;
    rows.push(...asked);
    return {
      results: asked.map(({ Age: age, 'Plan (EUR)': plan }) => {
        const p = plan === '=cheap' ? 0.75 : 0.25;
        return { prediction: age !== null && age < 18 ? null : p > 0.5 ? 'yes' : 'no', p };
      }),
    };
  },
  close: async () => undefined,
});

describe('a file that is predicted by a model of its own columns', () => {
  const predicted = (input: string, more: Partial<PredictFileOptions> = {}) =>
    predictFile({
      run,
      declared: LEAVES,
      service: leaves(),
      input,
      output: join(directory, 'out.csv'),
      ...more,
    });
  const PEOPLE =
    'id,Age,Plan (EUR),prediction\n1,40,=cheap,?\n2,12,dear,?\n3,old,dear,?\n4,,dear,?\n5,30\n6,50,dear,?,!\n';

  it("has the run's own columns; where it abstains, an empty cell", async () => {
    const rows: object[] = [];
    const done = await predicted(file('in.csv', PEOPLE), { service: leaves(rows) });
    expect(done).toMatchObject({ rows: 6, predicted: 4, setAside: 2, leftOut: [] });
    expect(done.reasons).toEqual([
      { line: 4, reason: { en: 'Age: "old" is no number', zh: 'Age：“old”不是数字' } },
      { line: 7, reason: { en: 'it has 5 columns; expected 4', zh: '有 5 列；应为 4 列' } },
    ]);
    expect(read(join(directory, 'out.csv'))).toBe(
      [
        "id,Age,Plan (EUR),prediction,prediction (answer),p_no,'=p_yes,abstained",
        "1,40,'=cheap,?,yes,0.25,0.75,false",
        '2,12,dear,?,,0.75,0.25,true',
        '4,,dear,?,no,0.75,0.25,false',
        '5,30,,,no,0.75,0.25,false',
        '',
      ].join('\r\n'),
    );
    expect(read(done.asideFile)).toContain('3,4,"Age: ""old"" is no number","3,old,dear,?"');
    // What the model does not read is given to it all the same: it knows best.
    expect(rows[0]).toEqual({ id: '1', Age: 40, 'Plan (EUR)': '=cheap', prediction: '?' });
    expect(rows[3]).toEqual({ id: '5', Age: 30, 'Plan (EUR)': '', prediction: '' });
  });

  it('is refused before any row is read where a column is missing, which can be named', async () => {
    const rows: object[] = [];
    const service = leaves(rows);
    const input = file('in.csv', 'Age,Plan (€UR),Size\n40,=cheap,9\n30,dear,8\n');
    await expect(predicted(input, { service })).rejects.toThrow(
      'There is no column "Plan (EUR)". Did you mean: --column "Plan (EUR)=Plan (€UR)"?',
    );
    expect(rows).toEqual([]);
    expect(readdirSync(directory)).toEqual(['in.csv']);
    await predicted(input, { service, columns: { 'Plan (EUR)': 'Plan (€UR)' } });
    expect(rows).toEqual([
      { Age: 40, 'Plan (EUR)': '=cheap', Size: '9' },
      { Age: 30, 'Plan (EUR)': 'dear', Size: '8' },
    ]);
    // The file keeps its own names.
    expect(read(join(directory, 'out.csv'))).toMatch(/^Age,Plan \(€UR\),Size,prediction,/);
    await expect(predicted(input, { columns: { Plan: 'Size' } })).rejects.toThrow(
      'The model has no field "Plan". There are: Age, Plan (EUR).',
    );
    await expect(predicted(input, { columns: { 'Plan (EUR)': 'Price' } })).rejects.toThrow(
      'No column "Price". There are: Age, Plan (€UR), Size.',
    );
    // A name that is taken is taken over, and two may change places.
    rows.length = 0;
    await predicted(file('b.csv', 'Plan (EUR),Age\n40,=cheap\n'), {
      service,
      columns: { Age: 'Plan (EUR)', 'Plan (EUR)': 'Age' },
    });
    expect(rows).toEqual([{ Age: 40, 'Plan (EUR)': '=cheap' }]);
  });

  it('may be of JSON lines, with columns that come later', async () => {
    const rows: object[] = [];
    const lines = [
      { Age: 40, 'Plan (EUR)': '=cheap' },
      { 'Plan (EUR)': 'dear', Age: null },
      ...Array.from({ length: 3000 }, () => ({ Age: 20, 'Plan (EUR)': 'dear', note: 'x'.repeat(100) })),
      { Age: '17', 'Plan (EUR)': 'dear', vip: true },
    ];
    const input = file('in.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const output = join(directory, 'out.jsonl');
    const done = await predicted(input, { service: leaves(rows), output });
    expect(done).toMatchObject({ rows: 3003, predicted: 3003 });
    const predictions = read(output)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(predictions[1]).toMatchObject({ row: 2, answer: { prediction: 'no', p: 0.25 } });
    expect(predictions.at(-1)).toMatchObject({ input: { vip: 'true' }, answer: { prediction: null } });
    expect(rows.at(-1)).toMatchObject({ Age: 17, vip: 'true' });
  });

  it('gives a service that says nothing of rows the cells that are not empty, as texts', async () => {
    const rows: object[] = [];
    const { answer, close } = leaves(rows);
    await predicted(file('in.csv', PEOPLE), { service: { answer, close } });
    expect(rows).toHaveLength(5);
    expect(rows[3]).toEqual({ id: '4', 'Plan (EUR)': 'dear', prediction: '?' });
    expect(read(join(directory, 'out.csv'))).toMatch(
      /^id,Age,Plan \(EUR\),prediction,prediction \(answer\),p_CLASS\r/,
    );
  });

  it('begins anew where other columns are chosen than before it was stopped', async () => {
    const input = file(
      'in.csv',
      `Age,Old,Plan (EUR)\n${Array.from({ length: 200 }, () => '40,10,dear\n').join('')}`,
    );
    const controller = new AbortController();
    const slow = leaves();
    let asked = 0;
    const stopping: Service = {
      ...slow,
      answer: async (request) => {
        if (++asked === 3) controller.abort(new Error('stopped'));
        await new Promise((resolve) => setTimeout(resolve, 600));
        return slow.answer(request);
      },
    };
    await expect(predicted(input, { service: stopping, signal: controller.signal })).rejects.toThrow(
      'stopped',
    );
    expect(existsSync(join(directory, 'out.csv.part-state'))).toBe(true);
    const done = await predicted(input, { columns: { Age: 'Old' } });
    expect(done).toMatchObject({ rows: 200, predicted: 200 });
    const cells = read(join(directory, 'out.csv')).trim().split('\r\n').slice(1);
    expect(new Set(cells)).toEqual(new Set(['40,10,dear,,0.75,0.25,true']));
  });
});
