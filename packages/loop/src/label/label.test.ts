/** Labelling in rounds: what is asked, what is said, and what becomes of the answers. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { csvText, readTable } from '@gradus/data';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type LabelRoundOptions, label as round } from '../index.ts';
import { strataWeights } from './estimate.ts';
import { doubtfulRows, margins, typicalRows } from './select.ts';
import { suspiciousLabels } from './suspicious.ts';

const root = mkdtempSync(join(tmpdir(), 'gradus-label-'));
afterAll(() => rmSync(root, { recursive: true }));
let directory = root;
beforeEach(() => {
  directory = mkdtempSync(join(root, 'case-'));
});

const file = (name: string, content: string) => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

/** Sentences of three kinds, Chinese and English, some twice. */
const KINDS = {
  delivery: [
    ['the parcel', 'my order', 'the box', '包裹', '快递'],
    ['came late', 'never arrived', 'got lost on the way', '送到太晚', '一直没有送到'],
  ],
  taste: [
    ['the soup', 'this noodle', 'the rice', '面条', '米饭'],
    ['tasted wonderful', 'was cold and bland', 'had no flavour', '味道很好', '没有味道'],
  ],
  payment: [
    ['my card', 'the refund', 'the invoice', '退款', '发票'],
    ['was charged twice', 'shows the wrong amount', 'is not paid yet', '多扣了钱', '金额不对'],
  ],
} as const;
type Kind = keyof typeof KINDS;

function sentences(count: number): { text: string; kind: Kind }[] {
  const random = new Random('sentences');
  const pick = <T>(from: readonly T[]) => from[random.below(from.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const kind = pick(Object.keys(KINDS) as Kind[]);
    const [subjects, ends] = KINDS[kind];
    return { kind, text: `${pick(subjects)} ${pick(ends)}, ${pick(['today', 'again', '昨天'])} ${i % 90}` };
  });
}
const ROWS = sentences(240);
const table = (labels: (row: number) => string, rows = ROWS) =>
  csvText([['id', 'text', 'category'], ...rows.map(({ text }, i) => [String(i), text, labels(i)])]);

/** Fills a file of questions in as a person would. */
async function answer(path: string, labelOf: (row: number) => string): Promise<string> {
  const { columns, rows } = await readTable(path);
  const filled = rows.map((row) => row.with(columns.indexOf('label'), labelOf(Number(row[0]))));
  writeFileSync(path, csvText([columns, ...filled]));
  return path;
}
const truth = (row: number) => ROWS[row - 1]!.kind;
const ask = (path: string, options: LabelRoundOptions = {}) => round(path, { count: 15, ...options });

