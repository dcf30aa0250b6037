/** The encoding is the one whose text is likeliest; bytes come from iconv, an independent encoder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-encodings-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(...parts: (string | Uint8Array)[]): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  return path;
}
const encoded = (text: string, encoding: string): Buffer =>
  execFileSync('iconv', ['-f', 'utf-8', '-t', encoding], { input: text });

const TEXTS = {
  english: ['The battery didn’t last – very sad', '“Best” phone I’ve had…', 'Plain and good', 'It’s okay'],
  french: ['Très bon produit, livré à l’heure', 'La qualité est décevante', 'Déjà cassé', 'Ça marche'],
  frenchWithEuro: ['Très cher, 12 €', 'Un cœur déçu', 'Déjà cassé'],
  german: ['Schöne Qualität, aber zu groß', 'Für den Preis völlig in Ordnung', 'Läuft nicht mehr'],
  spanish: ['Llegó rápido y está muy bien', '¿Por qué no funciona la batería?', 'Mañana lo devuelvo'],
  portuguese: ['Não gostei, a entrega atrasou', 'Ótima relação qualidade', 'O botão não funciona'],
  swedish: ['Mycket bra kvalitet på skärmen', 'Dålig support, går sönder', 'Väldigt nöjd'],
  polish: ['Bardzo dobra jakość, polecam', 'Przesyłka przyszła z opóźnieniem', 'Świetna obsługa, dziękuję'],
  czech: ['Velmi dobrá kvalita, doporučuji', 'Zásilka přišla pozdě', 'Skvělá obsluha, děkuji'],
  hungarian: ['Nagyon jó minőség, ajánlom', 'A csomag későn érkezett', 'Kiváló ügyfélszolgálat'],
  turkish: ['Çok kaliteli, tavsiye ederim', 'Kargo geç geldi, üzgünüm', 'Işık hiç yanmıyor'],
  russian: ['Очень хорошее качество, рекомендую', 'Доставка опоздала', 'Телефон сломался'],
  ukrainian: ['Дуже гарна якість', 'Доставка запізнилася', 'Чудова підтримка, дякую!'],
  greek: ['Πολύ καλή ποιότητα', 'Η παράδοση άργησε', 'Το τηλέφωνο χάλασε'],
  hebrew: ['איכות טובה מאוד', 'המשלוח איחר', 'הטלפון התקלקל'],
  arabic: ['جودة ممتازة', 'تأخر الشحن كثيرا', 'الهاتف لا يعمل'],
  thai: ['คุณภาพดีมาก', 'ส่งของช้า', 'โทรศัพท์เสีย'],
  simplified: ['很好用，推荐', '太慢了，失望', '客服态度很差，打电话没人接'],
  rare: ['很好用，㛃䶮𠮷', '太慢了，失望', '客服态度很差'],
  traditional: ['外送很慢但是餐點好吃', '客服態度很差，打電話都沒人接', '包裝精美，下次還會再買'],
  japanese: ['とても良い商品です', '配送が遅かった', 'すぐに壊れました。残念です'],
  korean: ['품질이 아주 좋아요, 추천합니다', '배송이 너무 늦었어요', '고객 서비스가 훌륭해요'],
} as const;

const CASES: readonly (readonly [keyof typeof TEXTS, iconv: string, encoding: string])[] = [
  ['english', 'cp1252', 'windows-1252'],
  ['french', 'cp1252', 'windows-1252'],
  ['german', 'cp1252', 'windows-1252'],
  ['spanish', 'cp1252', 'windows-1252'],
  ['portuguese', 'cp1252', 'windows-1252'],
  ['swedish', 'cp1252', 'windows-1252'],
  // Of ISO 8859-1 windows-1252 is a superset, and what the WHATWG calls it.
  ['german', 'iso-8859-1', 'windows-1252'],
  ['frenchWithEuro', 'iso-8859-15', 'iso-8859-15'],
  ['english', 'macintosh', 'macintosh'],
  ['french', 'macintosh', 'macintosh'],
  ['german', 'macintosh', 'macintosh'],
  ['polish', 'cp1250', 'windows-1250'],
  ['czech', 'cp1250', 'windows-1250'],
  ['hungarian', 'cp1250', 'windows-1250'],
  ['polish', 'iso-8859-2', 'iso-8859-2'],
  ['turkish', 'cp1254', 'windows-1254'],
  ['russian', 'cp1251', 'windows-1251'],
  ['ukrainian', 'cp1251', 'windows-1251'],
  ['russian', 'koi8-r', 'koi8-r'],
  ['russian', 'cp866', 'ibm866'],
  ['greek', 'cp1253', 'windows-1253'],
  ['hebrew', 'cp1255', 'windows-1255'],
  ['arabic', 'cp1256', 'windows-1256'],
  ['thai', 'cp874', 'windows-874'],
  ['simplified', 'gb18030', 'gb18030'],
  ['rare', 'gb18030', 'gb18030'],
  ['traditional', 'gb18030', 'gb18030'],
  ['traditional', 'big5', 'big5'],
  ['japanese', 'shift_jis', 'shift_jis'],
  ['japanese', 'euc-jp', 'euc-jp'],
  ['korean', 'euc-kr', 'euc-kr'],
];

const tableOf = (texts: readonly string[]) =>
  `id,text,stars\n${texts.map((text, i) => `${i},"${text}",5\n`).join('')}`;

describe('the encoding', () => {
  it.each(CASES)('of %s in %s is found', async (language, iconv, encoding) => {
    const texts = TEXTS[language];
    // The apostrophe of typographers is in few of them.
    const text = tableOf(texts.map((text) => (iconv.startsWith('iso') ? text.replaceAll('’', "'") : text)));
    const table = await readTable(file(encoded(text, iconv)));
    expect(table.encoding).toBe(encoding);
    expect(table.rows.map((row) => row[1])).toEqual(
      texts.map((text) => (iconv.startsWith('iso') ? text.replaceAll('’', "'") : text)),
    );
    expect(table).toMatchObject({
      columns: ['id', 'text', 'stars'],
      foreignLines: 0,
      setAside: { count: 0 },
    });
  });

  it.each(Object.keys(TEXTS) as (keyof typeof TEXTS)[])(
    'of %s in Unicode is found, with and without a mark',
    async (language) => {
      const texts = TEXTS[language];
      const text = tableOf(texts);
      for (const [mark, bytes, encoding] of [
        ['', Buffer.from(text), 'utf-8'],
        ['\uFEFF', Buffer.from(`\uFEFF${text}`), 'utf-8'],
        ['', Buffer.from(text, 'utf16le'), 'utf-16le'],
        ['\uFEFF', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'],
        ['', Buffer.from(text, 'utf16le').swap16(), 'utf-16be'],
      ] as const) {
        const table = await readTable(file(bytes));
        expect([mark, table.encoding, table.rows.map((row) => row[1])]).toEqual([mark, encoding, texts]);
      }
    },
  );

  it('of UTF-16 without a mark is found where Chinese has bytes of zero itself', async () => {
    // 一 is U+4E00, 最 U+6700.
    const text = 'id,评论,星\n1,一般,3\n2,一一一,1\n3,最最最最,5\n';
    expect(await readTable(file(Buffer.from(text, 'utf16le')))).toMatchObject({
      encoding: 'utf-16le',
      columns: ['id', '评论', '星'],
      rowsRead: 3,
    });
  });

  it('shows late where a file begins with nothing but ASCII', async () => {
    const start = `id,text\n${Array.from({ length: 20_000 }, (_, i) => `${i},plain\n`).join('')}`;
    const end = TEXTS.french.map((text, i) => `${i},"${text}"\n`).join('');
    const table = await readTable(file(start, encoded(end, 'cp1252')));
    expect(table).toMatchObject({ encoding: 'windows-1252', foreignLines: 0, setAside: { count: 0 } });
    expect(table.rows.slice(-4).map((row) => row[1])).toEqual(TEXTS.french);
  });

  it('is said to be in doubt where the text is too short to tell', async () => {
    const table = await readTable(
      file(encoded('id,text\n0,"Foarte bună calitate, vă recomand"\n', 'cp1250')),
    );
    expect([table.encoding, ...(table.encodingDoubt ?? [])]).toContain('windows-1250');
    expect(table.encodingDoubt).not.toHaveLength(0);
    expect((await readTable(file(encoded(tableOf(TEXTS.polish), 'cp1250')))).encodingDoubt).toBeUndefined();
  });
});

describe('lines of another encoding', () => {
  it('are read by it, in either direction', async () => {
    const utf8 = tableOf(TEXTS.french);
    const guest = '9,"Problème réglé après un échange très long",1\n';
    for (const bytes of [
      [utf8, encoded(guest, 'cp1252')],
      [encoded(utf8, 'cp1252'), guest],
    ]) {
      const table = await readTable(file(...bytes));
      expect(table.foreignLines).toBe(1);
      expect(table.rows.at(-1)![1]).toBe('Problème réglé après un échange très long');
      expect(table.rows[0]![1]).toBe(TEXTS.french[0]);
    }
  });

  it('are not made of UTF-8 with a few bytes that are broken: those rows are set aside', async () => {
    const cut = Buffer.from('7,"很好吃很好').subarray(0, -1);
    const table = await readTable(file(tableOf(TEXTS.simplified), cut, '",3\n8,"好",4\n'));
    expect(table).toMatchObject({ encoding: 'utf-8', foreignLines: 0, rowsRead: 5 });
    expect(table.setAside.rows).toMatchObject([{ row: 4, line: 5 }]);
  });
});

describe('zero bytes', () => {
  it('in a cell cost its row, and those behind the last line nothing', async () => {
    const table = await readTable(file('id,name,v\n1,al\0ice,3\n2,bob,4\n3,carl,5\n', Buffer.alloc(100_000)));
    expect(table.rows).toEqual([
      ['2', 'bob', '4'],
      ['3', 'carl', '5'],
    ]);
    expect(table.setAside.rows).toMatchObject([
      { row: 1, line: 2, reason: { en: expect.stringMatching(/zero character/) } },
    ]);
    const many = await readTable(file('id,v\n1,2\n3,4\n', Buffer.alloc(40e6)));
    expect(many).toMatchObject({ rowsRead: 2, setAside: { count: 0 } });
  });
});
