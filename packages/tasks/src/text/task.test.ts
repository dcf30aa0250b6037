import { existsSync } from 'node:fs';
import { Random } from '@gradus/base';
import { readTable } from '@gradus/data';
import { writeOnnx } from '@gradus/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { tickets } from '../testing/tickets.ts';
import { predictTexts } from './predict.ts';
import { linearTextReasons } from './reasons.ts';
import { type TextFitted, textClassification } from './task.ts';

const context = (seed = 1) => ({ random: new Random(seed) });
const options = { errors: 0.1 };

describe('text classification', () => {
  const rows = tickets(420, 1);
  let fitted: TextFitted;
  beforeAll(async () => {
    fitted = await textClassification.fit(rows, options, context());
  });

  it('tells several classes apart, better than its baseline, with slices and a kept promise', async () => {
    const { evaluation, heldOut } = await textClassification.evaluate(fitted, rows, context());
    expect(evaluation.classes).toEqual(['billing', 'delivery', 'login']);
    expect(evaluation.figure.value).toBeGreaterThan(0.85);
    expect(evaluation.n + evaluation.trainedOn).toBeLessThan(rows.length);
    expect(evaluation.slices.map(({ name }) => name.en)).toEqual(['channel: chat', 'channel: mail']);
    expect(evaluation.classifier.confusion).toHaveLength(3);
    expect(evaluation.classifier.auc).toBeNull();
    expect(heldOut.rows).toEqual(Array.from(fitted.test, (i) => rows[i]!.row));
    expect(textClassification.compare(heldOut, heldOut).promote).toBe(false);
  });

  it('answers as its graph does, and gives no label where it is not sure enough', async () => {
    const { model } = fitted;
    const bundle = textClassification.parseBundle(
      JSON.parse(JSON.stringify(textClassification.bundle(model))),
    );
    const rule = { ...model.abstention!, threshold: 0.9 };
    const opened = await textClassification.open(
      { ...bundle, abstention: rule },
      writeOnnx(textClassification.graph(model)),
    );
    try {
      const texts = rows.slice(0, 40).map(({ input }) => input);
      const answers = await opened.answer([...texts, '', 'zzz']);
      const probabilities = await predictTexts(model.text, texts);
      for (const [i, { label, likeliest, probability }] of answers.slice(0, 40).entries()) {
        expect(probability).toBeCloseTo(probabilities[3 * i + bundle.classes.indexOf(likeliest)]!, 5);
        expect(label).toBe(probability >= 0.9 ? likeliest : null);
      }
      expect(answers.at(-1)!.label).toBeNull();
      expect(opened.describe('parcel late', answers[0]!).inputs.characters).toBe(11);
    } finally {
      await opened.close();
    }
  });

  it('gives reasons that add up to the logit, and finds the same by leaving words out', async () => {
    const two = rows.filter(({ label }) => label !== 'login');
    const { model } = await textClassification.fit(two, { errors: 1 }, context());
    expect(model.text.networks).toEqual([]);
    const text = 'refund of the invoice, the parcel was late';
    const [p] = await predictTexts(model.text, [text]);
    const { reasons, bias } = linearTextReasons(model.text, text, 1);
    const sum = reasons.reduce((total, { weight }) => total + weight, bias);
    // The graph computes the same logit in another way.
    expect(sum).toBeCloseTo(Math.log(p! / (1 - p!)), 3);
    const against = linearTextReasons(model.text, text, 0);
    expect(against.reasons[0]!.weight).toBeCloseTo(-reasons[0]!.weight, 9);

    const opened = await textClassification.open(
      textClassification.bundle(model),
      writeOnnx(textClassification.graph(model)),
    );
    const [ranked] = await opened.reasons!(['an invoice came']);
    expect(ranked![0]!.unit).toBe('invoice');
    expect(ranked![0]!.weight).toBeGreaterThan(0);
    await opened.close();
  });

  it('refuses what cannot be learnt from, in both languages', async () => {
    const one = rows.map((row) => ({ ...row, label: 'all' }));
    await expect(textClassification.fit(one, options, context())).rejects.toMatchObject({
      message: expect.stringContaining('--label'),
      localized: { zh: expect.stringContaining('--label') },
    });
    await expect(textClassification.fit(tickets(50, 2), options, context())).rejects.toThrow(/at least 60/);
    const same = rows.map((row) => ({ ...row, input: `all ${row.label} tickets say the same thing` }));
    await expect(textClassification.fit(same, options, context())).rejects.toThrow(/repeat each other/);
  });
});

const banking = '../shared/data/banking77/train.csv';
it.skipIf(!existsSync(banking))(
  'tells real intents apart and keeps the promised error rate (needs ../shared/data)',
  async () => {
    const table = await readTable(banking);
    const names = [...new Set(table.rows.map(([, label]) => label!))].slice(0, 12);
    const rows = table.rows.flatMap(([input, label], i) =>
      names.includes(label!) ? [{ row: i + 1, input: input!, label: label! }] : [],
    );
    const fitted = await textClassification.fit(rows, { errors: 0.05 }, context());
    const { evaluation } = await textClassification.evaluate(fitted, rows, context());
    expect(evaluation.figure.value).toBeGreaterThan(0.85);
    const { coverage, observed } = evaluation.abstention!;
    expect(coverage.value).toBeGreaterThan(0.3);
    expect(observed.interval[0]).toBeLessThan(0.05);
  },
);
