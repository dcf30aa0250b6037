import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimes } from '../index.ts';

const of = (cell: string, isTime = false): string | undefined => {
  const [time] = parseTimes([cell], isTime).times;
  return time === undefined ? undefined : new Date(time).toISOString().replace(/\.000Z$/, '');
};

describe('parseTimes', () => {
  it('reads Chinese dates, in full width too', () => {
    const day = Date.UTC(2024, 2, 5);
    expect(
      parseTimes(['2024年3月5日', '２０２４年３月５日', '2024/3/5', '2024.03.05', '5 March 2024', '20240305'])
        .times,
    ).toEqual(new Array(6).fill(day));
  });

  it.each([
    // As US Excel, Shopify, Zendesk and Stripe export.
    ['1/25/2024 1:00 AM', '2024-01-25T01:00:00'],
    ['1/25/2024 12:00 AM', '2024-01-25T00:00:00'],
    ['1/25/2024 12:30 PM', '2024-01-25T12:30:00'],
    ['1/25/2024 11:59:59 pm', '2024-01-25T23:59:59'],
    ['1/25/2024, 3:04:05\u202fPM', '2024-01-25T15:04:05'],
    ['1/25/24 3:04PM', '2024-01-25T15:04:00'],
    ['25/1/2024 3:04 p.m.', '2024-01-25T15:04:00'],
    ['25.01.2024, 15:04', '2024-01-25T15:04:00'],
    ['2024-01-25 3 PM', '2024-01-25T15:00:00'],
    ['2024-01-25 03:04:05 PM UTC', '2024-01-25T15:04:05'],
    ['Jan 5, 2024 3:04 PM', '2024-01-05T15:04:00'],
    ['Jan 5, 2024, 3:04:05 PM', '2024-01-05T15:04:05'],
    ['January 5th, 2024 at 3:04 pm', '2024-01-05T15:04:00'],
    ['Fri, 05 Jan 2024 15:04:05 +0800', '2024-01-05T07:04:05'],
    ['Fri, 05 Jan 2024 15:04:05 GMT', '2024-01-05T15:04:05'],
    ['Fri Jan 05 2024 15:04:05 GMT+0800 (China Standard Time)', '2024-01-05T07:04:05'],
    ['05-Jan-24', '2024-01-05T00:00:00'],
    ['5-Jan-2024 15:04', '2024-01-05T15:04:00'],
    ['2024-Jan-05', '2024-01-05T00:00:00'],
    ['Mar-24', '2024-03-01T00:00:00'],
    ["Mar '24", undefined],
    ["Mar'24", '2024-03-01T00:00:00'],
    ['March 2024', '2024-03-01T00:00:00'],
    ['Sept 2024', '2024-09-01T00:00:00'],
    ['5. März 2024', '2024-03-05T00:00:00'],
    ['5 de marzo de 2024', '2024-03-05T00:00:00'],
    ['5 févr. 2024', '2024-02-05T00:00:00'],
    ['2024年3月1日 下午3:04', '2024-03-01T15:04:00'],
    ['2024年3月1日下午3时04分05秒', '2024-03-01T15:04:05'],
    ['2024 年 3 月 1 日 星期五 上午 9:04', '2024-03-01T09:04:00'],
    ['2024/3/1 上午9:04:05', '2024-03-01T09:04:05'],
    ['2024/3/1 中午12:04', '2024-03-01T12:04:00'],
    ['2024/3/1 凌晨12:04', '2024-03-01T00:04:00'],
    ['2024/3/1 晚上8点', '2024-03-01T20:00:00'],
    ['2024年3月1日15:04', '2024-03-01T15:04:00'],
    ['2024/3/1 午後3:04', '2024-03-01T15:04:00'],
    ['2024-03-10T02:30:00+02:00', '2024-03-10T00:30:00'],
    ['2024-03-10 02:30:00.123456+08', '2024-03-09T18:30:00'],
    ['2024-03-01T10:00:00.123456Z', '2024-03-01T10:00:00'],
    ['2024-03-01 10:00:00 +0000 UTC', '2024-03-01T10:00:00'],
  ])('reads %s', (cell, time) => expect(of(cell)).toBe(time));

  it.each([
    ['1709251200', '2024-03-01T00:00:00'],
    ['1709251200.25', '2024-03-01T00:00:00.250Z'],
    ['1709251200000', '2024-03-01T00:00:00'],
    ['1709251200000000', '2024-03-01T00:00:00'],
    ['1709251200000000000', '2024-03-01T00:00:00'],
    ['45352', '2024-03-01T00:00:00'],
  ])('reads %s where numbers are times, and only there', (cell, time) => {
    expect(of(cell, true)).toBe(time);
    expect(of(cell)).toBeUndefined();
  });

  it.each([
    '13/13/2024 1:00 AM',
    '1/25/2024 13:00 AM',
    '1/25/2024 25:00',
    '1/25/2024 10:75',
    '2024-04-31',
    '31 April 2024',
    '2024-01-25 5',
    '2024-01-25 5:',
    'May 24',
    'Model 2024',
    'Version 5, 2024',
    'SKU-24',
    'maybe 2024',
    '3:04 PM',
    '上午',
    '12 Main 2024',
  ])('takes %s for no date', (cell) => expect(of(cell)).toBeUndefined());

  it('decides by the column whether days or months come first', () => {
    const hours = (cells: string[]) => parseTimes(cells).times.map((time) => new Date(time!).getUTCDate());
    expect(hours(['3/4/2024 1:00 PM', '13/4/2024 2:00 PM'])).toEqual([3, 13]);
    expect(hours(['3/4/2024 1:00 PM', '4/13/2024 2:00 PM'])).toEqual([4, 13]);
    expect(parseTimes(['3/4/2024 1:00 PM']).assumed).toBe('month first');
    expect(parseTimes(['3-4-2024']).assumed).toBe('day first');
    expect(parseTimes(['3.4.2024', '5.6.2024'])).toMatchObject({ order: 'day first' });
    expect(parseTimes(['3.4.2024', '5.6.2024']).assumed).toBeUndefined();
  });

  it('reads back what programs of many countries write (an independent writer: ICU)', () => {
    const from = Date.UTC(2001, 0, 1);
    fc.assert(
      fc.property(
        fc.constantFrom(
          'en-US',
          'en-GB',
          'zh-CN',
          'zh-TW',
          'de-DE',
          'fr-FR',
          'es-ES',
          'it-IT',
          'nl-NL',
          'ja-JP',
        ),
        fc.constantFrom<Intl.DateTimeFormatOptions>(
          { dateStyle: 'short', timeStyle: 'short' },
          { dateStyle: 'short', timeStyle: 'medium' },
          { year: 'numeric', month: 'short', day: 'numeric' },
          { year: 'numeric', month: 'long', day: 'numeric' },
          {
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            hour12: false,
          },
        ),
        fc.integer({ min: 0, max: 1e7 }),
        (locale, options, minutes) => {
          const time = from + minutes * 60_000;
          const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
          const hasClock = 'timeStyle' in options || 'hour' in options;
          // The 25th tells the order of days and months.
          const cells = [time, Date.UTC(2024, 0, 25)].map((at) => format.format(at).replace(' 24:', ' 00:'));
          const expected = hasClock ? time : time - (time % 86_400_000);
          expect(parseTimes(cells).times[0], cells.join(' | ')).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is quick on hostile cells', () => {
    const started = performance.now();
    const pieces = ['1/', '2024年', 'Jan ', '1 ', '日', '上午', ' T', ', '];
    parseTimes(Array.from({ length: 20_000 }, (_, i) => pieces[i % pieces.length]!.repeat(12)));
    parseTimes(['1'.repeat(1e6), 'Jan 5, 2024 '.repeat(1e5)]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
