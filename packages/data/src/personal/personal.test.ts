import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../sources/read.ts';
import { isCard, isLuhn } from './cards.ts';
import { personalColumn } from './column.ts';
import { findPersonal } from './detect.ts';
import { isResidentId, isSsn } from './identity-numbers.ts';
import { PERSONAL_KINDS, type PersonalKind } from './kinds.ts';
import { applyRedaction, fitRedaction } from './plan.ts';
import { pseudonyms } from './pseudonyms.ts';
import { redact, redactText } from './redact.ts';
import { redactFile } from './redact-file.ts';
import { person, sentences } from './testing/people.ts';

const KEY = 'a key of these tests, by chance';
const found = (text: string) =>
  findPersonal(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe('numbers with a check digit', () => {
  it('are valid or not by that digit: the examples of GB 11643 and of Luhn', () => {
    expect(isResidentId('11010519491231002X')).toBe(true);
    expect(isResidentId('440524188001010014')).toBe(true);
    expect(isResidentId('110105194912310021')).toBe(false);
    expect(isResidentId('11010519490231002X')).toBe(false);
    expect(isLuhn('79927398713')).toBe(true);
    expect(isCard('4111111111111111')).toBe(true);
    expect(isCard('4111111111111112')).toBe(false);
    expect(isSsn('666', '12', '3456')).toBe(false);
  });

  it('are not detected where one digit is wrong', () => {
    const random = new Random('wrong digit');
    for (let i = 0; i < 50; i++) {
      const { zh, card } = person(random);
      const wrong = (text: string) =>
        text.slice(0, -2) + String((Number(text.at(-2)) + 1) % 10) + text.at(-1);
      expect(found(`身份证${wrong(zh.id)}`).filter(([kind]) => kind === 'id')).toEqual([]);
      expect(found(`card ${wrong(card)}`).filter(([kind]) => kind === 'card')).toEqual([]);
    }
  });
});

describe('personal data in text', () => {
  it('is detected in at least 97 of 100 sentences of each kind and language, and with the right ends', () => {
    const random = new Random('sentences');
    const tally = new Map<string, { all: number; hit: number }>();
    for (let i = 0; i < 100; i++) {
      for (const [place, { text, kind, value }] of sentences(random).entries()) {
        const key = `${kind} ${place}`;
        const count = tally.get(key) ?? { all: 0, hit: 0 };
        const spans = findPersonal(text);
        const hit = spans.some(
          (span) =>
            span.kind === kind &&
            text.slice(span.start, span.end).replaceAll(' ', '') === value.replaceAll(' ', ''),
        );
        tally.set(key, { all: count.all + 1, hit: count.hit + (hit ? 1 : 0) });
      }
    }
    for (const [key, { all, hit }] of tally) expect(hit / all, key).toBeGreaterThanOrEqual(0.97);
  });

  it.each([
    ['full-width digits', '手机１３８１２３４５６７８', 'phone', '１３８１２３４５６７８'],
    ['a landline', '前台电话 010-62771234', 'phone', '010-62771234'],
    ['a number behind a word', 'call me on 020 7946 0958 please', 'phone', '020 7946 0958'],
    ['a title', 'Mr. Brown was very kind', 'name', 'Brown'],
    ['a Chinese title', '王女士说要退款', 'name', '王'],
    ['a compound surname', '联系人：欧阳文静', 'name', '欧阳文静'],
    ['IPv6', 'from 2001:db8::8a2e:370:7334 again', 'ip', '2001:db8::8a2e:370:7334'],
    ['a user in a link', 'https://me:secret@example.com/x', 'secret', 'https://me:secret@example.com/x'],
    ['a new-energy plate', '车牌粤BD12345停在门口', 'plate', '粤BD12345'],
    ['a passport', '护照号E12345678已过期', 'passport', 'E12345678'],
  ] as const)('is found as %s', (_, text, kind, value) => {
    expect(found(text)).toContainEqual([kind, value]);
  });

  it.each([
    'The order 20240131123456 was shipped on 2024-01-31 at 10:30:45',
    'version 10.2.33.4 is out, 127.0.0.1 is this machine',
    'Total 1,234,567.89 for 12 items, 15% off, size 42',
    '第3次买了，味道一如既往，10分钟就送到，给5星好评',
    'wechat payment is not accepted here',
    'This is Great value, I paid 4000 dollars',
    '这家店的红烧肉太好吃了，小姐姐服务态度也好',
    '满100减20，单号2023110512345678901',
    'The ratio is 123-45-67 and the code ABC-1234',
  ])('is not seen in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  const REAL = [
    ['waimai_10k/waimai_10k.csv', 'review', 0.0006],
    ['banking77/train.csv', 'text', 0.0002],
  ] as const;
  const at = (path: string) => new URL(`../../../../../shared/data/${path}`, import.meta.url).pathname;
  describe.skipIf(!existsSync(at(REAL[0][0])))('of real customers (needs ../shared/data)', () => {
    it.each(REAL)('is seen in almost none of %s', async (path, name, most) => {
      const table = await readTable(at(path));
      const column = table.columns.indexOf(name);
      const hits = table.rows.filter((row) => findPersonal(row[column]!).length > 0);
      // waimai_10k: four of 11,987, which are three real phone numbers and one name; banking77: none of 10,003.
      expect(hits.length / table.rows.length).toBeLessThan(most);
    });
  });

  it('never fails, keeps all that it does not find, and finds nothing in its own tags', {
    timeout: 30_000,
  }, () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '我叫王伟',
        '138',
        '1381234',
        '@',
        'a@b.cn',
        '路12号',
        '(',
        '+86',
        ':',
        '1.',
        ' ',
        'Mr. ',
        '京A',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const spans = findPersonal(text);
        for (const [i, { start, end }] of spans.entries()) {
          expect(start).toBeLessThan(end);
          expect(start).toBeGreaterThanOrEqual(spans[i - 1]?.end ?? 0);
          expect(end).toBeLessThanOrEqual(text.length);
        }
        if (spans.length === 0) expect(redactText(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
    for (const kind of PERSONAL_KINDS) expect(found(`see [${kind.toUpperCase()}] and [姓名]`)).toEqual([]);
  });

  it('is detected anywhere in long texts', () => {
    const filler = 'nothing to see here, move on. '.repeat(2000);
    expect(found(`${filler}mail me: jo@example.com ${filler}`)).toEqual([['email', 'jo@example.com']]);
  });
});

describe('columns', () => {
  const random = new Random('columns');
  const people = Array.from({ length: 300 }, () => person(random));

  it.each([
    ['姓名', people.map(({ zh }) => zh.name), 'name'],
    ['who', people.map(({ en }) => en.name), 'name'],
    ['contact', people.map(({ zh }) => zh.phone), 'phone'],
    ['x', people.map(({ en }) => en.phone), 'phone'],
    ['x', people.map(({ zh }) => zh.id), 'id'],
    ['x', people.map(({ en }) => en.email), 'email'],
    ['x', people.map(({ zh }) => zh.address), 'address'],
    ['x', people.map(({ card }) => card), 'card'],
    ['生日', people.map(({ born }) => born), 'birth date'],
    ['微信号', people.map(({ zh }) => zh.account), 'account'],
    ['x', people.map(({ zh }) => zh.plate), 'plate'],
  ] as const)('%s is told to hold what it holds', (name, cells, kind) => {
    expect(personalColumn(name, cells)?.kinds[0]).toMatchObject({ kind, whole: true });
  });

  it.each([
    ['phone', Array.from({ length: 300 }, (_, i) => String(i % 50))],
    ['colour', Array.from({ length: 300 }, (_, i) => ['黄色', '白色', '蓝色', '黑色'][i % 4]!)],
    ['city', Array.from({ length: 300 }, (_, i) => ['London', 'Paris', 'San Jose', 'Santa Maria'][i % 4]!)],
    [
      'signup_date',
      Array.from({ length: 300 }, (_, i) => `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`),
    ],
    ['amount', Array.from({ length: 300 }, (_, i) => (i * 37.77).toFixed(2))],
    ['order', Array.from({ length: 300 }, (_, i) => String(9_000_000_000 + i * 7919))],
  ])('%s holds nobody', (name, cells) => {
    expect(personalColumn(name, cells)).toBeUndefined();
  });
});

describe('pseudonyms', () => {
  const replace = pseudonyms(KEY);

  it('are the same for one thing however it is written, and others for another thing, kind or key', () => {
    const one = replace('phone', '13812345678', '');
    expect(one).toMatch(/^PHONE_[0-9a-f]{16}$/);
    expect(replace('phone', '+86 138-1234-5678', '')).toBe(one);
    expect(replace('phone', '１３８１２３４５６７８', '')).toBe(one);
    expect(replace('email', 'Jo@Example.com', '')).toBe(replace('email', 'jo@example.com', ''));
    expect(replace('phone', '13812345679', '')).not.toBe(one);
    expect(replace('account', '13812345678', '').slice(-16)).not.toBe(one.slice(-16));
    expect(pseudonyms(`${KEY}!`)('phone', '13812345678', '')).not.toBe(one);
  });

  it('are those of HMAC-SHA-256, so that another program with the key makes the same', () => {
    // printf 'email\0jo@example.com' | openssl dgst -sha256 -hmac 'a key of these tests, by chance'
    expect(replace('email', 'jo@example.com', '')).toBe('EMAIL_aaf6967b143c1446');
  });

  it('need a key that cannot be tried out', () => {
    expect(() => pseudonyms('short')).toThrow('expected at least 16');
  });

  it('stand in the text where the thing stood', () => {
    expect(redact('mail jo@example.com!', { replace })).toMatch(/^mail EMAIL_[0-9a-f]{16}!$/);
    expect(redact('mail jo@example.com or 13812345678', { kinds: ['phone'] })).toBe(
      'mail jo@example.com or [PHONE]',
    );
  });
});

describe('a redacted table', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gradus-redact-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const random = new Random('table');
  const people = Array.from({ length: 200 }, () => person(random));
  const csv = [
    'id,name,手机号,said,amount,note',
    ...people.map(
      ({ zh, en }, i) =>
        `${i},${en.name},${zh.phone},"你好，我叫${zh.name}，电话${zh.phone}",${i % 3 ? -i : i},=1+${i}`,
    ),
    'broken',
  ].join('\n');

  it('holds none of the people, and the rest as it was', async () => {
    const [source, out] = [join(folder, 'in.csv'), join(folder, 'out.csv')];
    writeFileSync(source, csv);
    const done = await redactFile(source, out);
    expect(done).toMatchObject({ rows: 200, setAside: { count: 1, first: { line: 202 } } });
    expect(done.replaced.phone).toBeGreaterThanOrEqual(400);
    const text = readFileSync(out, 'utf8');
    for (const { zh, en } of people)
      for (const value of [zh.phone, zh.name, en.name]) expect(text).not.toContain(value);
    const table = await readTable(out);
    expect(table.columns).toEqual(['id', 'name', '手机号', 'said', 'amount', 'note']);
    // Numbers stay numbers; what a spreadsheet would run does not run.
    expect(table.rows[1]).toEqual(['1', '[NAME]', '[PHONE]', '你好，我叫[姓名]，电话[电话]', '-1', "'=1+1"]);
    expect(readdirSync(folder).sort()).toEqual(['in.csv', 'out.csv']);
  });

  it('is not written over what is read, and not at all where that fails', async () => {
    const source = join(folder, 'in.csv');
    await expect(redactFile(source, source)).rejects.toThrow('is the file that is read');
    expect(readFileSync(source, 'utf8')).toBe(csv);
    await expect(redactFile(source, join(folder, 'no', 'out.csv'))).rejects.toThrow('cannot be written');
    expect(readdirSync(folder).sort()).toEqual(['in.csv', 'out.csv']);
  });

  it('is made by a plan of plain data, which others can apply', async () => {
    const table = await readTable(join(folder, 'in.csv'));
    const plan = fitRedaction(table, ['phone'] satisfies PersonalKind[]);
    expect(plan.columns).toMatchObject({ 手机号: 'phone', said: 'text' });
    expect(plan.columns).not.toHaveProperty('amount');
    const copy = JSON.parse(JSON.stringify(plan));
    const row = applyRedaction(copy, table.columns, pseudonyms(KEY))(table.rows[0]!);
    expect(row[1]).toBe(people[0]!.en.name);
    expect(row[2]).toMatch(/^PHONE_/);
    expect(row[3]).toContain(row[2]);
  });
});
