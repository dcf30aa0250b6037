/** Levels of another height than most are brought to it where only air is missing. */
import { describe, expect, it } from 'vitest';
import { broughtToHeight } from './level-heights.ts';
import { gridOf } from './level-rules.ts';

const low = gridOf('------\n--o---\nXXXXXX');

describe('levels of other heights', () => {
  it('get rows of air at the top, or lose them', () => {
    const high = broughtToHeight(low, 5, '-')!;
    expect(high).toEqual(gridOf('------\n------\n------\n--o---\nXXXXXX'));
    expect(broughtToHeight(high, 3, '-')).toEqual(low);
  });

  it('stay as they are where anything else stands there: a ceiling, or what would be lost', () => {
    expect(broughtToHeight(gridOf('XXXXXX\n------\nXXXXXX'), 5, '-')).toBeUndefined();
    expect(broughtToHeight(low, 1, '-')).toBeUndefined();
  });
});
