import { expect, it } from 'vitest';
import { figureInWords, judgedInWords, sliceInWords } from './words.ts';

it('names slices in the language of the report, also those that no cell says', () => {
  expect(sliceInWords('microphone', 'far')).toEqual({ en: 'microphone "far"', zh: 'microphone 为“far”' });
  expect(sliceInWords('system', 'b').zh).toBe('系统为“b”');
  expect(sliceInWords('file', 'with "headset"')).toEqual({
    en: 'file with "headset"',
    zh: '文件含“headset”',
  });
  expect(sliceInWords('file', 'without "headset"').zh).toBe('文件不含“headset”');
});

it('writes figures below zero with a minus, which no dash of an interval is taken for', () => {
  expect(figureInWords(-0.06, 'share')).toBe('−6.0%');
  expect(figureInWords(-1.25, 'points')).toBe('−1.3');
  expect(figureInWords(-1e-15, 'share')).toBe('0%');
});

it('names the version that is judged once, where several were compared', () => {
  expect(judgedInWords([{ after: 'v2' }, { after: 'v2' }])).toEqual({
    en: ' (judged: v2)',
    zh: '（评判的是 v2）',
  });
  expect(judgedInWords([]).en).toBe('');
});
