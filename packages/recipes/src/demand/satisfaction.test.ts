import { UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { warningText } from './analysis/warning-words.ts';
import { opinionsOf } from './satisfaction.ts';

const column = (name: string, cells: readonly string[], isNamed = false) => ({ name, cells, isNamed });
const repeated = (values: readonly string[], times: number) =>
  Array.from({ length: times }, () => values).flat();

describe('satisfied or not', () => {
  it('is cut at the same places of every scale', () => {
    const labels = (cells: string[], name = 'rating') => opinionsOf({ rating: column(name, cells) }).labels;
    expect(labels(['1', '2', '3', '4', '5'])).toEqual([0, 0, undefined, 1, 1]);
    expect(labels(['0', '4', '6', '7', '10'])).toEqual([0, 0, undefined, 1, 1]);
    expect(labels(['4/5', '8/10', '2/5', '4/10', '3/5'])).toEqual([1, 1, 0, 0, undefined]);
    expect(labels(['80%', '30%', '50%'])).toEqual([1, 0, undefined]);
    expect(labels(['1', '5', '3'], 'rating (1 = very good)')).toEqual([1, 0, undefined]);
  });

  it('is what answers in words say, the strongest too', () => {
    const cells = ['非常满意', '满意', '一般', '不满意', '非常不满意', '未填写'];
    const expected = [1, 1, undefined, 0, 0, undefined];
    expect(opinionsOf({ label: column('满意度', cells) }).labels).toEqual(expected);
    expect(opinionsOf({ rating: column('满意度', cells, true) }).labels).toEqual(expected);
    const steps = ['Somewhat satisfied', 'Somewhat dissatisfied', 'Very satisfied', 'Satisfied'];
    expect(opinionsOf({ rating: column('x', steps, true) }).labels).toEqual([1, 0, 1, 1]);
  });

  it('is read from stars that were named as labels', () => {
    expect(opinionsOf({ label: column('stars', ['1', '2', '3', '4', '5'], true) }).labels).toEqual([
      0,
      0,
      undefined,
      1,
      1,
    ]);
  });

  it('comes from the ratings where the labels have one class only', () => {
    const { labels } = opinionsOf({
      label: column('label', ['1', '1']),
      rating: column('stars', ['5', '1']),
    });
    expect(labels).toEqual([1, 0]);
  });

  it('warns of what was set aside, turned over, converted or not read, in both languages', () => {
    const cells = [...repeated(['1', '2', '3', '4', '5'], 20), '99', '99', '55', '2/10', 'see below', 'N/A'];
    const { cautions } = opinionsOf({ rating: column('note (1 = best)', cells) });
    expect(cautions.map(({ id }) => id)).toEqual([
      'ratings-inverted',
      'ratings-coded',
      'ratings-mistyped',
      'ratings-of-several-scales',
      'cells-unread',
    ]);
    for (const caution of cautions) {
      const { en, zh } = warningText(caution);
      expect(en).toContain('note (1 = best)');
      expect(zh).toContain('note (1 = best)');
    }
    const [, coded] = cautions;
    expect(warningText(coded!).en).toContain('99 (2 rows)');
  });

  it('is refused where a named column says nothing, with what it holds and the way out', () => {
    const refused = (columns: Parameters<typeof opinionsOf>[0]) => () => opinionsOf(columns);
    for (const role of ['rating', 'label'] as const) {
      const opinion = refused({ [role]: column('color', ['red', 'blue', 'red'], true) });
      expect(opinion).toThrow(UserError);
      expect(opinion).toThrow(new RegExp(`"color".*"red", "blue".*--${role} none`));
    }
    // Whether 1 or 2 is the better one, the file does not say.
    expect(refused({ label: column('x', ['1', '2', '2'], true) })).toThrow(/holds "2", "1"/);
    expect(refused({ rating: column('stars', ['1/10', '5/10']) })).toThrow(
      /No row of "stars" is satisfied \(on a scale of 1 to 10\): with one class/,
    );
  });
});
