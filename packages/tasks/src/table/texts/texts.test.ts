import { Random } from '@gradus/base';
import { leavesOf, type Tensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { r2, rocAuc } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../columns.ts';
import { TextFeeds } from './feeds.ts';
import { textTensors } from './graph.ts';
import { readTextColumn, StoredTexts, storedTextModel, storedTexts } from './stored.ts';
import { denseTextFeatures, fitTextColumn, textFeatures } from './text-column.ts';
import { strongestWords } from './text-reasons.ts';

const inputs = { terms: 'note terms', weights: 'note weights', length: 'note length' };
const random = new Random(3);
const word = (from: number, count: number) => `w${from + random.below(count)}`;
const rows = 600;
const labels = Int32Array.from({ length: rows }, () => random.below(2));
const classes: Target = { kind: 'classes', name: 'y', classes: ['no', 'yes'], labels };
const each = Int32Array.from({ length: rows }, (_, row) => row);
const cellsOf = (values: readonly string[]) => ({ kind: 'text', values }) as const;
const fit = (texts: readonly string[], target: Target, groups = each) =>
  fitTextColumn({ name: 'note', cells: cellsOf(texts), inputs }, { target, groups, random: new Random(1) })!;

/** Words of the row's class among others. */
const telling = Array.from(labels, (label) =>
  [word(0, 50), word(100 + 10 * label, 10), word(0, 50), word(100 + 10 * label, 10)].join(' '),
);
/** Many rare words that have nothing to do with the class. */
const noise = Array.from(labels, () => Array.from({ length: 20 }, () => word(0, 1500)).join(' '));

describe('scores of a text column', () => {
  it('of training rows are as good as those of later rows, and no better', () => {
    const auc = (scores: Float32Array) => rocAuc(Float64Array.from(labels), Float64Array.from(scores));
    const random = fit(noise, classes);
    expect(auc(textFeatures(random.column, cellsOf(noise)).scores)).toBeGreaterThan(0.95);
    expect(Math.abs(auc(random.training.scores) - 0.5)).toBeLessThan(0.06);
    expect(auc(fit(telling, classes).training.scores)).toBeGreaterThan(0.95);
  });

  it('do not know a row by its repetition where the two stand or fall together', () => {
    const twice = noise.map((_, row) => noise[row - (row % 2)]!);
    const same = labels.map((_, row) => labels[row - (row % 2)]!);
    const auc = (groups: Int32Array<ArrayBuffer>) =>
      rocAuc(
        Float64Array.from(same),
        Float64Array.from(fit(twice, { ...classes, labels: same }, groups).training.scores),
      );
    expect(auc(each)).toBeGreaterThan(0.8);
    expect(Math.abs(auc(each.map((row) => row - (row % 2))) - 0.5)).toBeLessThan(0.08);
  });

  it('predict numbers, in units of their own spread', () => {
    const values = Float64Array.from(labels, (label) => 1000 * label + 10 * random.uniform());
    const target: Target = { kind: 'numbers', name: 'y', values, decimal: '.', nature: 'number' };
    const { training } = fit(telling, target);
    expect(
      r2(
        values,
        Float64Array.from(training.scores, (score) => 1000 * (0.5 + score / 2)),
      ),
    ).toBeGreaterThan(0.7);
  });

  it('are one a class, of more than twenty classes one for each of the twenty most frequent', () => {
    const of = (count: number) => {
      const own = Int32Array.from(each, (row) => Math.floor(Math.sqrt(row / rows) * count));
      const names = Array.from({ length: count }, (_, k) => `class ${k}`);
      const texts = Array.from(own, (label) => `${word(0, 50)} class${label} ${word(0, 50)}`);
      return fit(texts, { kind: 'classes', name: 'y', classes: names, labels: own });
    };
    const three = of(3);
    expect(three.column.speaksOf).toEqual([0, 1, 2]);
    const { scores } = textFeatures(three.column, cellsOf(['w1 class2 w3']));
    expect(scores.indexOf(Math.max(...scores))).toBe(2);
    expect(of(22).column.speaksOf).toEqual(Array.from({ length: 20 }, (_, k) => k + 2));
  });

  it('are not made of texts of which no two share a word', () => {
    const texts = Array.from(each, (row) => `only${row}`);
    expect(
      fitTextColumn(
        { name: 'note', cells: cellsOf(texts), inputs },
        { target: classes, groups: each, random: new Random(1) },
      ),
    ).toBeUndefined();
  });
});

describe('a text column in a graph', () => {
  const mixed = telling.map((text, row) =>
    row % 3 === 0 ? `${text} 味道${labels[row] ? '不好' : '很好'}` : text,
  );
  const odd = [
    '',
    '👍',
    '👍🏽👍🏽 w1',
    '味道不好，太慢',
    'w1 '.repeat(6000),
    '好'.repeat(20_000),
    '\uD800',
    'unseen',
  ];
  const threeClasses = labels.map((label, row) => (row % 5 === 0 ? 2 : label));
  const targets: Readonly<Record<string, Target>> = {
    'two classes': classes,
    'three classes': { ...classes, classes: ['a', 'b', 'c'], labels: threeClasses },
    numbers: {
      kind: 'numbers',
      name: 'y',
      values: Float64Array.from(labels, (label) => 5 * label),
      decimal: '.',
      nature: 'number',
    },
  };

  it.each(Object.keys(targets))('has the numbers of training: %s', async (name) => {
    const { column } = fit(mixed, targets[name]!);
    const [stored] = StoredTexts.parse(JSON.parse(JSON.stringify(storedTexts([column]))));
    const { trees, dense } = textTensors(column);
    const outputs = { trees, dense };
    const leaves = leavesOf({ name: '', inputs: {}, outputs }) as Tensor[];
    const given = leaves.flatMap((leaf) => (leaf.source.kind === 'input' ? [[leaf.source.name, leaf]] : []));
    const graph = await compile(writeOnnx({ name: 'text', inputs: Object.fromEntries(given), outputs }));
    const any = fc.oneof(
      fc.constantFrom(...odd, ...mixed.slice(0, 20)),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
    );
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 6 }), async (texts) => {
          const feeds = new TextFeeds(stored!);
          const outputs = await graph.run(feeds.feeds(feeds.cells(cellsOf(texts))));
          const cells = textFeatures(column, cellsOf(texts));
          const wanted = denseTextFeatures(column, cells);
          for (const [i, value] of (outputs.dense!.data as Float32Array).entries())
            expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-4);
          const width = column.speaksOf.length + 1;
          for (const [i, value] of (outputs.trees!.data as Float32Array).entries()) {
            const [row, k] = [Math.floor(i / width), i % width];
            const own = k < width - 1 ? cells.scores[row * (width - 1) + k]! : cells.lengths[row]!;
            expect(Math.abs(value - own)).toBeLessThan(1e-4);
          }
        }),
        { numRuns: 60, examples: [[odd]] },
      );
    } finally {
      await graph.close();
    }
  });

  it('is read as it was stored, and refused where its parts do not match', () => {
    const { column } = fit(mixed, classes);
    const [text] = JSON.parse(JSON.stringify(storedTexts([column])));
    const model = JSON.parse(JSON.stringify(storedTextModel(column)));
    expect(readTextColumn(text, model)).toEqual(column);
    expect(() => readTextColumn(text, { ...model, weights: model.weights.slice(4) })).toThrow(RangeError);
    expect(StoredTexts.safeParse([{ ...text, idf: text.idf.slice(1) }]).success).toBe(false);
    expect(StoredTexts.safeParse([{ ...text, idf: text.idf.map(String) }]).success).toBe(false);
  });
});

describe('the strongest words of a text', () => {
  it('are those that raise the score, or lower it, without repeating themselves', () => {
    const texts = Array.from(
      labels,
      (label) => `${word(0, 30)} ${label ? 'very slow' : 'so quick'} ${word(0, 30)}`,
    );
    const { column } = fit(texts, classes);
    const text = 'w1 very slow w2';
    expect(strongestWords(column, text, 0, 1).join(' ')).toMatch(/slow/);
    expect(strongestWords(column, 'so quick', 0, 1)).toEqual([]);
    expect(strongestWords(column, 'so quick', 0, -1)[0]).toMatch(/so|quick/);
    const zh = Array.from(labels, (label) => `${word(0, 30)}，${label ? '味道不好' : '非常喜欢'}`);
    expect(strongestWords(fit(zh, classes).column, '味道不好', 0, 1).join('')).toMatch(/味|好|不/);
  });
});
