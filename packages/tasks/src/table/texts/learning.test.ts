import { Random } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import type { TableRows } from '../columns.ts';
import { openTable } from '../open.ts';
import { tableRows } from '../read/rows.ts';
import { tableFrom } from '../read/testing/table.ts';
import { TableOptions, tableLearning } from '../task.ts';
import { customers } from '../testing/customers.ts';
import { reviews } from '../testing/reviews.ts';

const options = TableOptions.parse({ minutes: 0.1, metric: 'auc' });
const fit = (rows: TableRows) => tableLearning.fit(rows, options, { random: new Random(1) });

async function learnt(rows: TableRows) {
  const fitted = await fit(rows);
  const { evaluation, heldOut } = await tableLearning.evaluate(fitted, rows, { random: new Random(2) });
  const { answers } = heldOut;
  if (answers.kind !== 'classes') throw new Error('no classes');
  const losses = answers.labels.map((label, i) => {
    const p = answers.probabilities[i]!;
    return -Math.log(Math.max(1e-9, label === 1 ? p : 1 - p));
  });
  return { fitted, evaluation, losses };
}

describe('texts of a table', () => {
  it.each(['en', 'zh'] as const)(
    'tell the target, and with numbers tell more than either alone: %s',
    async (language) => {
      const of = (ignore: readonly string[]) => learnt(reviews(900, { language, ignore }));
      const [text, number, both] = [await of(['price']), await of(['review']), await of([])];
      expect(text.evaluation.metrics.auc).toBeGreaterThan(0.75);
      expect(both.evaluation.metrics.auc! - text.evaluation.metrics.auc!).toBeGreaterThan(0.03);
      expect(both.evaluation.metrics.auc! - number.evaluation.metrics.auc!).toBeGreaterThan(0.03);
      const { importance } = both.evaluation.explanation;
      for (const { interval } of importance) expect(interval[0]).toBeGreaterThan(0);
    },
    120_000,
  );

  it('of many rare words that tell nothing do no harm beyond chance', async () => {
    const rows = customers(800);
    const random = new Random(5);
    const values = Array.from({ length: rows.count }, () =>
      Array.from({ length: 25 }, () => `w${random.below(3000)}`).join(' '),
    );
    const noisy = {
      ...rows,
      columns: [...rows.columns, { name: 'note', cells: { kind: 'text' as const, values } }],
    };
    const [without, withNoise] = [await learnt(rows), await learnt(noisy)];
    const harm = Float64Array.from(withNoise.losses, (loss, i) => loss - without.losses[i]!);
    const mean = harm.reduce((sum, loss) => sum + loss, 0) / harm.length;
    const variance = harm.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (harm.length - 1);
    expect(mean).toBeLessThan(2 * Math.sqrt(variance / harm.length));
    expect(mean).toBeLessThan(0.02);
  }, 120_000);

  it('are answered when served, with reasons that name the words', async () => {
    const { fitted } = await learnt(reviews(600, { language: 'en' }));
    const bundle = tableLearning.parseBundle(JSON.parse(JSON.stringify(tableLearning.bundle(fitted.model))));
    const opened = await openTable(bundle, writeOnnx(tableLearning.graph(fitted.model)));
    try {
      const rows = [
        { review: 'The kettle was broken and leaking', price: 60 },
        { review: 'lovely and sturdy', price: 60 },
        { review: '👍', price: 60 },
        { review: '', price: 60 },
        { review: null, price: 60 },
        { review: '好'.repeat(20_000), price: 60 },
      ];
      const answers = await opened.answer(rows);
      const [bad, good, emoji, empty, missing, long] = answers.map(
        ({ probabilities }) => probabilities!.yes!,
      );
      expect(bad! - good!).toBeGreaterThan(0.3);
      expect(empty).toBeCloseTo(missing!, 9);
      for (const p of [emoji, empty, long]) expect(Math.abs(p! - 0.5)).toBeLessThan(0.45);
      const [first] = await opened.reasons!(rows);
      expect(first![0]!.unit).toMatch(/^review: ".*(?:broken|leaking)/);
      expect(first![0]!.weight).toBeGreaterThan(0);
      expect(opened.describe(rows[0]!, answers[0]!).inputs).toEqual({
        'review: characters': 33,
        'review: language': 'en',
        price: 60,
      });
    } finally {
      await opened.close();
    }
  }, 120_000);

  it('are learnt from in four columns, those of the longest texts, whatever the names of other columns', () => {
    const random = new Random(1);
    const text = (words: number) => () =>
      Array.from({ length: words }, () => `w${random.below(200)}`).join(' ');
    const columns = Object.fromEntries([6, 9, 7, 8, 12].map((words) => [`t${words}`, text(words)]));
    const table = tableFrom(100, { ...columns, y: (row) => (row % 2 ? 'a' : 'b') });
    const { rows } = tableRows(table, { target: 'y' });
    expect(rows.columns.map(({ name }) => name)).toEqual(['t9', 't7', 't8', 't12']);
    expect(rows.leftOut.t6).toEqual({ code: 'too-many-texts' });
  });

  it('share their table with columns that are called as inputs of theirs', async () => {
    const { columns, ...rows } = reviews(300, { language: 'zh' });
    const [review, price] = columns;
    const clash = { ...rows, columns: [review!, { ...price!, name: 'review terms' }] };
    const { model } = await fit(clash);
    const opened = await openTable(tableLearning.bundle(model), writeOnnx(tableLearning.graph(model)));
    const answers = await opened.answer([
      { review: '破损，太慢', 'review terms': 90 },
      { review: '结实', 'review terms': 20 },
    ]);
    await opened.close();
    expect(answers.map(({ prediction }) => prediction)).toEqual(['yes', 'no']);
  }, 60_000);
});
