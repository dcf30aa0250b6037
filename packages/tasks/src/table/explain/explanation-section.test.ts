import { LANGUAGES, Random } from '@gradus/base';
import { type Block, renderReport } from '@gradus/report';
import { describe, expect, it } from 'vitest';
import type { DependencePoint } from './dependence.ts';
import { type Explanation, explainTable } from './explanation.ts';
import { explainSection } from './explanation-section.ts';
import { shapeOf } from './shape.ts';
import { dependenceText } from './words.ts';

const pointsOf = (answers: readonly number[], spread = 1): DependencePoint[] =>
  answers.map((answer, i) => ({ at: 10 * i, answer, low: answer - spread, high: answer + spread, rows: 50 }));
const of = (answers: readonly number[], column = 'age') => ({
  column,
  kind: 'number' as const,
  points: pointsOf(answers),
});

describe('the shape of a dependence', () => {
  it.each([
    [[0, 1, 2, 3, 4], { kind: 'rises', from: 0, until: 4 }],
    [[4, 3, 2, 1, 0], { kind: 'falls', from: 0, until: 4 }],
    [[0, 2, 4, 4, 4, 4], { kind: 'rises', from: 0, until: 2 }],
    [[0, 0, 0, 0, 2, 4], { kind: 'rises', from: 3, until: 5 }],
    [[0, 2, 4, 3.7, 4.1, 3.9], { kind: 'rises', from: 0, until: 2 }],
    [[0, 2, 4, 2, 0], { kind: 'peak', turn: 2 }],
    [[4, 2, 0, 2], { kind: 'valley', turn: 2 }],
    [[0, 4, 0, 4, 1], { kind: 'wavy', highest: 1, lowest: 0 }],
    [[1, 1.01, 1, 1.02], { kind: 'flat' }],
    [[1, 1, 1], { kind: 'flat' }],
  ])('%j', (answers, shape) => {
    expect(shapeOf(pointsOf(answers))).toEqual(shape);
  });
});

describe('sentences', () => {
  const numbers = { target: 'price' };
  it.each([
    [
      [0, 20, 40, 40, 40, 40],
      'The predicted "price" rises with "age" up to about 20 and then stays: 0 at 0, 40 at 50.',
    ],
    [[40, 20, 0], 'The predicted "price" falls with "age": 40 at 0, 0 at 20.'],
    [
      [0, 20, 0],
      'The predicted "price" rises with "age" up to about 10 and then falls: 0 at 0, 20 at 10, 0 at 20.',
    ],
    [
      [0, 20, 0, 20],
      'The predicted "price" goes up and down with "age": highest with 20 at 10, lowest with 0 at 0.',
    ],
  ])('say how %j goes', (answers, sentence) => {
    expect(dependenceText(numbers, of(answers)).en).toBe(sentence);
  });

  it('speak of probabilities of classes, and of levels', () => {
    const plan = {
      column: 'plan',
      kind: 'category' as const,
      points: [
        { at: 'free', answer: 0.1, low: 0, high: 0.2, rows: 9 },
        { at: 'paid', answer: 0.6, low: 0.5, high: 0.7, rows: 90 },
      ],
    };
    expect(dependenceText({ target: 'left', speaksOf: 'yes' }, plan)).toEqual({
      en: 'The probability of "yes" is highest where "plan" is "paid" (60.0%) and lowest where it is "free" (10.0%).',
      zh: '“yes”的概率在“plan”为“paid”时最高（60.0%），为“free”时最低（10.0%）。',
    });
  });
});

describe('the section', () => {
  const explanation: Explanation = {
    target: 'price',
    lossName: 'squared error',
    loss: 4,
    rows: 500,
    importance: [
      { column: 'age', loss: 5, interval: [4, 6] },
      { column: 'size', loss: 0.2, interval: [-0.1, 0.5] },
      { column: 'area', loss: 0.1, interval: [-0.1, 0.3] },
      { column: 'noise', loss: 0, interval: [0, 0] },
    ],
    together: [{ columns: ['size', 'area'], association: 0.97, loss: 3, interval: [2, 4] }],
    dependence: [of([0, 20, 40]), of([5, 5.5, 6], 'size')],
    leftOut: 0,
  };
  const textOf = (blocks: readonly Block[]) => JSON.stringify(blocks);

  it('says what each column does, what hides, what is not seen, and that causes are another matter', async () => {
    const section = explainSection(explanation);
    const text = textOf(section.blocks).replaceAll('\\"', '"');
    for (const sentence of [
      '"age": when it is shuffled, the typical error (root mean square) grows from 2 to 3.',
      'The predicted "price" rises with "age"',
      '"size", "area" say much the same (association 0.97)',
      'Nothing is seen of "noise"',
      'not what causes',
    ]) {
      expect(text).toContain(sentence);
    }
    for (const language of LANGUAGES) {
      const html = await renderReport(
        { title: section.title, lead: section.title, sections: [section] },
        language,
      );
      expect(html).toContain('<svg');
    }
  });

  it('warns where no column is seen to matter', async () => {
    const target = Float64Array.from({ length: 50 }, (_, row) => row % 5);
    const none = await explainTable({
      columns: [{ name: 'a', cells: { kind: 'number', values: target.toReversed(), decimal: '.' } }],
      judged: { target: { kind: 'numbers', name: 'y', values: target, decimal: '.', nature: 'number' } },
      predict: async ([column]) => (column!.cells as { values: Float64Array }).values.map(() => 2),
      random: new Random(0),
    });
    const { blocks } = explainSection(none);
    expect(blocks.some((block) => block.kind === 'note' && block.tone === 'warning')).toBe(true);
    expect(blocks.some((block) => block.kind === 'list')).toBe(false);
  });
});
