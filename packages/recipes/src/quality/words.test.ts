import { expect, it } from 'vitest';
import { columnInWords, judgedInWords, levelInWords } from './words.ts';

it('names slices that no cell says in the language of the report, and cells as they are', () => {
  expect(columnInWords('system').zh).toBe('系统');
  expect(levelInWords('with "headset"')).toEqual({ en: 'with "headset"', zh: '含“headset”' });
  expect(levelInWords('without "headset"').zh).toBe('不含“headset”');
  expect(levelInWords('far').zh).toBe('far');
});

it('names the version that is judged once, where several were compared', () => {
  expect(judgedInWords([{ after: 'v2' }, { after: 'v2' }])).toEqual({
    en: ' (judged: v2)',
    zh: '（评判的是 v2）',
  });
  expect(judgedInWords([]).en).toBe('');
});
