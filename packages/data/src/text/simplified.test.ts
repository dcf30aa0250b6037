import { expect, it } from 'vitest';
import { simplifiedChinese } from './simplified.ts';

it('traditional characters are written as simplified ones, each in its place', () => {
  expect(simplifiedChinese('客服態度很差，電話打不通')).toBe('客服态度很差，电话打不通');
  expect(simplifiedChinese('麵條裡有頭髮')).toBe('面条里有头发');
  expect(simplifiedChinese('味道不错, 20 €')).toBe('味道不错, 20 €');
});
