import { expect, it } from 'vitest';
import { columnInWords, levelInWords } from './words.ts';

it('names slices that no cell says in the language of the report, and cells as they are', () => {
  expect(columnInWords('system').zh).toBe('系统');
  expect(levelInWords('with "headset"')).toEqual({ en: 'with "headset"', zh: '含“headset”' });
  expect(levelInWords('without "headset"').zh).toBe('不含“headset”');
  expect(levelInWords('far').zh).toBe('far');
});
