/**
 * What people write, one spelling a line: numbers of many states, names without capitals, addresses of every level, secrets; and
 * what looks like them and is none. Numbers come from the standards and registries that define them, which are named.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPersonal } from './detect.ts';
import { isIban } from './iban.ts';
import { isHongKongId, isOldResidentId, isTaiwanId } from './identity-numbers.ts';
import { redactText } from './redact.ts';

const found = (text: string) =>
  findPersonal(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

/** kind, text, and what of it goes. */
const SPELLINGS: readonly (readonly [string, string, string])[] = [
  // Ofcom's numbers for drama; numbers in the form of each country's own plan.
  ['phone', 'ring 07700 900123 please', '07700 900123'],
  ['phone', '07700 900123', '07700 900123'],
  ['phone', '+44 7700 900123 is mine', '+44 7700 900123'],
  ['phone', '020 7946 0958', '020 7946 0958'],
  ['phone', '0912-345-678', '0912-345-678'],
  ['phone', '090-1234-5678まで', '090-1234-5678'],
  ['phone', '010-1234-5678', '010-1234-5678'],
  ['phone', 'mon numéro 06 12 34 56 78', '06 12 34 56 78'],
  ['phone', '0171 1234567 anrufen', '0171 1234567'],
  ['phone', '0412 345 678', '0412 345 678'],
  ['phone', '(11) 91234-5678', '(11) 91234-5678'],
  ['phone', '44 7700 900123', '44 7700 900123'],
  ['phone', '1-415-555-2671', '1-415-555-2671'],
  ['phone', 'text me at 98765 43210', '98765 43210'],
  ['phone', '打给我：9123 4567', '9123 4567'],
  // GB 11643-1999's own example, and one in groups.
  ['id', '证件号 440306 19900307 1232', '440306 19900307 1232'],
  ['id', '1101 0519 4912 3100 2X', '1101 0519 4912 3100 2X'],
  ['id', '身份证号110105491231002', '110105491231002'],
  // The usual examples of both check digits.
  ['id', 'HKID A123456(3)', 'A123456(3)'],
  ['id', 'my HKID is C6686689', 'C6686689'],
  ['id', '澳门身份证 1234567(8)', '1234567(8)'],
  ['id', '身分證 A123456789', 'A123456789'],
  ['id', 'my social is 536 22 8726', '536 22 8726'],
  ['id', 'SSN: 536.22.8726', '536.22.8726'],
  ['id', 'my NI number is AB123456C', 'AB123456C'],
  ['id', 'NINO QQ 12 34 56 C', 'QQ 12 34 56 C'],
  ['id', 'AB 12 34 56 C', 'AB 12 34 56 C'],
  ['id', 'driving licence number MORGA657054SM9IJ', 'MORGA657054SM9IJ'],
  ['passport', 'passport C01X00T47', 'C01X00T47'],
  ['passport', '通行证H12345678', 'H12345678'],
  ['name', 'my name is john smith and i am angry', 'john smith'],
  ['name', 'MY NAME IS JOHN SMITH', 'JOHN SMITH'],
  ['name', 'i am john smith, order 12', 'john smith'],
  ['name', 'call me sarah please', 'sarah'],
  ['name', "i'm bob and my order is late", 'bob'],
  ['name', '发给王经理', '王'],
  ['name', '我叫john', 'john'],
  ['name', '联系人：wang xiaoming 13800138000', 'wang xiaoming'],
  ['name', '聯絡人：陳大文', '陳大文'],
  ['name', '我叫买买提·吐尔逊', '买买提·吐尔逊'],
  ['name', '免贵姓欧阳', '欧阳'],
  ['address', 'Flat 2, 10 Downing Street, London SW1A 2AA', 'Flat 2, 10 Downing Street, London SW1A 2AA'],
  ['address', '10 DOWNING STREET', '10 DOWNING STREET'],
  ['address', 'i live at 12 oak street and hate it', '12 oak street'],
  ['address', '10 Christie Ave, Boston MA 02116', '10 Christie Ave, Boston MA 02116'],
  ['address', 'my postcode is M1 1AE', 'M1 1AE'],
  ['address', '我住朝阳区望京西园四区410楼', '朝阳区望京西园四区410楼'],
  ['address', '住在天通苑北一区12号楼3单元501室', '天通苑北一区12号楼3单元501室'],
  ['address', '龙腾苑五区3-2-501', '龙腾苑五区3-2-501'],
  ['address', '周口市太康县马头镇李庄村3组12号', '周口市太康县马头镇李庄村3组12号'],
  ['address', '台北市信義區市府路45號8樓', '台北市信義區市府路45號8樓'],
  ['address', '香港九龍彌敦道123號5樓A室', '香港九龍彌敦道123號5樓A室'],
  // Examples of SWIFT's IBAN registry.
  ['account', 'please refund to DE89370400440532013000', 'DE89370400440532013000'],
  ['account', 'to DE89 3704 0044 0532 0130 00 thanks', 'DE89 3704 0044 0532 0130 00'],
  ['account', 'gb29 nwbk 6016 1331 9268 19.', 'gb29 nwbk 6016 1331 9268 19'],
  ['account', 'MT84MALT011000012345MTLCAST001S', 'MT84MALT011000012345MTLCAST001S'],
  ['account', 'BIC: DEUTDEFF500', 'DEUTDEFF500'],
  ['account', 'account number 12345678', '12345678'],
  // The Bitcoin wiki's example, BIP 173's first, and EIP-55's.
  ['account', 'send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
  ['account', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'],
  ['account', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  ['plate', 'number plate AB12 CDE', 'AB12 CDE'],
  ['email', 'jörg@müller.de', 'jörg@müller.de'],
  ['email', 'a+b.c@x.co.uk', 'a+b.c@x.co.uk'],
  ['email', '用户@例子.公司', '用户@例子.公司'],
  ['email', '请联系zhang@qq.com谢谢', 'zhang@qq.com'],
  ['ip', 'login from 10.2.33.4', '10.2.33.4'],
  ['ip', 'ip 1.2.3.4', '1.2.3.4'],
  ['secret', 'password: Hunter2!xyz', 'Hunter2!xyz'],
  ['secret', 'my password is hunter2. It works', 'hunter2'],
  ['secret', '密码是abc123456，请改', 'abc123456'],
  ['secret', '验证码是 482913', '482913'],
  ['secret', 'api_key = "abcd1234efgh5678"', 'abcd1234efgh5678'],
  [
    'secret',
    'key sk-proj-abcdEFGH1234567890abcdEFGH1234567890',
    'sk-proj-abcdEFGH1234567890abcdEFGH1234567890',
  ],
  // AWS's documentation has this one.
  ['secret', 'AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ['secret', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
  ['secret', 'xoxb-123456789012-abcdefGHIJ', 'xoxb-123456789012-abcdefGHIJ'],
  ['secret', 'postgres://bob:s3cret@db.example.com/x', 'postgres://bob:s3cret@db.example.com/x'],
  [
    'secret',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
  ],
];

describe('a spelling', () => {
  it.each(SPELLINGS)('is a %s: %j', (kind, text, value) => {
    expect(found(text)).toContainEqual([kind, value]);
    expect(redactText(text)).not.toContain(value);
  });

  it.each([
    'firmware 1.2.3.4 is bad, upgraded to 10.2.33.4, see section 3.1.4.2',
    'I waited 30 Minutes Drive and 5 Star Road trip',
    'a 2 Hour Drive, 500 GB Hard Drive, 4 Wheel Drive, 50 Mile Drive',
    'my name is wrong on the invoice, my name is not correct',
    'i am happy, this is great, i am christian',
    'order A123456789, product AB123456C, SKU 0912345678901',
    'the password is incorrect; password: required; 密码是什么',
    'can I do a SWIFT transfer? a bic pen',
    'total 12 500 000 000, 600 000 000 dollars, 6 8 5 2 40 4 5 5 83 80 1 2 1 100',
    'ISBN 0716703440, call 1-800-222-1222',
    'DE88 3704 0044 0532 0130 00 has another check digit',
    '我是商家，我叫了外卖，我叫KFC，姓名：N/A',
    '万达广场3楼的火锅店，我知道12号发货，第3组，两座大桥16座',
    '顾客满意，高兴，方便，许多常用的单位',
    'skip-links-for-everyone, sk-learn-is-a-good-library-for-learning',
    'mysql://user:password@host/db is the form',
  ])('stays: %j', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('check digits', () => {
  it('are those of the registries', () => {
    expect(['A123456(3)', 'C668668(9)', 'AB987654(3)'].every(isHongKongId)).toBe(true);
    expect(isHongKongId('A123456(4)')).toBe(false);
    expect([isTaiwanId('A123456789'), isTaiwanId('A123456788')]).toEqual([true, false]);
    expect([isOldResidentId('110105491231002'), isOldResidentId('110105491331002')]).toEqual([true, false]);
    // One of each length of SWIFT's registry.
    for (const iban of [
      'NO9386011117947',
      'BE68539007547034',
      'FO6264600001631634',
      'SI56263300012039086',
      'AT611904300234573201',
      'CH9300762011623852957',
      'GB29NWBK60161331926819',
      'AE070331234567890123456',
      'SE4550000000058398257466',
      'PT50000201231234567890154',
      'IS140159260076545510730339',
      'FR1420041010050500013M02606',
      'PL61109010140000071219812874',
      'QA58DOHB00001234567890ABCDEFG',
      'KW81CBKU0000000000001234560101',
      'MT84MALT011000012345MTLCAST001S',
      'LC55HEMM000100010012001200023015',
    ]) {
      expect(isIban(iban), iban).toBe(true);
    }
  });

  it('of an IBAN find every wrong digit', () => {
    const iban = 'GB29NWBK60161331926819';
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 21 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const wrong = iban.slice(0, at) + ((Number(iban[at]) + by) % 10) + iban.slice(at + 1);
        expect(isIban(wrong)).toBe(false);
      }),
    );
  });
});

it('finds the same thing again in no text that it has redacted', () => {
  const texts = SPELLINGS.map(([, text]) => text);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 4 }), (parts) => {
      const once = redactText(parts.join('\n'));
      expect(redactText(once)).toBe(once);
    }),
    { numRuns: 200, examples: [[['澳门身份证 1234567(8)', '香港九龍彌敦道123號5樓A室']]] },
  );
});
