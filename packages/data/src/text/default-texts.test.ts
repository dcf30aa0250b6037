import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, isDefaultText } from '../index.ts';

describe('texts that nobody wrote', () => {
  it.each([
    '此用户没有填写评价，系统默认好评',
    '此用户没有填写评价,系统默认好评!',
    '此用户没有填写评价内容',
    '此用户没有填写评论!',
    '该用户未填写评价内容',
    '用户未填写评价',
    '此用户未填写文字评论',
    '买家没有填写评价',
    '评价方未及时做出评价,系统默认好评!',
    '评价方未及时做出评价，系统默认评价。',
    '用户没有及时评价，系统自动给出五星好评',
    '用户未点评，系统默认好评',
    '该用户未留下任何评价',
    '系统默认好评',
    '超时系统自动好评',
    '默认好评',
    '暂无评论',
    '没有文字评价',
    '(No comment)',
    'No comments',
    'No review text',
    "The user didn't write a review, and has left just a rating.",
    'This customer did not leave any comment.',
    'Buyer left no feedback',
    'Buyer has not left a comment for this item',
    'Order completed successfully—tracked and on time',
    'Automatic feedback from eBay',
    '[deleted]',
    'Comment removed',
    'N/A',
    'none',
    '无',
    'Sin comentarios',
  ])('%s', (text) => {
    expect(isDefaultText(cleanText(text))).toBe(true);
  });

  it.each([
    '好评',
    '五星好评，默认好评都给了，东西是真不错',
    '没有收到货',
    '没有客服回复',
    '默认地址填错了',
    '一般',
    '系统太卡',
    'No comment from support for three days',
    'The customer service did not leave me a good impression',
    'nothing works',
    'Not good',
    'no',
    'The app removed my reviews',
    '😀',
    '5',
  ])('somebody wrote: %s', (text) => {
    expect(isDefaultText(cleanText(text))).toBe(false);
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        isDefaultText(text);
      }),
    );
    isDefaultText('没有'.repeat(60));
    isDefaultText('系统默认'.repeat(30));
  });
});