describe('labelling', () => {
  it('starts without any label, from rows that differ, one of each family of duplicates', async () => {
    const path = file(
      'fresh.csv',
      table(() => ''),
    );
    const { proposal, questions } = await ask(path);
    expect(proposal.standing).toMatchObject({ rows: 240, labelled: 0, curve: [] });
    expect(proposal.questions).toHaveLength(15);
    expect(new Set(proposal.questions.map(({ row }) => truth(row))).size).toBe(3);
    expect(new Set(proposal.questions.map(({ read }) => read)).size).toBe(15);
    expect(questions).toBe(`${path}.to-label.csv`);
    const [header, first] = readFileSync(questions!, 'utf8').split('\r\n');
    expect(header).toBe('\uFEFFrow,check,read,suggested,probability,why,label');
    expect(first).toMatch(/^\d+,x[\da-f]{12},.*stands for many rows.*,$/);
  });

  it('goes round: answers in, a new file, a better estimate, and harder questions', async () => {
    const path = file(
      'fresh.csv',
      table(() => ''),
    );
    const before = readFileSync(path);
    let at = path;
    let { questions } = await ask(at);
    const accuracies: number[] = [];
    for (const name of ['fresh.labelled.csv', 'fresh.labelled-2.csv', 'fresh.labelled-3.csv']) {
      const done = await ask(at, { answers: await answer(questions!, truth) });
      expect(done.taken!.file).toBe(join(directory, name));
      expect(done.taken!.answers).toMatchObject({ setAside: [], changed: 0 });
      at = done.taken!.file;
      questions = done.questions;
      if (done.proposal.standing.estimate) accuracies.push(done.proposal.standing.estimate.accuracy);
    }
    expect(accuracies.at(-1)).toBeGreaterThan(0.9);
    const { columns, rows } = await readTable(at);
    expect(columns).toEqual(['id', 'text', 'category']);
    expect(rows.map((row) => row[1])).toEqual(ROWS.map(({ text }) => text));
    const labelled = rows.filter((row) => row[2] !== '');
    expect(labelled.length).toBeGreaterThanOrEqual(45);
    for (const [id, , label] of labelled) expect(label).toBe(ROWS[Number(id)]!.kind);
    expect(readFileSync(path)).toEqual(before);
  });

  it('asks the same for the same seed, and something else for another', async () => {
    const path = file(
      'some.csv',
      table((i) => (i < 40 ? ROWS[i]!.kind : '')),
    );
    const of = async (seed: number) => (await ask(path, { seed })).proposal;
    const [first, again, other] = [await of(1), await of(1), await of(2)];
    expect(again).toEqual(first);
    expect(other.questions.map(({ row }) => row)).not.toEqual(first.questions.map(({ row }) => row));
  });

  it('gives a second look to labels that look wrong, and takes the answer', async () => {
    const wrong = (i: number): Kind => (ROWS[i]!.kind === 'taste' ? 'payment' : 'taste');
    const path = file(
      'wrong.csv',
      table((i) => (i >= 120 ? '' : i === 7 || i === 50 ? wrong(i) : ROWS[i]!.kind)),
    );
    const { proposal, questions } = await ask(path, { count: 30 });
    const seconds = proposal.questions.filter(({ reason }) => reason === 'suspicious');
    expect(
      seconds
        .slice(0, 2)
        .map(({ row }) => row)
        .sort(),
    ).toEqual([51, 8].sort());
    for (const { row, suggested } of seconds.slice(0, 2)) expect(suggested).toBe(truth(row));
    const { taken } = await ask(path, { answers: await answer(questions!, truth) });
    expect(taken!.answers.changed).toBeGreaterThanOrEqual(2);
    expect([taken!.answers.labels[7], taken!.answers.labels[50]]).toEqual([truth(8), truth(51)]);
  });

  it('labels equal rows with the answer to one of them', async () => {
    const rows = [...ROWS.slice(0, 60), ...ROWS.slice(0, 60)];
    const path = file(
      'twice.csv',
      table(() => '', rows),
    );
    const { proposal, questions } = await ask(path);
    expect(proposal.questions.every(({ row }) => row <= 60)).toBe(true);
    const { taken } = await ask(path, { answers: await answer(questions!, truth) });
    expect(taken!.answers.copied).toBeGreaterThanOrEqual(15);
    expect(taken!.answers.labels.slice(60)).toEqual(taken!.answers.labels.slice(0, 60));
  });

  it('takes features as well as text', async () => {
    const random = new Random(4);
    const rows = Array.from({ length: 200 }, (_, i) => {
      const [age, spent] = [18 + random.below(60), random.uniform(0, 100)];
      const churn = spent + (age > 50 ? 40 : 0) < 60 ? 'gone' : 'stayed';
      return [String(i), String(age), spent.toFixed(2), random.below(2) ? 'DE' : 'CN', churn] as const;
    });
    const path = file(
      'people.csv',
      csvText([
        ['id', 'age', 'spent', 'country', 'label'],
        ...rows.map((row, i) => row.with(4, i < 60 ? row[4] : '')),
      ]),
    );
    const { labelTable, proposal } = await ask(path);
    expect(labelTable.textColumn).toBeUndefined();
    expect(proposal.questions[0]!.read).toMatch(/^id: \d+; age: \d+; spent: [\d.]+; country: (?:DE|CN)$/);
    expect(proposal.standing.estimate!.accuracy).toBeGreaterThan(0.8);
    // In doubt are those near the line.
    const away = (row: number) =>
      Math.abs(Number(rows[row - 1]![2]) + (Number(rows[row - 1]![1]) > 50 ? 40 : 0) - 60);
    const mean = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length;
    const asked = proposal.questions
      .filter(({ reason }) => reason === 'doubtful')
      .map(({ row }) => away(row));
    expect(mean(asked)).toBeLessThan(mean(rows.slice(60).map((_, i) => away(i + 61))));
  });

  it('sets bad answers aside, each with its reason', async () => {
    const path = file(
      'some.csv',
      table((i) => (i < 40 ? ROWS[i]!.kind : '')),
    );
    const { proposal, questions } = await ask(path);
    const rows = proposal.questions.map(({ row }) => row);
    const bad = new Map([
      [rows[0]!, 'deliverry'],
      [rows[1]!, 'x'.repeat(300)],
      [rows[2]!, ' DELIVERY '],
      [rows[3]!, ''],
    ]);
    await answer(questions!, (row) => bad.get(row) ?? truth(row));
    const text = readFileSync(questions!, 'utf8');
    const fifth = text.split('\r\n')[5]!;
    writeFileSync(
      questions!,
      `${text}${fifth.replace(/,[^,]*$/, ',another kind')}\r\n999,x0123456789ab,gone,,,,taste\r\n`,
    );
    const { taken } = await ask(path, { answers: questions });
    const reasons = taken!.answers.setAside.map(({ line, reason }) => `${line} ${reason.en}`);
    expect(reasons).toEqual([
      expect.stringMatching(/^2 "deliverry" is none of the labels so far; did you mean "delivery"\?/),
      expect.stringMatching(/^3 a label of 300 characters/),
      expect.stringMatching(/^18 row 999 is not what it was/),
      expect.stringMatching(/^6 row \d+ is answered in different ways/),
      expect.stringMatching(/^17 row \d+ is answered in different ways/),
    ]);
    expect(taken!.answers.labels[rows[2]! - 1]).toBe('delivery');
    expect(taken!.answers.labels[rows[0]! - 1]).toBe('');
  });

  it('notices a table that has changed: moved rows are found, others are not guessed', async () => {
    const path = file(
      'some.csv',
      table((i) => (i < 40 ? ROWS[i]!.kind : '')),
    );
    const { proposal, questions } = await ask(path);
    await answer(questions!, truth);
    const [asked] = proposal.questions;
    const lines = readFileSync(path, 'utf8').split('\r\n');
    const [header, ...rest] = lines
      .slice(0, -1)
      .map((line, i) => (i === asked!.row ? `${line.slice(0, -1)} edited,` : line));
    writeFileSync(path, `${[header, ...rest.reverse()].join('\r\n')}\r\n`);
    const { taken } = await ask(path, { answers: questions });
    expect(taken!.answers.setAside.map(({ reason }) => reason.en)).toEqual([
      expect.stringMatching(/some\.csv has changed/),
    ]);
    expect(taken!.answers.answered).toBe(proposal.questions.length - 1);
    const { rows } = await readTable(taken!.file);
    for (const [id, , label] of rows) if (label !== '') expect(label).toBe(ROWS[Number(id)]!.kind);
  });

  it('never writes over answers, nor over the table', async () => {
    const path = file(
      'some.csv',
      table((i) => (i < 40 ? ROWS[i]!.kind : '')),
    );
    const { questions } = await ask(path);
    await answer(questions!, truth);
    await expect(ask(path)).rejects.toThrow(/has 15 answers in it, which would be lost/);
    await expect(ask(path, { answers: questions, out: path })).rejects.toThrow(/is there already/);
    await expect(ask(path, { answers: path })).rejects.toThrow(
      /holds no answers.*"row", "check" and "label"/,
    );
    expect(existsSync(join(directory, 'some.labelled.csv'))).toBe(false);
  });

  it('says so when nothing is left to ask', async () => {
    const { proposal, questions } = await ask(
      file(
        'all.csv',
        table((i) => ROWS[i]!.kind),
      ),
      { count: 4 },
    );
    expect(proposal.questions).toEqual([]);
    expect(questions).toBeUndefined();
  });

  it('refuses what holds no labels, and no features', async () => {
    const many = table((i) => `value ${i}`);
    await expect(ask(file('many.csv', many))).rejects.toThrow(/240 different values.*--label/);
    await expect(ask(file('only.csv', 'label,empty\na,\nb,\n'))).rejects.toThrow(
      /no column tells the rows apart/,
    );
  });

  it('disarms formulas in what people are given to read', async () => {
    const rows = ROWS.map((row, i) => ({
      ...row,
      text: i % 2 ? `=cmd|' /C calc'!A0 ${row.text}` : row.text,
    }));
    const { questions } = await ask(
      file(
        'formula.csv',
        table(() => '', rows),
      ),
      { text: 'text' },
    );
    expect(readFileSync(questions!, 'utf8')).not.toMatch(/(?:^|,)"?[=+@]/m);
  });
});

describe('what is chosen', () => {
  const random = () => new Random(0);
  // Two heaps of ten and one point far away, in one dimension.
  const space = {
    space: Float32Array.from([...Array(10).keys()].flatMap((i) => [i / 10, 5 + i / 10]).concat(100)),
    width: 1,
  };

  it('is typical: one of each heap, near its middle, larger heaps first', () => {
    const all = Int32Array.from({ length: 21 }, (_, i) => i);
    const rows = typicalRows(space, all, Int32Array.of(), 3, random());
    expect(Array.from(rows, (row) => Math.round(space.space[row]! / 5)).sort((a, b) => a - b)).toEqual([
      0, 1, 20,
    ]);
    const beside = typicalRows(
      space,
      all.filter((i) => i !== 8),
      Int32Array.of(8),
      1,
      random(),
    );
    expect(space.space[beside[0]!]).toBeGreaterThan(4);
  });

  it('is doubtful, but not twice from one heap', () => {
    const candidates = Int32Array.from({ length: 20 }, (_, i) => i);
    const p = Array.from(candidates, (i) => [0.51 + i / 100, 0.49 - i / 100]).flat();
    const rows = doubtfulRows(space, candidates, Float64Array.from(p), 2, random());
    expect([...rows]).toEqual([0, 1]);
    expect(margins(Float64Array.of(0.2, 0.5, 0.3), 3)[0]).toBeCloseTo(0.2);
  });

  it('is suspicious where another class is as likely as it usually is for its own rows', () => {
    // Class 0 has 0.9 and 0.6 on average 0.567 with the third; class 1 has 0.8 and 0.7.
    const p = Float64Array.from([0.9, 0.1, 0.6, 0.4, 0.2, 0.8, 0.2, 0.8, 0.3, 0.7]);
    expect(suspiciousLabels(p, Int32Array.of(0, 0, 0, 1, 1))).toEqual([
      { at: 2, seems: 1, probability: 0.8, given: 0.2 },
    ]);
  });

  it('counts hard labelled rows for what there is of them among the rest', () => {
    const confidence = Float64Array.from([...Array(20).fill(0.5), ...Array(20).fill(0.95)]);
    const rest = Float64Array.from([...Array(10).fill(0.5), ...Array(90).fill(0.95)]);
    const weights = strataWeights(confidence, rest);
    const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
    expect(sum(weights)).toBeCloseTo(1);
    expect(sum(weights.subarray(0, 20))).toBeCloseTo(0.1);
  });
});
