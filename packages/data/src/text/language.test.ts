import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStopWord, LANGUAGE_NAMES, languageOf, words } from '../index.ts';

const SENTENCES: readonly (readonly [string, string])[] = [
  ['zh', '送餐很快'],
  ['zh', 'iPhone 很好用'],
  ['en', 'fast delivery'],
  ['en', 'Great product fast shipping good price thanks'],
  ['en', 'The courier left the parcel in the rain.'],
  ['en', 'Love the café, de luxe!'],
  ['es', 'El conductor que me tocó no sabe de la ruta y de las calles'],
  ['es', 'Muy bueno'],
  ['fr', "Le livreur n'est pas venu et la soupe était froide"],
  ['fr', 'Très bon produit, je le recommande'],
  ['de', 'Die Lieferung kam viel zu spät und das Essen war kalt'],
  ['de', 'Sehr gut'],
  ['pt', 'O aplicativo não funciona e ninguém responde às minhas mensagens'],
  ['pt', 'Muito bom, recomendo para todos'],
  ['it', 'Il corriere non è venuto e la pizza era fredda'],
  ['nl', 'De bezorger was te laat en het eten was koud'],
  ['sv', 'Budet kom för sent och maten var kall'],
  ['pl', 'Kurier się spóźnił, a jedzenie było zimne'],
  ['tr', 'Kurye çok geç geldi ve yemek soğuktu'],
  ['id', 'Pengiriman sangat lambat dan makanan sudah dingin'],
  ['vi', 'Giao hàng rất chậm và đồ ăn bị nguội'],
  ['hi-Latn', 'bahut accha app hai lekin payment nahi ho raha'],
  ['ru', 'очень хорошо'],
  ['ru', 'Курьер опоздал, и еда была холодной'],
  ['ar', 'التوصيل كان بطيئا جدا والطعام بارد'],
  ['ja', 'とても良い'],
  ['ja', '配達が遅くて料理が冷たかったです'],
  ['ko', '배송이 너무 늦고 음식이 차가웠어요'],
  ['other', 'การจัดส่งช้ามากและอาหารเย็น'],
  ['other', 'Η παράδοση άργησε πολύ'],
  ['other', 'डिलीवरी बहुत देर से आई'],
  ['other', 'Кур’єр запізнився, і їжа була холодна'],
  ['other', 'Tulipärast põrandaküte töötab väga hästi'],
  ['other', '12345'],
];

describe('the language of a text', () => {
  it.each(SENTENCES)('%s: %s', (language, text) => {
    expect(languageOf(text)).toBe(language);
  });

  it('has a name, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(LANGUAGE_NAMES[languageOf(text)].zh).not.toBe('');
      }),
    );
  });
});

describe('stop words', () => {
  it('are those of the text’s language, with English and Chinese', () => {
    expect(words('de la que es muy con').every((word) => isStopWord(word, 'es'))).toBe(true);
    expect(words('die und nicht Lieferung').map((word) => isStopWord(word, 'de'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // A die in English is a thing.
    expect(isStopWord('die', 'en')).toBe(false);
    expect(['the', '的'].every((word) => isStopWord(word, 'fr'))).toBe(true);
  });
});
